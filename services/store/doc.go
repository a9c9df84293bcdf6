// Package store owns Vigie's tables: their migrations, and the only writer of
// each. It reads scored mentions, deletions, incidents and pages from the bus
// and acknowledges them once ClickHouse has them. Writing twice changes no
// number: the views read each thing once (INVARIANTS 2).
//
// It does not own who reads the tables.
package store
