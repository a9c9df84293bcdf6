package detect

import (
	"math"
	"time"
)

// RuleVersion names the rule below; it changes with anything that changes what
// opens an incident.
const RuleVersion = "record-3"

// Rule holds what a config sets.
type Rule struct {
	Watch, Alert, Crisis float64       // surprise from which each level opens, -log10 of a probability
	MinAuthors           int           // distinct authors that an alert needs
	MinMentions          int           // floor below which nothing opens
	ResolveAfter         time.Duration // how long calm must last
	Zone                 *time.Location
	Holiday              func(time.Time) bool // days on which people write as on Sundays; nil for none
	Mistakes             Mistakes
}

// Level of an incident.
type Level int

// Levels, each above the other.
const (
	Calm Level = iota
	Watch
	Alert
	Crisis
	levels
)

const (
	// clearSurprise is below which a window is calm.
	clearSurprise = 1.5

	// alertNegative and crisisNegative are true shares of negative mentions among those
	// that are more than expected, and the lower ends of their intervals: praise that
	// spreads is no crisis, nor is what a few misread posts make of it.
	alertNegative, alertNegativeFrom   = 0.5, 0.3
	crisisNegative, crisisNegativeFrom = 0.55, 0.4

	// apart is how many authors there must be at least for so many negative voices: an
	// author counts once an hour, and a few may write for hours.
	apart = 0.7

	// crisisTimes is how many times the expected negative volume a crisis is.
	crisisTimes = 4

	// partMore is how much more a part of a brand must surprise, for there are many.
	partMore = 1
)

// lasts is in how many moments negative mentions must have come: what comes all at once
// may be a machine.
var lasts = [levels]int{Alert: 4, Crisis: mostMoments}

const mostMoments = 8

// lasting is the highest level for mentions that came in so many moments.
func lasting(moments int) (level Level) {
	for level = Crisis; moments < lasts[level]; level-- {
	}
	return level
}

// level is the highest whose conditions all hold: significance, a record for this
// brand, an absolute floor, distinct authors, and for alert and above a share of
// negative mentions.
func (rule *Rule) level(r *reading, who crowd, more float64) Level {
	watched := func(signal int) bool { return r.surprise[signal] >= rule.Watch+more && r.strength(signal) >= 1 }
	if int(r.seen.Total) < rule.MinMentions || who.authors < min(3, rule.MinAuthors) || !watched(volume) && !watched(negative) {
		return Calm
	}
	against := float64(r.seen.Negative)
	share := rule.Mistakes.share(r)
	switch s := r.surprise[negative]; {
	case s < rule.Alert+more || !watched(negative) || share.Is < alertNegative || share.From < alertNegativeFrom ||
		against < float64(rule.MinMentions)/2 || who.negative < rule.MinAuthors ||
		who.authors < mostAuthors/2 && float64(who.negative) < apart*against/r.hours():
		return Watch
	case s < rule.Crisis+more || share.Is < crisisNegative || share.From < crisisNegativeFrom ||
		against < 2*float64(rule.MinMentions) || who.negative < 2*rule.MinAuthors ||
		against < crisisTimes*float64(r.expected.Negative):
		return Alert
	default:
		return Crisis
	}
}

// Mistakes is how often the sentiment model takes a negative mention for one, and one
// that is not, as measured.
type Mistakes struct{ Found, Mistaken float64 }

// Share is a share with its interval, 90 %.
type Share struct{ Is, From, To float64 }

// share is how much of what is more than expected is truly negative: the share the
// model sees, corrected for its mistakes (Rogan and Gladen 1978), with Wilson's
// interval of the share it sees, corrected alike.
func (m Mistakes) share(r *reading) Share {
	against := float64(r.seen.Negative - r.expected.Negative)
	more := max(float64(r.seen.Total-r.expected.Total), against)
	if against <= 0 {
		return Share{}
	}
	const z = 1.645
	seen := against / more
	centre := (seen + z*z/(2*more)) / (1 + z*z/more)
	half := z * math.Sqrt(seen*(1-seen)/more+z*z/(4*more*more)) / (1 + z*z/more)
	return Share{Is: m.correct(seen), From: m.correct(centre - half), To: m.correct(centre + half)}
}

// usual is the share of negative mentions that is expected, corrected alike.
func (m Mistakes) usual(r *reading) float64 {
	return m.correct(float64(r.expected.Negative) / float64(max(r.expected.Total, leastExpected)))
}

func (m Mistakes) correct(seen float64) float64 {
	if m.Found <= m.Mistaken {
		return seen // nothing was measured
	}
	return min(1, max(0, (seen-m.Mistaken)/(m.Found-m.Mistaken)))
}
