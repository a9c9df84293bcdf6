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
	step   int64    // up to which it has decided
	dirty  []*brand // that heard something since, by when they are due
	leave  bool     // some are watched no more
	blind  bool     // some source cannot be seen: quiet proves nothing
	seen   seen
	sight  sight
	trials []trial
}

// New makes an engine that watches nobody yet, and decides from a moment on.
func New(rule Rule, now time.Time) *Engine {
	e := &Engine{brands: map[string]*brand{}, step: stepOf(now), seen: newSeen()}
	e.SetRule(rule)
	return e
}

// SetRule changes the bounds from the next decision on.
func (e *Engine) SetRule(rule Rule) {
	if rule.Zone == nil {
		rule.Zone = time.UTC
	}
	e.rule = rule
}

// Terms are on what terms a brand is watched.
type Terms struct {
	Since     time.Time  // what was known of it before is its past, if there is any
	Occasions []Occasion // what was announced
}

// Watch says which brands are watched. What others did is heard no more, and their
// incidents are resolved at the next decision.
func (e *Engine) Watch(brands map[string]Terms) {
	for id, b := range e.brands {
		if _, watched := brands[id]; !watched {
			b.gone, e.leave = true, true
		}
	}
	for id, terms := range brands {
		b := e.brands[id]
		if b == nil {
			b = newBrand(id, terms.Since)
			e.brands[id] = b
		}
		b.gone, b.Occasions = false, terms.Occasions
	}
}

// Resume takes over what is known of brands from an engine that has heard their past, and
// goes on from what was told last of each: an incident that is open, or how the last one
// was resolved. It answers those that the other engine found and that were not told yet.
func (e *Engine) Resume(heard *Engine, told map[string]Incident) (changes []Incident) {
	for id, b := range heard.brands {
		if mine := e.brands[id]; mine != nil {
			b.gone, b.Occasions = mine.gone, mine.Occasions
			b.Cleared = max(b.Cleared, mine.Cleared)
			b.Over = max(b.Over, mine.Over)
			b.Watched = max(b.Watched, mine.Watched)
			b.Sequence = max(b.Sequence, mine.Sequence)
			for _, p := range mine.Pending {
				if p.Mention.Again || !heard.seen.has(hash(id, p.Mention.ID)) { // else the past told it
					b.Pending = append(b.Pending, p)
				}
			}
			e.forget(mine)
		}
		e.brands[id] = b
		if b.resume(told[id], timeOf(e.step)) {
			changes = append(changes, *b.Incident)
		}
		b.due = 0
		e.await(b, e.step+1)
	}
	for id, incident := range told {
		if e.brands[id] == nil && incident.Resolved.IsZero() { // watched no more
			b := newBrand(id, timeOf(e.step))
			b.gone, b.Incident, e.leave = true, &incident, true
			e.brands[id] = b
		}
	}
	e.seen.merge(&heard.seen)
	slices.SortFunc(changes, func(a, b Incident) int { return cmp.Compare(a.Brand, b.Brand) })
	return changes
}

// news is how long ago an incident that was never told may have opened, to be told: a
// longer past was imported.
const news = 24 * time.Hour

// resume goes on with the incident that was told, if one is open. It says whether it has
// gone further than that, for a process can die between deciding and saying so. What opened
// before another was resolved, or before the brand was watched, is over.
func (b *brand) resume(told Incident, now time.Time) bool {
	goesOn := told.ID != "" && told.Resolved.IsZero()
	if goesOn { // whatever quiet was seen by who heard the past, and could not know what was blind
		b.Cleared = min(b.Cleared, minuteOf(told.Evidence.From))
	} else if told.ID != "" {
		b.over(&told)
		b.Burn.end(minuteOf(told.Opened) / 60)
	}
	switch found := b.Incident; {
	case goesOn && found != nil && found.ID == told.ID && found.Revision > told.Revision,
		!goesOn && found != nil && now.Sub(found.Opened) < news && minuteOf(found.Opened) > max(b.Cleared, b.Over, b.Watched):
		return true
	case goesOn && found != nil && found.ID == told.ID && found.Revision == told.Revision && b.Step > 0:
		// its snapshot knows since when it is calm
	case goesOn:
		if found != nil && found.ID == told.ID {
			told.Evidence = found.Evidence // with the words of others, which nobody kept
		}
		b.Incident = &told
	case found != nil:
		if minuteOf(found.Opened) > b.Over {
			b.Cleared = max(b.Cleared, minuteOf(now)-justNow)
		}
		b.Incident, b.Peaks.Signals = nil, 0
	}
	return false
}

// Know notes that a mention of a brand was counted long ago: it is not counted again.
func (e *Engine) Know(brandID, mentionID string) { e.seen.first(hash(brandID, mentionID)) }

// ForgetSeen forgets which mentions were counted: none of them is delivered again.
func (e *Engine) ForgetSeen() { e.seen = newSeen() }

// forget leaves out what a brand heard and was not decided on.
func (e *Engine) forget(b *brand) {
	e.dirty = slices.DeleteFunc(e.dirty, func(other *brand) bool { return other == b })
}

// Incidents are those that go on, by brand.
func (e *Engine) Incidents() map[string]Incident {
	open := map[string]Incident{}
	for id, b := range e.brands {
		if b.Incident != nil {
			open[id] = *b.Incident
		}
	}
	return open
}

// Blind tells whether some source cannot be seen: as long as it cannot, nothing
// is resolved, for quiet proves nothing.
func (e *Engine) Blind(blind bool) { e.blind = blind }

// Observe counts a mention of a watched brand, once however often it comes: another time
// it tells what people reacted to it. It answers false for what was published more than a
// day before it was known: that is past, to be learnt.
func (e *Engine) Observe(brandID string, m Mention) bool {
	b := e.brands[brandID]
	if b == nil || b.gone {
		return true
	}
	if m.Published.After(m.Known) { // from the future, it says
		m.Published = m.Known
	}
	if m.Collected.After(m.Known) {
		m.Collected = m.Known
	}
	if m.Known.Sub(m.Published) >= day*time.Minute {
		return false
	}
	if m.Sequence != 0 && m.Sequence <= b.loaded {
		return true // delivered again
	}
	b.Sequence = max(b.Sequence, m.Sequence)
	if m.Backfill && minuteOf(m.Published) < b.Watched {
		m.Past = true // what sources hold at a first start, in any order, is no rise
	}
	if !e.news(hash(brandID, m.ID), &m) {
		return true
	}
	due := max(e.step, stepOf(m.Known)) + 1
	b.Pending = append(b.Pending, pending{due, m})
	if b.due == 0 || due < b.due {
		e.await(b, due)
	}
	return true
}

// news says whether a mention tells something: it is new, or came before and it is known
// what people reacted to it since. Of what is gone since, nothing is.
func (e *Engine) news(key uint64, m *Mention) bool {
	if m.Again {
		return m.Measured && e.seen.has(key)
	}
	m.Again = !e.seen.first(key)
	return !m.Again || m.Measured
}

// await has a brand decided on at a step.
func (e *Engine) await(b *brand, due int64) {
	if b.due != 0 {
		e.forget(b)
	}
	b.due = due
	e.dirty = slices.Insert(e.dirty, e.dueBy(due), b)
}

// length is how often the engine decides: a page waits for half of it on average.
const (
	length         = 200 * time.Millisecond
	stepsPerMinute = int64(time.Minute / length)
)

func stepOf(t time.Time) int64    { return t.UnixMilli() / length.Milliseconds() }
func timeOf(step int64) time.Time { return time.UnixMilli(step * length.Milliseconds()).UTC() }

// Idle says that time passing changes nothing soon: nothing was heard that is not
// decided on, and no incident waits for calm.
func (e *Engine) Idle() bool {
	for _, b := range e.brands {
		if b.due != 0 || b.Incident != nil || b.gone {
			return false
		}
	}
	return true
}

// Advance decides on everything counted, up to the last whole step before now.
// What a brand heard is decided on at the first step after it was known, however late
// Advance is called; whether calm has come, at every whole minute. It answers the
// incidents that changed, in the order of time and of the brands' ids.
func (e *Engine) Advance(now time.Time) []Incident {
	var changes []Incident
	for step := stepOf(now); e.step < step; {
		next := min(step, (e.step/stepsPerMinute+1)*stepsPerMinute)
		if len(e.dirty) > 0 {
			next = min(next, max(e.step+1, e.dirty[0].due))
		}
		e.step = next
		changes = append(changes, e.decideAll()...)
	}
	return changes
}

// dueBy is how many brands are due at a step.
func (e *Engine) dueBy(step int64) int {
	due, _ := slices.BinarySearchFunc(e.dirty, step+1, func(b *brand, step int64) int { return cmp.Compare(b.due, step) })
	return due
}

// decideAll decides at the step reached: first on what was heard, then on the minute
// that is over, and then says what rises together.
func (e *Engine) decideAll() (changes []Incident) {
	now := timeOf(e.step)
	raised := e.decideHeard(now)
	if e.leave || e.step%stepsPerMinute == 0 {
		changes = e.settleAll(now)
	}
	for _, b := range raised {
		b.Incident.Evidence.Also = e.rising(b, now)
		changes = append(changes, *b.Incident)
	}
	slices.SortStableFunc(changes, func(a, b Incident) int { return cmp.Compare(a.Brand, b.Brand) })
	return changes
}

// decideHeard decides on what was heard up to the step, and answers the brands whose
// incident rose.
func (e *Engine) decideHeard(now time.Time) (raised []*brand) {
	heard := slices.Clone(e.dirty[:e.dueBy(e.step)])
	e.dirty = slices.Delete(e.dirty, 0, len(heard))
	for _, b := range heard {
		b.due = 0
		b.take(e.step, &e.rule)
		e.sight.of(b, now, &e.rule)
		if !b.gone && b.decide(&e.sight, &e.rule) {
			raised = append(raised, b)
		}
		e.try(b, func(t *trial) {
			if _, raised := b.raise(&e.sight, &t.rule); raised {
				t.told = append(t.told, *b.Incident)
			}
		})
		b.heard = 0
		if len(b.Pending) > 0 {
			e.await(b, b.Pending[0].Due)
		}
	}
	return raised
}

// settleAll lets the minute that is over pass, and brands that are watched no more leave.
func (e *Engine) settleAll(now time.Time) (resolved []Incident) {
	for id, b := range e.brands {
		switch {
		case b.gone:
			b.end(b.dismiss(now), &resolved)
			e.try(b, func(t *trial) { b.end(b.dismiss(now), &t.told) })
			delete(e.brands, id)
		case e.step%stepsPerMinute == 0 && e.step > b.Step:
			b.pass(minuteOf(now), &e.rule)
			if b.end(b.settle(e.step, &e.rule, e.blind), &resolved) {
				b.Peaks.Signals = 0
			}
			e.try(b, func(t *trial) { b.end(b.settle(e.step, &t.rule, e.blind), &t.told) })
		}
	}
	e.leave = false
	return resolved
}

// end lets go of an incident that is resolved, and tells it.
func (b *brand) end(resolved bool, told *[]Incident) bool {
	if resolved {
		*told = append(*told, *b.Incident)
		b.over(b.Incident)
		if !b.Incident.Loud {
			b.Burn = burn{}
		}
		b.Incident = nil
	}
	return resolved
}

// over begins anew after an incident that is resolved.
func (b *brand) over(i *Incident) {
	at := minuteOf(i.Resolved)
	if !i.Loud { // which told of no counts
		b.Cleared = max(b.Cleared, at)
	}
	b.Over = max(b.Over, at)
}

// A sector rises when so many other brands have an incident that opened so lately.
const (
	sectorBrands = 2
	sectorLately = 3 * time.Hour
	// mostAlso is how many of them are named: nobody reads more, and where thousands rise
	// each incident would name all.
	mostAlso = 20
)

// rising are the other brands that rise as a brand does, by their ids, the most serious
// ones where they are many: none where they are too few to be a sector.
func (e *Engine) rising(b *brand, now time.Time) (ids []string) {
	var others []*brand
	for _, other := range e.brands {
		if i := other.Incident; other != b && i != nil && i.Kind == b.Incident.Kind && now.Sub(i.Opened) <= sectorLately {
			if at, _ := slices.BinarySearchFunc(others, other, moreSerious); at < mostAlso {
				others = slices.Insert(others[:min(len(others), mostAlso-1)], at, other)
			}
		}
	}
	if len(others) < sectorBrands {
		return nil
	}
	for _, other := range others {
		ids = append(ids, other.ID)
	}
	slices.Sort(ids)
	return ids
}

func moreSerious(a, b *brand) int {
	return cmp.Or(cmp.Compare(b.Incident.Level, a.Incident.Level), cmp.Compare(a.ID, b.ID))
}
