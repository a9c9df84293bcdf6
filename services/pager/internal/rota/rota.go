// Package rota answers who is on call at a moment, and whether that person
// sleeps. It is pure: the moment is an argument.
//
// It does not own who is told next (escalation) nor how (channel).
package rota

import "time"

// Rota hands the duty over at regular moments of the team's clock.
type Rota struct {
	Start     time.Time     // one moment of hand-over
	Every     time.Duration // from one hand-over to the next
	People    []string      // in the order of their turns
	Overrides []Override    // exceptions; of two that overlap the later in the list holds
	Location  *time.Location
}

// Override puts one person on call from a moment (included) to another (excluded).
type Override struct {
	Person   string
	From, To time.Time
}

// OnCall is who is on call at now, "" where nobody ever is.
func (r Rota) OnCall(now time.Time) string {
	for i := len(r.Overrides) - 1; i >= 0; i-- {
		if o := r.Overrides[i]; !now.Before(o.From) && now.Before(o.To) {
			return o.Person
		}
	}
	switch {
	case len(r.People) == 0:
		return ""
	case len(r.People) == 1 || r.Every <= 0:
		return r.People[0]
	}
	return r.People[modulo(r.turn(now), len(r.People))]
}

// turn counts the hand-overs from Start to now; it is negative before Start.
//
// A hand-over at 09:00 stays at 09:00 when the clocks change: turns are counted
// on the clock on the wall. The estimate from that clock can be one turn off
// around a change, so it is put right against the moments themselves.
func (r Rota) turn(now time.Time) int {
	n := int(wall(now.In(r.Location)).Sub(wall(r.Start.In(r.Location))) / r.Every)
	for !r.handOver(n).After(now) {
		n++
	}
	for r.handOver(n).After(now) {
		n--
	}
	return n
}

// handOver is the moment at which turn n begins.
func (r Rota) handOver(n int) time.Time {
	w := wall(r.Start.In(r.Location)).Add(time.Duration(n) * r.Every)
	return onTheWall(w, r.Location)
}

// wall is what the clock on the wall shows, written as if it were UTC, so that
// it can be counted with.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// onTheWall is the first moment at which the clock shows w or later: the first of
// two where the hour comes twice, the end of the gap where it never comes.
func onTheWall(w time.Time, location *time.Location) time.Time {
	_, before := w.Add(-24 * time.Hour).In(location).Zone()
	_, after := w.Add(24 * time.Hour).In(location).Zone()
	early := w.Add(-time.Duration(max(before, after)) * time.Second).In(location)
	late := w.Add(-time.Duration(min(before, after)) * time.Second).In(location)
	if wall(early).Equal(w) {
		return early
	}
	if wall(late).Equal(w) {
		return late
	}
	return endOfGap(early, late)
}

// endOfGap finds the moment of the change between two moments on either side.
func endOfGap(before, after time.Time) time.Time {
	_, offset := before.Zone()
	for after.Sub(before) > time.Second {
		middle := before.Add(after.Sub(before) / 2)
		if _, o := middle.Zone(); o == offset {
			before = middle
		} else {
			after = middle
		}
	}
	return after.Truncate(time.Second)
}

func modulo(n, size int) int { return (n%size + size) % size }
