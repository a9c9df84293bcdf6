package detect

import "time"

// RuleVersion names the rule below; it changes with anything that changes what
// opens an incident.
const RuleVersion = "spike-2"

// Rule holds the bounds that a config sets.
type Rule struct {
	Window       time.Duration // compared with the past
	Baseline     time.Duration // how much of the past is known
	MinAuthors   int           // distinct authors that an alert needs
	MinMentions  int           // floor below which nothing opens
	ResolveAfter time.Duration // how long calm must last

	// Watch, Alert and Crisis are the surprise from which each level opens, in -log10 of
	// a probability. Windows overlap, so looking at one five times a second tells little
	// more than once a minute, half a million times a year: 3 comes by chance most days,
	// 6 in most years, 12 never but for a cause.
	Watch, Alert, Crisis float64
}

// WindowStart is the first minute of the window that ends at a moment: before it
// is the past, to be learnt.
func (r Rule) WindowStart(now time.Time) time.Time {
	return now.Add(-r.Window).Truncate(time.Minute).Add(time.Minute).UTC()
}

// Level of an incident.
type Level int

// Levels, each above the other.
const (
	Calm Level = iota
	Watch
	Alert
	Crisis
)

const (
	// clearSurprise is the surprise below which it is calm.
	clearSurprise = 1.5

	// alertNegative and crisisNegative are shares of negative mentions among those
	// that are more than expected: praise that spreads is no crisis.
	alertNegative  = 0.3
	crisisNegative = 0.5

	// crisisTimes is how many times the expected negative volume a crisis is.
	crisisTimes = 4
)

// reading is a window held against the past.
type reading struct {
	known                      bool // there is a past to hold it against
	total, negative, authors   int
	expectedTotal, expectedNeg expectation
	surpriseTotal, surpriseNeg float64
}

func (r reading) surprise() float64 { return max(r.surpriseTotal, r.surpriseNeg) }

// negativeShare is how much of what is more than expected is negative.
func (r reading) negativeShare() float64 {
	more := float64(r.total) - r.expectedTotal.mean
	if more <= 0 {
		return 0
	}
	return min(1, max(0, float64(r.negative)-r.expectedNeg.mean)/more)
}

// level is the highest whose conditions all hold: a past of at least one window,
// so that a brand's first mentions are no news, significance, an absolute floor,
// distinct authors, and for alert and above a share of negative mentions.
func (r reading) level(rule Rule) Level {
	switch {
	case !r.known || r.total < rule.MinMentions || r.surprise() < rule.Watch || r.authors < min(3, rule.MinAuthors):
		return Calm
	case r.surprise() < rule.Alert || r.negativeShare() < alertNegative ||
		r.negative < rule.MinMentions/2 || r.authors < rule.MinAuthors:
		return Watch
	case r.surpriseNeg < rule.Crisis || r.negativeShare() < crisisNegative ||
		r.negative < 2*rule.MinMentions || r.authors < 2*rule.MinAuthors ||
		float64(r.negative) < crisisTimes*r.expectedNeg.mean:
		return Alert
	default:
		return Crisis
	}
}

// signals names what is beyond its bound.
func (r reading) signals(rule Rule) []string {
	var names []string
	if r.surpriseTotal >= rule.Watch {
		names = append(names, "volume")
	}
	if r.surpriseNeg >= rule.Watch {
		names = append(names, "negative")
	}
	return names
}
