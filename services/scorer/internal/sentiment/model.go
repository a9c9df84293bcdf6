package sentiment

import (
	_ "embed"
	"math"
	"slices"
	"sync"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Model judges texts in the languages it was trained on. It is safe for
// concurrent use.
type Model struct {
	card    Card
	tongues map[string]*tongue
}

// tongue is the model of a language.
type tongue struct {
	language string
	table    table
	steps    [blocks]float32 // what one unit of a quantised weight is worth
	dense    [denseFeatures][labels]float32
	bias     [labels]float32
	cool     float32 // 1/temperature: what calibrates the probabilities
}

// Verdict is what is felt in a text, or Label None where that is not known.
type Verdict struct {
	Label         Label
	Score         float32         // -1 to 1
	Probabilities [labels]float32 // negative, neutral, positive
}

//go:embed sentiment.model
var embeddedModel []byte

// Embedded is the model that comes with the binary.
var Embedded = sync.OnceValue(func() *Model {
	model, err := Read(embeddedModel)
	if err != nil {
		panic(err) // embedded at build time
	}
	return model
})

// Version tells which training made the model.
func (m *Model) Version() string { return m.card.Version }

// Card tells where the model comes from.
func (m *Model) Card() Card { return m.card }

var readings = sync.Pool{New: func() any { return new(reading) }}

// Judge tells what a text feels towards the brand that is named at own, others
// being where it names other brands, both in order. Without others it is the text as
// a whole. In a language that is not known there is no verdict, unless hardly a word
// is said: stars and faces are of no language.
func (m *Model) Judge(language, text string, own, others []query.Span) Verdict {
	r := readings.Get().(*reading)
	defer readings.Put(r)
	t := m.tongues[language]
	if t == nil {
		r.cut(text)
		return r.wordless()
	}
	r.read(language, text)
	if r.unreadable(language) {
		return Verdict{}
	}
	stance := r.target(language, own, others)
	return stance.of(t.judge(r))
}

// judge weighs what is left of a reading.
func (t *tongue) judge(r *reading) Verdict {
	sums := t.sums(r)
	for l := range sums {
		sums[l] *= t.cool
	}
	return verdict(softmax(sums))
}

// What some words add by themselves, times how far they lean, for a few hundred posts
// of a language hold hardly one « merci pour rien », no row of stars, and most « pas »
// in what is bad.
const (
	evidence = 2   // an idiom, a rating
	denial   = 1.5 // a complaint denied: « aucun souci »
	question = 1   // in favour of neutral: a question with no word that leans
)

// plead adds what is known without examples.
func (t *tongue) plead(r *reading, sums *[labels]float32) {
	leans := known()[t.language].cues
	for i := range r.tokens {
		switch token := &r.tokens[i]; {
		case token.kind == idiom || isRating[token.hash]:
			weigh(sums, evidence*t.table.polarity(token.hash))
		case token.kind == word && token.denied && leans[token.hash] < 0:
			sums[0] += denial * leans[token.hash]
			weigh(sums, -denial*leans[token.hash])
		}
	}
	if r.onlyAsks(leans) {
		sums[1] += question
	}
}

// weigh adds what leans to the side it leans to.
func weigh(sums *[labels]float32, lean float32) {
	sums[0] -= min(lean, 0)
	sums[2] += max(lean, 0)
}

// onlyAsks says whether a text ends in one question mark, and says nothing good or bad
// nor loud: people who ask when the shop opens do not complain.
func (r *reading) onlyAsks(leans polarities) (asks bool) {
	for i := range r.tokens {
		if t := &r.tokens[i]; t.kind == mark {
			asks = string(r.buffer[t.a:t.b]) == "?"
			if r.buffer[t.a] == '!' || !asks && t.b-t.a > 1 {
				return false
			}
		}
	}
	return asks && !slices.ContainsFunc(r.tokens, func(t token) bool { return t.shouted || leans[t.hash] != 0 })
}

func (t *tongue) sums(r *reading) (sums [labels]float32) {
	r.show()
	r.sumUp(t.language, t.table.polarity)
	sums = t.bias
	for d, x := range r.dense {
		if x != 0 {
			for l := range sums {
				sums[l] += x * t.dense[d][l]
			}
		}
	}
	t.plead(r, &sums)
	var against, favour, shown [blocks]int32
	for _, f := range r.features {
		if e := t.table.find(f.hash); e != nil && e.block&weighed != 0 {
			against[f.block] += int32(e.against)
			favour[f.block] += int32(e.favour)
			shown[f.block]++
		}
	}
	for b, n := range shown {
		if n > 0 {
			step := t.steps[b] / float32(math.Sqrt(float64(n)))
			sums[0] += step * float32(against[b])
			sums[2] += step * float32(favour[b])
		}
	}
	return sums
}

func verdict(p [labels]float32) Verdict {
	best := 1
	for l := range p {
		if p[l] > p[best] {
			best = l
		}
	}
	return Verdict{Label: Label(best) + Negative, Score: p[2] - p[0], Probabilities: p}
}
