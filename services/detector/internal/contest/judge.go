package contest

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

// The rules, for every detector alike; whoever changes one changes it here.
//
//   - An event can be told from its onset, the publication of its first post, until nine
//     in ten of its posts are published: who is told later is told for nothing. What is
//     raised in the day after that is not held against anyone.
//   - What is told is a level's being reached within that time. An incident that had
//     reached it before tells nothing new. What counts for a level counts for those below.
//   - Which level an event wants at least is in its Truth; where a watch does not do for
//     ever (Worse), an alert.
//   - Who raises alarms all the time tells of every event, by chance. So the same is asked
//     of the same hours a fortnight before the event, when nothing happened: what is
//     told of these is told by chance, and counts against what is told.
//   - What an event deserves at most is in its Truth as well: what goes beyond that is
//     false, as is an alert or a crisis when there is no event. A watch never is: it
//     wakes nobody. An incident is false once at each level.
//   - A rival has but one level, the alert. Each of its alarms can tell of an event, for
//     each is sent; but alarms with less than quiet between them are false once a day at
//     most, as if whoever gets them were told that it goes on.

const (
	// grace is how long after its end an event excuses an incident.
	grace = 24 * time.Hour
	// quiet is after how long without an alarm the next one of a rival is another incident.
	quiet = 12 * time.Hour
	// renewed is after how long one incident of a rival that goes on is another.
	renewed = 24 * time.Hour
)

// before is how long before an event nothing happened in the same hours.
const before = 14 * 24 * time.Hour

const levels = firestorm.Crisis + 1

// verdict is how a detector did in a scenario, by level.
type verdict struct {
	told   [levels]time.Time // when the level was reached within the event; zero for never
	chance [levels]bool      // it was reached in the same hours a fortnight before
	false  [levels]int
	raised [levels]int
}

// wanted says whether a level is to be reached.
func wanted(t firestorm.Truth, level firestorm.Level) bool {
	least := t.Least
	if !t.Worse.IsZero() {
		least = max(least, firestorm.Alert)
	}
	return level <= least
}

// allowed is the level that nothing may exceed at a moment.
func allowed(t firestorm.Truth, at time.Time) firestorm.Level {
	if t.Onset.IsZero() || at.Before(t.Onset) || at.After(t.End.Add(grace)) {
		return firestorm.Watch
	}
	return max(t.Most, firestorm.Watch)
}

// tells says whether what is reached at a moment tells of the event.
func tells(t firestorm.Truth, at time.Time) bool {
	return !t.Onset.IsZero() && !at.Before(t.Onset) && !at.After(t.End)
}

// judge follows a detector with levels through a scenario. Nothing counts before from.
type judge struct {
	truth     firestorm.Truth
	from      time.Time
	reached   map[string]firestorm.Level // by each incident
	excessive map[string]firestorm.Level // beyond what was allowed
	verdict
}

func newJudge(s *firestorm.Scenario) *judge {
	return &judge{truth: s.Truth, from: s.From, reached: map[string]firestorm.Level{}, excessive: map[string]firestorm.Level{}}
}

// raise notes that an incident has reached a level. It says whether that is false.
func (j *judge) raise(incident string, level firestorm.Level, at time.Time) (isFalse bool) {
	from := j.reached[incident] + 1
	j.reached[incident] = max(j.reached[incident], level)
	for l := from; l <= level; l++ {
		j.reach(j.truth, l, at)
	}
	if at.Before(j.from) {
		return false
	}
	for l := from; l <= level; l++ {
		j.raised[l]++
	}
	for l := max(j.excessive[incident], allowed(j.truth, at)) + 1; l <= level; l++ {
		j.false[l]++
		j.excessive[incident] = l
		isFalse = true
	}
	return isFalse
}

// reach notes when a level is reached.
func (v *verdict) reach(t firestorm.Truth, level firestorm.Level, at time.Time) {
	if tells(t, at) && v.told[level].IsZero() {
		v.told[level] = at
	}
	if tells(t, at.Add(before)) {
		v.chance[level] = true
	}
}

// forget forgets an incident that is over.
func (j *judge) forget(incident string) {
	delete(j.reached, incident)
	delete(j.excessive, incident)
}

// alarms are those of a detector with one level.
type alarms struct {
	began, last time.Time // of the incident under way
	verdict
}

// alarm takes in the next alarm. What is known of the truth may be nothing.
func (a *alarms) alarm(truth firestorm.Truth, from, at time.Time) {
	goesOn := !a.last.IsZero() && at.Sub(a.last) <= quiet && at.Sub(a.began) < renewed
	a.last = at
	if !goesOn {
		a.began = at
	}
	a.reach(truth, firestorm.Alert, at)
	if goesOn || at.Before(from) {
		return
	}
	a.raised[firestorm.Alert]++
	if allowed(truth, at) < firestorm.Alert {
		a.false[firestorm.Alert]++
	}
}
