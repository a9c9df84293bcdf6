package language

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// Source is text of one language, to train on.
type Source struct {
	Language string
	Lines    []string
	// Ranked says that the lines are words, commonest first.
	Ranked bool
	// Posts says that the lines are posts: the likest to what is read, but
	// some are in another language than their file says.
	Posts bool
}

const (
	rate      = 2.0 // how far an example moves the weights, at first
	foreignTo = 0.5 // how much likelier another language must be for a post to be dropped
)

// share is how often an example is drawn of a language: of those that are told
// apart more than of each that is only refused.
func share(code string) float64 {
	switch {
	case code == "en":
		return 8
	case code == hindiInLatin:
		return 2.5
	case known(code) != Undetermined:
		return 4
	}
	return 1
}

// trainer fits weights by stochastic gradient descent with AdaGrad. All
// arithmetic is in a fixed order and free of fused steps, so that the same data
// give the same bytes on any machine.
type trainer struct {
	model   *Model
	random  *rand.Rand
	draw    sampler
	weights []float32
	bias    []float32
	steps   []float32 // by feature: the squares of its gradients, summed
	reading reading
}

// Examples is how many the embedded model was trained on.
const Examples = 2_500_000

// Train fits a model on as many examples as it is told; a sixth as many before,
// to find the posts that are in another language. Progress goes to log.
func Train(version string, sources []Source, examples int, log io.Writer) (*Model, error) {
	sources = withRomanised(sources)
	m := &Model{version: version, codes: codesOf(sources)}
	if len(m.codes) > maxClasses {
		return nil, fmt.Errorf("language: files of %d languages, and a model tells %d apart at most", len(m.codes), maxClasses)
	}
	t := &trainer{model: m}
	t.start(withoutPosts(sources))
	fmt.Fprintf(log, "%d languages: %s\n", len(m.codes), strings.Join(m.codes, " "))
	t.run("looking for posts in another language", examples/6, log)
	for i := range sources {
		if source := &sources[i]; source.Posts && source.Language != "en" {
			own := t.ownOnly(source)
			fmt.Fprintf(log, "%s: %d of %d posts are in another language, and dropped\n", source.Language, len(source.Lines)-len(own), len(source.Lines))
			source.Lines = own
		}
	}
	t.start(sources)
	t.run("training", examples, log)
	m.bias = t.bias
	scale, weights := quantise(t.weights)
	m.scale, m.rows = scale, pack(weights, len(m.codes))
	return m, nil
}

func codesOf(sources []Source) []string {
	var codes []string
	for _, source := range sources {
		if !slices.Contains(codes, source.Language) {
			codes = append(codes, source.Language)
		}
	}
	slices.Sort(codes)
	return codes
}

func (t *trainer) start(sources []Source) {
	classes := len(t.model.codes)
	t.random = rand.New(rand.NewPCG(20261122, 3))
	t.draw = newSampler(t.model.codes, sources)
	t.weights, t.steps = make([]float32, classes*buckets), make([]float32, buckets)
	t.bias = make([]float32, classes)
	t.model.scripts = make([]script, classes)
	for class := range classes {
		var seen [foreign + 1]int
		for range 400 {
			t.reading.read(t.draw.example(class, t.random))
			seen[t.reading.script]++
		}
		t.model.scripts[class] = script(slices.Index(seen[:], slices.Max(seen[:])))
	}
}

func (t *trainer) run(what string, n int, log io.Writer) {
	var loss float64
	const every = 100_000
	for i := range n {
		class := t.draw.class(t.random)
		r := &t.reading
		r.read(t.draw.example(class, t.random))
		if r.count == 0 || t.model.scripts[class] != r.script {
			continue
		}
		loss += t.learn(r, class, float32(rate)*(1-float32(i)/float32(n)))
		if (i+1)%every == 0 {
			fmt.Fprintf(log, "%s: %d of %d, loss %.4f\n", what, i+1, n, loss/every)
			loss = 0
		}
	}
}

// learn moves the weights towards the class and gives the loss before.
func (t *trainer) learn(r *reading, class int, rate float32) float64 {
	classes := len(t.bias)
	var room [maxClasses]float32
	p := room[:classes]
	t.probabilities(r, p)
	loss := -math.Log(max(float64(p[class]), 1e-9))
	if p[class] > 0.999 {
		return loss
	}
	p[class]--
	var square float32
	for k := range p {
		square += float32(p[k] * p[k])
	}
	step := evidence(r.count)
	square = float32(square * float32(step*step))
	for k := range p {
		t.bias[k] -= float32(0.01 * rate * p[k])
	}
	for _, feature := range r.features[:r.count] {
		t.steps[feature] += square
		by := float32(rate * step / float32(0.1+float32(math.Sqrt(float64(t.steps[feature])))))
		row := t.weights[int(feature)*classes:][:classes]
		for k, g := range p {
			row[k] -= float32(by * g)
		}
	}
	return loss
}

// probabilities are those of the classes that write the script, by softmax.
func (t *trainer) probabilities(r *reading, p []float32) {
	classes := len(p)
	for _, feature := range r.features[:r.count] {
		row := t.weights[int(feature)*classes:][:classes]
		for k, w := range row {
			p[k] += w
		}
	}
	step := evidence(max(r.count, 1))
	highest := float32(math.Inf(-1))
	for k := range p {
		p[k] = t.bias[k] + float32(p[k]*step)
		if t.model.scripts[k] == r.script {
			highest = max(highest, p[k])
		}
	}
	var sum float32
	for k := range p {
		if t.model.scripts[k] != r.script {
			p[k] = 0
			continue
		}
		p[k] = exponential(p[k] - highest)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

// exponential is e to the x ≤ 0, near enough for a gradient: math.Exp differs in
// its last bit between machines.
func exponential(x float32) float32 {
	y := max(0, 1+float64(float64(x)/4096))
	for range 12 {
		y *= y
	}
	return float32(y)
}

// withoutPosts are the sources to judge posts by: all but they, save of English,
// whose own are so many that those in another language do not count, and of a
// language that has nothing else.
func withoutPosts(sources []Source) []Source {
	written := map[string]bool{}
	for _, source := range sources {
		written[source.Language] = written[source.Language] || !source.Posts
	}
	var out []Source
	for _, source := range sources {
		if !source.Posts || source.Language == "en" || !written[source.Language] {
			out = append(out, source)
		}
	}
	return out
}

// ownOnly are the posts that the model does not take for another language's.
func (t *trainer) ownOnly(source *Source) []string {
	class := sort.SearchStrings(t.model.codes, source.Language)
	var own []string
	for _, line := range source.Lines {
		var room [maxClasses]float32
		p := room[:len(t.bias)]
		t.reading.read(line)
		t.probabilities(&t.reading, p)
		if t.reading.count > 0 && slices.Max(p)-p[class] < foreignTo {
			own = append(own, line)
		}
	}
	if len(own) == 0 {
		return source.Lines // the model knows less than the file does
	}
	return own
}
