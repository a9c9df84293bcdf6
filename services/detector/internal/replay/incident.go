package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Incident is all that would have been told of one, step by step.
type Incident struct{ Steps []detect.Incident }

// Last is how it stands at the end.
func (i *Incident) Last() *detect.Incident { return &i.Steps[len(i.Steps)-1] }

// Reached is the step at which it came to a level, or above it; nil if it never did.
func (i *Incident) Reached(level detect.Level) *detect.Incident {
	for n := range i.Steps {
		if i.Steps[n].Level >= level {
			return &i.Steps[n]
		}
	}
	return nil
}

// Delay is how long after the first post of it a level was reached. It is false where the
// level was not, or no post is known.
func (i *Incident) Delay(level detect.Level) (time.Duration, bool) {
	step := i.Reached(level)
	if step == nil || len(step.Evidence.Path) == 0 {
		return 0, false
	}
	return step.LevelAt.Sub(step.Evidence.Path[0].Published), true
}

// span is from when to when something was the matter with a brand.
type span struct {
	brand    string
	from, to time.Time
}

func (s span) meets(t span) bool {
	return s.brand == t.brand && !s.from.After(t.to) && !t.from.After(s.to)
}

// at is how long it was at a level, or above it; it is false where it never was. What
// goes on at the end of the replay goes on for ever.
func (i *Incident) at(level detect.Level) (span, bool) {
	step := i.Reached(level)
	if step == nil {
		return span{}, false
	}
	end := i.Last().Resolved
	if end.IsZero() {
		end = endless
	}
	return span{step.Brand, step.LevelAt, end}, true
}

var endless = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Missed are the incidents of one replay that were at a level, and that no incident of
// another, at that level, meets.
func Missed(level detect.Level, of, by []*Incident) (missed []*Incident) {
	for _, incident := range of {
		was, reached := incident.at(level)
		if reached && !meetsAny(was, level, by) {
			missed = append(missed, incident)
		}
	}
	return missed
}

func meetsAny(was span, level detect.Level, incidents []*Incident) bool {
	for _, incident := range incidents {
		if is, reached := incident.at(level); reached && is.meets(was) {
			return true
		}
	}
	return false
}
