package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// WarmUp is how much of the past before a replay is heard first, to learn the rhythm.
const WarmUp = 28 * 24 * time.Hour

// Lane is a rule, and others that are tried beside it, on their way through a past, by the
// same engine that decides live.
type Lane struct {
	engine    *detect.Engine
	brand     string
	since     time.Time
	hour      time.Time // that has begun
	noted     time.Time // hour up to which it is noted what was said
	watched   map[string]detect.Terms
	pasts     map[string]*past // of the brands that are
	announced map[string][]detect.Occasion
	told      told
	tried     []told
	note      func(hour time.Time, said, expected detect.Voices)
}

// NewLane is a rule at the start of its warm-up, with what was announced of each brand.
// What opens before since is not told, and but for one brand, all where it is "", nothing
// is: it hears the others for what they say of that one.
func NewLane(rule detect.Rule, brand string, since time.Time, announced map[string][]detect.Occasion) *Lane {
	begin := since.Add(-WarmUp)
	hour := begin.Truncate(time.Hour)
	return &Lane{
		engine: detect.New(rule, begin), brand: brand, since: since, hour: hour, noted: hour, announced: announced,
		watched: map[string]detect.Terms{}, pasts: map[string]*past{}, told: newTold(), note: func(time.Time, detect.Voices, detect.Voices) {},
	}
}

// Try has other rules tried beside.
func (l *Lane) Try(rules []detect.Rule) {
	l.engine.Try(rules)
	for range rules {
		l.tried = append(l.tried, newTold())
	}
}

// Note has somebody note how many spoke in each hour since the start, and how many were
// expected to.
func (l *Lane) Note(note func(hour time.Time, said, expected detect.Voices)) { l.note = note }

// Hear takes the next mention, in the order in which they became known. A brand is
// watched from the beginning of its past on, as far as that can be told by then.
func (l *Lane) Hear(brand string, m detect.Mention) {
	l.Pass(m.Known)
	if l.pasts[brand] == nil && m.Again {
		return // it came first before all this
	}
	if !m.Again && l.begins(brand, &m) {
		l.engine.Unload(brand)
		l.watched[brand] = detect.Terms{Since: m.Known, Occasions: l.announced[brand]}
		l.engine.Watch(l.watched)
	}
	m.Past = false // as if live
	l.engine.Observe(brand, m)
}

// past is what was heard of a brand so far.
type past struct {
	last     time.Time
	imported int
	live     bool // some was not imported: somebody listened
}

// fewImported are no past by themselves, where a silence follows them.
const fewImported = 10

// begins says whether a mention begins the past of a brand, of which an incident that is
// open is part.
func (l *Lane) begins(brand string, m *detect.Mention) (begins bool) {
	p := l.pasts[brand]
	if p == nil {
		p = &past{}
		l.pasts[brand] = p
		begins = true
	} else if m.Known.Sub(p.last) >= silence && !p.live && p.imported < fewImported {
		_, open := l.engine.Incidents()[brand]
		begins = !open
	}
	p.last = m.Known
	if m.Past {
		p.imported++
	} else {
		p.live = true
	}
	return begins
}

// settled is how long after it an hour is noted: some of it comes late.
const settled = time.Hour

// Pass lets time go on to a moment.
func (l *Lane) Pass(now time.Time) {
	for next := l.hour.Add(time.Hour); !next.After(now); next = next.Add(time.Hour) {
		l.advance(next)
		l.hour = next
		for brand := range l.watched {
			if l.concerns(brand) {
				_, expected := l.engine.Hour(brand, next)
				l.note(next, detect.Voices{}, expected)
			}
		}
		l.noteUpTo(next.Add(-settled))
	}
	l.advance(now)
}

// End lets time go on to the last moment.
func (l *Lane) End(now time.Time) {
	l.Pass(now)
	l.noteUpTo(now.Add(time.Hour))
}

// noteUpTo notes what was said in the hours that ended before a moment.
func (l *Lane) noteUpTo(moment time.Time) {
	for ; !l.noted.Add(time.Hour).After(moment); l.noted = l.noted.Add(time.Hour) {
		for brand := range l.watched {
			if l.concerns(brand) {
				said, _ := l.engine.Hour(brand, l.noted)
				l.note(l.noted, said, detect.Voices{})
			}
		}
	}
}

func (l *Lane) concerns(brand string) bool { return l.brand == "" || l.brand == brand }

func (l *Lane) advance(now time.Time) {
	for _, step := range l.engine.Advance(now) {
		if l.concerns(step.Brand) {
			l.told.take(step, l.since)
		}
	}
	for i := range l.tried {
		for _, step := range l.engine.Tried(i) {
			if l.concerns(step.Brand) {
				step.Evidence.Path = l.told.path(step.ID)
				l.tried[i].take(step, l.since)
			}
		}
	}
}

// Incidents are what the rule opened since the start, in the order in which it did.
func (l *Lane) Incidents() []*Incident { return l.told.incidents }

// Tried is what the rule of that number opened, of those that are tried.
func (l *Lane) Tried(number int) []*Incident { return l.tried[number].incidents }

// told is what a rule tells.
type told struct {
	incidents []*Incident
	all       map[string]*Incident // those of the warm-up too
}

func newTold() told { return told{all: map[string]*Incident{}} }

func (t *told) take(step detect.Incident, since time.Time) {
	incident := t.all[step.ID]
	if incident == nil {
		incident = &Incident{}
		t.all[step.ID] = incident
		if !step.Opened.Before(since) {
			t.incidents = append(t.incidents, incident)
		}
	}
	incident.Steps = append(incident.Steps, step)
}

// path is that of an incident, as far as it is known.
func (t *told) path(id string) []detect.Step {
	if incident := t.all[id]; incident != nil {
		return incident.Last().Evidence.Path
	}
	return nil
}
