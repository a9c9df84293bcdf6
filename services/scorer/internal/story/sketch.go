package story

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/vigie-monitor/vigie/pkg/query"
)

const (
	// readAtMost bounds what is read of a text, in bytes: an article is told by
	// its first pages.
	readAtMost = 32 << 10
	// sketchSize is how many shingles are kept. A post has fewer, so that posts
	// are compared whole, and articles by a fair sample of them.
	sketchSize = 128
	// minWords and minInformative are what a text needs to be told from what two
	// people would write by themselves, such as "thank you so much": so many
	// words, and so many bytes of different words longer than three.
	minWords       = 6
	minInformative = 24
)

// sketch is what is kept of a text: the smallest hashes of its runs of three
// words, in order, and how many there are in all.
type sketch struct {
	shingles []uint32
	count    int
}

// reader reads texts into memory that it uses again.
type reader struct {
	document    query.Document
	words       []uint64
	informative []uint64
	shingles    []uint32
}

// read sketches a text; the sketch holds until the next read. It is empty where
// the text is too short to tell.
func (r *reader) read(text string) sketch {
	if len(text) > readAtMost {
		text = text[:readAtMost]
	}
	r.document.Read(text)
	r.words, r.informative = r.words[:0], r.informative[:0]
	weight := 0
	for word := range r.document.Words() {
		if len(r.words) == 0 && word == "rt" || isSign(word) {
			continue
		}
		hash := xxhash.Sum64String(word)
		r.words = append(r.words, hash)
		if weight < minInformative && len(word) > 3 && !slices.Contains(r.informative, hash) {
			r.informative = append(r.informative, hash)
			weight += len(word)
		}
	}
	if len(r.words) < minWords || weight < minInformative {
		return sketch{}
	}
	r.shingles = r.shingles[:0]
	for i := range len(r.words) - 2 {
		r.shingles = append(r.shingles, shingle(r.words[i], r.words[i+1], r.words[i+2]))
	}
	slices.Sort(r.shingles)
	distinct := slices.Compact(r.shingles)
	return sketch{distinct[:min(len(distinct), sketchSize)], len(distinct)}
}

// isSign says whether a word is an emoji: they are put in and left out freely.
func isSign(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r > unicode.MaxLatin1 && unicode.Is(unicode.So, r)
}

// shingle hashes three words in their order.
func shingle(a, b, c uint64) uint32 {
	const odd = 0x9E3779B97F4A7C15
	h := ((a*odd+b)*odd + c) * odd
	return uint32(h >> 32)
}

// similarity is how much of the longer of two texts the other holds, 0 where
// they are no copies. A copy holds most of the shorter text, so that a text that
// was cut and one with a comment count; and enough of the longer, so that an
// article is no copy of the post it quotes.
func (s sketch) similarity(other sketch) float64 {
	const (
		ofTheShorter = 0.6
		ofTheLonger  = 0.35
	)
	shared := s.shared(other)
	longer := float64(max(s.count, other.count))
	if shared < ofTheShorter*float64(min(s.count, other.count)) || shared < ofTheLonger*longer {
		return 0
	}
	return shared / longer
}

// shared is how many shingles both texts have: counted where both sketches hold
// all of them, else estimated from the smallest of both together, which are a
// fair sample.
func (s sketch) shared(other sketch) float64 {
	a, b := s.shingles, other.shingles
	whole := len(a) == s.count && len(b) == other.count
	both, seen := 0, 0
	for i, j := 0, 0; i < len(a) && j < len(b) && (whole || seen < sketchSize); seen++ {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	if whole || both == 0 {
		return float64(both)
	}
	alike := float64(both) / float64(seen)
	return alike / (1 + alike) * float64(s.count+other.count)
}
