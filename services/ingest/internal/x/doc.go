// Package x owns the connector of X (formerly Twitter), API v2: the filtered
// stream, with rules kept in step with the brands' queries; the search that fills
// what the stream missed; and the meter of what it all costs, which closes the
// stream when the month's budget is used up. It also owns what a post of X looks
// like as a mention (Decode), for `vigie import` too.
//
// It does not own which brand a post concerns: what X's rules let through is
// checked again by the scorer, like everything else.
package x
