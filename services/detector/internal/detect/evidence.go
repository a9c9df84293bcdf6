package detect

import (
	"cmp"
	"slices"
	"time"
)

const (
	// mostIDs is how many of the latest mentions of a brand can be traced.
	mostIDs = 500
	// mostPosts and mostLatest are how many posts are kept to choose from, shownPosts how
	// many are shown.
	mostPosts, mostLatest, shownPosts = 16, 24, 3
)

// trace is a mention that was counted.
type trace struct {
	At       int64 // minute
	Moment   int64 // published in, of so many seconds
	Parts    uint32
	Negative bool
	ID       string
}

// moment is how many seconds are one moment: what comes in one is no more than one.
const moment = 10

// moments is in how many moments since a minute negative mentions of some parts came.
func (x *exhibits) moments(from int64, parts uint32) int {
	var seen []int64
	for i := range x.Traces {
		if t := &x.Traces[i]; t.Negative && t.At >= from && (parts == 0 || t.Parts&parts != 0) {
			seen = append(seen, t.Moment)
		}
	}
	slices.Sort(seen)
	return len(slices.Compact(seen))
}

// exhibits are the latest mentions of a brand, and the posts among them that may show
// an incident.
type exhibits struct {
	Traces []trace // in the order in which they were counted
	Posts  []post  // those that show most
	Latest []post
}

// post is a mention that may be shown.
type post struct {
	Trace   trace
	Mention Mention
}

// keep keeps a mention that was counted.
func (x *exhibits) keep(m *Mention, at int64, parts uint32) {
	t := trace{at, m.Published.Unix() / moment, parts, m.Sentiment == Negative, m.ID}
	if len(x.Traces) == 2*mostIDs { // in halves: a mention costs the same on average
		x.Traces = slices.Delete(x.Traces, 0, mostIDs)
	}
	x.Traces = append(x.Traces, t)
	one := post{t, *m}
	if len(x.Latest) == mostLatest {
		x.Latest = slices.Delete(x.Latest, 0, 1)
	}
	x.Latest = append(x.Latest, one)
	if len(x.Posts) == mostPosts { // the one that shows least makes room
		worst := 0
		for i := range x.Posts {
			if x.Posts[i].less(&x.Posts[worst], at) {
				worst = i
			}
		}
		if !x.Posts[worst].less(&one, at) {
			return // of two that show as much, the first
		}
		x.Posts = slices.Delete(x.Posts, worst, worst+1)
	}
	x.Posts = append(x.Posts, one)
}

// fresh is for how many minutes a post is kept before one that shows more.
const fresh = 60

// less says whether a post is to be given up before another.
func (p *post) less(q *post, now int64) bool {
	if old, other := now-p.Trace.At >= fresh, now-q.Trace.At >= fresh; old != other {
		return old
	}
	return weight(&p.Mention) < weight(&q.Mention)
}

// weight puts first what shows a crisis best: negative posts, then those that people
// react to, then those many can read.
func weight(m *Mention) uint64 {
	w := m.Engagement*100 + m.Followers
	if m.Sentiment == Negative {
		w += 1 << 62
	}
	return w
}

// ids are those counted since a minute, of some parts, oldest first, and whether some
// are left out.
func (x *exhibits) ids(from int64, parts uint32, counted int) (ids []string, truncated bool) {
	var found []trace
	for _, t := range x.Traces {
		if t.At >= from && (parts == 0 || t.Parts&parts != 0) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b trace) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	if len(found) > mostIDs {
		found = found[len(found)-mostIDs:]
	}
	for _, t := range found {
		ids = append(ids, t.ID)
	}
	return ids, len(ids) < counted
}

// posts are those that show best what has happened since a minute in some parts.
func (x *exhibits) posts(from int64, parts uint32) (shown []Mention) {
	for _, p := range append(slices.Clone(x.Posts), x.Latest...) {
		known := slices.ContainsFunc(shown, func(m Mention) bool { return m.ID == p.Mention.ID })
		if p.Trace.At >= from && (parts == 0 || p.Trace.Parts&parts != 0) && !known {
			shown = append(shown, p.Mention)
		}
	}
	slices.SortFunc(shown, func(a, b Mention) int {
		return cmp.Or(-cmp.Compare(weight(&a), weight(&b)), a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
	})
	return shown[:min(len(shown), shownPosts)]
}

// evidence is what a decision was taken from.
func (b *brand) evidence(f *finding, now time.Time, rule *Rule) Evidence {
	e := Evidence{
		From: time.Unix(f.from*60, 0).UTC(), To: now, About: f.about,
		Mentions: int(f.seen.Total), ExpectedMentions: float64(f.expected.Total),
		Negative: int(f.seen.Negative), ExpectedNegative: float64(f.expected.Negative),
		NegativeShare: rule.Mistakes.share(&f.reading), Authors: f.who.authors, Reach: f.who.reach,
		Surprise: max(f.surprise[volume], f.surprise[negative]), Tipping: b.Tipping,
	}
	e.RarityDays = b.Highs.rarity(minuteOf(now), e.Surprise)
	for signal, name := range [signals]string{"volume", "negative"} {
		if f.surprise[signal] >= rule.Watch {
			e.Signals = append(e.Signals, name)
		}
	}
	e.IDs, e.IDsTruncated = b.Exhibits.ids(f.from, f.parts, e.Mentions)
	e.Posts = b.Exhibits.posts(f.from, f.parts)
	return e
}
