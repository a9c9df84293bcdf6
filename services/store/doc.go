// Package store owns Vigie's tables: their migrations, and the only writer of
// each. It reads scored and dropped mentions, deletions, incidents and pages from
// the bus and acknowledges them once ClickHouse has them. Writing twice changes no
// number: the views read each thing once (INVARIANTS 2).
//
// Before it writes a mention it asks the table mention_heads what is known of it:
// the newest revision decides for every brand, a deletion is the highest revision,
// and the time known first stays. So one store works on a database at a time.
//
// It does not own who reads the tables.
package store
