package sentiment

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Example is a labelled text.
type Example struct {
	Text  string
	Label Label
}

const (
	epochs       = 4
	learningRate = 0.05
	decay        = 0.03 // L2, on the features of an example
	minCount     = 3    // a feature seen less often teaches nothing
	keptFeatures = 12000
)

// Train fits a multinomial logistic regression by AdaGrad (Duchi et al. 2011),
// keeps the features that weigh most, and fits those again. Labels weigh the
// same whatever their number. The same examples give the same model.
func Train(version string, examples []Example) *Model {
	texts := make([][]string, len(examples))
	counts := map[string]int{}
	for i, example := range examples {
		var document query.Document
		document.Read(example.Text)
		features(&document, func(feature []byte) {
			texts[i] = append(texts[i], string(feature))
			counts[string(feature)]++
		})
	}
	kept := map[string]bool{}
	for feature, n := range counts {
		kept[feature] = n >= minCount
	}
	first := fit(examples, texts, kept)
	kept = map[string]bool{}
	for _, feature := range heaviest(first.weights) {
		kept[feature] = true
	}
	model := fit(examples, texts, kept)
	model.version = version
	return model
}

func fit(examples []Example, texts [][]string, kept map[string]bool) *Model {
	type row struct{ weight, gradients [labels]float32 }
	var bias row
	rows := map[string]*row{}
	balance := balanced(examples)
	order := rand.New(rand.NewPCG(1, 2))
	for range epochs {
		for _, i := range order.Perm(len(examples)) {
			active := []*row{&bias}
			for _, feature := range texts[i] {
				if !kept[feature] {
					continue
				}
				r := rows[feature]
				if r == nil {
					r = &row{}
					rows[feature] = r
				}
				active = append(active, r)
			}
			var sums [labels]float32
			for _, r := range active {
				for l := range sums {
					sums[l] += r.weight[l]
				}
			}
			p := softmax(sums)
			for l := range sums {
				gradient := p[l]
				if Label(l) == examples[i].Label {
					gradient--
				}
				gradient *= balance[examples[i].Label]
				for _, r := range active {
					g := gradient + decay*r.weight[l]
					r.gradients[l] += g * g
					r.weight[l] -= learningRate * g / (float32(math.Sqrt(float64(r.gradients[l]))) + 1e-6)
				}
			}
		}
	}
	model := &Model{bias: bias.weight, weights: map[string][labels]float32{}}
	for feature, r := range rows {
		model.weights[feature] = r.weight
	}
	return model
}

func balanced(examples []Example) (weight [labels]float32) {
	for _, example := range examples {
		weight[example.Label]++
	}
	for l, n := range weight {
		weight[l] = float32(len(examples)) / (float32(labels) * max(n, 1))
	}
	return weight
}

// heaviest are the features that move a score most.
func heaviest(weights map[string][labels]float32) []string {
	names := make([]string, 0, len(weights))
	for name := range weights {
		names = append(names, name)
	}
	spread := func(name string) float32 {
		w := weights[name]
		return max(w[0], w[1], w[2]) - min(w[0], w[1], w[2])
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(spread(b), spread(a)), cmp.Compare(a, b))
	})
	return names[:min(keptFeatures, len(names))]
}

// Write is the model as a text, readable and stable.
func (m *Model) Write() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", m.version)
	line := func(feature string, w [labels]float32) {
		b.WriteString(feature)
		for _, weight := range w {
			fmt.Fprintf(&b, "\t%d", int(math.Round(float64(weight)*1000)))
		}
		b.WriteByte('\n')
	}
	line("", m.bias)
	names := make([]string, 0, len(m.weights))
	for name := range m.weights {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		line(name, m.weights[name])
	}
	return b.Bytes()
}
