package firestorm

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
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
	life         spread
	shares       []float64 // of the sources
	outages      []Outage
	truth        Truth

	posts     uint64 // made so far
	newcomers uint32
	grown     []post           // by the last cascade
	pending   map[int64][]post // by the minute they will be known
	spare     [][]post
	name      []byte // being written
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
		start: s.Start.UnixMilli(), until: s.Until.UnixMilli(), pending: map[int64][]post{},
	}
	for _, source := range s.Brand.Sources {
		w.shares = append(w.shares, source.Share)
	}
	// Half of what a post leads to is passing it on, most of the rest its author
	// going on: the airlines' authors wrote 1.75 times in five days, 65 % of them once.
	w.life = spread{ratio: s.Brand.Branching, shares: 0.4, thread: 0.7, alike: 0.6, fresh: 0.6, mood: s.Brand.Mood, texts: w.words.life}
	w.days = s.Brand.days(w.start, w.until, s.Start.Location(), w.r)
	w.alarmed = s.Brand.alarmed(w.start, w.until, s.Start.Location())
	from := w.alarmed.activity(s.From.UnixMilli())
	w.happen(s.Kind, w.alarmed.time(from+24+w.r.Float64()*5*24))
	return w
}

func ms(hours float64) int64 { return int64(hours * float64(time.Hour/time.Millisecond)) }

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
const catchUp = int64(4 * time.Minute / time.Millisecond)

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
		minute := p.known / 60_000
		posts, ok := w.pending[minute]
		if !ok && len(w.spare) > 0 {
			posts, w.spare = w.spare[len(w.spare)-1][:0], w.spare[:len(w.spare)-1]
		}
		w.pending[minute] = append(posts, p)
	}
}

// minutes are the posts known in each minute, in order. A slice is good until the next.
func (w *world) minutes() iter.Seq[[]post] {
	return func(yield func([]post) bool) {
		bursts := w.ordinarily()
		none := math.Exp(-w.life.ratio)
		every := 24 / (w.brand.PerDay * (1 - w.life.ratio)) // hours of activity from one post that answers nothing to the next
		next := w.r.ExpFloat64() * every
		for now := w.start; now < w.until; now += 60_000 {
			for len(bursts) > 0 && bursts[0].at < now+60_000 {
				w.burn(bursts[0].blaze, bursts[0].at, w.days)
				w.deliverAll()
				bursts = bursts[1:]
			}
			for at := w.days.time(next); at < now+60_000 && at < w.until; at = w.days.time(next) {
				w.grown = w.grown[:0]
				w.grow(w.original(&w.life), next, w.days, &w.life, none)
				w.deliverAll()
				next += w.r.ExpFloat64() * every
			}
			posts := w.pending[now/60_000]
			slices.SortFunc(posts, func(a, b post) int {
				return cmp.Or(cmp.Compare(a.known, b.known), cmp.Compare(a.id, b.id))
			})
			if !yield(posts) {
				return
			}
			if delete(w.pending, now/60_000); cap(posts) > 0 {
				w.spare = append(w.spare, posts)
			}
		}
	}
}

func (w *world) deliverAll() {
	for _, p := range w.grown {
		w.deliver(p)
	}
}

// mix scatters a number over all 64 bits (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// part is above 0 and at most 1.
func part(x uint64) float64 { return float64(x>>11+1) / (1 << 53) }

// seen is what the scorer says is felt: it errs alike on all copies of a text.
func (w *world) seen(p *post) detect.Sentiment {
	row := &w.brand.Confusion[p.truth-detect.Negative]
	return detect.Negative + detect.Sentiment(draw(part(mix(p.story^w.seed)), row[:]))
}

// followers follow an author: half have some 200, one in a hundred 10,000, by
// Pareto's law with exponent 1.
func (w *world) followers(p *post) uint64 {
	luck := part(mix(uint64(p.author) ^ w.seed<<1))
	switch {
	case p.is&throwaway != 0 && p.is&share == 0:
		return uint64(20 * luck)
	case p.is&(press|official) != 0:
		return 50_000 + uint64(400_000*luck)
	default:
		return min(uint64(100/luck), 20_000_000)
	}
}

// mention spells a post out.
func (w *world) mention(p *post) detect.Mention {
	source := &w.brand.Sources[sourceOf(p.author)]
	text := &w.words.all[p.text]
	m := detect.Mention{
		Source: source.Name, Page: source.Name, Official: p.is&official != 0, Share: p.is&share != 0,
		Sentiment: w.seen(p), Topics: text.topics, Risks: text.risks, Text: text.text, Model: "firestorm",
		Published: time.UnixMilli(p.published).UTC(), Collected: time.UnixMilli(p.collected).UTC(), Known: time.UnixMilli(p.known).UTC(),
		Followers: w.followers(p),
	}
	m.Verified = m.Official || p.is&press != 0 || m.Followers > 100_000
	m.Engagement = uint64((1/math.Sqrt(part(mix(p.id^w.seed))) - 1) * (1 + math.Sqrt(float64(m.Followers))/20))
	// The id is the end of the address, the handle that of the author: one string each.
	m.URL = w.spell("https://posts.invalid/", p.id, "")
	m.ID = m.URL[len("https://posts.invalid/"):]
	if m.Story = m.ID; p.story != p.id {
		m.Story = w.spell("", p.story, "")
	}
	m.Author = w.author(p, source)
	m.Handle = m.Author[len(source.Name)+1:]
	return m
}

// spell writes source:number with something before and a name within.
func (w *world) spell(before string, id uint64, name string) string {
	w.name = append(w.name[:0], before...)
	w.name = append(w.name, w.brand.Sources[sourceOf(id)].Name...)
	w.name = append(append(w.name, ':'), name...)
	w.name = strconv.AppendUint(w.name, id>>sourceBits, 10)
	return string(w.name)
}

func (w *world) author(p *post, source *Source) string {
	switch {
	case p.is&official != 0:
		return source.Name + ":" + w.brand.ID
	case p.is&press != 0:
		return w.spell("", uint64(p.author), "journal")
	default:
		return w.spell("", uint64(p.author), names[mix(uint64(p.author))%uint64(len(names))])
	}
}
