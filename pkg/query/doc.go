// Package query owns the language in which a brand says what it watches: words,
// "phrases", #hashtags and @handles joined by AND, OR, NOT and parentheses. It
// parses queries, matches texts against many of them in one pass, and turns them
// into rules a source can filter by itself.
//
// It is pure: it knows no service, no clock, and no mention, only text.
package query
