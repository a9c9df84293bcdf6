// Package language owns which language a post is written in, by its characters
// and words: a linear model over hashed character n-grams, trained by `vigie
// train language` (docs/language.md) and embedded.
//
// It knows the eight languages that are scored, Hindi also in Latin letters, and
// some thirty-five others, to say of those that they are none of the eight. It does
// not read a text's parts apart: a post of two languages has the main one.
package language

import (
	_ "embed"
	"math"
	"strings"
)

// Undetermined is the answer for any other language, and where there is too
// little to tell.
const Undetermined = "und"

// languages are those that Detect tells.
var languages = [...]string{"ar", "de", "en", "es", "fr", "hi", "it", "pt"}

//go:embed model.bin
var embedded []byte

var standard = mustRead(embedded)

func mustRead(data []byte) *Model {
	m, err := ReadModel(data)
	if err != nil {
		panic(err) // the bytes are ours: a build that holds others is broken
	}
	return m
}

// Version names the embedded model.
func Version() string { return standard.version }

// Detect tells the language of a text as an ISO 639-1 code, or Undetermined.
// hint is the language the source announces ("", "fr", "pt-BR", "ja"): it decides
// short texts, and gives way to a text that says otherwise.
func Detect(text, hint string) string { return standard.Detect(text, hint) }

const (
	hintEvidence = 4.5 // what a hint adds, in logits
	leastSure    = 0.5 // the probability under which nothing is told,
	sureOfOther  = 0.8 // or, where the source says that it is another language, this
)

// Detect is Detect of the package, by this model.
func (m *Model) Detect(text, hint string) string {
	hint = languageOf(hint)
	var r reading
	r.read(text)
	if r.script == foreign {
		return Undetermined
	}
	if r.count == 0 {
		return known(hint)
	}
	var room [maxClasses]float32
	logits := room[:len(m.codes)]
	m.logits(&r, logits)
	for class, code := range m.codes {
		if hint != "" && strings.EqualFold(hint, languageOf(code)) {
			logits[class] += hintEvidence
		}
	}
	least := leastSure
	if hint != "" && !strings.EqualFold(hint, Undetermined) && known(hint) == Undetermined {
		least = sureOfOther
	}
	class, probability := m.best(r.script, logits)
	if class < 0 || probability < least {
		return Undetermined
	}
	return known(m.codes[class])
}

// known gives the language of a code where it is one of those told.
func known(code string) string {
	for _, k := range languages {
		if strings.EqualFold(languageOf(code), k) {
			return k
		}
	}
	return Undetermined
}

// languageOf is fr of fr-CA, pt of pt_BR, and hi of hi-Latn.
func languageOf(code string) string {
	if i := strings.IndexAny(code, "-_"); i >= 0 {
		return code[:i]
	}
	return code
}

// logits says how well each class explains a reading.
func (m *Model) logits(r *reading, logits []float32) {
	sums := m.rows.sum(r.features[:r.count])
	step := m.scale * evidence(r.count)
	for class := range logits {
		logits[class] = m.bias[class] + float32(sums[class])*step
	}
}

// best is the likeliest class of the script, or -1, and its probability.
func (m *Model) best(s script, logits []float32) (class int, probability float64) {
	class = -1
	for i, logit := range logits {
		if m.scripts[i] == s && (class < 0 || logit > logits[class]) {
			class = i
		}
	}
	var sum float64
	for i, logit := range logits {
		if m.scripts[i] == s {
			sum += math.Exp(float64(logit - logits[class]))
		}
	}
	return class, 1 / sum
}
