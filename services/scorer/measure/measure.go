package main

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"slices"

	"github.com/jonreiter/govader"

	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

// result is what one way of judging gets on one set.
type result struct {
	Name, Language string
	Tally          sentiment.Tally
	Figures        sentiment.Figures
	Recall, F1     interval
	Chance         float64 // what the ECE would be, were every probability true
	Lexicon        *result
}

type interval struct{ Low, High float64 }

func (i interval) String() string { return fmt.Sprintf("%.1f–%.1f", 100*i.Low, 100*i.High) }

// judged is a verdict and what is right.
type judged struct {
	label   sentiment.Label
	verdict sentiment.Verdict
}

func measure(s set, judge func(text string) sentiment.Verdict) result {
	all := make([]judged, len(s.examples))
	r := result{Name: s.name, Language: s.language}
	for i, e := range s.examples {
		all[i] = judged{e.Label, judge(e.Text)}
		r.Tally.Add(all[i].label, all[i].verdict)
	}
	r.Figures = r.Tally.Figures()
	r.Recall, r.F1 = bootstrap(all)
	r.Chance = chance(all)
	return r
}

// chance is the mean ECE of as many verdicts that are right as often as they say: of
// few texts, one is never 0.
func chance(all []judged) float64 {
	const draws = 200
	random := rand.New(rand.NewPCG(3, 4))
	sum := 0.0
	for range draws {
		var tally sentiment.Tally
		for _, j := range all {
			right, other := j.verdict.Label, j.verdict.Label%sentiment.Positive+1
			if right == sentiment.None || random.Float32() >= j.verdict.Probabilities[right-sentiment.Negative] {
				right = other
			}
			tally.Add(right, j.verdict)
		}
		sum += tally.Figures().ECE
	}
	return sum / draws
}

// bootstrap draws the set anew a thousand times: 95 % of what it then gets.
func bootstrap(all []judged) (recall, f1 interval) {
	const draws = 1000
	random := rand.New(rand.NewPCG(1, 2))
	recalls, f1s := make([]float64, draws), make([]float64, draws)
	for d := range draws {
		var tally sentiment.Tally
		for range all {
			j := all[random.IntN(len(all))]
			tally.Add(j.label, j.verdict)
		}
		figures := tally.Figures()
		recalls[d], f1s[d] = figures.MacroRecall, figures.MacroF1
	}
	slices.Sort(recalls)
	slices.Sort(f1s)
	const low, high = draws * 25 / 1000, draws * 975 / 1000
	return interval{recalls[low], recalls[high]}, interval{f1s[low], f1s[high]}
}

// vader judges by the lexicon, with its author's thresholds.
func vader() func(text string) sentiment.Verdict {
	analyzer := govader.NewSentimentIntensityAnalyzer()
	const threshold = 0.05
	return func(text string) sentiment.Verdict {
		score := analyzer.PolarityScores(text).Compound
		v := sentiment.Verdict{Label: sentiment.Neutral, Score: float32(score)}
		switch {
		case score >= threshold:
			v.Label = sentiment.Positive
		case score <= -threshold:
			v.Label = sentiment.Negative
		}
		return v
	}
}

// transfer is what a model trained on some sources gets on another.
type transfer struct {
	Train, Test string
	Figures     sentiment.Figures
	Recall, F1  interval
}

// acrossDomains trains on one source and tests on another: what a new brand gets.
func acrossDomains(data fs.FS, sets []set) ([]transfer, error) {
	corpora, lexicons, err := sentiment.ReadData(data)
	if err != nil {
		return nil, err
	}
	named := map[string]sentiment.Corpus{}
	for _, c := range corpora {
		named[c.Name] = c
	}
	tests := map[string]set{}
	for _, s := range sets {
		tests[s.name] = s
	}
	umsab, deft := named["fr-umsab.tsv"], named["fr-deft2017.tsv"]
	taught, kept := halves(deft)
	deftSet := set{name: "fr-deft2017", language: "fr", examples: deft.Examples}
	keptSet := set{name: "fr-deft2017, other half", language: "fr", examples: kept}
	deft.Weight = 1
	var all []transfer
	for _, c := range []struct {
		train string
		on    []sentiment.Corpus
		tests []set
	}{
		{"fr-umsab", []sentiment.Corpus{umsab}, []set{tests["fr-umsab"], deftSet}},
		{"fr-deft2017", []sentiment.Corpus{deft}, []set{tests["fr-umsab"]}},
		{"fr-umsab and half of fr-deft2017", []sentiment.Corpus{umsab, taught}, []set{tests["fr-umsab"], keptSet}},
	} {
		model, err := sentiment.Train(c.on, lexicons, nil)
		if err != nil {
			return nil, err
		}
		for _, s := range c.tests {
			all = append(all, between(c.train, model, s))
		}
	}
	for _, name := range []string{"en-sanders", "en-apple", "en-airlines"} {
		all = append(all, between("en-semeval", sentiment.Embedded(), tests[name]))
	}
	return all, nil
}

func between(train string, model *sentiment.Model, s set) transfer {
	r := measure(s, func(text string) sentiment.Verdict { return model.Judge(s.language, text, nil, nil) })
	return transfer{Train: train, Test: s.name, Figures: r.Figures, Recall: r.Recall, F1: r.F1}
}

// halves parts a corpus by the hash of each text.
func halves(c sentiment.Corpus) (taught sentiment.Corpus, kept []sentiment.Example) {
	taught = c
	taught.Examples = nil
	for _, e := range c.Examples {
		h := fnv.New32a()
		h.Write([]byte(e.Text))
		if h.Sum32()>>8%2 == 0 {
			taught.Examples = append(taught.Examples, e)
		} else {
			kept = append(kept, e)
		}
	}
	return taught, kept
}

// byLanguage joins the sets of a language, for its reliability.
func byLanguage(results []result) []result {
	var all []result
	for _, r := range results {
		at := slices.IndexFunc(all, func(x result) bool { return x.Language == r.Language })
		if at < 0 {
			all = append(all, result{Name: r.Language, Language: r.Language})
			at = len(all) - 1
		}
		all[at].Tally.Join(&r.Tally)
		all[at].Figures = all[at].Tally.Figures()
	}
	return all
}
