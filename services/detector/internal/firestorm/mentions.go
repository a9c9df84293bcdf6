package firestorm

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Label is what is true of a mention.
type Label struct {
	Sentiment detect.Sentiment
	Event     bool // it belongs to what the scenario is about
}

// Minute is what somebody who only counts saw known in a minute.
type Minute struct {
	At              time.Time
	Total, Negative int
}

// Mentions are all, in order of Known: the warm-up's and those that count. Topics
// and risks are shared between mentions: read them only.
func (s Scenario) Mentions() iter.Seq[detect.Mention] {
	return func(yield func(detect.Mention) bool) {
		for m := range s.Labelled() {
			if !yield(m) {
				return
			}
		}
	}
}

// Labelled are the mentions with what is true of them.
func (s Scenario) Labelled() iter.Seq2[detect.Mention, Label] {
	return func(yield func(detect.Mention, Label) bool) {
		w := newWorld(&s)
		for at := range w.minutes() {
			for _, p := range at {
				if !yield(w.mention(&p), Label{Sentiment: p.truth, Event: p.is&ofEvent != 0}) {
					return
				}
			}
		}
	}
}

// Minutes are the same mentions as counts of every minute.
func (s Scenario) Minutes() iter.Seq[Minute] {
	return func(yield func(Minute) bool) {
		w, at := newWorld(&s), s.Start
		for posts := range w.minutes() {
			m := Minute{At: at, Total: len(posts)}
			for _, p := range posts {
				if w.seen(&p) == detect.Negative {
					m.Negative++
				}
			}
			if !yield(m) {
				return
			}
			at = at.Add(time.Minute)
		}
	}
}

// world is a scenario while it happens.
type world struct {
	brand        *Brand
	seed         uint64
	r            *rand.Rand
	words        *words
	start, until int64
	days         *clock // ordinary life's
	alarmed      *clock // a cascade's
	steady       *clock // a machine's
	life         spread
	shares       []float64 // of the sources
	outages      []Outage
	truth        Truth

	posts     uint64 // made so far
	newcomers uint32
	grown     []post           // by the last cascade
	hour      int64            // that passes
	soon      [60][]post       // by the minute of it in which they will be known
	later     map[int64][]post // by the hour
	spelt     []byte           // the last mention's strings
}

// burst is a blaze of ordinary life.
type burst struct {
	at    int64
	blaze *blaze
}

// newWorld begins a scenario: its event has happened, ordinary life has yet to.
func newWorld(s *Scenario) *world {
	w := &world{
		brand: &s.Brand, seed: s.Seed, r: rand.New(rand.NewPCG(s.Seed, 2)), words: newWords(s.Brand.Name),
		start: s.Start.UnixMilli(), until: s.Until.UnixMilli(), later: map[int64][]post{},
		hour: s.Start.UnixMilli()/hour - 1,
	}
	for _, source := range s.Brand.Sources {
		w.shares = append(w.shares, source.Share)
	}
	// Most of what a post leads to is its author going on, often with the company's
	// answers between: the airlines' authors wrote 1.75 times in five days, 65 % of them once.
	w.life = spread{ratio: s.Brand.Branching, shares: 0.3, thread: 0.85, alike: 0.9, fresh: 0.8, mood: s.Brand.Mood, texts: w.words.life}
	w.days = s.Brand.days(w.start, w.until, s.Start.Location(), w.r)
	w.alarmed = s.Brand.alarmed(w.start, w.until, s.Start.Location())
	w.steady = newClock(w.start, w.until, func(int64) float64 { return 1 })
	from := w.alarmed.activity(s.From.UnixMilli())
	w.happen(s.Kind, w.alarmed.time(from+24+w.r.Float64()*5*24))
	return w
}

// In milliseconds.
const (
	minute = int64(time.Minute / time.Millisecond)
	hour   = 60 * minute
)

func ms(hours float64) int64 { return int64(hours * float64(hour)) }

// event lets a cascade happen that the scenario is about.
func (w *world) event(b *blaze, onset int64, c *clock) {
	b.spread.is |= ofEvent
	w.burn(b, onset, c)
	published := make([]int64, len(w.grown))
	for i, p := range w.grown {
		published[i] = p.published
		w.deliver(p)
	}
	slices.Sort(published)
	w.truth.Onset = time.UnixMilli(onset).UTC()
	w.truth.End = time.UnixMilli(published[len(published)*9/10]).UTC()
	w.grown = nil // ordinary life needs less
}

// outage silences the first source.
func (w *world) outage(from, until int64) {
	w.outages = append(w.outages, Outage{Source: w.brand.Sources[0].Name, From: time.UnixMilli(from).UTC(), Until: time.UnixMilli(until).UTC()})
}

// catchUp is how long a source takes to bring what was missed.
const catchUp = 4 * minute

// deliver decides when a post is collected and known, and keeps it until then.
func (w *world) deliver(p post) {
	i := sourceOf(p.author)
	source := &w.brand.Sources[i]
	p.collected = p.published + 100 + int64(w.r.ExpFloat64()*float64(source.Lag.Milliseconds()))
	if every := source.Every.Milliseconds(); every > 0 {
		phase := int64(i) * 37_000
		p.collected = ((p.collected-phase)/every+1)*every + phase
	}
	for _, o := range w.outages {
		from, until := o.From.UnixMilli(), o.Until.UnixMilli()
		if o.Source == source.Name && p.collected >= from && p.collected < until {
			p.collected = until + (p.collected-from)*catchUp/(until-from)
		}
	}
	if p.known = p.collected + 20 + w.r.Int64N(130); p.known < w.until { // to score it takes that long
		w.keep(p)
	}
}

func (w *world) keep(p post) {
	if p.known/hour == w.hour {
		m := p.known / minute % 60
		w.soon[m] = append(w.soon[m], p)
		return
	}
	w.later[p.known/hour] = append(w.later[p.known/hour], p)
}

// minutes are the posts known in each minute, in order. A slice is good until the next.
func (w *world) minutes() iter.Seq[[]post] {
	return func(yield func([]post) bool) {
		bursts := w.ordinarily()
		none := math.Exp(-w.life.ratio)
		every := 24 / (w.brand.PerDay * (1 - w.life.ratio)) // hours of activity from one post that answers nothing to the next
		next := w.r.ExpFloat64() * every
		for now := w.start; now < w.until; now += minute {
			if now/hour != w.hour {
				w.hour = now / hour
				for _, p := range w.later[w.hour] {
					w.keep(p)
				}
				delete(w.later, w.hour)
			}
			for ; len(bursts) > 0 && bursts[0].at < now+minute; bursts = bursts[1:] {
				w.burn(bursts[0].blaze, bursts[0].at, w.days)
				w.deliverAll()
			}
			for at := w.days.time(next); at < now+minute && at < w.until; at = w.days.time(next) {
				w.grown = w.grown[:0]
				w.grow(w.everyday(), next, w.days, &w.life, none)
				w.deliverAll()
				next += w.r.ExpFloat64() * every
			}
			posts := w.soon[now/minute%60]
			w.soon[now/minute%60] = posts[:0]
			slices.SortFunc(posts, func(a, b post) int {
				if a.known != b.known {
					return cmp.Compare(a.known, b.known)
				}
				return cmp.Compare(a.id, b.id)
			})
			if !yield(posts) {
				return
			}
		}
	}
}

// everyday is a post of ordinary life: twice a day it is the brand's own.
func (w *world) everyday() post {
	if w.r.Float64() < min(0.1, 2/w.brand.PerDay) {
		return w.says(brandItself, detect.Neutral, w.words.campaign, official)
	}
	return w.original(&w.life)
}

func (w *world) deliverAll() {
	for _, p := range w.grown {
		w.deliver(p)
	}
}
