package sentiment

import (
	"cmp"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Reason is a word of a text and how far it moves the score: what the score loses
// without it.
type Reason struct {
	Word   string
	Weight float32
}

// explained bounds the words that are tried: a post has fewer.
const explained = 150

// Explain tells which words weighed most in what Judge says, the heaviest first, at
// most n. It judges the text again without each word: ask when a person does.
func (m *Model) Explain(language, text string, own, others []query.Span, n int) []Reason {
	t := m.tongues[language]
	if t == nil {
		return nil
	}
	var r reading
	r.read(language, text)
	if r.unreadable(language) {
		return nil
	}
	stance := r.target(language, own, others)
	whole := stance.of(t.judge(&r)).Score
	var reasons []Reason
	for i := 0; i < min(len(r.tokens), explained); i++ {
		from, kinds := r.tokens[i].from, []kind(nil)
		end := i
		for ; end < len(r.tokens) && r.tokens[end].from == from; end++ { // a hashtag and its words
			kinds = append(kinds, r.tokens[end].kind)
			r.tokens[end].kind = excluded
		}
		if kinds[0] != excluded {
			weight := whole - stance.of(t.judge(&r)).Score
			reasons = append(reasons, Reason{Word: text[from:r.tokens[i].to], Weight: weight})
		}
		for k, kind := range kinds {
			r.tokens[i+k].kind = kind
		}
		i = end - 1
	}
	slices.SortStableFunc(reasons, func(a, b Reason) int { return cmp.Compare(abs(b.Weight), abs(a.Weight)) })
	return reasons[:min(n, len(reasons))]
}

func abs(x float32) float32 { return max(x, -x) }
