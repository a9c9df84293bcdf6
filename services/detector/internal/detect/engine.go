package detect

import (
	"slices"
	"time"
)

// Engine watches the brands it is told of. It is not safe for concurrent use.
type Engine struct {
	rule   Rule
	brands map[string]*brand
	tick   int64 // step up to which it has decided
	blind  bool  // some source cannot be seen: quiet proves nothing
}

type brand struct {
	id       string
	history  history
	window   window
	dirty    bool
	tipping  time.Time // receipt of the newest mention counted
	model    string
	incident *Incident
}

// New makes an engine that knows nothing of the past.
func New(rule Rule) *Engine {
	return &Engine{rule: rule, brands: map[string]*brand{}}
}

// SetRule changes the bounds from the next decision on.
func (e *Engine) SetRule(rule Rule) { e.rule = rule }

// Learn counts a past minute of a brand, before Observe is first called.
func (e *Engine) Learn(brandID string, minute time.Time, total, negative uint32) {
	b := e.brand(brandID)
	b.history.add(minuteOf(minute), total, negative)
}

// Restore puts back an incident that was open.
func (e *Engine) Restore(incident Incident) {
	e.brand(incident.Brand).incident = &incident
}

// Blind tells whether some source cannot be seen: as long as it cannot, nothing
// is resolved, for quiet proves nothing.
func (e *Engine) Blind(blind bool) { e.blind = blind }

func (e *Engine) brand(id string) *brand {
	b := e.brands[id]
	if b == nil {
		b = &brand{id: id, history: newHistory(e.rule.Baseline)}
		e.brands[id] = b
	}
	return b
}

// windowMinutes is how many minutes a window spans, the current one included.
func (e *Engine) windowMinutes() int64 { return int64(e.rule.Window / time.Minute) }

// Observe counts a mention in the minute it was published. What is older than
// the window only teaches the past; what claims to come from the future counts
// in the minute it was collected.
func (e *Engine) Observe(brandID string, m Mention, past bool) {
	b := e.brand(brandID)
	now := minuteOf(m.Collected)
	at := min(minuteOf(m.Published), now)
	var negative uint32
	if m.Negative {
		negative = 1
	}
	if past || at <= now-e.windowMinutes() {
		b.history.add(at, 1, negative)
		return
	}
	if !b.window.add(at, m) {
		return
	}
	b.history.add(at, 1, negative)
	b.dirty, b.model = true, m.Model
	if m.Collected.After(b.tipping) {
		b.tipping = m.Collected
	}
}

// step is how often the engine decides: a page waits for half of it on average.
const step = 200 * time.Millisecond

// Advance decides on everything counted so far, at the last whole step up to now;
// within a step it decides nothing. It answers the incidents that changed, in the
// order of the brands' ids.
func (e *Engine) Advance(now time.Time) []Incident {
	tick := now.UnixMilli() / step.Milliseconds()
	if tick <= e.tick {
		return nil
	}
	e.tick = tick
	now = time.UnixMilli(tick * step.Milliseconds()).UTC()
	var changes []Incident
	for _, b := range e.brands {
		if change, changed := e.decide(b, now); changed {
			changes = append(changes, change)
		}
	}
	slices.SortFunc(changes, func(a, b Incident) int {
		if a.Brand < b.Brand {
			return -1
		}
		return 1
	})
	return changes
}

// decide looks at a brand that heard something new, or has an incident open.
func (e *Engine) decide(b *brand, now time.Time) (Incident, bool) {
	if !b.dirty && b.incident == nil {
		return Incident{}, false
	}
	b.dirty = false
	from := minuteOf(now) - e.windowMinutes() + 1
	b.window.forget(from)
	r := e.read(b, now, from)
	level := r.level(e.rule)
	switch {
	case b.incident == nil && level == Calm:
		return Incident{}, false
	case b.incident == nil:
		b.incident = open(b.id, level, now)
	case level > b.incident.Level:
		b.incident.escalate(level, now)
	default:
		if !b.incident.calm(r, now, e.rule.ResolveAfter, e.blind) {
			return Incident{}, false
		}
		resolved := *b.incident
		b.incident = nil
		return resolved, true
	}
	b.incident.Evidence = e.evidence(b, r, now, from)
	b.incident.Model = b.model
	return *b.incident, true
}

// read holds the window against the past.
func (e *Engine) read(b *brand, now time.Time, from int64) reading {
	var r reading
	r.total, r.negative, r.authors = b.window.total, b.window.negative, len(b.window.authors)
	if r.total < e.rule.MinMentions && b.incident == nil {
		return r // below the floor nothing else matters
	}
	length := now.Sub(time.Unix(from*60, 0)).Minutes()
	end := minuteOf(now)
	r.expectedTotal = b.history.expect(end, length, func(c count) uint32 { return c.total })
	r.expectedNeg = b.history.expect(end, length, func(c count) uint32 { return c.negative })
	// A brand nobody spoke of still has the floor as its expectation.
	floor := float64(e.rule.MinMentions) / 4
	r.surpriseTotal = surprise(r.total, max(r.expectedTotal.mean, floor), r.expectedTotal.dispersion)
	r.surpriseNeg = surprise(r.negative, max(r.expectedNeg.mean, floor/2), r.expectedNeg.dispersion)
	return r
}

func (e *Engine) evidence(b *brand, r reading, now time.Time, from int64) Evidence {
	ids, truncated, posts := b.window.evidence()
	return Evidence{
		From: time.Unix(from*60, 0).UTC(), To: now,
		Mentions: r.total, ExpectedMentions: r.expectedTotal.mean,
		Negative: r.negative, ExpectedNegative: r.expectedNeg.mean,
		Authors: r.authors, Surprise: r.surprise(), Signals: r.signals(),
		IDs: ids, IDsTruncated: truncated, Posts: posts, Tipping: b.tipping,
	}
}
