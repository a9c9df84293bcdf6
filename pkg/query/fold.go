package query

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to the form in which it is compared: lower case, without
// accents and invisible signs, ligatures opened.
func Fold(s string) string {
	if isLowerASCII(s) {
		return s
	}
	folded, _ := fold(make([]byte, 0, len(s)+8), nil, s)
	return string(folded)
}

// change is a character that folding made longer or shorter: where it stood, and
// where what it became stands.
type change struct {
	folded, original Span
}

// fold appends the folded text to dst, and to changes where offsets shifted.
func fold(dst []byte, changes []change, s string) ([]byte, []change) {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			from := len(dst)
			start := i
			for i < len(s) && s[i] < utf8.RuneSelf {
				i++
			}
			dst = append(dst, s[start:i]...)
			for j, c := range dst[from:] {
				if c >= 'A' && c <= 'Z' {
					dst[from+j] = c + 'a' - 'A'
				}
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		from := len(dst)
		dst = append(dst, foldedRune(r)...)
		if len(dst)-from != size {
			changes = append(changes, change{Span{from, len(dst)}, Span{i, i + size}})
		}
		i += size
	}
	return dst, changes
}

// foldedRune looks up what can be: the alphabets.
func foldedRune(r rune) string {
	if r < tabled {
		return foldTable()[r]
	}
	return foldRune(r)
}

const tabled = 0x3000

var foldTable = sync.OnceValue(func() []string {
	table := make([]string, tabled)
	for r := range rune(tabled) {
		table[r] = foldRune(r)
	}
	return table
})

// letters that are compared as others, without decomposing into them.
var letters = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ı", "i", "ς", "σ")

// foldRune folds one character. Decomposing a text character by character gives
// what decomposing it whole gives, for the marks that could change places vanish.
// Signs such as ™ stay what they are: the word before them ends there.
func foldRune(r rune) string {
	if unicode.Is(unicode.So, r) {
		return string(r)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(string(r)) {
		if !isAccent(r) && !isInvisible(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return letters.Replace(b.String())
}

// accented are the scripts that are read without their marks. Elsewhere marks are
// vowels.
var accented = []*unicode.RangeTable{unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

func isAccent(r rune) bool {
	const nukta, bengaliNukta, gurmukhiNukta = '\u093c', '\u09bc', '\u0a3c'
	if !unicode.Is(unicode.Mn, r) {
		return false
	}
	return r == nukta || r == bengaliNukta || r == gurmukhiNukta || unicode.In(r, accented...)
}

// isInvisible knows the signs that people do not see inside a word: soft hyphens,
// joiners, marks of direction. A zero-width space does part words.
func isInvisible(r rune) bool { return r != '\u200b' && unicode.Is(unicode.Cf, r) }

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// origin finds, for offsets of a folded text that only grow, those of the text.
type origin struct {
	changes []change
	done    int // changes that end at or before the last offset
}

// start is where what begins at an offset of the folded text began.
func (o *origin) start(at int) int {
	original, inside := o.find(at)
	if inside != nil {
		return inside.original.From
	}
	return original
}

// end is where what ends at an offset of the folded text ended.
func (o *origin) end(at int) int {
	original, inside := o.find(at)
	if inside != nil {
		return inside.original.To
	}
	return original
}

func (o *origin) find(at int) (original int, inside *change) {
	for o.done < len(o.changes) && o.changes[o.done].folded.To <= at {
		o.done++
	}
	if o.done < len(o.changes) && o.changes[o.done].folded.From < at {
		return 0, &o.changes[o.done]
	}
	if o.done == 0 {
		return at, nil
	}
	last := o.changes[o.done-1]
	return last.original.To + at - last.folded.To, nil
}
