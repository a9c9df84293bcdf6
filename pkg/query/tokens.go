package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token: a plain word, or one marked as a hashtag or a handle.
type kind uint8

const (
	word kind = iota
	hashtag
	handle
)

// token is one folded unit of a text. A handle such as "@ana.bsky.social" has
// text "ana" and full "ana.bsky.social", because people also write "@ana.Thanks".
//
// A hashtag of several words is followed by these: they stand in the same place.
type token struct {
	text     string
	full     string
	span     Span  // of the text that was read, the sign included
	position int32 // in words, from 0
	fullEnd  int   // in bytes of the text that was read
	parts    int32 // words of the hashtag, which are the next tokens
	kind     kind
}

// lastPosition is where its last word stands.
func (t *token) lastPosition() int32 { return t.position + max(t.parts, 1) - 1 }

// reader cuts a text into tokens.
type reader struct {
	text   string // as written
	s      string // folded
	origin origin
	tokens []token
	words  int32
}

// tokenize appends the tokens of a text to dst, given its folded form. Web
// addresses are passed over: a brand named in a link only is not being talked of.
func tokenize(dst []token, text, folded string, changes []change) []token {
	rd := reader{text: text, s: folded, origin: origin{changes: changes}, tokens: dst}
	for i := 0; i < len(rd.s); {
		i = rd.next(i)
	}
	return rd.tokens
}

// next reads what stands at an offset, and answers the next one.
func (rd *reader) next(i int) int {
	s := rd.s
	if s[i] == 'h' && (strings.HasPrefix(s[i:], "http://") || strings.HasPrefix(s[i:], "https://")) {
		return i + wordEnd(s[i:], func(r rune) bool { return !unicode.IsSpace(r) })
	}
	r, size := rune(s[i]), 1
	if r >= utf8.RuneSelf {
		r, size = utf8.DecodeRuneInString(s[i:])
	}
	switch {
	case r == '@' && !endsInWord(s[:i]):
		if n := wordEnd(s[i+1:], isHandlePart); n > 0 {
			end := i + 1 + n
			t := token{text: s[i+1 : end], full: fullHandle(s[i+1:], n), kind: handle}
			ahead := rd.origin
			t.fullEnd = ahead.end(i + 1 + len(t.full))
			rd.add(t, i, end)
			return end
		}
	case r == '#':
		if n := wordEnd(s[i+1:], isWordPart); n > 0 {
			rd.hashtag(i, i+1+n)
			return i + 1 + n
		}
	case standsAlone(r):
		rd.add(token{text: s[i : i+size]}, i, i+size)
	case isWordPart(r):
		n := plainEnd(s[i:])
		rd.add(token{text: s[i : i+n]}, i, i+n)
		return i + n
	}
	return i + size
}

// add adds a token of its own place.
func (rd *reader) add(t token, from, to int) {
	t.span = Span{rd.origin.start(from), rd.origin.end(to)}
	t.position = rd.words
	rd.words++
	rd.tokens = append(rd.tokens, t)
}

// hashtag adds a hashtag, and its words: #AirFrance, #JO2024, #air_france. What
// is written without any sign of where a word ends is one.
func (rd *reader) hashtag(from, to int) {
	at := len(rd.tokens)
	rd.add(token{text: rd.s[from+1 : to], kind: hashtag}, from, to)
	whole := rd.tokens[at]
	folded := from + 1
	first := whole.span.From + 1
	if rd.text[whole.span.From] != '#' { // the full-width sign
		first = whole.span.From + len("＃")
	}
	var parts int32
	eachWord(rd.text[first:whole.span.To], func(from, to int, gap string) {
		for _, r := range gap {
			folded += len(foldedRune(r))
		}
		begin := folded
		for _, r := range rd.text[first+from : first+to] {
			folded += len(foldedRune(r))
		}
		if part := rd.s[begin:folded]; part != "" && part != whole.text {
			rd.tokens = append(rd.tokens, token{
				text: part, span: Span{first + from, first + to}, position: whole.position + parts,
			})
			parts++
		}
	})
	rd.tokens[at].parts = parts
	rd.words += max(parts, 1) - 1
}

// wordEnd is the length of the run of runes at the start of s that belong.
func wordEnd(s string, belongs func(rune) bool) int {
	for i, r := range s {
		if !belongs(r) {
			return i
		}
	}
	return len(s)
}

// plainEnd is the length of the word at the start of s.
func plainEnd(s string) int {
	start := 0
	for start < len(s) && s[start] < utf8.RuneSelf {
		if !isHandlePart(rune(s[start])) {
			return start
		}
		start++
	}
	for i, r := range s[start:] {
		if !isWordPart(r) || standsAlone(r) {
			return start + i
		}
	}
	return len(s)
}

// fullHandle extends a handle of n bytes by the parts that follow a dot, a dash
// or a second @, as Bluesky and Mastodon write them.
func fullHandle(s string, n int) string {
	end := n
	for end < len(s) && (s[end] == '.' || s[end] == '-' || s[end] == '@') {
		more := wordEnd(s[end+1:], isHandlePart)
		if more == 0 {
			break
		}
		end += 1 + more
	}
	if end == n {
		return ""
	}
	return s[:end]
}

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isHandlePart(r)
}

func isHandlePart(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r >= 'A' && r <= 'Z'
}

func isWordPart(r rune) bool {
	if r < utf8.RuneSelf {
		return isHandlePart(r)
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// standsAlone says whether a rune is a word by itself: emoji, and the scripts
// that put no space between words.
func standsAlone(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return r >= 0x2000 && unicode.Is(unicode.So, r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
