package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// WarmUp is how much of the past before a replay is heard first, to learn the rhythm.
const WarmUp = 28 * 24 * time.Hour

// Lane is one rule on its way through a past, by the same engine that decides live.
type Lane struct {
	engine    *detect.Engine
	brand     string
	since     time.Time
	watched   map[string]detect.Terms
	announced map[string][]detect.Occasion
	incidents []*Incident
	open      map[string]*Incident
}

// NewLane is a rule at the start of its warm-up, with what was announced of each brand.
// What opens before since is not told, and but for one brand, all where it is "", nothing
// is: it hears the others for what they say of that one.
func NewLane(rule detect.Rule, brand string, since time.Time, announced map[string][]detect.Occasion) *Lane {
	return &Lane{
		engine: detect.New(rule, since.Add(-WarmUp)), brand: brand, since: since, announced: announced,
		watched: map[string]detect.Terms{}, open: map[string]*Incident{},
	}
}

// Hear takes the next mention, in the order in which they became known. A brand is
// watched from its first on: nothing tells more of when its past begins.
func (l *Lane) Hear(brand string, m detect.Mention) {
	l.Pass(m.Known)
	if _, known := l.watched[brand]; !known {
		if m.Again {
			return // it came first before all this
		}
		l.watched[brand] = detect.Terms{Since: m.Known, Occasions: l.announced[brand]}
		l.engine.Watch(l.watched)
	}
	m.Past = false // as if live
	l.engine.Observe(brand, m)
}

// Pass lets time go on to a moment.
func (l *Lane) Pass(now time.Time) {
	for _, step := range l.engine.Advance(now) {
		if l.brand != "" && step.Brand != l.brand {
			continue
		}
		incident, known := l.open[step.ID]
		if !known {
			incident = &Incident{}
			l.open[step.ID] = incident
			if !step.Opened.Before(l.since) {
				l.incidents = append(l.incidents, incident)
			}
		}
		incident.Steps = append(incident.Steps, step)
		if !step.Resolved.IsZero() {
			delete(l.open, step.ID)
		}
	}
}

// Incidents are what opened since the start, in the order in which they did.
func (l *Lane) Incidents() []*Incident { return l.incidents }
