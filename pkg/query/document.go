package query

import (
	"iter"
	"strings"
)

// Span is a range of bytes of a text.
type Span struct{ From, To int }

// Document is a text read once, to be matched by several sets and looked at word
// by word. It can be read into again.
type Document struct {
	tokens []token
}

// Read replaces the document's text.
func (d *Document) Read(text string) { d.tokens = tokenize(d.tokens[:0], text) }

// Words are the folded words of the text in order, those of hashtags included,
// handles and web addresses left out. Emoji are words.
func (d *Document) Words() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, tok := range d.tokens {
			if tok.kind != handle && !yield(tok.text) {
				return
			}
		}
	}
}

// PageKey is the form under which a page of a source (a handle, an address) is
// compared: folded, without "@" and trailing "/".
func PageKey(source, page string) string {
	return source + "\x00" + strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(page, "@"), "/"))
}
