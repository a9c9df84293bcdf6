package rota

import "time"

// Quiet is a stretch of every day, on a person's clock, in which only a crisis
// may make a noise. From equal to To is no stretch at all.
type Quiet struct {
	From, To time.Duration // since midnight; To before From spans midnight
	Location *time.Location
}

// Holds says whether a message that can wait must wait at now.
func (q Quiet) Holds(now time.Time) bool {
	if q.From == q.To {
		return false
	}
	t := now.In(q.Location)
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	if q.From < q.To {
		return clock >= q.From && clock < q.To
	}
	return clock >= q.From || clock < q.To
}
