// Package query owns the language in which a brand says what it watches: words,
// words that go on (zest*), "phrases", #hashtags, @handles and raw:"SNCF", joined
// by AND, OR, NOT, NEAR and parentheses, narrowed down by filters such as lang:fr.
// It parses queries, matches texts against many of them in one pass, shows where
// and why they match, and turns them into rules and searches that a source can
// filter by itself.
//
// Of accents, case, ligatures, apostrophes, invisible signs it knows what people do
// not see as a difference (Fold). #AirFrance is a hashtag, and its words.
//
// It is pure: it knows no service, no clock, and no mention, only text and what
// filters ask of a post.
package query
