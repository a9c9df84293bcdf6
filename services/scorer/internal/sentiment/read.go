package sentiment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// kind of a token.
type kind uint8

const (
	word     kind = iota
	tag           // a hashtag as a whole; its words follow it
	symbol        // an emoji, an emoticon, a rating
	idiom         // words that mean something together: see joinIdioms
	mark          // punctuation that carries tone
	stop          // punctuation that ends a clause softly: , ; :
	user          // a handle
	link          // a web address
	number        // digits
	excluded      // boilerplate: read, and not weighed
)

// token is a unit of a text, folded: buffer[a:b] of its reading, with a space on
// either side, and from:to in the text itself.
type token struct {
	from, to int32
	a, b     int32
	hash     uint32
	kind     kind
	shouted  bool // in capitals
	drawn    bool // looooong
	negated  bool
	denied   bool // a word that leans, negated
}

// Bounds of what is read of one text: what follows decides no verdict, and a
// hostile text costs no more than a long one.
const (
	maxBytes     = 16 << 10
	maxTokens    = 600
	maxWordRunes = 32
)

// reading is a text cut into tokens; it is reused.
type reading struct {
	buffer   []byte
	tokens   []token
	features []feature
	dense    [denseFeatures]float32
}

// read cuts a text into tokens, leaves out boilerplate, joins idioms, marks what a
// negation of the language reaches, and doubts praise of what is complained of.
func (r *reading) read(language, text string) {
	r.cut(text)
	r.dropBoilerplate()
	r.joinIdioms(language)
	r.negate(language)
	r.doubt(language)
}

// cut cuts a text into tokens.
func (r *reading) cut(text string) {
	r.buffer, r.tokens = append(r.buffer[:0], ' '), r.tokens[:0]
	if len(text) > maxBytes {
		text = text[:maxBytes]
	}
	for i := 0; i < len(text) && len(r.tokens) < maxTokens; {
		i += r.next(text, i)
	}
}

// next reads what stands at i and tells its length.
func (r *reading) next(text string, i int) int {
	c, size := runeAt(text[i:])
	switch {
	case c == ' ' || c == '\n' || c == '\t':
		return size
	case (c == 'h' || c == 'H' || c == 'w') && isLink(text[i:]) && !afterWord(text, i):
		n := strings.IndexFunc(text[i:], unicode.IsSpace)
		if n < 0 {
			n = len(text) - i
		}
		return r.add(link, i, n, "http")
	case c == '@' && !afterWord(text, i):
		if n := run(text[i+1:], isHandle); n > 0 {
			return r.add(user, i, 1+n, "@")
		}
	case c == '#':
		if n := run(text[i+1:], isWord); n > 0 {
			return r.hashtag(text, i, 1+n)
		}
	case c >= '0' && c <= '9':
		if n, stars := fraction(text[i:]); n > 0 {
			return r.add(symbol, i, n, ratings[stars])
		}
		n := run(text[i:], isNumber)
		return r.add(number, i, n, "0")
	}
	if n, name := emoticon(text, i); n > 0 {
		return r.add(symbol, i, n, name)
	}
	switch {
	case isLetter(c):
		return r.word(text, i)
	case c == '★' || c == '⭐':
		return r.stars(text, i)
	case c == '!' || c == '?':
		return r.bang(text, i)
	case c == '.' || c == '…':
		n := run(text[i:], func(c rune) bool { return c == '.' || c == '…' })
		if n > 1 {
			return r.add(mark, i, n, "...")
		}
		return r.add(mark, i, n, ".")
	case c == ',' || c == ';' || c == ':' || c == '،' || c == '؛':
		return r.add(stop, i, size, ",")
	case c >= 0x2000 && isEmoji(c):
		n := r.add(symbol, i, size, text[i:i+size])
		return n
	}
	return size
}

func (r *reading) add(k kind, from, n int, folded string) int {
	a := len(r.buffer)
	r.buffer = append(append(r.buffer, folded...), ' ')
	r.tokens = append(r.tokens, token{
		from: int32(from), to: int32(from + n), a: int32(a), b: int32(len(r.buffer) - 1),
		hash: hashBytes(r.buffer[a : len(r.buffer)-1]), kind: k,
	})
	return n
}

// word reads a run of letters. An apostrophe ends it (l'eau), but not in English
// contractions (don't), which are read as one word without it.
func (r *reading) word(text string, i int) int {
	n := run(text[i:], isWord)
	end := n
	if c, size := runeAt(text[i+n:]); isApostrophe(c) {
		m := run(text[i+n+size:], isWord)
		if contracted(text[i+n+size : i+n+size+m]) {
			r.fold(text[i:i+n], text[i+n+size:i+n+size+m])
			end = n + size + m
			return r.folded(i, end, text[i:i+n])
		}
		end += size
	}
	r.fold(text[i:i+n], "")
	return max(r.folded(i, n, text[i:i+n]), end)
}

// fold appends words to the buffer, folded; letters said more than twice in a
// row are said twice.
func (r *reading) fold(parts ...string) {
	for _, part := range parts {
		for i := 0; i < len(part); {
			c, size := runeAt(part[i:])
			i += size
			if c < utf8.RuneSelf {
				b := byte(c)
				if b >= 'A' && b <= 'Z' {
					b += 'a' - 'A'
				}
				if n := len(r.buffer); n > 2 && r.buffer[n-1] == b && r.buffer[n-2] == b {
					continue
				}
				r.buffer = append(r.buffer, b)
				continue
			}
			f := foldRune(c)
			if n := len(r.buffer); len(f) > 0 && n >= 2*len(f) && string(r.buffer[n-len(f):]) == f && string(r.buffer[n-2*len(f):n-len(f)]) == f {
				continue
			}
			r.buffer = append(r.buffer, f...)
		}
	}
}

// folded closes the word that fold has written.
func (r *reading) folded(from, n int, original string) int {
	a := 0
	if len(r.tokens) > 0 {
		a = int(r.tokens[len(r.tokens)-1].b) + 1
	} else {
		a = 1
	}
	if len(r.buffer) == a { // marks only
		return n
	}
	t := token{from: int32(from), to: int32(from + n), a: int32(a), b: int32(len(r.buffer)), kind: word}
	t.hash = hashBytes(r.buffer[a:])
	t.shouted = len(original) > 2 && strings.ToUpper(original) == original && strings.ToLower(original) != original
	t.drawn = drawn(original)
	r.buffer = append(r.buffer, ' ')
	r.tokens = append(r.tokens, t)
	return n
}

// hashtag reads a hashtag as a whole and then its words: #ThankYouSNCF.
func (r *reading) hashtag(text string, i, n int) int {
	body := text[i+1 : i+n]
	a := len(r.buffer)
	r.buffer = append(r.buffer, '#')
	r.fold(body)
	r.tokens = append(r.tokens, token{
		from: int32(i), to: int32(i + n), a: int32(a), b: int32(len(r.buffer)),
		hash: hashBytes(r.buffer[a:]), kind: tag,
	})
	r.buffer = append(r.buffer, ' ')
	for at := 0; at < len(body) && len(r.tokens) < maxTokens; {
		m := hump(body[at:])
		if part := strings.Trim(body[at:at+m], "_"); part != "" {
			r.fold(part)
			r.folded(i, n, part)
		}
		at += m
	}
	return n
}

// stars reads a row of stars as a rating: those that are filled count.
func (r *reading) stars(text string, i int) int {
	filled := 0
	n := run(text[i:], func(c rune) bool {
		if c == '★' || c == '⭐' {
			filled++
		}
		return c == '★' || c == '☆' || c == '⭐' || c == 0xFE0F
	})
	return r.add(symbol, i, n, ratings[min(filled, 5)])
}

func (r *reading) bang(text string, i int) int {
	var asked, called bool
	n := run(text[i:], func(c rune) bool {
		asked, called = asked || c == '?', called || c == '!'
		return c == '!' || c == '?'
	})
	name := "!"
	switch {
	case asked && called:
		name = "?!"
	case asked && n > 1:
		name = "??"
	case asked:
		name = "?"
	case n > 1:
		name = "!!"
	}
	return r.add(mark, i, n, name)
}

// ratings are what stars are read as, one to five.
var ratings = [6]string{"[0*]", "[1*]", "[2*]", "[3*]", "[4*]", "[5*]"}

var isRating = func() map[uint32]bool {
	all := map[uint32]bool{}
	for _, name := range ratings {
		all[hashBytes([]byte(name))] = true
	}
	return all
}()

// fraction reads "2/5", "7/10" or "1 star" at the start of s as a rating.
func fraction(s string) (n, stars int) {
	d := run(s, func(c rune) bool { return c >= '0' && c <= '9' })
	value := 0
	for _, c := range s[:min(d, 3)] {
		value = value*10 + int(c-'0')
	}
	rest := s[d:]
	for _, unit := range [...]string{"star", "étoile", "etoile", "estrella", "estrela", "stelle", "stella", "sterne", "Sterne", "Stern", "⭐", "★"} {
		if m := strings.TrimLeft(rest, " -"); strings.HasPrefix(m, unit) && len(rest)-len(m) <= 1 && value <= 5 {
			word := run(m, isLetter)
			return d + len(rest) - len(m) + max(word, len(unit)), value
		}
	}
	for _, scale := range [...]struct {
		text string
		of   int
	}{{"/5", 5}, {"/10", 10}, {"/20", 20}} {
		if strings.HasPrefix(rest, scale.text) && value <= scale.of {
			if after, _ := runeAt(rest[len(scale.text):]); after == '/' || after >= '0' && after <= '9' {
				continue // a date
			}
			return d + len(scale.text), (value*5 + scale.of/2) / scale.of
		}
	}
	return 0, 0
}

// hump is the length of the first word of a CamelCase hashtag.
func hump(s string) int {
	previous, digits := rune(0), false
	for i, c := range s {
		switch {
		case i == 0:
			digits = unicode.IsDigit(c)
		case c == '_':
			return i + 1
		case unicode.IsDigit(c) != digits && c != '_':
			return i
		case unicode.IsUpper(c) && unicode.IsLower(previous):
			return i
		case unicode.IsUpper(previous) && unicode.IsLower(c) && i > 1 && unicode.IsUpper(rune(s[0])) && secondUpper(s):
			return i - utf8.RuneLen(previous)
		}
		previous = c
	}
	return len(s)
}

// secondUpper says whether a word begins with two capitals, as an acronym.
func secondUpper(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	c, _ := utf8.DecodeRuneInString(s[n:])
	return unicode.IsUpper(c)
}

func drawn(s string) bool {
	for i := 2; i < len(s); i++ {
		if s[i] == s[i-1] && s[i] == s[i-2] && s[i] != '0' && s[i] != 'w' {
			return true
		}
	}
	return false
}

// contracted says what may follow an apostrophe within one English word.
func contracted(s string) bool {
	switch s {
	case "t", "s", "re", "ve", "ll", "m", "d", "T", "S", "RE", "VE", "LL", "M", "D":
		return true
	}
	return false
}

// runeAt decodes the rune at the start of s. Some sources write "\u2019" in full.
func runeAt(s string) (rune, int) {
	if s == "" {
		return 0, 0
	}
	if c := s[0]; c < utf8.RuneSelf {
		if c == '\\' && len(s) >= 6 && s[1] == 'u' {
			var value rune
			for _, h := range []byte(s[2:6]) {
				switch {
				case h >= '0' && h <= '9':
					value = value<<4 | rune(h-'0')
				case h >= 'a' && h <= 'f':
					value = value<<4 | rune(h-'a'+10)
				default:
					return rune(c), 1
				}
			}
			return value, 6
		}
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s)
}

// run is the length of the runes at the start of s that belong.
func run(s string, belongs func(rune) bool) int {
	i := 0
	for i < len(s) {
		c, size := runeAt(s[i:])
		if !belongs(c) {
			break
		}
		i += size
	}
	return i
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.") ||
		strings.HasPrefix(s, "http") && (len(s) == 4 || s[4] == ' ' || s[4] == '\n')
}

func afterWord(text string, i int) bool {
	if i == 0 {
		return false
	}
	c, _ := utf8.DecodeLastRuneInString(text[:i])
	return isWord(c)
}

func isLetter(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return unicode.IsLetter(c) || unicode.Is(unicode.M, c) && c != 0xFE0F
}

func isWord(c rune) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_'
}

func isHandle(c rune) bool {
	return c < utf8.RuneSelf && isWord(c)
}

func isNumber(c rune) bool {
	return c >= '0' && c <= '9' || c == '.' || c == ',' || c == '%' || c == '/' || c == ':'
}

func isApostrophe(c rune) bool { return c == '\'' || c == '’' || c == '`' || c == '´' }

func isEmoji(c rune) bool { return unicode.Is(unicode.So, c) }

// foldRune folds a rune beyond ASCII as the queries do.
func foldRune(c rune) string {
	if c < tabled {
		return foldTable[c]
	}
	return query.Fold(string(c))
}

const tabled = 0x700 // Latin, Greek, Cyrillic, Hebrew, Arabic

var foldTable = func() (table [tabled]string) {
	for c := range rune(tabled) {
		table[c] = query.Fold(string(c))
	}
	return table
}()
