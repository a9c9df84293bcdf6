package detect

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// mostWords is how many words of a mention are looked at.
	mostWords = 16
	// shortest and longest are how many letters a word has.
	shortest, longest = 3, 30
	// shownWords is how many are told.
	shownWords = 8
)

// Word is one that is used far more than usual of a brand.
type Word struct {
	Text  string  // as it was written, in small letters, a hashtag with its sign
	Share float64 // of the mentions that were read
	Usual float64 // share
}

// usual is in how many mentions of a brand each word stood, before the latest: a
// count-min sketch (Cormode and Muthukrishnan 2005), 4 KB.
type usual struct {
	Rows     [2][1 << sketchBits]uint16
	Mentions uint16
}

const (
	sketchBits = 10
	// mostUsual is after how many mentions all are halved, so that the old fade.
	mostUsual = 4096
)

func (u *usual) learn(said []uint32) {
	if u.Mentions == mostUsual {
		for r := range u.Rows {
			for i := range u.Rows[r] {
				u.Rows[r][i] /= 2
			}
		}
		u.Mentions /= 2
	}
	u.Mentions++
	for _, word := range said {
		u.Rows[0][word%(1<<sketchBits)]++
		u.Rows[1][word>>(32-sketchBits)]++
	}
}

func (u *usual) count(word uint32) uint16 {
	return min(u.Rows[0][word%(1<<sketchBits)], u.Rows[1][word>>(32-sketchBits)])
}

const (
	// rareWord and wordFaith are what is thought of a word before anything is known: it
	// stands in one mention of fifty, which speaks for as many as so many.
	rareWord, wordFaith = 0.02, 25
	// surely is how many standard deviations sure it must be that a word is used more.
	surely = 1.645
	// leastTimes is how many times the odds of a word must have grown, surely.
	leastTimes = 1.5
	// leastUses is in how many mentions it must stand: what fewer say is theirs alone.
	leastUses = 3
)

// mark is a word that marks what is said, and how much.
type mark struct {
	Word
	word   uint32
	weight float64
}

// marks are the words that mark mentions against those before and what is usual, the
// strongest first: by the log-odds of a mention having one, with a prior (Monroe,
// Colaresi and Quinn 2008), at their lower bound, times the share that has it. The names
// of the brand mark nothing.
func marks(in, before []sighting, u *usual, names []uint32) (found []mark) {
	now, n := uses(in)
	then, m := uses(before)
	m += float64(u.Mentions)
	const some = rareWord * wordFaith
	odds := func(k, of float64) float64 { return math.Log((k + some) / (of + wordFaith - k - some)) }
	for word, k := range now {
		if k < leastUses || slices.Contains(names, word) {
			continue
		}
		usually := min(m, then[word]+float64(u.count(word)))
		spread := math.Sqrt(1/(k+some) + 1/(usually+some))
		if least := odds(k, n) - odds(usually, m) - surely*spread; least >= math.Log(leastTimes) {
			w := Word{Share: k / n, Usual: (usually + some) / (m + wordFaith)}
			found = append(found, mark{w, word, w.Share * least})
		}
	}
	slices.SortFunc(found, func(a, b mark) int { return cmp.Or(-cmp.Compare(a.weight, b.weight), cmp.Compare(a.word, b.word)) })
	return found
}

// uses is in how many mentions each word stands, and how many were read.
func uses(of []sighting) (uses map[uint32]float64, read float64) {
	uses = map[uint32]float64{}
	for i := range of {
		if of[i].Read {
			read++
			for _, word := range of[i].said {
				uses[word]++
			}
		}
	}
	return uses, read
}

// spell gives the strongest marks their letters: what stands in no post that is kept
// cannot be told.
func spell(found []mark, posts []post) (spelt []mark) {
	texts := map[uint32]string{}
	for i := range posts {
		s := scanner{text: posts[i].Text}
		for s.next() {
			if _, known := texts[s.word]; !known {
				texts[s.word] = strings.ToLower(strings.ToValidUTF8(s.text[s.from:s.to], ""))
			}
		}
	}
	for _, m := range found {
		if m.Text = texts[m.word]; m.Text != "" && len(spelt) < shownWords {
			spelt = append(spelt, m)
		}
	}
	return spelt
}

// wordsOf adds the words of a text, each once, but for those that say little.
func wordsOf(said []uint32, text string) []uint32 {
	s := scanner{text: text}
	for len(said) < mostWords && s.next() {
		if !common.has(s.word) && !slices.Contains(said, s.word) {
			said = append(said, s.word)
		}
	}
	return said
}

// scanner finds the words of a text: no addresses, no handles, no numbers.
type scanner struct {
	text     string
	at       int
	word     uint32 // hash of its small letters
	from, to int
}

const (
	fnvOffset, fnvPrime = 2166136261, 16777619
)

// next goes on to the next word.
func (s *scanner) next() bool {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '@':
			s.skip()
		case c < utf8.RuneSelf && letters[c] == 0:
			s.at++
		case s.scan():
			return true
		}
	}
	return false
}

// skip goes on behind a handle.
func (s *scanner) skip() {
	for s.at++; s.at < len(s.text); s.at++ {
		if c := s.text[s.at]; c < utf8.RuneSelf && letters[c] == 0 && c != '@' && c != '.' && c != '-' {
			return
		}
	}
}

// scan reads a run of letters and digits, and says whether it is a word.
func (s *scanner) scan() bool {
	from, runes, alphabetic := s.at, 0, false
	h := uint32(fnvOffset)
	for s.at < len(s.text) {
		c := s.text[s.at]
		if c < utf8.RuneSelf {
			class := letters[c]
			if class == 0 {
				break
			}
			h = (h ^ uint32(class)) * fnvPrime
			alphabetic = alphabetic || class > '9'
			runes++
			s.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if r = small(r); r == 0 {
			if s.at == from { // no word begins with it
				s.at += size
				return false
			}
			break
		}
		h = (h ^ uint32(r)) * fnvPrime
		alphabetic = true
		runes++
		s.at += size
	}
	if s.address() {
		return false
	}
	h ^= h >> 15 // all of its bits tell words apart
	h *= 0x85ebca6b
	h ^= h >> 13
	s.word, s.from, s.to = h, from, s.at
	if from > 0 && s.text[from-1] == '#' {
		s.from--
	}
	return alphabetic && runes >= shortest && runes <= longest
}

// address says whether a run of letters begins an address, and goes on behind it.
func (s *scanner) address() bool {
	rest := s.text[s.at:]
	if len(rest) < 2 || !strings.HasPrefix(rest, "://") && (rest[0] != '.' || rest[1] < utf8.RuneSelf && letters[rest[1]] == 0) {
		return false
	}
	if end := strings.IndexAny(rest, " \t\r\n"); end >= 0 {
		s.at += end
	} else {
		s.at = len(s.text)
	}
	return true
}

// letters are the small letters of ASCII's letters, its digits and the underscore; 0
// is no part of a word.
var letters = func() (of [utf8.RuneSelf]byte) {
	for c := range of {
		if r := rune(c); r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			of[c] = byte(unicode.ToLower(r))
		}
	}
	return of
}()

// small is the small letter of one beyond ASCII, 0 for what is no part of a word.
func small(r rune) rune {
	switch {
	case r >= 'à' && r <= 'ÿ' && r != '÷':
		return r
	case r >= 'À' && r <= 'Þ' && r != '×':
		return r + 'à' - 'À'
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r):
		return unicode.ToLower(r)
	default:
		return 0
	}
}
