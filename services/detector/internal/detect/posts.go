package detect

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
	"unicode/utf8"
)

// What is kept of a post, in bytes. One takes half a kilobyte, 1.1 at most.
const (
	longestText = 320
	longestURL  = 300
	longestName = 64
)

// post is a mention that may be shown.
type post struct {
	ID, Source, Page, Handle, Text, URL, Risk string

	Published             int64 // millisecond
	Followers, Engagement uint64
	Parts                 uint16
	Felt                  Sentiment
	Share                 bool
}

func postOf(m *Mention, parts uint32) post {
	p := post{
		ID: m.ID, Source: m.Source, Page: cut(m.Page, longestName), Handle: cut(m.Handle, longestName), Text: cut(m.Text, longestText), URL: m.URL,
		Published: m.Published.UnixMilli(), Followers: m.Followers, Engagement: m.Engagement,
		Parts: uint16(parts), Felt: m.Sentiment, Share: m.Share,
	}
	if len(p.URL) > longestURL {
		p.URL = "" // half of one leads nowhere
	}
	if len(m.Risks) > 0 {
		p.Risk = m.Risks[0]
	}
	return p
}

// cut keeps the beginning of a text, and not the whole of it in memory.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most -= len("…"); most > 0 && !utf8.RuneStart(text[most]); most-- {
	}
	return text[:most] + "…"
}

func (p *post) since(minute int64) bool { return p.Published/60_000 >= minute }

func (p *post) of(parts uint32) bool { return parts == 0 || uint32(p.Parts)&parts != 0 }

// spread are posts of all ages up to a day, the nearer ones the closer together, and
// rather those that begin something: however long a rise has lasted, some are of its
// beginning.
type spread []post

// Posts kept of a brand: 22, which is 11 KB as posts are, and 22 KB at most.
const (
	mostNegative = 8
	mostPositive = 4
	mostOther    = 4
	mostTop      = 2 // of each way to stand out
)

// keep keeps the newest in place of the one that is missed least: before which it was
// quiet for the shortest while, as a part of the time since.
func (x *spread) keep(p *post, most int) {
	list := *x
	if len(list) < most {
		*x = append(list, *p)
		return
	}
	victim, least := 0, math.Inf(1)
	for i := 1; i < len(list) && p.Published-list[0].Published <= day*60_000; i++ {
		before := list[i-1].Published
		if quiet := float64(list[i].Published-before) / float64(max(1, p.Published-before)); quiet < least {
			victim, least = i, quiet
		}
	}
	copy(list[victim:], list[victim+1:])
	list[len(list)-1] = *p
}

// top are the posts that stand out most in one way, the older the less.
type top []standing

// standing is a post and how much it stands out.
type standing struct {
	By   float64
	Post post
}

// halves is in how many milliseconds what stands out by half as much comes to the same:
// forward decay (Cormode et al. 2009), by which what is kept need not be weighed again.
const halves = 3_600_000

// againstAll is by how many halvings a negative post goes before another.
const againstAll = 8

// keep keeps a post that stands out by so many; of two that do alike, the first.
func (x *top) keep(p *post, out uint64) {
	mantissa, exponent := math.Frexp(float64(1 + out)) // nearly a logarithm, and cheap
	by := float64(exponent) + 2*mantissa + float64(p.Published)/halves
	if p.Felt == Negative {
		by += againstAll
	}
	list := *x
	if len(list) < mostTop {
		*x = append(list, standing{by, *p})
		return
	}
	least := 0
	for i := range list {
		if list[i].By < list[least].By {
			least = i
		}
	}
	if by > list[least].By {
		list[least] = standing{by, *p}
	}
}

// exhibits are what is kept of the latest mentions of a brand to show an incident. All
// together take 19 KB of traces, 4 KB of usual words, 11 KB of posts and 1 KB of the
// rest; were all texts, names and addresses as long as they may be, 46 KB.
type exhibits struct {
	Traces   traces
	Usual    usual
	Negative spread
	Positive spread
	Other    spread
	Engaged  top
	Followed top
	Risky    top
	Places   []place
	Copies   tally
	Way      way
	Turn     uint8
}

// keep keeps a mention that was counted.
func (x *exhibits) keep(m *Mention, author uint32, parts uint32, rises bool) {
	p := postOf(m, parts)
	switch p.Felt {
	case Negative:
		x.Negative.keep(&p, mostNegative)
	case Positive:
		x.Positive.keep(&p, mostPositive)
	default:
		x.Other.keep(&p, mostOther)
	}
	if p.Engagement > 0 {
		x.Engaged.keep(&p, p.Engagement)
	}
	if p.Followers > 0 {
		x.Followed.keep(&p, p.Followers)
	}
	if p.Risk != "" {
		x.Risky.keep(&p, p.Followers)
	}
	t := trace{
		Second: uint32(p.Published / 1000), Author: author, Parts: p.Parts, Felt: p.Felt,
		Place: x.place(place{p.Source, p.Share}), Read: x.reads(),
	}
	further := rises && x.Way.leads(&p)
	var room [mostWords]uint32
	said := room[:0]
	if t.Read || further {
		said, t.Read = wordsOf(said, p.Text), true
	}
	if further {
		x.Way.lead(&p, said)
	}
	x.Traces.add(t, p.ID, said, func(said []uint32) {
		if !rises { // a crisis is not what is usual
			x.Usual.learn(said)
		}
	})
}

// sampled is of how many mentions one is read where many come, and no more than usual.
const sampled = 4

// reads says whether the words of the next mention are read.
func (x *exhibits) reads() bool {
	quick, rising := x.Traces.pace()
	x.Turn++
	return !quick || rising || x.Turn%sampled == 0
}

// Post is a post that shows an incident, and why it was chosen.
type Post struct {
	ID, Source, Handle, Text, URL string
	Published                     time.Time
	Followers, Engagement         uint64
	Sentiment                     Sentiment
	Why                           Why
	Risk                          string // that it speaks of
}

// Why a post was chosen.
type Why uint8

// Reasons.
const (
	WhyLatest      Why = iota + 1 // there is nothing better
	WhyFirst                      // it began with it
	WhyRisk                       // it speaks of a risk
	WhyMostEngaged                // people react to it most
	WhyWidestReach                // its author has most followers
	WhyTypical                    // it says what most say
)

// shownPosts is how many posts are shown.
const shownPosts = 3

// candidates are the posts since a minute that are of some parts, each once, oldest
// first.
func (x *exhibits) candidates(from int64, parts uint32) (found []post) {
	for p := range x.kept() {
		if p.since(from) && p.of(parts) && !slices.ContainsFunc(found, func(q post) bool { return q.ID == p.ID }) {
			found = append(found, *p)
		}
	}
	slices.SortFunc(found, func(a, b post) int { return cmp.Or(cmp.Compare(a.Published, b.Published), cmp.Compare(a.ID, b.ID)) })
	return found
}

// kept are the posts that are, some of them more than once.
func (x *exhibits) kept() iter.Seq[*post] {
	return func(yield func(*post) bool) {
		for _, list := range []spread{x.Negative, x.Positive, x.Other} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
		for _, list := range []top{x.Engaged, x.Followed, x.Risky} {
			for i := range list {
				if !yield(&list[i].Post) {
					return
				}
			}
		}
	}
}

// find is a post that is kept, nil for one that is not.
func (x *exhibits) find(id string) *post {
	for p := range x.kept() {
		if p.ID == id {
			found := *p
			return &found
		}
	}
	return nil
}

// react takes in how people reacted to a post since.
func (x *exhibits) react(id string, engagement uint64) {
	for p := range x.kept() {
		if p.ID == id {
			p.Engagement = engagement
		}
	}
	if p := x.find(id); p != nil {
		x.Engaged = slices.DeleteFunc(x.Engaged, func(s standing) bool { return s.Post.ID == id })
		x.Engaged.keep(p, engagement)
	}
}

// choose are the three posts that show best what rises, each for a reason of its own as
// far as there are. What it is about goes first. Those that speak and feel as it does go before those that feel so,
// and these before others.
func choose(r *rise, path []Step) (shown []Post) {
	if r.loud != nil && r.loud.post != nil {
		shown = append(shown, r.loud.post.shown(loudWhy[r.loud.signal]))
	}
	for _, tells := range []func(p *post) bool{
		func(p *post) bool { return r.feels(p.Felt) && r.speaks(wordsOf(nil, p.Text)) },
		func(p *post) bool { return r.feels(p.Felt) && p.Published/1000 >= int64(r.from) },
		func(p *post) bool { return r.feels(p.Felt) },
		func(p *post) bool { return true },
	} {
		from := slices.DeleteFunc(slices.Clone(r.posts), func(p post) bool {
			return !tells(&p) || slices.ContainsFunc(shown, func(s Post) bool { return s.ID == p.ID })
		})
		shown = append(shown, r.chosen(from, path, shownPosts-len(shown))...)
	}
	return shown
}

// chosen are so many of some posts, at most.
func (r *rise) chosen(from []post, path []Step, most int) (shown []Post) {
	take := func(why Why, by func(p *post) float64) {
		best, highest := -1, 0.0
		for i := range from {
			if is := by(&from[i]); is > highest {
				best, highest = i, is
			}
		}
		if best >= 0 && len(shown) < most {
			shown = append(shown, from[best].shown(why))
			from = slices.Delete(from, best, best+1)
		}
	}
	loud := func(p *post) float64 { return float64(p.Engagement) }
	wide := func(p *post) float64 { return float64(p.Followers) }
	take(WhyRisk, func(p *post) float64 { return truth(p.Risk != "") * (1 + loud(p) + wide(p)) })
	if slices.ContainsFunc(from, func(p post) bool { return p.Engagement > 0 }) {
		take(WhyMostEngaged, loud)
	} else {
		take(WhyWidestReach, wide)
	}
	take(WhyFirst, func(p *post) float64 { return truth(len(path) > 0 && p.ID == path[0].ID) })
	take(WhyTypical, r.typical)
	take(WhyWidestReach, wide)
	for range most {
		take(WhyLatest, func(p *post) float64 { return float64(p.Published) })
	}
	return shown
}

// typical is how much a post says of what marks a rise.
func (r *rise) typical(p *post) (sum float64) {
	said := wordsOf(nil, p.Text)
	for _, m := range r.marks {
		if slices.Contains(said, m.word) {
			sum += m.weight
		}
	}
	return sum
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (p *post) shown(why Why) Post {
	s := Post{
		ID: p.ID, Source: p.Source, Handle: p.Handle, Text: p.Text, URL: p.URL, Published: time.UnixMilli(p.Published).UTC(),
		Followers: p.Followers, Engagement: p.Engagement, Sentiment: p.Felt, Why: why,
	}
	if why == WhyRisk {
		s.Risk = p.Risk
	}
	return s
}
