package nab

import "time"

// sweep lowers a threshold over a run row by row, and says what each row that it
// lets in changes.
type sweep struct {
	*Run
	profile Profile
	quiet   time.Duration
	in      []bool    // rows at the threshold
	windows []float64 // what each is worth so far, above being missed
	touched []bool    // windows that rows let in since may have changed
}

func newSweep(p Profile, run *Run, quiet time.Duration) *sweep {
	return &sweep{
		Run: run, profile: p, quiet: quiet, in: make([]bool, len(run.scores)),
		windows: make([]float64, len(run.rows)), touched: make([]bool, len(run.rows)),
	}
}

// add lets a row in, which may make of the next one no alarm of its own, and
// answers by how much this changes what is false.
func (s *sweep) add(i int) float64 {
	next := s.next(i)
	before := s.falseWorth(next)
	s.in[i] = true
	for _, row := range []int{i, next} {
		if row >= 0 && s.window[row] >= 0 {
			s.touched[s.window[row]] = true
		}
	}
	return s.falseWorth(i) + s.falseWorth(next) - before
}

// settle answers by how much the rows let in since the last time change what the
// windows are worth.
func (s *sweep) settle() (change float64) {
	for w, touched := range s.touched {
		if touched {
			s.touched[w] = false
			change += s.reweigh(w)
		}
	}
	return change
}

// alarm says whether a row at the threshold is an alarm of its own.
func (s *sweep) alarm(i int) bool {
	for k := i - 1; k >= s.first && s.times[i].Sub(s.times[k]) <= s.quiet; k-- {
		if s.in[k] {
			return false
		}
	}
	return true
}

// next is the row at the threshold after one, within quiet; -1 for none.
func (s *sweep) next(i int) int {
	for k := i + 1; k < len(s.in) && s.times[k].Sub(s.times[i]) <= s.quiet; k++ {
		if s.in[k] {
			return k
		}
	}
	return -1
}

// falseWorth is what a row at the threshold costs.
func (s *sweep) falseWorth(i int) float64 {
	if i < 0 || s.window[i] >= 0 || !s.alarm(i) {
		return 0
	}
	return s.profile.False * s.worth[i]
}

// reweigh looks for the first alarm of a window anew, and answers the change.
func (s *sweep) reweigh(w int) float64 {
	before := s.windows[w]
	s.windows[w] = 0
	for i := max(s.first, s.rows[w].first); i <= s.rows[w].last; i++ {
		if s.in[i] && s.alarm(i) {
			s.windows[w] = s.profile.Hit*s.worth[i] + s.profile.Missed
			break
		}
	}
	return s.windows[w] - before
}
