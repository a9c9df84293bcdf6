package nab

import (
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	// A detector may learn on the first rows of a series, a fraction of them
	// (as of 5,000 rows at most): nothing is scored there.
	probation    = 0.15
	probationMax = 750
)

// Profile weighs what a detector does: the worth of a window hit at its first
// row, the cost of a false row far from any window, of a window missed.
type Profile struct {
	Name               string
	Hit, False, Missed float64
}

// Profiles are the benchmark's three, the standard one first.
func Profiles() []Profile {
	return []Profile{
		{Name: "standard", Hit: 1, False: 0.11, Missed: 1},
		{Name: "reward_low_FP", Hit: 1, False: 0.22, Missed: 1},
		{Name: "reward_low_FN", Hit: 1, False: 0.11, Missed: 2},
	}
}

// Run is what a detector answered on a series, and what each row is worth.
type Run struct {
	times  []time.Time
	scores []float64
	worth  []float64 // of a flag on the row, before weights: 1 to 0 inside a window, 0 to -1 after it
	window []int     // which the row is in, -1 for none
	first  int       // row scored, after probation
	rows   []rows    // of each window
}

type rows struct{ first, last int }

// NewRun joins a series, its windows in order and a score for each of its rows.
func NewRun(series Series, windows []Window, scores []float64) (*Run, error) {
	n := len(series.Times)
	if len(scores) != n {
		return nil, fmt.Errorf("nab: %d scores for the %d rows of the series", len(scores), n)
	}
	if i := slices.IndexFunc(scores, math.IsNaN); i >= 0 {
		return nil, fmt.Errorf("nab: the score of row %d is not a number", i+1)
	}
	run := &Run{times: series.Times, scores: scores, worth: make([]float64, n), window: make([]int, n)}
	run.first = min(int(probation*float64(n)), probationMax)
	for i, w := range windows {
		in, err := run.find(w)
		if err != nil {
			return nil, fmt.Errorf("nab: window %d: %w", i+1, err)
		}
		run.rows = append(run.rows, in)
	}
	run.weigh()
	return run, nil
}

func (r *Run) find(w Window) (rows, error) {
	first, starts := slices.BinarySearchFunc(r.times, w.From, time.Time.Compare)
	last, ends := slices.BinarySearchFunc(r.times, w.To, time.Time.Compare)
	switch {
	case !starts:
		return rows{}, fmt.Errorf("the series has no row at its start, %s", w.From.Format(timeLayout))
	case !ends:
		return rows{}, fmt.Errorf("the series has no row at its end, %s", w.To.Format(timeLayout))
	case len(r.rows) > 0 && first <= r.rows[len(r.rows)-1].last:
		return rows{}, fmt.Errorf("it begins, at %s, before the one before it ends", w.From.Format(timeLayout))
	}
	return rows{first, last}, nil
}

// weigh says what a flag on each row is worth. In a window of W rows the one that
// is k rows from beyond its end has the sigmoid of -k/W, as a share of that of the
// first. After a window, k rows on, it is the sigmoid of k/(W-1); before the first
// window a flag is wholly false.
func (r *Run) weigh() {
	next := 0
	for i := range r.times {
		if next < len(r.rows) && i > r.rows[next].last {
			next++
		}
		switch {
		case next < len(r.rows) && i >= r.rows[next].first:
			in := r.rows[next]
			r.window[i] = next
			r.worth[i] = sigmoid(-float64(in.last-i+1)/float64(in.last-in.first+1)) / sigmoid(-1)
		case next == 0:
			r.window[i], r.worth[i] = -1, -1
		default:
			before := r.rows[next-1]
			r.window[i], r.worth[i] = -1, sigmoid(float64(i-before.last)/float64(before.last-before.first))
		}
	}
}

// sigmoid falls from 1 far before 0 to -1 far after it.
func sigmoid(x float64) float64 {
	if x > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*x)) - 1
}

// flagged says which scored rows raise an alarm at a threshold: those that reach
// it, save within quiet of an earlier one that does, for they are one alarm.
func (r *Run) flagged(threshold float64, quiet time.Duration) []int {
	var flags []int
	last := -1
	for i := r.first; i < len(r.scores); i++ {
		if r.scores[i] < threshold {
			continue
		}
		if last < 0 || r.times[i].Sub(r.times[last]) > quiet {
			flags = append(flags, i)
		}
		last = i
	}
	return flags
}

// scored are the windows that end after probation.
func (r *Run) scored() []rows {
	return slices.DeleteFunc(slices.Clone(r.rows), func(w rows) bool { return w.last < r.first })
}

// Result is what a detector did over runs.
type Result struct {
	Raw, Normalised         float64 // Normalised: 0 for no alarm at all, 100 for each window at its first row and nothing else
	Windows, Hit, FalseRows int
}

// Score is what raising an alarm from a threshold on is worth over runs. Rows
// within quiet of an earlier one at the threshold are the same alarm and count no
// more; the benchmark itself counts every row, which is a quiet of 0.
//
// A window is worth its earliest flag, and nothing more for the others.
func (p Profile) Score(runs []*Run, threshold float64, quiet time.Duration) Result {
	var result Result
	for _, run := range runs {
		hit := map[int]bool{}
		for _, i := range run.flagged(threshold, quiet) {
			if w := run.window[i]; w >= 0 {
				if !hit[w] {
					hit[w] = true
					result.Raw += p.Hit * run.worth[i]
				}
				continue
			}
			result.Raw += p.False * run.worth[i]
			result.FalseRows++
		}
		windows := len(run.scored())
		result.Windows += windows
		result.Hit += len(hit)
		result.Raw -= p.Missed * float64(windows-len(hit))
	}
	if result.Windows > 0 {
		nothing, perfect := -p.Missed*float64(result.Windows), p.Hit*float64(result.Windows)
		result.Normalised = 100 * (result.Raw - nothing) / (perfect - nothing)
	}
	return result
}
