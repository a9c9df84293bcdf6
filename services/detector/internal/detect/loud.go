package detect

import "time"

// peak is a thing that is louder than all before it.
type peak struct {
	signal   int
	praise   bool
	surprise float64
	key      uint32 // by which it is known again
	about    Part
	from     int64 // minute
	authors  int   // of a story
	post     *post // that shows it; nil where it was not kept
}

// loudWhy is why the post is shown that a peak is about.
var loudWhy = [peakSignals]Why{reach: WhyWidestReach, engagement: WhyMostEngaged, story: WhyFirst}

const (
	// freshFor is for how long what was published is news: what comes to light later only
	// teaches how loud things become.
	freshFor = 3 * time.Hour
	// stays is for how many minutes an incident does not end after something loud.
	stays = 180
)

// notice takes in how loud a mention is by itself. What the brand says is not.
func (b *brand) notice(m *Mention) {
	switch {
	case m.Again:
		b.Exhibits.react(m.ID, m.Engagement)
		b.noticeEngagement(m)
	case !m.Official:
		b.noticeEngagement(m)
		b.noticeReach(m)
		b.noticeStory(m)
	}
}

// noticeEngagement looks at what a post gained within an hour. What it came to in the end
// only teaches: it is no less than that.
func (b *brand) noticeEngagement(m *Mention) {
	p, at, now, praise := &b.Peaks, minuteOf(m.Published), minuteOf(m.Known), m.Sentiment == Positive
	switch {
	case m.Engagement == 0:
	case !m.Measured:
		p.note(engagement, praise, at/day, m.Engagement)
	default:
		key := uint32(hash(m.ID))
		if s := p.note(engagement, praise, now/day, p.gained(key, at, now, m.Engagement)); s > 0 && !m.Past {
			b.louder(peak{signal: engagement, praise: praise, surprise: s, key: key, about: Part{partPost, m.ID}, from: at}, m)
		}
	}
}

// noticeReach looks at how many follow who criticises or praises.
func (b *brand) noticeReach(m *Mention) {
	at, praise := minuteOf(m.Published), m.Sentiment == Positive
	if !praise && m.Sentiment != Negative {
		return
	}
	if s := b.Peaks.note(reach, praise, at/day, m.Followers); s > 0 && m.fresh() {
		key := uint32(hash(m.Source, m.Author))
		b.louder(peak{signal: reach, praise: praise, surprise: s, key: key, about: Part{partPost, m.ID}, from: at}, m)
	}
}

// noticeStory looks at how many tell one story within an hour: copy it, or share it.
func (b *brand) noticeStory(m *Mention) {
	at, praise := minuteOf(m.Published), m.Sentiment == Positive
	if m.Story == "" || m.Story == m.ID {
		b.Peaks.note(story, praise, at/day, 1)
		return
	}
	t := b.Peaks.told(uint32(hash(m.Story)), hash(m.Source, m.Author), at)
	n := t.authors()
	if s := b.Peaks.note(story, praise, at/day, n); s > 0 && m.fresh() {
		b.louder(peak{signal: story, praise: praise, surprise: s, key: t.Key, about: Part{partStory, m.Story}, from: int64(t.Since), authors: int(n)}, m)
	}
}

func (m *Mention) fresh() bool { return !m.Past && m.Known.Sub(m.Published) < freshFor }

// louder keeps the loudest of what was heard since the last decision, unless it is told.
func (b *brand) louder(loud peak, m *Mention) {
	if b.loud != nil && loud.surprise <= b.loud.surprise || b.Peaks.Told[peakSeries(loud.signal, loud.praise)] == loud.key {
		return
	}
	switch {
	case loud.signal == story:
		loud.post = b.Exhibits.find(loud.about.Key)
	case m.Again:
		loud.post = b.Exhibits.find(m.ID)
	default:
		p := postOf(m, 0)
		loud.post = &p
	}
	b.loud = &loud
}

// hark takes the loudest of what was heard, where it is beyond the bound, and notes that
// it is told; nil for none.
func (b *brand) hark(now time.Time, rule *Rule) *peak {
	loud := b.loud
	if loud == nil {
		return nil
	}
	if b.loud = nil; loud.surprise < rule.Watch || !b.past(0, now) {
		return nil
	}
	p := &b.Peaks
	p.Told[peakSeries(loud.signal, loud.praise)] = loud.key
	p.Signals |= 1 << loud.signal
	p.Last = minuteOf(now)
	return loud
}

// found makes a finding of what is loud, a watch: one voice wakes nobody. It is told with
// what was counted since; the shortest windows say when that is calm.
func (loud *peak) found(b *brand, now time.Time) finding {
	all := b.Whole.read(b, b.outlook(minuteOf(now), float64(now.UnixMilli())/60_000, b.Cleared), whole)
	k := 0
	for k < len(all)-1 && (scales[k] < peakHour || all[k].from > loud.from) {
		k++
	}
	f := finding{reading: all[k], level: Watch, about: loud.about, who: b.Authors.since(all[k].from, 0), loud: loud}
	f.who.authors = max(f.who.authors, loud.authors)
	f.scale = 0
	return f
}
