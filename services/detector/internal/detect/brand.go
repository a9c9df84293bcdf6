package detect

import (
	"cmp"
	"slices"
	"time"
)

// brand is all that is known of one.
type brand struct {
	ID        string
	Watched   int64 // minute since when it is
	Heard     int64 // hour of the last mention of before
	Rhythm    rhythm
	Stray     stray
	Whole     track[float32]
	Highs     highs
	Exhibits  exhibits
	Burn      burn
	Peaks     peaks
	Names     []Part // of the parts, apart from their counts, for each mention looks them up
	Parts     []part
	Authors   authors
	Sealed    int64 // minute up to which counts are taken for whole
	Occasions []Occasion
	Cleared   int64 // minute from which windows begin: what was told is not told again
	Over      int64 // minute of the last resolution, 0 for none
	Incident  *Incident
	Tipping   time.Time // receipt of the newest mention counted
	Model     string
	Pending   []pending
	Sequence  uint64 // of the last mention heard, where it came from a stream
	Step      int64  // up to which its snapshot was decided

	loaded  uint64 // sequence up to which its snapshot heard
	loud    *peak  // loudest of what was heard since the last decision; nil for none
	counted bool   // whether anything was, since then
	heard   uint32 // parts that heard something since the last decision, a bit each
	gone    bool   // watched no more: its incident is resolved
	changed bool   // since its last snapshot
	trials  []course
	due     int64 // step at which it is decided on what it heard; 0 where it heard nothing
}

// pending is a mention that was not decided on yet.
type pending struct {
	Due     int64
	Mention Mention
}

// mostIdle is room for how many pending mentions a brand keeps when it has none.
const mostIdle = 16

// Part names a part of what is said of a brand; the zero Part is all of it.
type Part struct{ Kind, Key string }

// part is a part of what is said of a brand, and what share of it.
type part struct {
	Track track[uint16]
	Today counts
	Sum   counts // of the days before, fading
	Of    counts // what the brand had on them
	Share counts
}

// Kinds of parts.
const (
	partTopic  = "topic"
	partSource = "source"
	partRisk   = "risk"
	partOwn    = "own"    // what the brand itself says
	partPraise = "praise" // what is positive
	partPost   = "post"   // one that is loud by itself
	partStory  = "story"

	// mostParts is how many are told apart; what comes after is part of the whole only.
	mostParts = 16
)

// take counts what was heard up to a step, in an order of its own: that in which it was
// delivered decides nothing.
func (b *brand) take(step int64, rule *Rule) {
	b.changed = true
	b.Rhythm.roll(minuteOf(timeOf(step))/60, calendar{rule.Zone, rule.Holiday})
	slices.SortFunc(b.Pending, func(x, y pending) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), x.Mention.Published.Compare(y.Mention.Published), cmp.Compare(x.Mention.ID, y.Mention.ID),
			cmp.Compare(x.Mention.Engagement, y.Mention.Engagement))
	})
	n := 0
	for ; n < len(b.Pending) && b.Pending[n].Due <= step; n++ {
		b.count(&b.Pending[n].Mention)
	}
	if b.Pending = slices.Delete(b.Pending, 0, n); len(b.Pending) == 0 && cap(b.Pending) > mostIdle {
		b.Pending = nil
	}
	b.Rhythm.roll(minuteOf(timeOf(step))/60, calendar{rule.Zone, rule.Holiday})
}

// count counts a mention in the minute it was published.
func (b *brand) count(m *Mention) {
	if b.notice(m); m.Again {
		return
	}
	b.counted = true
	at := minuteOf(m.Published)
	b.Model = m.Model
	if m.Collected.After(b.Tipping) {
		b.Tipping = m.Collected
	}
	if m.Official { // the brand's own words are no news of it
		if !m.Reply {
			b.hear(Part{partOwn, ""}, m.Published, counts{Total: 1})
		}
		return
	}
	if m.copies() {
		b.Exhibits.Copies.add(at)
		return
	}
	b.remember(at)
	one, c := b.Authors.hear(m, at)
	if m.Past {
		b.Rhythm.add(at/60, c)
		return
	}
	var parts uint32
	for _, topic := range m.Topics {
		parts |= b.hear(Part{partTopic, topic}, m.Published, c)
	}
	parts |= b.hear(Part{partSource, m.Source}, m.Published, c)
	if len(m.Risks) > 0 {
		parts |= b.hear(Part{partRisk, ""}, m.Published, c)
	}
	if m.Sentiment == Positive {
		b.hear(Part{partPraise, ""}, m.Published, counts{Total: c.Total})
	}
	one.Parts |= parts
	if c == (counts{}) {
		return // its author was counted
	}
	b.Whole.add(m.Published, c)
	b.Rhythm.add(at/60, c)
	b.Exhibits.keep(m, one.Key, parts, b.Incident != nil)
}

// justNow is how many minutes before a brand is watched are looked at too: sources bring
// the posts of the last hours in any order, and what they say together is no rise.
const justNow = 15

func newBrand(id string, watched time.Time) *brand {
	b := &brand{ID: id, Watched: minuteOf(watched), Stray: newStray()}
	b.Cleared = b.Watched - justNow // what was said before is no news
	b.Rhythm.First = (b.Watched + 59) / 60
	return b
}

// remember notes from when the past is known: from the first mention on, or since it is
// watched, but not beyond a day in which nothing was heard, for one post of years ago,
// imported, is no past of years without a mention.
func (b *brand) remember(minute int64) {
	if minute >= b.Watched {
		return
	}
	hour := minute / 60
	if b.Heard == 0 || hour+1 < b.Rhythm.First || hour-b.Heard > 24 {
		b.Rhythm.First, b.Rhythm.Longer = hour+1, true // of this one only a part is known
	}
	b.Rhythm.Longer = b.Rhythm.Longer || hour < b.Rhythm.Newest
	b.Heard = max(b.Heard, hour)
}

// hear counts what concerns a part, and answers its bit; none where it is not told apart.
func (b *brand) hear(p Part, published time.Time, c counts) uint32 {
	i := slices.Index(b.Names, p)
	if i < 0 {
		if len(b.Parts) == mostParts {
			return 0
		}
		i = len(b.Parts)
		b.Names = append(b.Names, p)
		b.Parts = append(b.Parts, part{})
		b.Parts[i].weigh()
	}
	b.Parts[i].Track.add(published, c)
	b.Parts[i].Today.add(c)
	b.heard |= 1 << i
	return 1 << i
}

// shareFaith is how many mentions speak for a part of a quarter.
const shareFaith = 8

func (p *part) weigh() {
	p.Share = counts{
		Total:    (p.Sum.Total + shareFaith/4) / (p.Of.Total + shareFaith),
		Negative: (p.Sum.Negative + shareFaith/4) / (p.Of.Negative + shareFaith),
	}
}

// pass lets time go on to a whole minute.
func (b *brand) pass(minute int64, rule *Rule) {
	c := calendar{rule.Zone, rule.Holiday}
	if b.Heard != 0 && minute >= b.Watched && b.Watched/60-b.Heard > 24 {
		b.Rhythm.First = (b.Watched + 59) / 60 // what was heard before is too long ago
	}
	b.Rhythm.roll(minute/60, c)
	if b.Sealed == 0 {
		b.Sealed = minute - sealAfter - 1
	}
	for b.Sealed < minute-sealAfter {
		b.Sealed++
		b.seal(b.Sealed)
	}
}

// seal takes a minute for whole.
func (b *brand) seal(minute int64) {
	if b.Whole.Series.at(minute).Total > 0 { // else there is nothing in a part but what the brand said
		o := b.outlook(minute, float64(minute+1), 0)
		readings := b.Whole.read(b, o, whole)
		b.Highs.note(minute, b.Whole.seal(&readings, minute))
		for i := range b.Parts {
			if p := &b.Parts[i]; p.Track.Series.at(minute).Total > 0 {
				readings := p.Track.read(b, o, of{share: p.Share})
				p.Track.seal(&readings, minute)
			}
		}
	}
	if minute%60 == 59 {
		b.closeHour(minute / 60)
	}
}

// closeHour takes in how an hour strayed, and once a day how the day did.
func (b *brand) closeHour(hour int64) {
	r := &b.Rhythm
	if r.known(hour) < 24 {
		return // there was no rhythm yet to stray from
	}
	expected := r.expected(hour)
	lately := r.Level[0]
	b.Burn.hour(hour, r, &b.Stray)
	for i := range b.trials {
		b.trials[i].burn.hour(hour, r, &b.Stray)
	}
	b.Stray.hour(r.hour(hour), counts{Total: expected.Total * lately.Total, Negative: expected.Negative * lately.Negative})
	if (hour+1)%24 != 0 {
		return
	}
	var seen counts
	for h := hour - 23; h <= hour; h++ {
		seen.add(r.hour(h))
	}
	for i := range b.Parts {
		b.Parts[i].closeDay(seen)
	}
}

// closeDay takes in what a part had of a day.
func (p *part) closeDay(of counts) {
	if p.Of.Total > 0 { // a topic of one day is not one of all days
		p.Today.Total = min(p.Today.Total, 3*p.Share.Total*of.Total+3)
		p.Today.Negative = min(p.Today.Negative, 3*p.Share.Negative*of.Negative+3)
	}
	p.Sum, p.Of = p.Sum.times(dayWeight), p.Of.times(dayWeight)
	p.Sum.add(p.Today)
	p.Of.add(of)
	p.Today = counts{}
	p.weigh()
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }
