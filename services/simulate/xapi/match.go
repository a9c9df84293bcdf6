package xapi

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// expression is a rule or query that was parsed.
type expression interface {
	// matches says whether a post is let through. The stream is strict: it takes
	// accents to the letter, and looks into the posts that are quoted too.
	matches(t *tweet, stream bool) bool
	// positive says whether it demands something that a post must hold.
	positive() bool
}

type (
	conjunction []expression
	alternative []expression
	negation    struct{ expression }
	keyword     []string // the tokens of a word or phrase
	operator    struct{ name, value string }
)

func (c conjunction) matches(t *tweet, stream bool) bool {
	return !slices.ContainsFunc(c, func(e expression) bool { return !e.matches(t, stream) })
}

func (c conjunction) positive() bool {
	return slices.ContainsFunc(c, expression.positive)
}

func (a alternative) matches(t *tweet, stream bool) bool {
	return slices.ContainsFunc(a, func(e expression) bool { return e.matches(t, stream) })
}

func (a alternative) positive() bool {
	return !slices.ContainsFunc(a, func(e expression) bool { return !e.positive() })
}

func (n negation) matches(t *tweet, stream bool) bool { return !n.expression.matches(t, stream) }
func (n negation) positive() bool                     { return false }

func (k keyword) matches(t *tweet, stream bool) bool {
	return contains(t.tokens, k, stream) || stream && t.quoted != nil && contains(t.quoted.tokens, k, stream)
}

func (k keyword) positive() bool { return true }

// contains says whether tokens hold a phrase. Search takes a word with an accent
// for the one without too.
func contains(text []string, phrase keyword, strict bool) bool {
	for at := 0; at+len(phrase) <= len(text); at++ {
		same := true
		for i, word := range phrase {
			same = same && (text[at+i] == word || !strict && text[at+i] == plain(word))
		}
		if same {
			return true
		}
	}
	return false
}

func (o operator) matches(t *tweet, stream bool) bool {
	is := func(handle string) bool { return strings.EqualFold(handle, o.value) }
	switch o.name {
	case "#":
		return slices.ContainsFunc(t.post.Hashtags, is) ||
			stream && t.quoted != nil && slices.ContainsFunc(t.quoted.post.Hashtags, is)
	case "@":
		return slices.ContainsFunc(t.handles, is)
	case "from":
		return is(t.post.Author.Handle)
	case "to":
		return is(t.to)
	case "lang":
		return is(t.post.Language)
	case "is":
		return o.value == "retweet" && t.isRetweet() || o.value == "reply" && t.to != "" || o.value == "quote" && t.quoted != nil
	default:
		return false
	}
}

// positive: lang: and is: must stand with something else.
func (o operator) positive() bool { return o.name != "lang" && o.name != "is" }

// tokens cuts a text at everything that is no letter, digit or mark; each sign
// that is a symbol (an emoji) is a token too.
func tokens(text string) []string {
	var list []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFC.String(strings.ToLower(text)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) && word.Len() > 0:
			word.WriteRune(r)
		case unicode.IsSymbol(r) && r > 0x2000:
			end()
			list = append(list, string(r))
		default:
			end()
		}
	}
	end()
	return list
}

// plain is a word without its accents.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}
