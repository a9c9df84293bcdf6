// Package store owns Vigie's tables: their migrations, and the only writer of
// each. It reads scored and dropped mentions, deletions, incidents, pages and verdicts
// from the bus and acknowledges them once ClickHouse has them. Writing twice changes no
// number: the views read each thing once (INVARIANTS 2).
//
// Before it writes a mention it asks the table mention_heads what is known of it:
// the newest revision decides for every brand, a deletion is the highest revision,
// and what was known first stays: when it was published, how and when it came. Between
// question and answer nobody else may write, so of several stores the one that holds
// the lease (bus.Hold) writes mentions; incidents, pages and verdicts are written by each. One
// that loses the lease ends its batch, so that it writes no more once another may: a
// question or an insert that it had not sent is not sent. What ClickHouse was given
// before may still land, for as long as an insert lasts; as it was not acknowledged
// it also comes again, to the new holder, and is the same row then. Only what another
// batch of the new holder says of the same mention in that moment could be missed.
//
// A deletion of a mention that never came here is remembered for a week, one of a
// mention that did for as long as mentions are.
//
// It does not own who reads the tables.
package store
