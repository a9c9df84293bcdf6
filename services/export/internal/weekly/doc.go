// Package weekly owns the figures of the weekly brand watch: what an ISO week
// is, how mentions, incidents and pages are counted, and what is compared with
// what.
//
// It is pure. Rows come in, one for each mention (already deduplicated, in its
// newest revision, without what was deleted), a [Report] comes out; the same
// rows give the same report. It does not read a table, write a file or know a
// word of French or English.
//
//	week.go       the ISO week in a time zone, its days, the week before
//	mention.go    a mention as it is counted
//	tally.go      counting mentions, distinct authors, stories and potential reach
//	builder.go    from rows to a report
//	signals.go    risks, and who speaks for the brand or against it
//	stories.go    the texts that were copied
//	names.go      the people, places and organisations that stories name
//	report.go     the report and its figures
//	incidents.go  crises: their timeline and their count
//	blind.go      sources that could not be seen
package weekly
