package language

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// sampler draws examples that look like posts out of texts that do not: short
// cuts, without accents, with slips.
type sampler struct {
	classes []float64 // cumulated shares
	sources [][]drawn // by class
	english []string  // words that slip into any language
}

type drawn struct {
	Source
	upTo float64 // cumulated weight in its class
}

func newSampler(codes []string, sources []Source) sampler {
	s := sampler{sources: make([][]drawn, len(codes))}
	var total float64
	for class, code := range codes {
		total += share(code)
		s.classes = append(s.classes, total)
		var weight float64
		for _, source := range sources {
			if source.Language != code || len(source.Lines) == 0 {
				continue
			}
			weight += weightOfSource(source)
			s.sources[class] = append(s.sources[class], drawn{source, weight})
			if code == "en" && source.Posts {
				some := source.Lines[:min(2000, len(source.Lines))]
				s.english = append(s.english, strings.Fields(strings.Join(some, " "))...)
			}
		}
	}
	return s
}

// weightOfSource grows slowly with a source's size, so that none drowns the
// others; posts count most.
func weightOfSource(source Source) float64 {
	switch {
	case source.Ranked:
		return 100
	case source.Posts:
		return float64(4 * math.Sqrt(float64(len(source.Lines))))
	}
	return math.Sqrt(float64(min(len(source.Lines), 40_000)))
}

func (s *sampler) class(random *rand.Rand) int {
	at := random.Float64() * s.classes[len(s.classes)-1]
	for class, upTo := range s.classes {
		if at < upTo {
			return class
		}
	}
	return len(s.classes) - 1
}

// example is a text of the class.
func (s *sampler) example(class int, random *rand.Rand) string {
	from := s.sources[class]
	at := random.Float64() * from[len(from)-1].upTo
	i := 0
	for from[i].upTo <= at && i < len(from)-1 {
		i++
	}
	source := from[i]
	var words []string
	if source.Ranked {
		for range 1 + random.IntN(7) {
			words = append(words, source.Lines[zipf(len(source.Lines), random)])
		}
	} else {
		words = strings.Fields(source.Lines[random.IntN(len(source.Lines))])
		if random.Float64() < 0.7 {
			words = cut(words, random)
		}
	}
	if len(s.english) > 0 && len(words) > 4 && random.Float64() < 0.1 {
		words = append(words[:len(words):len(words)], s.english[random.IntN(len(s.english))])
	}
	text := strings.Join(words, " ")
	if random.Float64() < 0.15 {
		text = withoutAccents(text)
	}
	if random.Float64() < 0.15 {
		text = slip(text, random)
	}
	return text
}

// zipf draws a rank: the commonest words are drawn most, as they are written.
// Each rank is as likely as those up to its double together, which whole numbers
// can tell on any machine alike.
func zipf(n int, random *rand.Rand) int {
	octave := 1 << random.IntN(bits.Len(uint(n)))
	return min(n, octave+random.IntN(octave)) - 1
}

func cut(words []string, random *rand.Rand) []string {
	n := 1 + random.IntN(6)
	if len(words) <= n {
		return words
	}
	from := random.IntN(len(words) - n + 1)
	return words[from : from+n]
}

func withoutAccents(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || scriptOf(r) != latin && !unicode.Is(unicode.Mn, r) {
			return r
		}
		if first, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); first < utf8.RuneSelf {
			return first
		}
		return r
	}, text)
}

// slip drops or swaps a letter.
func slip(text string, random *rand.Rand) string {
	letters := []rune(text)
	if len(letters) < 6 {
		return text
	}
	i := 1 + random.IntN(len(letters)-2)
	if random.Float64() < 0.5 {
		return string(letters[:i]) + string(letters[i+1:])
	}
	letters[i], letters[i+1] = letters[i+1], letters[i]
	return string(letters)
}
