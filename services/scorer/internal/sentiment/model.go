package sentiment

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Label is what is felt.
type Label int

// Labels, in the order of a model's weights.
const (
	Negative Label = iota
	Neutral
	Positive
	labels
)

// Model holds, for each feature, its weight towards each label.
type Model struct {
	version string
	bias    [labels]float32
	weights map[string][labels]float32
}

//go:embed models/en.tsv models/fr.tsv
var models embed.FS

//go:embed cues.txt
var cueList string

// cueWeight is what a cue adds to its label, chosen on the validation splits.
const cueWeight = 1.2

// Embedded is the model of a language ("en", "fr") that comes with the binary,
// nil where there is none.
func Embedded(language string) *Model { return embedded()[language] }

var embedded = sync.OnceValue(func() map[string]*Model {
	all := map[string]*Model{}
	for _, language := range []string{"en", "fr"} {
		data, err := models.ReadFile("models/" + language + ".tsv")
		if err != nil {
			panic(err) // embedded at build time
		}
		if all[language], err = Read(data); err != nil {
			panic(fmt.Sprintf("models/%s.tsv: %v", language, err))
		}
		all[language].cue(language, cueList)
	}
	return all
})

// cue adds the words that speak for themselves. A negated cue speaks for the
// opposite, but more softly: "not great" is no outrage.
func (m *Model) cue(language, list string) {
	for line := range strings.Lines(list) {
		head, words, found := strings.Cut(line, ": ")
		code, label, _ := strings.Cut(head, " ")
		towards, known := names[label]
		if !found || !known || code != language && code != "all" {
			continue
		}
		opposite := Negative + Positive - towards
		for word := range strings.FieldsSeq(words) {
			m.add(query.Fold(strings.ReplaceAll(word, "-", " ")), towards, cueWeight)
			m.add("!"+query.Fold(word), opposite, cueWeight/2)
		}
	}
}

func (m *Model) add(feature string, label Label, weight float32) {
	w := m.weights[feature]
	w[label] += weight
	m.weights[feature] = w
}

// Version tells which training made the model.
func (m *Model) Version() string { return m.version }

// Score tells the label of a text and a score from -1 (negative) to 1 (positive).
func (m *Model) Score(document *query.Document) (Label, float32) {
	sums := m.bias
	features(document, func(feature []byte) {
		if w, known := m.weights[string(feature)]; known {
			for i := range sums {
				sums[i] += w[i]
			}
		}
	})
	p := softmax(sums)
	best := Neutral
	for label := Negative; label < labels; label++ {
		if p[label] > p[best] {
			best = label
		}
	}
	return best, p[Positive] - p[Negative]
}

func softmax(sums [labels]float32) (p [labels]float32) {
	top := max(sums[0], sums[1], sums[2])
	var total float32
	for i, s := range sums {
		p[i] = float32(math.Exp(float64(s - top)))
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	return p
}

// negators open a scope in which words count as negated; scopes are short in
// posts (Pang et al. 2002 mark up to the next punctuation; a few words do).
var negators = map[string]bool{
	"not": true, "no": true, "never": true, "cannot": true, "without": true, "nor": true,
	"don": true, "didn": true, "doesn": true, "isn": true, "wasn": true, "aren": true, "won": true, "wouldn": true, "couldn": true, "shouldn": true, "haven": true, "hasn": true, "ain": true, "dont": true, "cant": true, "didnt": true, "isnt": true, "wont": true,
	"pas": true, "jamais": true, "aucun": true, "aucune": true, "sans": true, "rien": true, "ni": true, "plus": true,
}

const negationScope = 3

// features visits what a model weighs: each word, negated where it is, and each
// pair of neighbours. The bytes are valid during the call only.
func features(document *query.Document, visit func(feature []byte)) {
	var buffer [128]byte
	previous, scope := "", 0
	for word := range document.Words() {
		b := buffer[:0]
		if scope > 0 {
			b = append(b, '!')
			scope--
		}
		visit(append(b, word...))
		if previous != "" {
			b = append(append(append(buffer[:0], previous...), ' '), word...)
			visit(b)
		}
		if negators[word] {
			scope = negationScope
		}
		previous = word
	}
}

// Read reads a model as Write wrote it: a header line with its version, then a
// feature and its weights in thousandths a line, the bias under "".
func Read(data []byte) (*Model, error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	if !lines.Scan() {
		return nil, fmt.Errorf("sentiment: the model is empty")
	}
	m := &Model{version: strings.TrimPrefix(lines.Text(), "# "), weights: map[string][labels]float32{}}
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 1+int(labels) {
			return nil, fmt.Errorf("sentiment: %q is no line of a model", lines.Text())
		}
		var w [labels]float32
		for i := range w {
			thousandths, err := strconv.Atoi(fields[1+i])
			if err != nil {
				return nil, fmt.Errorf("sentiment: %q: %w", lines.Text(), err)
			}
			w[i] = float32(thousandths) / 1000
		}
		if fields[0] == "" {
			m.bias = w
			continue
		}
		m.weights[fields[0]] = w
	}
	return m, lines.Err()
}
