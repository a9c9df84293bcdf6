package gauge

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	// longest is how long a row stands for at most.
	longest = 24 * time.Hour
	// forgotten is the gap after which a series begins anew: nothing of what a meter
	// has learnt is from this side of it.
	forgotten = 35 * 24 * time.Hour
)

// Gauge scores rows in the order of their times, each by nothing but those before it.
//
// A row stands for the time from its moment on, for one step; the step is the shortest
// time between two rows so far. So a series is known from its second row on, and the
// first, which nothing comes before, scores 0. Where rows are missing, nothing was
// counted.
type Gauge struct {
	meter *detect.Meter
	step  time.Duration // 0 before the second row
	last  time.Time
	first float64 // the value of the first row, until the step is known
}

// Observe takes in a row and scores it, from 0 to 1. Its time must come after that of
// the row before, and its value be no less than 0.
func (g *Gauge) Observe(at time.Time, value float64) (score float64) {
	since, before := at.Sub(g.last), g.last
	g.last = at
	switch {
	case before.IsZero():
		g.first = value
		return 0
	case g.step == 0:
		g.step = min(since, longest)
		g.meter = detect.NewMeter(before)
		g.meter.Observe(before, g.minutes(), g.first)
	case since < g.step:
		g.step = since
	}
	if since > forgotten {
		g.meter = detect.NewMeter(at)
	}
	return g.meter.Observe(at, g.minutes(), value)
}

// minutes a row stands for, one at least.
func (g *Gauge) minutes() int { return max(1, int(g.step.Round(time.Minute)/time.Minute)) }
