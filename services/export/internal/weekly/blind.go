package weekly

import (
	"cmp"
	"slices"
	"time"
)

// Blind is a source of which something could not be seen during a week. Its
// pages are told together: a network that is down blinds hundreds at once.
type Blind struct {
	Source   string
	Pages    []string
	From, To time.Time     // the first moment and the last
	Total    time.Duration // less than from From to To where it came back in between
	Before   bool          // in the week before
}

// blind are the gaps in what was seen, in the week and the one before, so that
// nobody takes a blind source for a quiet one.
func (b *Builder) blind() []Blind {
	var all []Blind
	for _, week := range []Week{b.plan.Week, b.before} {
		gaps := map[string][]gap{}
		for id := range b.incidents {
			steps := b.history(id)
			last := steps[len(steps)-1]
			if last.Blind && overlaps(steps, week) {
				from, to := clip(last.Opened, last.Resolved, week)
				gaps[last.Source] = append(gaps[last.Source], gap{last.Page, from, to})
			}
		}
		for source, list := range gaps {
			all = append(all, together(source, list, week == b.before))
		}
	}
	slices.SortFunc(all, func(x, y Blind) int {
		return cmp.Or(cmp.Compare(rank(x.Before), rank(y.Before)), x.From.Compare(y.From), cmp.Compare(x.Source, y.Source))
	})
	return all
}

// gap is a time during which a page could not be seen.
type gap struct {
	page     string
	from, to time.Time
}

// together tells the gaps of a source as one.
func together(source string, gaps []gap, before bool) Blind {
	slices.SortFunc(gaps, func(x, y gap) int { return cmp.Or(x.from.Compare(y.from), x.to.Compare(y.to)) })
	b := Blind{Source: source, From: gaps[0].from, To: gaps[0].from, Before: before}
	for _, g := range gaps {
		b.Pages = append(b.Pages, g.page)
		if g.from.After(b.To) {
			b.To = g.from // it was seen in between
		}
		if g.to.After(b.To) {
			b.Total += g.to.Sub(b.To)
			b.To = g.to
		}
	}
	slices.Sort(b.Pages)
	b.Pages = slices.Compact(b.Pages)
	return b
}

// clip keeps of a time what is within a week.
func clip(from, to time.Time, week Week) (start, end time.Time) {
	start, end = from, to
	if start.Before(week.From()) {
		start = week.From()
	}
	if end.IsZero() || end.After(week.To()) {
		end = week.To()
	}
	return start, end
}
