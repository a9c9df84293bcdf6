package contest

import (
	"math"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

// Sides are what a rival can be given to count.
const (
	allMentions = iota
	negativeMentions
	sides
)

var sideNames = [sides]string{"all", "negative"}

// tightenings are by how much a rival's bound is raised to see what it could do if it
// were wrong less often: from 1, its own, by half octaves.
const tightenings = 19

func tightening(i int) float64 { return math.Exp2(float64(i) / 2) }

// field is every rival on its way through one brand's mentions, on each side.
type field struct {
	truth   firestorm.Truth
	from    time.Time
	minute  time.Time // under way
	counts  [sides]float64
	runners []runner
}

type runner struct {
	rival.Entry
	bounds [tightenings]float64
	rivals [sides]rival.Rival
	alarms [sides][tightenings]alarms
}

// newField starts at a whole minute. Alarms count from a moment on.
func newField(truth firestorm.Truth, start, from time.Time) *field {
	f := &field{truth: truth, from: from, minute: start}
	for _, entry := range rival.All() {
		r := runner{Entry: entry}
		for i := range r.bounds {
			r.bounds[i] = entry.Bound * tightening(i)
		}
		for side := range sides {
			r.rivals[side] = entry.New(time.Minute)
		}
		f.runners = append(f.runners, r)
	}
	return f
}

// hear counts a mention that is known at a moment.
func (f *field) hear(known time.Time, negative bool) {
	f.pass(known)
	f.counts[allMentions]++
	if negative {
		f.counts[negativeMentions]++
	}
}

// pass lets time go on: rivals are given each minute when it is over.
func (f *field) pass(now time.Time) {
	for next := f.minute.Add(time.Minute); !now.Before(next); next = next.Add(time.Minute) {
		for i := range f.runners {
			f.runners[i].minute(f, next)
		}
		f.minute, f.counts = next, [sides]float64{}
	}
}

func (r *runner) minute(f *field, over time.Time) {
	for side, rival := range r.rivals {
		score := rival.Observe(f.minute, f.counts[side])
		for i := 0; i < tightenings && score >= r.bounds[i]; i++ {
			r.alarms[side][i].alarm(f.truth, f.from, over)
		}
	}
}
