package sentiment

import "math"

// Tally counts verdicts against labels.
type Tally struct {
	Confusion [labels][labels]int // by label, by verdict
	bins      [bins]bin
}

// bins part the probabilities of verdicts, from 0 to 1.
const bins = 10

type bin struct {
	n, right  int
	certainty float64 // sum of the probabilities given
}

// Add counts a verdict on a text of which the label is known.
func (t *Tally) Add(label Label, v Verdict) {
	if v.Label == None {
		v = verdict([labels]float32{0, 1, 0}) // says nothing: neutral
	}
	t.Confusion[label-Negative][v.Label-Negative]++
	p := float64(v.Probabilities[v.Label-Negative])
	b := &t.bins[min(int(p*bins), bins-1)]
	b.n++
	b.certainty += p
	if v.Label == label {
		b.right++
	}
}

// Figures are what is published of a tally, from 0 to 1.
type Figures struct {
	N           int
	MacroRecall float64
	MacroF1     float64
	Accuracy    float64
	ECE         float64 // expected calibration error, ten bins
}

// Figures works them out.
func (t *Tally) Figures() Figures {
	var f Figures
	right := 0
	for l := range labels {
		hit, said, is := t.Confusion[l][l], 0, 0
		for m := range labels {
			is += t.Confusion[l][m]
			said += t.Confusion[m][l]
		}
		right += hit
		f.N += is
		f.MacroRecall += float64(hit) / float64(max(is, 1)) / labels
		f.MacroF1 += 2 * float64(hit) / float64(max(is+said, 1)) / labels
	}
	n := float64(max(f.N, 1))
	f.Accuracy = float64(right) / n
	for _, b := range t.bins {
		f.ECE += math.Abs(b.certainty-float64(b.right)) / n
	}
	return f
}

// Join adds another tally.
func (t *Tally) Join(other *Tally) {
	for l := range t.Confusion {
		for m := range t.Confusion[l] {
			t.Confusion[l][m] += other.Confusion[l][m]
		}
	}
	for i := range t.bins {
		t.bins[i].n += other.bins[i].n
		t.bins[i].right += other.bins[i].right
		t.bins[i].certainty += other.bins[i].certainty
	}
}

// Reliability is, of the verdicts given with about the same probability, how many
// were right.
type Reliability struct {
	N            int
	Said, Proved float64
}

// Reliability is the reliability diagram: a line for each tenth that has verdicts.
func (t *Tally) Reliability() (diagram []Reliability) {
	for _, b := range t.bins {
		if b.n > 0 {
			diagram = append(diagram, Reliability{N: b.n, Said: b.certainty / float64(b.n), Proved: float64(b.right) / float64(b.n)})
		}
	}
	return diagram
}
