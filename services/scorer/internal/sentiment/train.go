package sentiment

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Corpus is a labelled file to train on.
type Corpus struct {
	Source
	Language string
	Examples []Example
	Weight   float32 // of an example, 1 in the domain that matters
}

// Progress tells how far a training is.
type Progress struct {
	Language string
	Step     string
	Done, Of int
}

// folds is how many parts a cross-validation has, and how many the polarities of
// a text are learned without.
const folds = 5

// settings are what was chosen for a language, on validation splits.
type settings struct {
	words, strange, pieces float32 // strength of the prior of weights; strange are words no list knows
	fewest                 [blocks]int
	kept                   int // features
}

func settingsOf(examples int) settings {
	if examples > 10_000 {
		return settings{words: 2, strange: 2, pieces: 6, fewest: [blocks]int{3, 4}, kept: 80_000}
	}
	return settings{words: 0.5, strange: 0.7, pieces: 1, fewest: [blocks]int{2, 3}, kept: 20_000}
}

const (
	denseStrength = 0.05
	priorMean     = 1 // of a word's weight, by its polarity
	iterations    = 60
	refits        = 25
)

// text is a reading of an example that is kept: what the fit and the polarities need.
type text struct {
	reading reading
	shown   []feature
	label   int
	weight  float32
	share   float32 // weight, each label weighing alike
}

// Train fits a model for each language of the corpora. The same corpora and
// lexicons give the same model, bit for bit.
func Train(corpora []Corpus, lexicons []*Lexicon, progress func(Progress)) (*Model, error) {
	byLanguage := map[string][]Corpus{}
	for _, c := range corpora {
		byLanguage[c.Language] = append(byLanguage[c.Language], c)
	}
	if len(byLanguage) == 0 {
		return nil, errors.New("sentiment: nothing to train on")
	}
	m := &Model{tongues: map[string]*tongue{}}
	for _, language := range sortedKeys(byLanguage) {
		w := workshop{language: language, prior: prior(language, lexicons), cues: known()[language].cues, progress: progress}
		corpora := byLanguage[language]
		n, complete := examples(corpora)
		if !complete {
			return nil, fmt.Errorf("sentiment: %s: examples of all three labels are needed", language)
		}
		corpora = append(corpora, ownPosts(language, n))
		w.take(corpora)
		card := LanguageCard{Language: language, Examples: len(w.texts)}
		for _, c := range corpora {
			card.Sources = append(card.Sources, c.Source)
		}
		w.validate(&card)
		t := w.train(w.texts, "final fit")
		t.cool = 1 / card.Temperature
		m.tongues[language] = t
		for _, e := range t.table.slots {
			if e.hash != 0 {
				card.Features++
			}
		}
		m.card.Languages = append(m.card.Languages, card)
	}
	for _, l := range lexicons {
		m.card.Lexicons = append(m.card.Lexicons, l.Source)
	}
	m.card.Lexicons = append(m.card.Lexicons, listed("cues.txt", cueList))
	digest := sha256.Sum256(m.weights())
	m.card.Version = fmt.Sprintf("sentiment-2/%x", digest[:4])
	return m, nil
}

// workshop trains one language.
type workshop struct {
	language string
	settings settings
	texts    []*text
	prior    polarities
	cues     polarities
	progress func(Progress)
}

func (w *workshop) take(corpora []Corpus) {
	for _, c := range corpora {
		for _, e := range c.Examples {
			x := &text{label: int(e.Label - Negative), weight: c.Weight}
			x.reading.read(w.language, e.Text)
			x.reading.show()
			x.shown, x.reading.features = x.reading.features, nil
			w.texts = append(w.texts, x)
		}
	}
	w.settings = settingsOf(len(w.texts))
}

func (w *workshop) tell(step string, done, of int) {
	if w.progress != nil {
		w.progress(Progress{Language: w.language, Step: step, Done: done, Of: of})
	}
}

// fold is the part a text belongs to: neighbours in a file go to different parts.
func fold(i int) int { return i * 7 % folds }

// validate measures on each part what the others teach, and finds the temperature
// that makes the probabilities true.
func (w *workshop) validate(card *LanguageCard) {
	var all []judged
	for f := range folds {
		var training, held []*text
		for i, x := range w.texts {
			if fold(i) == f {
				held = append(held, x)
			} else {
				training = append(training, x)
			}
		}
		t := w.train(training, fmt.Sprintf("cross-validation %d of %d", f+1, folds))
		for _, x := range held {
			all = append(all, judged{t.sums(&x.reading), x.label, x.weight})
			x.reading.features = nil
		}
	}
	card.Temperature = temperature(all)
	tally := Tally{}
	for _, j := range all {
		tally.Add(Label(j.label)+Negative, verdict(softmax(j.at(card.Temperature))))
	}
	figures := tally.Figures()
	card.Confusion = tally.Confusion
	card.MacroRecall, card.MacroF1, card.ECE = round(figures.MacroRecall), round(figures.MacroF1), round(figures.ECE)
}

func round(x float64) float64 { return math.Round(x*10_000) / 10_000 }

// judged is what a model that had not seen a text thinks of it.
type judged struct {
	sums   [labels]float32
	label  int
	weight float32
}

func (j judged) at(temperature float32) [labels]float32 {
	for l := range j.sums {
		j.sums[l] /= temperature
	}
	return j.sums
}

// temperature divides the sums so that the log loss is least (Guo et al. 2017).
func temperature(all []judged) float32 {
	best, least := float32(1), math.Inf(1)
	for t := float32(0.5); t < 2.5; t += 0.02 {
		var loss float64
		for _, j := range all {
			p := softmax(j.at(t))
			loss -= float64(j.weight) * math.Log(max(float64(p[j.label]), 1e-9))
		}
		if loss < least {
			best, least = t, loss
		}
	}
	return best
}

// train fits all features, keeps those that weigh most, and fits those again.
func (w *workshop) train(texts []*text, step string) *tongue {
	balance(texts)
	learner := &learner{tallies: map[uint32]*tally{}, prior: w.prior, cues: w.cues}
	for _, x := range texts {
		learner.learn(&x.reading, x.label, x.share, 1)
	}
	dense := w.unseen(learner, texts)
	columns := w.columns(texts)
	report := func(pass string, of int) func(int) {
		return func(iteration int) { w.tell(step+pass, iteration+1, of) }
	}
	p := w.problem(texts, dense, columns, learner)
	weights := p.fit(nil, iterations, report("", iterations))
	kept := heaviest(columns, weights, w.settings.kept)
	start := make([]float32, 0, (len(kept)+denseFeatures+1)*labels)
	for _, c := range kept {
		start = append(start, weights[c.index*labels:(c.index+1)*labels]...)
	}
	start = append(start, weights[len(columns)*labels:]...)
	p = w.problem(texts, dense, kept, learner)
	weights = p.fit(start, refits, report(", what weighs most", refits))
	return w.quantise(kept, weights, learner)
}

// balance makes the labels weigh alike.
func balance(texts []*text) {
	var sums [labels]float32
	for _, x := range texts {
		sums[x.label] += x.weight
	}
	total := sums[0] + sums[1] + sums[2]
	for _, x := range texts {
		x.share = x.weight * total / labels / sums[x.label]
	}
}

// unseen is what the polarities of each text add up to, learned without its part:
// or the fit would trust them more than they deserve.
func (w *workshop) unseen(l *learner, texts []*text) [][denseFeatures]float32 {
	sums := make([][denseFeatures]float32, len(texts))
	for f := range folds {
		each := func(do func(i int, x *text)) {
			for i, x := range texts {
				if i*11%folds == f {
					do(i, x)
				}
			}
		}
		each(func(_ int, x *text) { l.learn(&x.reading, x.label, x.share, -1) })
		each(func(i int, x *text) {
			x.reading.sumUp(w.language, l.polarity)
			sums[i] = x.reading.dense
		})
		each(func(_ int, x *text) { l.learn(&x.reading, x.label, x.share, 1) })
	}
	return sums
}

// column is a feature that is fitted.
type column struct {
	hash  uint32
	block block
	index int // in the list it was chosen from
}

// columns are the features that enough texts show, in the order of their hashes.
func (w *workshop) columns(texts []*text) []column {
	type seen struct {
		n     int
		block block
	}
	counts := map[uint32]*seen{}
	for _, x := range texts {
		for _, f := range x.shown {
			c := counts[f.hash]
			if c == nil {
				c = &seen{block: f.block}
				counts[f.hash] = c
			}
			c.n++
		}
	}
	var all []column
	for _, hash := range sortedKeys(counts) {
		c := counts[hash]
		if cue := w.cues[hash] != 0; c.n >= w.settings.fewest[c.block] || cue && c.block == words {
			all = append(all, column{hash: hash, block: c.block})
		}
	}
	return all
}

func (w *workshop) problem(texts []*text, dense [][denseFeatures]float32, columns []column, l *learner) *problem {
	p := &problem{
		rows: make([]row, len(texts)), columns: len(columns), dense: denseStrength / float32(len(texts)),
		mean: make([]float32, len(columns)*labels), strength: make([]float32, len(columns)),
	}
	places := make(map[uint32]int32, len(columns))
	for i, c := range columns {
		places[c.hash] = int32(i)
		p.strength[i] = w.settings.words / float32(len(texts))
		if l.prior[c.hash] == 0 {
			p.strength[i] = w.settings.strange / float32(len(texts))
		}
		if c.block == pieces {
			p.strength[i] = w.settings.pieces / float32(len(texts))
			continue
		}
		if lean := priorMean * l.prior[c.hash]; lean != 0 {
			p.mean[i*labels] = -lean
			p.mean[i*labels+1] = -max(lean, -lean) / 2
			p.mean[i*labels+2] = lean
		}
	}
	for i, x := range texts {
		r := &p.rows[i]
		r.label, r.weight, r.dense = x.label, x.share, dense[i]
		for _, f := range x.shown {
			if place, known := places[f.hash]; known {
				r.columns[f.block] = append(r.columns[f.block], place)
			}
		}
		for b, columns := range r.columns {
			r.scale[b] = float32(1 / math.Sqrt(float64(max(len(columns), 1))))
		}
	}
	return p
}

// heaviest are the columns that move a verdict most, in the order of their hashes.
func heaviest(columns []column, weights []float32, n int) []column {
	spread := func(i int) float32 {
		w := weights[i*labels : (i+1)*labels]
		return max(w[0], w[1], w[2]) - min(w[0], w[1], w[2])
	}
	kept := make([]column, len(columns))
	for i, c := range columns {
		kept[i] = column{hash: c.hash, block: c.block, index: i}
	}
	slices.SortFunc(kept, func(a, b column) int {
		return cmp.Or(cmp.Compare(spread(b.index), spread(a.index)), cmp.Compare(a.hash, b.hash))
	})
	kept = kept[:min(n, len(kept))]
	slices.SortFunc(kept, func(a, b column) int { return cmp.Compare(a.hash, b.hash) })
	return kept
}

// quantise turns weights into a tongue. Weights count relative to neutral.
func (w *workshop) quantise(columns []column, weights []float32, l *learner) *tongue {
	t := &tongue{language: w.language, cool: 1}
	relative := func(i int) (against, favour float32) {
		v := weights[i*labels:]
		return v[0] - v[1], v[2] - v[1]
	}
	for i, c := range columns {
		against, favour := relative(i)
		t.steps[c.block] = max(t.steps[c.block], max(against, -against, favour, -favour)/127)
	}
	entries := map[uint32]*entry{}
	for i, c := range columns {
		against, favour := relative(i)
		step := t.steps[c.block]
		entries[c.hash] = &entry{hash: c.hash, block: weighed | uint8(c.block), against: rounded(against / step), favour: rounded(favour / step)}
	}
	lean := func(hash uint32) {
		polarity := rounded(l.polarity(hash) * 127)
		if polarity == 0 {
			return
		}
		if entries[hash] == nil {
			entries[hash] = &entry{hash: hash}
		}
		entries[hash].polarity = polarity
	}
	for hash, tally := range l.tallies {
		if tally.texts >= fewestLeaning || l.cues[hash] != 0 {
			lean(hash)
		}
	}
	for hash := range l.cues {
		lean(hash)
	}
	list := make([]entry, 0, len(entries))
	for _, hash := range sortedKeys(entries) {
		list = append(list, *entries[hash])
	}
	t.table = newTable(list)
	base := len(columns) * labels
	for d := range t.dense {
		copy(t.dense[d][:], weights[base+d*labels:])
	}
	copy(t.bias[:], weights[base+denseFeatures*labels:])
	return t
}

// fewestLeaning is in how many texts a word must stand for its polarity to be kept.
const fewestLeaning = 2

func rounded(x float32) int8 { return int8(max(-127, min(127, math.Round(float64(x))))) }
