package contest

import (
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

// tally adds up verdicts.
type tally struct {
	scenarios, days int
	levels          [levels]levelTally
}

type levelTally struct {
	wanted, told, chance, false, raised int
	delays, later                       []time.Duration // after the first post, and after the tenth
}

// add adds a verdict. Delays are those of events that break out: of a slow burn the
// beginning is nothing anybody could see.
func (t *tally) add(o *outcome, v *verdict) {
	t.scenarios++
	t.days += int(o.scenario.Until.Sub(o.scenario.From).Round(day) / day)
	truth := o.scenario.Truth
	for l := firestorm.Watch; l < levels; l++ {
		level := &t.levels[l]
		level.false += v.false[l]
		level.raised += v.raised[l]
		if !wanted(truth, l) {
			continue
		}
		level.wanted++
		if v.chance[l] {
			level.chance++
		}
		if v.told[l].IsZero() {
			continue
		}
		level.told++
		if truth.Worse.IsZero() {
			level.delays = append(level.delays, v.told[l].Sub(truth.Onset))
			level.later = append(level.later, max(0, v.told[l].Sub(o.tenth)))
		}
	}
}

const (
	day   = 24 * time.Hour
	month = 30  // days
	year  = 365 // days
)

// Figures are what a detector did over scenarios.
type Figures struct {
	Scenarios   int     `json:"scenarios"`
	BrandMonths float64 `json:"brand_months"`
	Watch       Level   `json:"watch,omitzero"` // of rivals: nothing
	Alert       Level   `json:"alert"`
	Crisis      Level   `json:"crisis,omitzero"` // of rivals: nothing
}

// Level is what a detector did at a level. What has nothing to be of is nil.
type Level struct {
	Wanted         int      `json:"wanted"` // events that want it
	Told           int      `json:"told"`   // of them, those for which it was reached
	Recall         *float64 `json:"recall"`
	ByChance       int      `json:"by_chance"` // of those that want it, those whose same hours a fortnight before were told of
	Raised         int      `json:"raised"`    // incidents that reached it, right or wrong
	RaisedPerMonth float64  `json:"raised_per_brand_month"`
	False          int      `json:"false"`
	FalsePerMonth  float64  `json:"false_per_brand_month"`
	FalsePerYear   float64  `json:"false_per_brand_year"`
	Delay          *Delay   `json:"delay"`             // after the event's first post
	AfterTenth     *Delay   `json:"delay_after_tenth"` // after its tenth was known
}

// Delay is that of the events told that break out at once.
type Delay struct {
	Median float64 `json:"median_seconds"`
	P95    float64 `json:"p95_seconds"`
}

func (t *tally) figures() Figures {
	return Figures{
		Scenarios: t.scenarios, BrandMonths: float64(t.days) / month,
		Watch: t.level(firestorm.Watch), Alert: t.level(firestorm.Alert), Crisis: t.level(firestorm.Crisis),
	}
}

func (t *tally) level(l firestorm.Level) Level {
	of := &t.levels[l]
	per := func(n, days int) float64 { return float64(n) * float64(days) / float64(max(1, t.days)) }
	level := Level{
		Wanted: of.wanted, Told: of.told, ByChance: of.chance, Raised: of.raised, RaisedPerMonth: per(of.raised, month),
		False: of.false, FalsePerMonth: per(of.false, month), FalsePerYear: per(of.false, year),
		Delay: delay(of.delays), AfterTenth: delay(of.later),
	}
	if of.wanted > 0 {
		recall := float64(of.told) / float64(of.wanted)
		level.Recall = &recall
	}
	return level
}

func delay(delays []time.Duration) *Delay {
	if len(delays) == 0 {
		return nil
	}
	slices.Sort(delays)
	return &Delay{Median: quantile(delays, 50).Seconds(), P95: quantile(delays, 95).Seconds()}
}

// quantile is the smallest of which so many in a hundred are no larger.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// net are the events told, less those that are by chance.
func (l *levelTally) net() int { return l.told - l.chance }

// balance is one figure for what a detector found and what it made up: the harmonic mean
// of precision and recall, by which the better side of a rival is chosen.
func (t *tally) balance() float64 {
	alert := &t.levels[firestorm.Alert]
	return 2 * float64(alert.told) / float64(max(1, alert.told+alert.false+alert.wanted))
}
