// Package native speaks the server's side of ClickHouse's native protocol: it reads what clients send and
// writes what they expect, and it carries blocks of columns between the wire and the engine's FORMAT Native
// without decoding a value.
//
// Every byte it reads is foreign: lengths are bounded before memory is taken, and a malformed packet is an
// error, never a panic. It knows neither SQL nor the engine. Encoding is ch-go's; decoding is its own where
// ch-go trusts the length it is told.
package native
