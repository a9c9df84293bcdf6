package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is read of a text: enough to be sure of any language, and a bound on
// what a hostile text costs.
const (
	maxBytes    = 16 << 10
	maxFeatures = 2048
	maxWord     = 24 // letters; of a longer word the beginning is read
)

const (
	longestGram = 4
	bucketBits  = 16
	buckets     = 1 << bucketBits
)

// script is a writing that some known language uses, or foreign.
type script uint8

const (
	latin script = iota
	arabic
	devanagari
	foreign
)

func scriptOf(r rune) script {
	switch {
	case r < 0x250, r >= 0x1e00 && r < 0x1f00:
		return latin
	case r >= 0x600 && r < 0x700, r >= 0x750 && r < 0x780, r >= 0xfb50 && r < 0xfdff, r >= 0xfe70 && r < 0xff00:
		return arabic
	case r >= 0x900 && r < 0x980:
		return devanagari
	}
	return foreign
}

// weightOf is how much of a word a letter is: an ideograph or a syllable is
// more than a letter.
func weightOf(r rune, s script) int {
	if s == foreign && r >= 0x1100 {
		return 3
	}
	return 1
}

// reading is a text as the model sees it: the hashes of the character n-grams
// and words of its main script.
type reading struct {
	script   script
	count    int
	features [maxFeatures]uint16
	word     [maxWord + 2]rune
}

// read reads the words of the script most of the text is written in.
func (r *reading) read(text string) {
	if len(text) > maxBytes {
		text = text[:maxBytes]
	}
	r.count = 0
	r.script = mainScript(text)
	if r.script == foreign {
		return
	}
	for text != "" && r.count < maxFeatures {
		var token string
		token, text = nextToken(text)
		if isProse(token) {
			r.readToken(token)
		}
	}
}

func mainScript(text string) script {
	var letters [foreign + 1]int
	for rest := text; rest != ""; {
		var token string
		token, rest = nextToken(rest)
		if !isProse(token) {
			continue
		}
		for _, c := range token {
			switch {
			case c < utf8.RuneSelf:
				if l := c | 0x20; l >= 'a' && l <= 'z' {
					letters[latin]++
				}
			case unicode.IsLetter(c):
				s := scriptOf(plain(c))
				letters[s] += weightOf(c, s)
			}
		}
	}
	main := latin
	for s := latin; s <= foreign; s++ {
		if letters[s] > letters[main] {
			main = s
		}
	}
	return main
}

// nextToken cuts what stands before the next white space.
func nextToken(text string) (token, rest string) {
	start := 0
	for start < len(text) && text[start] <= ' ' {
		start++
	}
	end := start
	for end < len(text) && text[end] > ' ' {
		end++
	}
	return text[start:end], text[end:]
}

// isProse refuses names of people, addresses, and marks of the networks.
func isProse(token string) bool {
	switch {
	case token == "", token[0] == '&', token == "RT", token == "rt", token == "via":
		return false
	case strings.HasPrefix(token, "http"), strings.HasPrefix(token, "www."):
		return false
	case strings.IndexByte(token, '@') >= 0, strings.IndexByte(token, '/') >= 0 && strings.IndexByte(token, '.') >= 0:
		return false
	}
	return true
}

// readToken reads the words of a token: letters of the main script, with the
// apostrophes between them. A letter written three times and more is read once.
func (r *reading) readToken(token string) {
	n := 1 // r.word[0] is a space
	var previous rune
	run := 0
	for _, c := range token {
		c = r.fold(c)
		switch {
		case c == 0 || c == '\'' && n == 1:
			continue
		case c == ' ':
			r.readWord(n)
			n, previous, run = 1, 0, 0
			continue
		case c == previous:
			run++
		default:
			previous, run = c, 1
		}
		if run == 3 {
			n-- // both that were taken become one
		}
		if run < 3 && n <= maxWord {
			r.word[n] = c
			n++
		}
	}
	r.readWord(n)
}

// fold gives what is read of a character: a letter in lower case, an apostrophe,
// a space where a word ends, or 0 where it is to be passed over.
func (r *reading) fold(c rune) rune {
	switch {
	case c < utf8.RuneSelf:
		l := c | 0x20
		switch {
		case r.script == latin && l >= 'a' && l <= 'z':
			return l
		case r.script == latin && c == '\'':
			return c
		}
		return ' '
	case c == '’' && r.script == latin:
		return '\''
	case unicode.IsMark(c):
		if r.script == latin {
			return 0 // an accent on its own, or many
		}
		return c
	case unicode.Is(unicode.Cf, c): // joiners, marks of direction
		return 0
	}
	if c = plain(c); unicode.IsLetter(c) && scriptOf(c) == r.script {
		return unicode.ToLower(c)
	}
	return ' '
}

// plain gives the letter that a mathematical one stands for: posts are made
// bold with these.
func plain(c rune) rune {
	if c < 0x1d400 || c >= 0x1d6a4 {
		return c
	}
	l := (c - 0x1d400) % 52
	if l < 26 {
		return 'a' + l
	}
	return 'a' + l - 26
}

// readWord takes the word that stands in r.word[1:n].
func (r *reading) readWord(n int) {
	for n > 1 && r.word[n-1] == '\'' {
		n--
	}
	if n == 1 {
		return
	}
	r.word[0], r.word[n] = ' ', ' '
	word := r.word[:n+1]
	whole := uint32(wholeWord)
	for start, c := range word {
		whole = mix(whole, c)
		hash := uint32(gram)
		for length := 1; length <= longestGram && start+length <= len(word); length++ {
			hash = mix(hash, word[start+length-1])
			if length > 1 || c != ' ' {
				r.add(hash)
			}
		}
	}
	r.add(whole)
	r.add(whole) // twice: a whole word says more than its parts
}

// Where hashes begin, so that a word and an n-gram of the same letters differ.
const (
	wholeWord = 1
	gram      = 0x2545f491
)

func mix(hash uint32, c rune) uint32 {
	hash = (hash ^ uint32(c)) * 0x9e3779b1
	return hash ^ hash>>15
}

func (r *reading) add(hash uint32) {
	if r.count < maxFeatures {
		r.features[r.count] = uint16(hash * 0x85ebca6b >> (32 - bucketBits))
		r.count++
	}
}
