package detect

import (
	"cmp"
	"slices"
	"time"
)

// Engine watches the brands it is told to. It is not safe for concurrent use.
type Engine struct {
	rule   Rule
	brands map[string]*brand
	tick   int64    // step up to which it has decided
	dirty  []*brand // that heard something since, by when they are due
	blind  bool     // some source cannot be seen: quiet proves nothing
}

type brand struct {
	id       string
	watched  int64 // minute since when it is
	gone     bool  // watched no more: its incident is resolved
	history  history
	window   window
	due      int64     // step at which it is decided on what it heard; 0 where it heard nothing
	tipping  time.Time // receipt of the newest mention counted
	model    string
	incident *Incident
}

// Minute is what is stored of one minute of a brand, by published time.
type Minute struct {
	At              time.Time
	Total, Negative uint32
}

// New makes an engine that watches nobody yet, and decides from a moment on.
func New(rule Rule, now time.Time) *Engine {
	return &Engine{rule: rule, brands: map[string]*brand{}, tick: tickOf(now)}
}

// SetRule changes the bounds from the next decision on; how much of the past is
// known changes when it is learnt next.
func (e *Engine) SetRule(rule Rule) { e.rule = rule }

// Watch says which brands are watched, and since when. What others did is heard
// no more, and their incidents are resolved at the next decision.
func (e *Engine) Watch(since map[string]time.Time) {
	for id, b := range e.brands {
		if _, watched := since[id]; !watched {
			b.gone = true
		}
	}
	for id, moment := range since {
		b := e.brand(id)
		b.watched, b.gone = minuteOf(moment), false
	}
}

// Learn replaces all that is known of every brand before a moment, cut to the
// minute, by what is stored of it.
func (e *Engine) Learn(past map[string][]Minute, before time.Time) {
	for id, b := range e.brands {
		b.window.forget(minuteOf(before), func(*minute) {})
		b.history = b.history.relearnt(past[id], minuteOf(before), e.rule.Baseline)
	}
}

// Restore puts back an incident that was open.
func (e *Engine) Restore(incident Incident) {
	if b := e.brands[incident.Brand]; b == nil {
		e.brand(incident.Brand).gone = true
	}
	e.brands[incident.Brand].incident = &incident
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

// Observe counts a mention of a watched brand in the minute it was published;
// what claims to come from the future counts in the minute it was collected. It
// answers false for what is older than the window: that is past, to be learnt.
func (e *Engine) Observe(brandID string, m Mention) bool {
	b := e.brands[brandID]
	if b == nil || b.gone {
		return true
	}
	at := min(minuteOf(m.Published), minuteOf(m.Collected))
	if now := max(minuteOf(m.Collected), minuteOf(timeOf(e.tick))); at <= now-e.windowMinutes() {
		return false
	}
	if !b.window.add(at, m) {
		return true
	}
	if b.model = m.Model; b.due == 0 {
		b.due = max(e.tick, tickOf(m.Collected)) + 1
		e.dirty = slices.Insert(e.dirty, e.dueBy(b.due), b)
	}
	if m.Collected.After(b.tipping) {
		b.tipping = m.Collected
	}
	return true
}

// step is how often the engine decides: a page waits for half of it on average.
const (
	step           = 200 * time.Millisecond
	stepsPerMinute = int64(time.Minute / step)
)

func tickOf(t time.Time) int64    { return t.UnixMilli() / step.Milliseconds() }
func timeOf(tick int64) time.Time { return time.UnixMilli(tick * step.Milliseconds()).UTC() }

// Idle says that time passing changes nothing: nothing was heard that is not
// decided on, and no incident waits for calm.
func (e *Engine) Idle() bool {
	for _, b := range e.brands {
		if b.due != 0 || b.incident != nil || b.gone {
			return false
		}
	}
	return true
}

// Advance decides on everything counted, up to the last whole step before now.
// What a brand heard is decided on at the first step after it was collected,
// however late Advance is called; whether calm has come, at every whole minute. It
// answers the incidents that changed, in the order of time and of the brands' ids.
func (e *Engine) Advance(now time.Time) []Incident {
	var changes []Incident
	for tick := tickOf(now); e.tick < tick; {
		next := min(tick, (e.tick/stepsPerMinute+1)*stepsPerMinute)
		if len(e.dirty) > 0 {
			next = min(next, max(e.tick+1, e.dirty[0].due))
		}
		e.tick = next
		changes = append(changes, e.decideAll()...)
	}
	return changes
}

// dueBy is how many brands are due at a step.
func (e *Engine) dueBy(tick int64) int {
	due, _ := slices.BinarySearchFunc(e.dirty, tick+1, func(b *brand, tick int64) int { return cmp.Compare(b.due, tick) })
	return due
}

// decideAll decides at the step reached.
func (e *Engine) decideAll() []Incident {
	now := timeOf(e.tick)
	var changes []Incident
	ask := func(b *brand, change func(*brand, time.Time) bool) {
		if !change(b, now) {
			return
		}
		changes = append(changes, *b.incident)
		if !b.incident.Resolved.IsZero() {
			b.incident = nil
		}
	}
	for id, b := range e.brands {
		switch {
		case b.gone:
			ask(b, dismiss)
			delete(e.brands, id)
		case e.tick%stepsPerMinute == 0:
			ask(b, e.settle)
		}
	}
	due := e.dueBy(e.tick)
	for _, b := range e.dirty[:due] {
		b.due = 0
		ask(b, e.decide)
	}
	e.dirty = slices.Delete(e.dirty, 0, due)
	slices.SortStableFunc(changes, func(a, b Incident) int { return cmp.Compare(a.Brand, b.Brand) })
	return changes
}

// decide opens or escalates the incident of a brand that heard something new.
func (e *Engine) decide(b *brand, now time.Time) bool {
	if b.gone {
		return false
	}
	r := e.read(b, now)
	level := r.level(e.rule)
	switch {
	case b.incident == nil && level > Calm:
		b.incident = open(b.id, level, now)
	case b.incident != nil && level > b.incident.Level:
		b.incident.escalate(level, now)
	default:
		return false
	}
	b.incident.Evidence, b.incident.Model = e.evidence(b, r, now), b.model
	return true
}

// settle resolves the incident of a brand that has been calm for long enough.
func (e *Engine) settle(b *brand, now time.Time) bool {
	return b.incident != nil && b.incident.calm(e.read(b, now), now, e.rule.ResolveAfter, e.blind)
}

// dismiss resolves the incident of a brand that is watched no more.
func dismiss(b *brand, now time.Time) bool {
	if b.incident != nil {
		b.incident.resolve(now)
	}
	return b.incident != nil
}

// read holds the window against the past.
func (e *Engine) read(b *brand, now time.Time) reading {
	from := minuteOf(e.rule.WindowStart(now))
	b.window.forget(from, func(m *minute) {
		b.history.set(m.number, count{uint32(len(m.seen)), uint32(m.negative)})
	})
	var r reading
	r.total, r.negative, r.authors = b.window.total, b.window.negative, len(b.window.authors)
	if r.total < e.rule.MinMentions && b.incident == nil {
		return r // below the floor nothing else matters
	}
	length := now.Sub(time.Unix(from*60, 0)).Minutes()
	known := b.history.known(from-1, b.watched)
	r.known = known >= e.windowMinutes()
	if !r.known {
		return r
	}
	r.expectedTotal = b.history.expect(from-1, known, length, func(c count) uint32 { return c.total })
	r.expectedNeg = b.history.expect(from-1, known, length, func(c count) uint32 { return c.negative })
	// A brand nobody spoke of still has the floor as its expectation.
	floor := float64(e.rule.MinMentions) / 4
	r.surpriseTotal = surprise(r.total, max(r.expectedTotal.mean, floor), r.expectedTotal.dispersion)
	r.surpriseNeg = surprise(r.negative, max(r.expectedNeg.mean, floor/2), r.expectedNeg.dispersion)
	return r
}

func (e *Engine) evidence(b *brand, r reading, now time.Time) Evidence {
	ids, truncated, posts := b.window.evidence(r.expectedTotal.mean / float64(e.windowMinutes()))
	return Evidence{
		From: e.rule.WindowStart(now), To: now,
		Mentions: r.total, ExpectedMentions: r.expectedTotal.mean,
		Negative: r.negative, ExpectedNegative: r.expectedNeg.mean,
		Authors: r.authors, Surprise: r.surprise(), Signals: r.signals(e.rule),
		IDs: ids, IDsTruncated: truncated, Posts: posts, Tipping: b.tipping,
	}
}
