package detect

import "time"

// Meter scores one series of counts, of which nothing but the numbers is known: what
// `vigie detect` reads. It decides as the engine does on the volume of a brand.
type Meter struct {
	brand brand
	rule  Rule
}

// MeterThreshold is the score from which a Meter raises an alert.
const MeterThreshold = 0.5

// retold is for how many minutes what was told goes on: it is not told again, and
// windows begin after it.
const retold = day

// margin is how many times the record a Meter tells of: it has nothing but volume to
// go by, no authors, no words.
const margin = 1.1

// NewMeter makes a meter of a series whose past begins at a moment.
func NewMeter(from time.Time) *Meter {
	m := &Meter{brand: *newBrand("", from), rule: Rule{Zone: time.UTC}}
	m.brand.Rhythm.First = (from.Unix() + 3599) / 3600
	return m
}

// Observe takes in what was counted from a moment on, for so many minutes, and scores
// it by nothing but what came before: from 0 to 1, above MeterThreshold once for one event.
func (m *Meter) Observe(at time.Time, minutes int, count float64) (score float64) {
	b, from := &m.brand, minuteOf(at)
	share := counts{Total: float32(count / float64(minutes))}
	for minute := from; minute < from+int64(minutes); minute++ {
		b.pass(minute, &m.rule)
		b.Whole.Series.add(minute, share)
		b.Rhythm.add(minute/60, share)
	}
	to := from + int64(minutes) - 1
	readings := b.Whole.read(b, b.outlook(to, float64(to+1), b.Cleared), whole)
	var most float64
	for k := range readings {
		if scales[k] >= int64(minutes) && b.past(k, time.Unix(to*60, 0)) {
			most = max(most, readings[k].strength(volume))
		}
	}
	switch score = most / (margin + most); {
	case to < b.Cleared:
		return min(score, MeterThreshold/2) // it is told
	case score >= MeterThreshold:
		b.Cleared = to + retold
	}
	return score
}
