// Package e2e holds the tests of the whole: real services on a real bus and a
// real ClickHouse, fed with posts that are counted independently. It has no code
// of the product's.
package e2e
