// Package sqltext reads as much of a ClickHouse statement as a server must know before it hands the text
// to the engine: what kind of statement it is, where an INSERT's target, columns and data are, and whether
// the text asks for things a server refuses.
//
// It owns a tokenizer and a few shapes; it does not parse expressions, and it judges no statement valid:
// that is the engine's. Whatever it does not recognize it calls Other and leaves alone.
package sqltext
