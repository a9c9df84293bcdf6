package detect

import (
	"math"
	"time"
)

// burn looks for complaints that are more than usual for days, and never many at once:
// Page's cumulative sum (1954) of the likelihood of so many against that of the rhythm,
// in decades, divided by the dispersion of an hour, for counts are bursts.
type burn struct {
	Sums  [len(burnTimes)]float64
	Since [len(burnTimes)]int64 // hour from which each sum has grown
}

// burnTimes are how many times the usual is looked for.
var burnTimes = [...]float64{1.5, 3}

const (
	// burnMost bounds a sum: what has burned for a week must end within days.
	burnMost = 15
	// burnLasts is for how many hours it must, to be more than a watch.
	burnLasts = 36
	// burnMore is how much more it must surprise then, for days stray together.
	burnMore = 1.5
)

// hour takes in an hour that is over.
func (u *burn) hour(hour int64, r *rhythm, s *stray) {
	seen, expected := float64(r.hour(hour).Negative), float64(r.expected(hour).Negative)
	expected = max(expected*float64(r.Level[len(spans)-1].Negative), leastExpected/24)
	spread := s.dispersion(negative, 1, 1, expected, r.known(hour)) * math.Ln10
	for i, times := range burnTimes {
		if u.Sums[i] == 0 {
			u.Since[i] = hour
		}
		u.Sums[i] += (seen*math.Log(times) - expected*(times-1)) / spread
		u.Sums[i] = min(burnMost, max(0, u.Sums[i]))
	}
}

// end lets what has grown since before an incident that is over opened begin anew.
func (u *burn) end(hour int64) {
	for i := range u.Sums {
		if u.Since[i] <= hour {
			u.Sums[i], u.Since[i] = 0, 0
		}
	}
}

// finding is what has burned longest, where it is enough to tell.
func (u *burn) finding(b *brand, now time.Time, rule *Rule) (best finding) {
	for i, sum := range u.Sums {
		if sum < rule.Watch {
			continue
		}
		f := finding{reading: reading{scale: len(scales) - 1, from: u.Since[i] * 60}}
		f.surprise[negative] = sum
		for h := u.Since[i]; h <= minuteOf(now)/60; h++ {
			f.seen.add(b.Rhythm.hour(h))
			f.expected.add(b.Rhythm.expected(h))
		}
		f.who = b.Authors.since(f.from, 0)
		f.level = min(Alert, rule.level(&f.reading, f.who, 0))
		if minuteOf(now)/60-u.Since[i] < burnLasts || sum < rule.Alert+burnMore {
			f.level = min(f.level, Watch)
		}
		if f.above(&best) {
			best = f
		}
	}
	return best
}
