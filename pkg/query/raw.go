package query

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// literal is what raw: looks for, in the form that is compared: runs of white
// space are one space, and an accent is one character with its letter.
func literal(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

// standsRaw says whether a document holds a raw term to the letter, where its words
// were found. Signs before the first word and after the last count too: raw:"Yahoo!"
// is not Yahoo.
func (t *termNode) standsRaw(d *Document, o occurrence) bool {
	at := d.span(o)
	if t.tokens[0].kind == word && d.tokens[o.from].kind != word {
		_, sign := utf8.DecodeRuneInString(d.text[at.From:])
		at.From += sign
	}
	words := Span{t.tokens[0].span.From, t.tokens[len(t.tokens)-1].span.To}
	before, after := t.source[:words.From], t.source[words.To:]
	if !strings.HasSuffix(d.text[:at.From], before) || !strings.HasPrefix(d.text[at.To:], after) {
		return false
	}
	inner, wanted := d.text[at.From:at.To], t.source[words.From:words.To]
	return inner == wanted || literal(inner) == literal(wanted)
}
