package detect

import "time"

// trial is a rule that is tried beside the engine's own.
type trial struct {
	rule Rule
	told []Incident
}

// course is what a rule has decided on a brand so far. All else that is known of a brand
// is the same whatever its bounds are.
type course struct {
	incident *Incident
	cleared  int64
	over     int64
	burn     burn
}

// Try has rules decide beside the engine's own on all that it hears from now on. They differ
// from it in their bounds for alert and crisis alone, and tell incidents without evidence.
func (e *Engine) Try(rules []Rule) {
	for _, rule := range rules {
		rule.Zone, rule.Holiday = e.rule.Zone, e.rule.Holiday
		e.trials = append(e.trials, trial{rule: rule})
	}
}

// Tried is what the rule of that number told since it was asked last.
func (e *Engine) Tried(number int) []Incident {
	told := e.trials[number].told
	e.trials[number].told = nil
	return told
}

// swap has a brand go on with another course, until it is swapped back.
func (b *brand) swap(c *course) {
	b.Incident, c.incident = c.incident, b.Incident
	b.Cleared, c.cleared = c.cleared, b.Cleared
	b.Over, c.over = c.over, b.Over
	b.Burn, c.burn = c.burn, b.Burn
}

// try does a work for every rule that is tried, on a brand that goes by its course.
func (e *Engine) try(b *brand, work func(t *trial)) {
	for len(b.trials) < len(e.trials) {
		b.trials = append(b.trials, course{cleared: b.Cleared, burn: b.Burn})
	}
	for i := range b.trials {
		b.swap(&b.trials[i])
		work(&e.trials[i])
		b.swap(&b.trials[i])
	}
}

// Voices are mentions as they are counted: copies of a story once, an author once an hour.
type Voices struct{ All, Negative float64 }

// Hour is how many spoke of a brand in the hour that began at a moment, and how many were
// expected when it did, given how it has been lately.
func (e *Engine) Hour(brandID string, began time.Time) (seen, expected Voices) {
	b := e.brands[brandID]
	if b == nil {
		return seen, expected
	}
	hour := minuteOf(began) / 60
	is, usual, lately := b.Rhythm.hour(hour), b.Rhythm.expected(hour), b.Rhythm.Level[span(60)]
	return Voices{float64(is.Total), float64(is.Negative)}, Voices{float64(usual.Total * lately.Total), float64(usual.Negative * lately.Negative)}
}

// Add adds others.
func (v *Voices) Add(w Voices) {
	v.All += w.All
	v.Negative += w.Negative
}
