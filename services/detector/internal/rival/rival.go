// Package rival owns the detectors that others use, to hold ours against: the
// rules that vendors of social listening disclose on their help pages, and those
// of the literature. Each is a few lines beside its source.
//
// All of them see counts at a regular step and nothing else. Where a source
// leaves a choice open, the reading that favours the rule is taken, and its
// comment says so. Three choices are made for all:
//
//   - What is held against the past is no part of it: a spike does not raise the
//     mean it is compared with.
//   - A mean or a deviation below one mention counts as one: for a small brand
//     one mention would be many times the usual, and an alarm.
//   - Nothing is said before the past held against is as long as what is compared
//     with it and, where it reaches further, a day; from then on a rule that asks
//     for a week or for 100 days uses what there is. Steps that are missing held
//     nothing.
//
// SentiOne ("anomaly strength": deviations above an average that it does not
// name) and Emplifi ("smart" alerts on history) disclose no formula, and are not
// here. Drops are no crises, so the rules that also tell of them do it not here.
package rival

import (
	"math"
	"time"
)

const (
	hour = time.Hour
	day  = 24 * hour
	week = 7 * day
	// longest is the longest past that a rule looks at: a longer gap empties it.
	longest = 101 * day
	// most is the largest count of a step; whatever is above it counts as it, so
	// that no sum of squares loses the small counts beside it.
	most = 1e6
)

// Rival watches one series of counts at a regular step. Observe is given each
// step in order, once, by the moment it began, and answers how strange things are
// now: 0 for nothing strange or nothing to say, an alarm from the bound of its
// Entry on. A rule that looks once an hour answers 0 between.
type Rival interface {
	Observe(at time.Time, count float64) (score float64)
}

// Entry is a detector to compare with.
type Entry struct {
	Name   string
	Source string  // where the rule is published
	Bound  float64 // as published, or customary
	New    func(step time.Duration) Rival
}

// All are the detectors, vendors' first.
func All() []Entry {
	return []Entry{
		{"Meltwater", "community.meltwater.com, Understanding Alert Types", 2.5, every(0, meltwater)},
		{"Socialmetrix low", "socialmetrix.freshdesk.com, Variation alerts", 1.5, every(hour, socialmetrix)},
		{"Socialmetrix medium", "socialmetrix.freshdesk.com, Variation alerts", 2, every(hour, socialmetrix)},
		{"Socialmetrix high", "socialmetrix.freshdesk.com, Variation alerts", 3, every(hour, socialmetrix)},
		{"MutualMind", "support.mutualmind.com, Keyword alerts", 2, every(10*time.Minute, mutualMind)},
		{"Newspoint", "Newspoint, alerts: the last hour against the week", 3, every(hour, newspoint)},
		{"Pivony", "pivony.notion.site, Alerts", 3, every(hour, pivony)},
		{"SentiSum", "help.sentisum.com, What is Anomaly Detection?", 3, every(hour, sentiSum)},
		{"ThirdEye", "help.usethirdeye.com, Alert System Overview", 1.5, every(hour, thirdEye)},
		{"windowed Gaussian", "github.com/numenta/NAB, windowedGaussian", rarity(sigmas(3)), every(5*time.Minute, gaussian)},
		{"Poisson on the last hour", "Hendrickson et al., Trend Detection in Social Data, Gnip 2015", rarity(sigmas(3)), every(0, poisson)},
		{"Twitter S-H-ESD", "Vallis, Hochenbaum and Kejariwal, HotCloud 2014", 1, every(hour, seasonalESD)},
		{"Kleinberg bursts", "Kleinberg, Bursty and Hierarchical Structure in Streams, KDD 2002", 1, every(0, kleinberg)},
		{"EWMA chart", "Roberts, Technometrics 1(3), 1959", 3, every(hour, ewma)},
		{"CUSUM chart", "Page, Biometrika 41, 1954", cusumBound, every(hour, cusum)},
	}
}

// rule says which spans of the past it looks at, and answers once each bucket.
type rule func(*past) (answer func() float64)

// every makes a detector that looks once in so long, or at each step.
func every(span time.Duration, r rule) func(time.Duration) Rival {
	return func(step time.Duration) Rival {
		steps := max(1, int((span+step-1)/step)) // whole steps, no shorter than asked for
		w := &watch{step: step, steps: steps, past: newPast(time.Duration(steps) * step)}
		w.answer = r(w.past)
		return w
	}
}

// watch gathers steps into the buckets that a rule looks at.
type watch struct {
	step   time.Duration
	steps  int // of a bucket
	past   *past
	answer func() float64

	last   time.Time
	filled int // steps of the bucket under way
	sum    float64
}

func (w *watch) Observe(at time.Time, count float64) float64 {
	if !w.last.IsZero() {
		for range min(at.Sub(w.last)/w.step-1, longest/w.step) {
			w.add(0)
		}
	}
	w.last = at
	if math.IsNaN(count) {
		count = 0
	}
	return max(0, w.add(min(max(count, 0), most)))
}

func (w *watch) add(count float64) float64 {
	w.sum += count
	if w.filled++; w.filled < w.steps {
		return 0
	}
	w.past.push(w.sum)
	w.filled, w.sum = 0, 0
	return w.answer()
}
