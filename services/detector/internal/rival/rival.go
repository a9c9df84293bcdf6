// Package rival owns the detectors that others use, to hold ours against: the
// rules that vendors of social listening disclose on their help pages, and those
// of the literature. Each is a few lines beside its source.
//
// All of them see counts at a regular step and nothing else. Where a source
// leaves a choice open, the reading that favours the rule is taken, and its
// comment says so. Three choices are made for all:
//
//   - What is held against the past is no part of it: a spike does not raise the
//     mean it is compared with. (S-H-ESD has medians, which one hour does not move.)
//   - A mean or a deviation below one mention counts as one: for a small brand
//     one mention would be many times the usual, and an alarm.
//   - Nothing is said before the past held against is as long as what is compared
//     with it and, where it reaches further, a day; from then on a rule that asks
//     for a week or for 100 days uses what there is. Steps that are missing held
//     nothing.
//
// SentiOne ("anomaly strength": deviations above an average that it does not
// name) and Emplifi ("smart" alerts on history) disclose no formula, and are not
// here. Drops are no crises: of rules that tell of both, only the rise is here.
package rival

import (
	"math"
	"time"
)

const (
	tenMinutes = 10 * time.Minute
	hour       = time.Hour
	day        = 24 * hour
	week       = 7 * day
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
	Vendor bool                           // of social listening, who discloses it
	Source string                         // where the rule is published
	Bound  float64                        // as published, or customary
	New    func(step time.Duration) Rival // step is more than 0, and at most a day
}

// All are the detectors, vendors' first. Where a source does not say how often it
// looks, both an hour, which suits most of them better, and ten minutes are here.
func All() []Entry {
	const (
		variation = "socialmetrix.freshdesk.com/support/solutions/articles/1000143951-variation-alerts"
		types     = "community.meltwater.com/alerts-205/understanding-alert-types-8057"
		gnip      = "github.com/xdevplatform/Gnip-Trend-Detection, Poisson model of the last count"
		bursts    = "Kleinberg, Bursty and Hierarchical Structure in Streams, KDD 2002"
		averages  = "Roberts, Control Chart Tests Based on Geometric Moving Averages, Technometrics 1, 1959"
		sums      = "Page, Continuous Inspection Schemes, Biometrika 41, 1954"
	)
	return []Entry{
		{"Meltwater, hourly", true, types, 2.5, every(hour, meltwater)},
		{"Meltwater, 10 min", true, types, 2.5, every(tenMinutes, meltwater)},
		{"Socialmetrix, low", true, variation, 1.5, every(hour, socialmetrix)},
		{"Socialmetrix, medium", true, variation, 2, every(hour, socialmetrix)},
		{"Socialmetrix, high", true, variation, 3, every(hour, socialmetrix)},
		{"MutualMind", true, "support.mutualmind.com/knowledgebase/articles/333686-keyword-alerts", 2, every(tenMinutes, mutualMind)},
		{"Newspoint", true, "as others tell it: the last hour against the mean of the week", 3, every(hour, newspoint)},
		{"Pivony", true, "pivony.notion.site/Alerts-af7cd882384d496f9a76c8de44d7cb9b", 3, every(hour, pivony)},
		{"SentiSum", true, "help.sentisum.com/what-is-anomaly-detection", 3, every(hour, sentiSum)},
		{"ThirdEye", true, "help.usethirdeye.com/en/articles/4183147-alert-system-overview-how-alerts-work", 1.5, every(hour, thirdEye)},
		{"windowed Gaussian", false, "github.com/numenta/NAB, windowedGaussian", threeSigma, every(5*time.Minute, gaussian)},
		{"Poisson, hourly", false, gnip, threeSigma, every(hour, poisson)},
		{"Poisson, 10 min", false, gnip, threeSigma, every(tenMinutes, poisson)},
		{"Twitter S-H-ESD", false, "github.com/twitter/AnomalyDetection; Vallis et al., HotCloud 2014", 1, every(hour, seasonalESD)},
		{"Kleinberg, hourly", false, bursts, 1, every(hour, kleinberg)},
		{"Kleinberg, 10 min", false, bursts, 1, every(tenMinutes, kleinberg)},
		{"EWMA, hourly", false, averages, 3, every(hour, ewma)},
		{"EWMA, 10 min", false, averages, 3, every(tenMinutes, ewma)},
		{"CUSUM, hourly", false, sums, cusumBound, every(hour, cusum)},
		{"CUSUM, 10 min", false, sums, cusumBound, every(tenMinutes, cusum)},
	}
}

// rule says which spans of the past it looks at, and answers once each bucket.
type rule func(*past) (answer func() float64)

// every makes a detector that looks once in so long, at each step where that is
// longer.
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
