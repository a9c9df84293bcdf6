package detect

import (
	"slices"
	"time"
)

// finding is the reading that says most, of the brand or of a part of it.
type finding struct {
	reading
	level Level
	about Part
	parts uint32 // a bit for each it is of
	who   crowd
	loud  *peak // one thing that it is about; nil for counts
}

// clearer is how much more a longer window must surprise to be shown instead of a
// shorter one.
const clearer = 1.25

// above says whether it says more than another, that was looked at before.
func (f *finding) above(g *finding) bool {
	if f.level != g.level {
		return f.level > g.level
	}
	return f.most() > clearer*g.most()
}

func (r *reading) most() float64 { return max(r.surprise[volume], r.surprise[negative]) }

// decide opens or raises the incident of a brand that heard something new.
func (b *brand) decide(s *sight, rule *Rule) bool {
	wasLoud := b.Incident != nil && b.Incident.Loud
	f, raised := b.raise(s, rule)
	if !raised {
		return false
	}
	if wasLoud {
		b.Exhibits.Way = way{} // what rises began elsewhere
	}
	b.Incident.Evidence, b.Incident.Model = b.evidence(&f, s.now, rule), b.Model
	return true
}

// raise opens or raises an incident that has no evidence yet.
func (b *brand) raise(s *sight, rule *Rule) (f finding, raised bool) {
	if s.counted {
		f = b.find(s, rule)
	}
	if s.loud != nil && b.Incident == nil && f.level == Calm {
		f = s.loud.found(b, s.now)
	}
	if f.level == Calm || b.Incident != nil && f.level <= b.Incident.Level {
		return f, false
	}
	if b.Incident == nil {
		b.Incident = open(b.ID, s.now)
	}
	b.Incident.raise(f.level, b.kind(&f, s.now, rule), f.scale, s.now)
	b.Incident.Loud = f.loud != nil
	return f, true
}

// find looks at every window of the brand, and of the parts that heard something, for
// more than is told already.
func (b *brand) find(s *sight, rule *Rule) (best finding) {
	if b.Incident != nil && b.Incident.Level == Crisis {
		return best // nothing is above it
	}
	s.look()
	next, told := b.next(rule), Calm
	if b.Incident != nil {
		told = b.Incident.Level
	}
	for i := range s.views {
		v := &s.views[i]
		for k := range v.readings {
			if v.highest < next {
				break
			}
			f := finding{reading: v.readings[k], about: v.about, parts: v.parts}
			if f.most() < next+v.more || int(f.seen.Total) < rule.MinMentions || !b.past(k, s.now) || !goesOn(&v.readings, k) ||
				rule.level(&f.reading, everyone, v.more) <= told { // whoever wrote, which takes long to see
				continue
			}
			f.who = b.Authors.since(f.from, f.parts)
			f.level = rule.level(&f.reading, f.who, v.more)
			if f.level > Watch {
				f.level = min(f.level, lasting(v.moments.since(f.from)))
			}
			if f.parts != 0 {
				f.level = min(f.level, Alert) // what wakes someone concerns the brand as a whole
			}
			if f.level > Calm && f.above(&best) {
				best = f
			}
		}
	}
	if f := b.Burn.finding(b, s.now, rule); f.above(&best) {
		best = f
	}
	if best.level > Watch && b.expected(s.now) {
		best.level--
	}
	return best
}

const (
	// praised is the share of positive mentions, among those that are more than expected,
	// from which a rise is an opportunity, where blamed of them at most are negative.
	praised, blamed = 0.5, 0.2
)

// kind says what rises: praise is an opportunity, and never more than a watch.
func (b *brand) kind(f *finding, now time.Time, rule *Rule) Kind {
	if f.loud != nil && f.loud.praise {
		return Opportunity
	}
	i := slices.Index(b.Names, Part{Kind: partPraise})
	if f.loud != nil || f.parts != 0 || f.level != Watch || i < 0 || rule.Mistakes.share(&f.reading).Is > blamed {
		return Spike
	}
	p := &b.Parts[i]
	from := starts(minuteOf(now), b.Cleared)
	more := p.Track.Series.sums(&from, minuteOf(now))[f.scale].Total - f.expected.Total*p.Share.Total
	if more < praised*(f.seen.Total-f.expected.Total) {
		return Spike
	}
	return Opportunity
}

// next is what a window must surprise by at least, to tell more than is told.
func (b *brand) next(rule *Rule) float64 {
	switch {
	case b.Incident == nil:
		return rule.Watch
	case b.Incident.Level == Watch:
		return rule.Alert
	default:
		return rule.Crisis
	}
}

// expected says whether something announced is under way, or the brand speaks more
// than it does.
func (b *brand) expected(now time.Time) bool { return b.occasion(now) != (Occasion{}) || b.speaks(now) }

// speaks says whether the brand publishes more than it does, once a day of it was heard: of
// answers to people nobody makes news.
func (b *brand) speaks(now time.Time) bool {
	own := slices.Index(b.Names, Part{Kind: partOwn})
	if own < 0 || minuteOf(now)-b.Watched < day {
		return false
	}
	from := starts(minuteOf(now), 0)
	windows := b.Parts[own].Track.Series.sums(&from, minuteOf(now))
	lately, today := windows[ownLately].Total, windows[len(scales)-1].Total
	return lately >= ownBurst && lately > today/2
}

// A burst of a brand's own page is so many posts within the scale ownLately.
const (
	ownLately = 7 // three hours
	ownBurst  = 4
)

// goesOn says whether what rises in a long window still does in the last quarter of it:
// what is over, and comes to light now, is nothing to wake anyone for.
func goesOn(all *[len(scales)]reading, k int) bool {
	if scales[k] <= 20 {
		return true
	}
	window, last := &all[k], &all[k-2]
	return window.surprise[volume] > 0 && rising(window.seen.Total-window.expected.Total, last.seen.Total-last.expected.Total) ||
		window.surprise[negative] > 0 && rising(window.seen.Negative-window.expected.Negative, last.seen.Negative-last.expected.Negative)
}

// rising says whether enough of what is more than expected came in the last quarter.
func rising(more, lately float32) bool { return lately >= more/8 }

// past says whether enough is known to hold a scale against: nothing is expected of the
// first hour of which anything is.
func (b *brand) past(scale int, now time.Time) bool {
	return minuteOf(now)-(b.Rhythm.First+1)*60 >= scales[scale]-1
}

// settle resolves the incident of a brand that has been calm for long enough.
func (b *brand) settle(step int64, rule *Rule, blind bool) bool {
	if b.Incident == nil {
		return false
	}
	now := timeOf(step)
	calm := !blind && minuteOf(now)-b.Peaks.Last >= stays
	of := of{share: whole.share, rhythm: true} // what has become usual in a crisis is no calm
	all := b.Whole.read(b, b.outlook(minuteOf(now), float64(now.UnixMilli())/60_000, b.Cleared), of)
	for k := range all {
		if scales[k] <= max(60, scales[b.Incident.Scale]) && max(all[k].surprise[volume], all[k].surprise[negative]) >= clearSurprise {
			calm = false
		}
	}
	return b.Incident.settle(calm, now, rule.ResolveAfter)
}

// dismiss resolves the incident of a brand that is watched no more.
func (b *brand) dismiss(now time.Time) bool {
	if b.Incident != nil {
		b.Incident.resolve(now)
	}
	return b.Incident != nil
}
