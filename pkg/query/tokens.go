package query

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
type token struct {
	text string
	full string
	kind kind
}

// Fold brings a text to the form in which it is compared: lower case, without
// accents, ligatures opened.
func Fold(s string) string {
	if isLowerASCII(s) {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf:
			c := s[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
		case r < tabled:
			b = append(b, foldTable()[r]...)
		default:
			b = append(b, foldRune(r)...)
		}
	}
	return string(b)
}

// tabled bounds the runes whose folding is looked up: the alphabets.
const tabled = 0x3000

var foldTable = sync.OnceValue(func() []string {
	table := make([]string, tabled)
	for r := range rune(tabled) {
		table[r] = foldRune(r)
	}
	return table
})

// foldRune folds one character. Decomposing a text character by character gives
// what decomposing it whole gives, for the marks that could change places vanish.
func foldRune(r rune) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'Œ' || r == 'œ':
			b.WriteString("oe")
		case r == 'Æ' || r == 'æ':
			b.WriteString("ae")
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// tokenize appends the tokens of a text to dst. Web addresses are passed over:
// a brand named in a link only is not being talked of.
func tokenize(dst []token, text string) []token {
	s := Fold(text)
	for i := 0; i < len(s); {
		if s[i] == 'h' && (strings.HasPrefix(s[i:], "http://") || strings.HasPrefix(s[i:], "https://")) {
			i += wordEnd(s[i:], func(r rune) bool { return !unicode.IsSpace(r) })
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '@' && !endsInWord(s[:i]):
			if n := wordEnd(s[i+1:], isHandlePart); n > 0 {
				dst = append(dst, token{text: s[i+1 : i+1+n], full: fullHandle(s[i+1:], n), kind: handle})
				i += 1 + n
				continue
			}
		case r == '#' || r == '＃':
			if n := wordEnd(s[i+size:], isWordPart); n > 0 {
				dst = append(dst, token{text: s[i+size : i+size+n], kind: hashtag})
				i += size + n
				continue
			}
		case standsAlone(r):
			dst = append(dst, token{text: s[i : i+size]})
		case isWordPart(r):
			n := wordEnd(s[i:], func(r rune) bool { return isWordPart(r) && !standsAlone(r) })
			dst = append(dst, token{text: s[i : i+n]})
			i += n
			continue
		}
		i += size
	}
	return dst
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
	return r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isWordPart(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// standsAlone says whether a rune is a word by itself: emoji, and the scripts
// that put no space between words.
func standsAlone(r rune) bool {
	if r < 0x2000 {
		return false
	}
	return unicode.Is(unicode.So, r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
