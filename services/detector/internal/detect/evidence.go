package detect

import (
	"slices"
	"strings"
	"time"
)

// rise is what is known of that which rises: the mentions of its window, and among them
// those that feel as it does.
type rise struct {
	felt  Sentiment // Unfelt where nothing in particular is
	in    []sighting
	marks []mark
	from  uint32 // second from which it rises
	posts []post // of its window that were kept
	loud  *peak  // that it is about; nil for counts
	brand *brand
}

// evidence is what a decision was taken from.
func (b *brand) evidence(f *finding, now time.Time, rule *Rule) Evidence {
	x := &b.Exhibits
	e := Evidence{
		From: time.Unix(f.from*60, 0).UTC(), To: now, About: f.about,
		Mentions: int(f.seen.Total), ExpectedMentions: float64(f.expected.Total),
		Negative: int(f.seen.Negative), ExpectedNegative: float64(f.expected.Negative),
		NegativeShare: rule.Mistakes.share(&f.reading), Authors: f.who.authors, Reach: f.who.reach, Copies: x.Copies.since(f.from),
		Surprise: f.most(), Occasion: b.occasion(now).Name, Tipping: b.Tipping,
	}
	if e.Occasion == "" && b.speaks(now) {
		e.Occasion = OwnPosts
	}
	if f.loud != nil {
		e.Surprise = max(e.Surprise, f.loud.surprise)
	} else { // some were counted as voices just before it
		e.Authors = min(e.Authors, e.Mentions)
	}
	e.RarityDays, e.KnownDays = b.Highs.rarity(minuteOf(now), e.Surprise), b.Highs.known(minuteOf(now))
	for signal, name := range [signals]string{"volume", "negative"} {
		if f.surprise[signal] >= rule.Watch {
			e.Signals = append(e.Signals, name)
		}
	}
	if e.NegativeShare.From > rule.Mistakes.usual(&f.reading) && 2*e.Negative >= rule.MinMentions {
		e.Signals = append(e.Signals, "share")
	}
	for signal, name := range peakNames {
		if b.Peaks.Signals>>signal&1 == 1 {
			e.Signals = append(e.Signals, name)
		}
	}
	in, before := x.Traces.split(f.from, f.parts)
	for i := range in {
		if in[i].id != "" {
			e.IDs = append(e.IDs, in[i].id)
		}
	}
	e.IDsTruncated = len(e.IDs) < e.Mentions

	r := b.rise(f, in, before, rule, now)
	for _, m := range r.marks {
		e.Words = append(e.Words, m.Word)
	}
	e.Path = x.Way.merge(b.Incident.ID, r)
	e.TopAuthors = b.Authors.top(f.from, r)
	e.Posts = choose(r, e.Path)
	return e
}

// rise finds out what rises in a window.
func (b *brand) rise(f *finding, in, before []sighting, rule *Rule, now time.Time) *rise {
	r := &rise{in: in, posts: b.Exhibits.candidates(f.from, f.parts), loud: f.loud, brand: b}
	names := wordsOf(nil, strings.NewReplacer("-", " ", "_", " ").Replace(b.ID))
	r.marks = spell(marks(in, before, &b.Exhibits.Usual, names), r.posts)
	expected := float64(f.expected.Total)
	switch {
	case f.surprise[negative] >= rule.Watch:
		r.felt, expected = Negative, float64(f.expected.Negative)
	case b.Incident.Kind == Opportunity:
		r.felt = Positive
	case f.loud != nil && f.loud.signal == reach:
		r.felt, expected = Negative, float64(f.expected.Negative)
	}
	var felt []sighting
	for i := range in {
		if r.feels(in[i].Felt) {
			felt = append(felt, in[i])
		}
	}
	r.from = onset(felt, expected/now.Sub(time.Unix(f.from*60, 0)).Seconds())
	return r
}

func (r *rise) feels(felt Sentiment) bool { return r.felt == Unfelt || r.felt == felt }

// speaks says whether words are those that mark the rise.
func (r *rise) speaks(said []uint32) bool {
	return slices.ContainsFunc(r.marks, func(m mark) bool { return slices.Contains(said, m.word) })
}

// occasion is one that was announced and is under way, the zero Occasion if none is.
func (b *brand) occasion(now time.Time) Occasion {
	for _, o := range b.Occasions {
		if !now.Before(o.From) && now.Before(o.To) {
			return o
		}
	}
	return Occasion{}
}
