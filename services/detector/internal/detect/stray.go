package detect

import "math"

// stray is how far a brand strays from its rhythm within hours, for people post in
// bursts: the variance over the mean of an hour, of all and of negative mentions.
type stray struct {
	Burst [signals]float64
	Hours [signals]float64 // how many were looked at
}

const (
	// usualBurst is what is thought of a brand of which nothing is known, for as many
	// hours as burstFaith.
	usualBurst, burstFaith = 6, 48
	// remembered is how many hours an estimate goes back.
	remembered = 14 * 24
	// usualDay is the square of the relative deviation of a day from what is expected of
	// it: some days are livelier than others.
	usualDay = 0.12
	// shortGrowth and longGrowth are the powers of its length by which the burstiness of a
	// window grows, below and above an hour.
	shortGrowth, longGrowth = 0.65, 0.5
	// youngDay is added to it for a brand without past, and falls to a quarter within a
	// day.
	youngDay = 2
)

func newStray() stray { return stray{Burst: [signals]float64{usualBurst, usualBurst}} }

// hour takes in an hour that is over. What is far out counts no more than thrice the
// usual: a crisis is not how a brand strays.
func (s *stray) hour(seen, expected counts) {
	for i, pair := range [signals][2]float32{{seen.Total, expected.Total}, {seen.Negative, expected.Negative}} {
		x, e := float64(pair[0]), float64(pair[1])
		if e < 0.5 {
			continue // too few to tell
		}
		q := max(1, (x-e)*(x-e)/e-usualDay*e)
		s.Hours[i] = min(s.Hours[i]+1, remembered)
		s.Burst[i] += (min(q, 9*s.Burst[i]) - s.Burst[i]) / (s.Hours[i] + burstFaith)
	}
}

// dispersion is the variance over the mean of what a window of so many hours holds, of
// which so many are expected: bursts last for hours, so a shorter window sees only a
// part of one, and a longer one hardly more; and who is seldom spoken of has small ones.
func (s *stray) dispersion(signal int, hours, growth, expected float64, knownHours int64) float64 {
	anHour := expected / hours
	burst := (s.Burst[signal] - 1) * anHour / (anHour + 0.25) * growth
	young := 24 / float64(24+knownHours)
	return 1.1 + burst + (usualDay+youngDay*young*young)*expected
}

// growth is how many times the burstiness of an hour a window of so many has.
func growth(hours float64) float64 {
	if hours < 1 {
		return math.Pow(max(0, hours), shortGrowth)
	}
	return math.Pow(hours, longGrowth)
}
