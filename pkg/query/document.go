package query

import (
	"iter"
	"net/url"
	"strings"
)

// Span is a range of bytes of a text.
type Span struct{ From, To int }

// Post is a text with what filters ask about it. What is not known is left empty,
// and no filter holds on it; NOT lang:fr holds on a post of no known language.
type Post struct {
	Source    string // "x", "rss"
	Page      string // an account, a feed's address
	Author    string // handle
	Site      string // see Site
	Ownership string // "official" or "third_party"
	Kind      string // "post", "comment", "share", "article" or "review"
	Followers uint64
	// Language is asked for the ISO 639-1 code when a query needs it, once a
	// document; nil where nobody can tell.
	Language func() string
	Title    string
	Text     string
}

// Document is a text read once, to be matched by several sets and looked at word
// by word. It can be read into again, and used by one goroutine at a time.
type Document struct {
	post     Post
	text     string
	tokens   []token
	folded   []byte
	changes  []change
	language string
	asked    bool
}

// Read replaces the document's text. Nothing else is known of it.
func (d *Document) Read(text string) {
	d.post, d.language, d.asked = Post{}, "", false
	d.read(text)
}

// ReadPost replaces the document by a post, of which title and text are read as
// one text: the title, a line feed, the text.
func (d *Document) ReadPost(post Post) {
	d.post, d.language, d.asked = post, "", false
	if post.Title == "" {
		d.read(post.Text)
		return
	}
	d.read(post.Title + "\n" + post.Text)
}

func (d *Document) read(text string) {
	d.text = text
	folded := text
	d.changes = d.changes[:0]
	if !isLowerASCII(text) {
		d.folded, d.changes = fold(d.folded[:0], d.changes, text)
		folded = string(d.folded)
	}
	d.tokens = tokenize(d.tokens[:0], text, folded, d.changes)
}

// Text is what was read, which spans are ranges of.
func (d *Document) Text() string { return d.text }

// Words are the folded words of the text in order, hashtags as one, handles and
// web addresses left out. Emoji are words.
func (d *Document) Words() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; i < len(d.tokens); i += 1 + int(d.tokens[i].parts) {
			if tok := &d.tokens[i]; tok.kind != handle && !yield(tok.text) {
				return
			}
		}
	}
}

// lang is the language, asked for when it is first needed.
func (d *Document) lang() string {
	if !d.asked {
		d.asked = true
		if d.post.Language != nil {
			d.language = d.post.Language()
		}
	}
	return d.language
}

// PageKey is the form under which a page of a source (a handle, an address) is
// compared: folded, without "@" and trailing "/".
func PageKey(source, page string) string { return source + "\x00" + pageForm(page) }

func pageForm(page string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(page, "@"), "/"))
}

// Site is the site of a web address, as filters compare it: its host, without
// "www."; empty where there is none.
func Site(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return siteForm(parsed.Hostname())
}

func siteForm(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
