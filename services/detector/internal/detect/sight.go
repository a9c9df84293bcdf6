package detect

import "time"

// sight is what can be seen of a brand at a moment: the same for every rule whose last
// incident ended when another's did.
type sight struct {
	b       *brand
	now     time.Time
	counted bool  // something was, since the last decision
	loud    *peak // and it was loud by itself; nil for none
	since   int64 // minute before which nothing is looked at
	looked  bool
	views   []view
}

// view is every window of a brand, or of a part of it.
type view struct {
	readings [len(scales)]reading
	about    Part
	parts    uint32
	moments  *moments
	more     float64 // that it must surprise
	highest  float64 // surprise, without that
}

// of is a brand to look at, and to hark to.
func (s *sight) of(b *brand, now time.Time, rule *Rule) {
	s.b, s.now, s.looked = b, now, false
	s.counted, b.counted = b.counted, false
	s.loud = b.hark(now, rule)
}

// look looks at the windows of the brand, and of the parts that heard something.
func (s *sight) look() {
	b, minute := s.b, minuteOf(s.now)
	since := max(b.Cleared, minute-day-coarse) // no window is longer
	if s.looked && s.since == since {
		return
	}
	s.since, s.looked, s.views = since, true, s.views[:0]
	o := b.outlook(minute, float64(s.now.UnixMilli())/60_000, b.Cleared)
	s.add(view{readings: b.Whole.read(b, o, whole), moments: &b.Whole.Moments})
	for i := range b.Parts {
		p := &b.Parts[i]
		if b.heard&(1<<i) == 0 || b.Names[i].Kind == partOwn || b.Names[i].Kind == partPraise || p.Of == (counts{}) { // nobody knows yet what share it has
			continue
		}
		s.add(view{readings: p.Track.read(b, o, of{share: p.Share}), moments: &p.Track.Moments, about: b.Names[i], parts: 1 << i, more: partMore})
	}
}

func (s *sight) add(v view) {
	for k := range v.readings {
		v.highest = max(v.highest, v.readings[k].most()-v.more)
	}
	s.views = append(s.views, v)
}
