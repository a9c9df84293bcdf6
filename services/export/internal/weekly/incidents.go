package weekly

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Level is how serious an incident is; praise that spreads is less than a watch.
type Level uint8

// Levels, the higher the worse.
const (
	Opportunity Level = iota + 1
	Watch
	Alert
	Crisis
)

// LevelNamed reads a level as the queries write it.
func LevelNamed(name string) Level {
	switch name {
	case "crisis":
		return Crisis
	case "alert":
		return Alert
	case "opportunity":
		return Opportunity
	default:
		return Watch
	}
}

// Step is one revision of an incident: a spike of the brand, or a blind source.
type Step struct {
	IncidentID       string
	Revision         uint64
	Blind            bool // a source that cannot be seen
	Source, Page     string
	Level            Level
	Opened           time.Time
	LevelTime        time.Time
	Changed          time.Time // when it was written
	Resolved         time.Time // zero while it goes on
	ObservedMentions uint64
	ExpectedMentions float64
	ObservedNegative uint64
	ExpectedNegative float64
}

// Page is one notification of an incident to one person, and its ack.
type Page struct {
	IncidentID string
	Level      Level
	Sent       time.Time // zero when it never left
	Acked      time.Time // zero until someone took it in charge
	AckedBy    string
}

// AddStep takes a step of an incident, of the brand or of any source.
func (b *Builder) AddStep(s Step) {
	b.incidents[s.IncidentID] = append(b.incidents[s.IncidentID], s)
}

// AddPage takes a page of one of the brand's incidents.
func (b *Builder) AddPage(p Page) { b.pages = append(b.pages, p) }

// What happens to an incident.
const (
	Opened   = "opened"
	Raised   = "raised"
	Acked    = "acked"
	Resolved = "resolved"
)

// Event is something that happened to an incident.
type Event struct {
	Time time.Time
	What string // Opened, Raised, Acked, Resolved
	By   string // who, for Acked
	Step        // as it stood then
}

// Timeline is an incident from its opening to its end.
type Timeline struct {
	IncidentID string
	Level      Level // the highest it reached
	Events     []Event
}

// timelines are the spikes that went on during the week, in order of opening.
func (b *Builder) timelines() []Timeline {
	var list []Timeline
	for _, id := range slices.Sorted(maps.Keys(b.incidents)) {
		steps := b.history(id)
		if steps[0].Blind || !overlaps(steps, b.plan.Week) {
			continue
		}
		list = append(list, Timeline{IncidentID: id, Level: highest(steps), Events: b.events(steps)})
	}
	slices.SortStableFunc(list, func(x, y Timeline) int { return x.Events[0].Opened.Compare(y.Events[0].Opened) })
	return list
}

// history is an incident's steps in order, each revision once.
func (b *Builder) history(id string) []Step {
	steps := slices.Clone(b.incidents[id])
	slices.SortStableFunc(steps, func(x, y Step) int { return cmp.Compare(x.Revision, y.Revision) })
	return slices.CompactFunc(steps, func(x, y Step) bool { return x.Revision == y.Revision })
}

// events tells an incident from its steps and pages: opened, raised to a higher
// level, taken in charge, resolved.
func (b *Builder) events(steps []Step) []Event {
	first := steps[0]
	events := []Event{{Time: first.Opened, What: Opened, Step: first}}
	level := first.Level
	for _, step := range steps[1:] {
		if step.Level > level {
			level = step.Level
			events = append(events, Event{Time: step.LevelTime, What: Raised, Step: step})
		}
	}
	last := steps[len(steps)-1]
	if ack, taken := b.ack(first.IncidentID); taken {
		events = append(events, Event{Time: ack.Acked, What: Acked, By: ack.AckedBy, Step: stepAt(steps, ack.Acked)})
	}
	if !last.Resolved.IsZero() {
		events = append(events, Event{Time: last.Resolved, What: Resolved, Step: last})
	}
	slices.SortStableFunc(events, func(x, y Event) int { return x.Time.Compare(y.Time) })
	return events
}

// ack is who took an incident in charge: the first wins.
func (b *Builder) ack(id string) (first Page, taken bool) {
	for _, page := range b.pages {
		if page.IncidentID != id || page.Acked.IsZero() {
			continue
		}
		earlier := page.Acked.Compare(first.Acked)
		if !taken || earlier < 0 || earlier == 0 && page.AckedBy < first.AckedBy {
			first, taken = page, true
		}
	}
	return first, taken
}

// stepAt is how an incident stood at a moment.
func stepAt(steps []Step, moment time.Time) Step {
	at := steps[0]
	for _, step := range steps[1:] {
		if !step.Changed.After(moment) {
			at = step
		}
	}
	return at
}

// Crises counts incidents by the highest level they reached, in the week in
// which they opened, and pages in the week in which they were sent.
type Crises struct {
	Opportunities, Watches, Alerts, Crises, Pages uint64
}

func (b *Builder) crises() (now, before Crises) {
	in := func(moment time.Time) *Crises {
		switch {
		case b.plan.Week.Has(moment):
			return &now
		case b.before.Has(moment):
			return &before
		default:
			return &Crises{}
		}
	}
	for id := range b.incidents {
		steps := b.history(id)
		if steps[0].Blind {
			continue
		}
		switch week := in(steps[0].Opened); highest(steps) {
		case Crisis:
			week.Crises++
		case Alert:
			week.Alerts++
		case Opportunity:
			week.Opportunities++
		default:
			week.Watches++
		}
	}
	for _, page := range b.pages {
		in(page.Sent).Pages++
	}
	return now, before
}

func overlaps(steps []Step, week Week) bool {
	opened, resolved := steps[0].Opened, steps[len(steps)-1].Resolved
	return opened.Before(week.To()) && (resolved.IsZero() || resolved.After(week.From()))
}

func highest(steps []Step) Level {
	level := Opportunity
	for _, step := range steps {
		level = max(level, step.Level)
	}
	return level
}
