package detect

import (
	"cmp"
	"slices"
	"time"
)

// place is where a rise can be seen: a source, or the shares of its posts.
type place struct {
	Source string
	Share  bool
}

// mostPlaces is how many are told apart; what comes after is nowhere.
const mostPlaces = 24

// place is the number of a place, from 1; 0 is nowhere.
func (x *exhibits) place(of place) uint8 {
	i := slices.Index(x.Places, of)
	if i < 0 && len(x.Places) < mostPlaces {
		i = len(x.Places)
		x.Places = append(x.Places, of)
	}
	return uint8(i + 1)
}

// Step is the first post of a rise at a place.
type Step struct {
	ID, Source, Page, Handle, URL string
	Share                         bool // it passes on somebody else's
	Published                     time.Time
}

// longestWay is how many steps are told.
const longestWay = 6

// way is the path that the rise of an incident takes: the first post of it, and the first
// at each further place.
type way struct {
	Incident string // its id
	Felt     Sentiment
	Marks    []uint32
	Steps    []Step
}

// leads says whether a post could lead the rise to a further place.
func (w *way) leads(p *post) bool {
	return len(w.Steps) > 0 && len(w.Steps) < longestWay && (len(w.Marks) > 0 || w.Felt == Unfelt || w.Felt == p.Felt) &&
		!slices.ContainsFunc(w.Steps, func(s Step) bool { return s.Source == p.Source && s.Share == p.Share })
}

// lead takes in a post that does: one that speaks as the rise does, if that is known.
func (w *way) lead(p *post, said []uint32) {
	if len(w.Marks) == 0 || slices.ContainsFunc(said, func(word uint32) bool { return slices.Contains(w.Marks, word) }) {
		w.Steps = append(w.Steps, p.step())
	}
}

func (p *post) step() Step {
	return Step{p.ID, p.Source, p.Page, p.Handle, p.URL, p.Share, time.UnixMilli(p.Published).UTC()}
}

// merge takes in what is known now of the rise of an incident, and answers its steps,
// oldest first.
func (w *way) merge(incident string, r *rise) []Step {
	if w.Incident != incident {
		*w = way{Incident: incident}
	}
	w.Felt, w.Marks = r.felt, nil
	for _, m := range r.marks {
		w.Marks = append(w.Marks, m.word)
	}
	w.Steps = append(w.Steps, r.steps()...)
	slices.SortFunc(w.Steps, func(a, b Step) int { return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID)) })
	known := map[place]bool{}
	w.Steps = slices.DeleteFunc(w.Steps, func(s Step) bool { // of two at one place, the earlier
		at := place{s.Source, s.Share}
		again := known[at]
		known[at] = true
		return again
	})
	w.Steps = w.Steps[:min(len(w.Steps), longestWay)]
	return slices.Clone(w.Steps)
}

// steps are the first mention that feels and speaks as the rise does, and the first at
// each further place that speaks so. Where nothing is said that marks it, those from its
// beginning on that feel so.
func (r *rise) steps() []Step {
	if steps := r.follow(func(s *sighting, first bool) bool { return r.speaks(s.said) && (!first || r.feels(s.Felt)) }); steps != nil {
		return steps
	}
	return r.follow(func(s *sighting, _ bool) bool { return s.Second >= r.from && r.feels(s.Felt) })
}

func (r *rise) follow(is func(s *sighting, first bool) bool) (steps []Step) {
	var known [mostPlaces + 1]bool
	known[0] = true // nowhere
	for i := range r.in {
		if s := &r.in[i]; !known[s.Place] && s.id != "" && is(s, len(steps) == 0) {
			known[s.Place] = true
			steps = append(steps, r.step(s))
		}
	}
	return steps
}

// step is what is known of a mention that was counted: all, if it was kept.
func (r *rise) step(s *sighting) Step {
	if i := slices.IndexFunc(r.posts, func(p post) bool { return p.ID == s.id }); i >= 0 {
		return r.posts[i].step()
	}
	at := r.brand.Exhibits.Places[s.Place-1]
	step := Step{ID: s.id, Source: at.Source, Share: at.Share, Published: time.Unix(int64(s.Second), 0).UTC()}
	if one := r.brand.Authors.known(s.Author); one != nil {
		step.Handle = one.Name
	}
	return step
}

// onset is the second from which most more came than twice as many as are expected: where
// the sum of what is more, taken backwards, is highest.
func onset(in []sighting, perSecond float64) uint32 {
	if len(in) == 0 {
		return 0
	}
	last, from, most := in[len(in)-1].Second, in[0].Second, 0.0
	for i := range in {
		if more := float64(len(in)-i) - 2*perSecond*float64(last-in[i].Second); more > most {
			from, most = in[i].Second, more
		}
	}
	return from
}

// tally counts things in each five minutes of the last day.
type tally struct {
	Fives  [day/five + 1]uint16
	Newest int64 // five minutes
}

const five = 5

func (t *tally) add(minute int64) {
	at := minute / five
	if at > t.Newest {
		for f := max(t.Newest+1, at-int64(len(t.Fives))+1); f <= at; f++ {
			t.Fives[f%int64(len(t.Fives))] = 0
		}
		t.Newest = at
	}
	if one := &t.Fives[at%int64(len(t.Fives))]; t.Newest-at < int64(len(t.Fives)) && *one < 1<<16-1 {
		*one++
	}
}

// since is how many there were since a minute, to five minutes.
func (t *tally) since(minute int64) (n int) {
	for f := max(minute/five, t.Newest-int64(len(t.Fives))+1); f <= t.Newest; f++ {
		n += int(t.Fives[f%int64(len(t.Fives))])
	}
	return n
}
