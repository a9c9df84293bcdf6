package contest

import (
	"context"
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

// tenth is by which post of it an event can be seen: a person who looks at ten posts in
// an hour of thousands sees nothing sooner.
const tenth = 10

// outcome is how everybody did in a scenario.
type outcome struct {
	scenario *firestorm.Scenario
	mentions int
	tenth    time.Time // when the event's tenth post was known
	ours     verdict
	faults   []Fault
	field    *field
}

// hold holds a scenario: everybody hears the same mentions, once, in the order in which
// they become known. It tells how much time has passed in it.
func hold(ctx context.Context, s *firestorm.Scenario, rule detect.Rule, passed func(time.Duration)) (outcome, error) {
	o := outcome{scenario: s, field: newField(s.Truth, s.Start, s.From)}
	us := newOurs(s, rule)
	told, posts := s.Start, 0
	for m, label := range s.Labelled() {
		if now := m.Known.Truncate(time.Hour); now.After(told) {
			if err := ctx.Err(); err != nil {
				return o, err
			}
			passed(now.Sub(told))
			told = now
		}
		o.mentions++
		if label.Event {
			if posts++; posts == tenth {
				o.tenth = m.Known
			}
		}
		o.field.hear(m.Known, m.Sentiment == detect.Negative)
		us.hear(m)
	}
	o.field.pass(s.Until)
	us.pass(s.Until)
	passed(s.Until.Sub(told))
	us.missed()
	o.ours, o.faults = us.verdict, us.faults
	return o, nil
}

// ours is the engine, as it runs live.
type ours struct {
	*judge
	scenario *firestorm.Scenario
	engine   *detect.Engine
	outages  []firestorm.Outage // to come, or under way
	late     [levels]time.Time  // when a level was reached after the event's end
	faults   []Fault
}

func newOurs(s *firestorm.Scenario, rule detect.Rule) *ours {
	rule.Zone = s.Start.Location()
	rule.Mistakes = mistakes(&s.Brand)
	u := &ours{judge: newJudge(s), scenario: s, engine: detect.New(rule, s.Start), outages: s.Outages}
	terms := detect.Terms{Since: s.Start}
	if s.Kind == firestorm.Campaign { // the one that is announced
		terms.Occasions = []detect.Occasion{{Name: string(s.Kind), From: s.Truth.Onset, To: s.Truth.End}}
	}
	u.engine.Watch(map[string]detect.Terms{s.Brand.ID: terms})
	return u
}

// mistakes are those of the brand's scorer, as measured on its ordinary posts.
func mistakes(b *firestorm.Brand) detect.Mistakes {
	others := b.Mood[1] + b.Mood[2]
	return detect.Mistakes{Found: b.Confusion[0][0], Mistaken: (b.Mood[1]*b.Confusion[1][0] + b.Mood[2]*b.Confusion[2][0]) / others}
}

func (u *ours) hear(m detect.Mention) {
	u.pass(m.Known)
	u.engine.Observe(u.scenario.Brand.ID, m)
}

// pass lets time go on; a source that is silent is known to be.
func (u *ours) pass(now time.Time) {
	if len(u.outages) > 0 {
		u.engine.Blind(!now.Before(u.outages[0].From))
		if now.After(u.outages[0].Until) {
			u.engine.Blind(false)
			u.outages = u.outages[1:]
		}
	}
	for _, i := range u.engine.Advance(now) {
		if !i.Resolved.IsZero() {
			u.forget(i.ID)
			continue
		}
		level := firestorm.Level(i.Level)
		if u.raise(i.ID, level, i.Changed) {
			u.fault("false "+levelNames[level], i.Changed, describe(&i))
		}
		for l := firestorm.Watch; l <= level; l++ {
			if u.late[l].IsZero() && i.Changed.After(u.truth.End) && allowed(u.truth, i.Changed) > firestorm.Watch {
				u.late[l] = i.Changed
			}
		}
	}
}

// missed are the levels that were wanted and not told.
func (u *ours) missed() {
	for l := firestorm.Watch; l < levels; l++ {
		if !wanted(u.truth, l) || !u.told[l].IsZero() {
			continue
		}
		evidence := fmt.Sprintf("it lasts %v", u.truth.End.Sub(u.truth.Onset).Round(time.Minute))
		if late := u.late[l]; !late.IsZero() {
			evidence += fmt.Sprintf(", and is told %v later", late.Sub(u.truth.End).Round(time.Minute))
		}
		u.fault("missed "+levelNames[l], u.truth.Onset, evidence)
	}
}

// Fault is something that ours got wrong in a scenario, which its kind, brand and seed
// make again.
type Fault struct {
	What     string    `json:"what"`
	Kind     string    `json:"kind"`
	Brand    string    `json:"brand"`
	Seed     uint64    `json:"seed"`
	At       time.Time `json:"at"`
	Evidence string    `json:"evidence,omitempty"`
}

var levelNames = [levels]string{"calm", "watch", "alert", "crisis"}

func (u *ours) fault(what string, at time.Time, evidence string) {
	s := u.scenario
	u.faults = append(u.faults, Fault{what, string(s.Kind), s.Brand.Name, s.Seed, at.UTC(), evidence})
}

func describe(i *detect.Incident) string {
	e := &i.Evidence
	about := "all"
	if e.About != (detect.Part{}) {
		about = e.About.Kind + " " + e.About.Key
	}
	return fmt.Sprintf("%s, %v: %d mentions where %.1f were expected, %d negative where %.1f, %d authors, surprise %.1f, negative in truth %.0f %%",
		about, e.To.Sub(e.From).Round(time.Minute), e.Mentions, e.ExpectedMentions, e.Negative, e.ExpectedNegative, e.Authors, e.Surprise,
		100*e.NegativeShare.Is)
}
