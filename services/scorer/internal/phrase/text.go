// Package phrase owns texts read as words that know where they stand, and lists of
// phrases found among them: the ground of packages that must show the words they
// went by, and hear a "not" before them. What a phrase means is theirs.
//
// A text is cut into words in four ways here, for they keep different things: queries
// (pkg/query) the words of hashtags, and no punctuation; this package clauses and
// questions, a hashtag as one word; sentiment emoticons, capitals, "don't" as a word,
// and as they were when its model was trained, as language its n-grams. What people do
// not see as a difference is folded by query.Fold, but for language, which reads accents.
package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// readAtMost bounds what is read of a text, in bytes.
const readAtMost = 32 << 10

// Text is a text read once. It can be read into again.
type Text struct {
	Source string
	Words  []Word
}

// Word is a word of a text. A handle is a word that no phrase has.
type Word struct {
	Text     string // folded as queries are; "@" for a handle
	From, To int    // bytes of the source
	Clause   int    // counts up where a comma or more stands between two words
	Sentence int
	Asks     bool // its sentence is a question
}

// Read replaces the text.
func (t *Text) Read(source string) {
	if len(source) > readAtMost {
		source = source[:readAtMost]
	}
	t.Source, t.Words = source, t.Words[:0]
	clause, sentence, began := 0, 0, 0
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRuneInString(source[i:])
		switch {
		case r == 'h' && isAddress(source[i:]):
			i += end(source[i:], func(r rune) bool { return !unicode.IsSpace(r) })
			continue
		case isPart(r), r == '@':
			length := size + end(source[i+size:], isPart)
			word := Word{Text: "@", From: i, To: i + length, Clause: clause, Sentence: sentence}
			if r != '@' {
				word.Text = query.Fold(source[i : i+length])
			}
			t.Words = append(t.Words, word)
			i += length
			continue
		case (r == '.' || r == ',') && isDigit(source, i-1) && isDigit(source, i+1):
		case strings.ContainsRune(".!?…\n", r):
			clause, sentence = clause+1, sentence+1
			if r == '?' {
				t.ask(began)
			}
			began = len(t.Words)
		case strings.ContainsRune(",;:()«»\"“”—|", r):
			clause++
		}
		i += size
	}
}

// ask marks a sentence that began at a word as a question.
func (t *Text) ask(began int) {
	for i := began; i < len(t.Words); i++ {
		t.Words[i].Asks = true
	}
}

func isDigit(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func isPart(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func end(s string, belongs func(rune) bool) int {
	for i, r := range s {
		if !belongs(r) {
			return i
		}
	}
	return len(s)
}
