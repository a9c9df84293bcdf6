package detect

// scales are the windows looked at, in minutes: a brand of three mentions a second
// rises within one, a brand of three a day within hours. Beyond the short ones a
// window begins at a whole ten minutes.
var scales = [...]int64{1, 2, 5, 10, 20, 45, 90, 180, 360, 720, 1440}

const (
	day = 24 * 60 // in minutes, as all that follows
	// lastFine is the longest window that is summed by minutes.
	lastFine = 90
	// sealAfter is how long after a minute its count is taken for whole.
	sealAfter  = 10
	fineSpan   = lastFine + sealAfter + 4
	coarse     = 10
	coarseSpan = (day+sealAfter)/coarse + 3
)

// counts are voices: mentions, copies of a story once and an author once an hour, and
// those of them that are negative. They are not whole numbers where a series of
// measures is read.
type counts struct{ Total, Negative float32 }

func (c *counts) add(d counts) {
	c.Total += d.Total
	c.Negative += d.Negative
}

func (c counts) times(factor float32) counts {
	return counts{c.Total * factor, c.Negative * factor}
}

// series counts the last day by published time: minutes, and tens of minutes.
type series struct {
	Fine   [fineSpan]counts
	Coarse [coarseSpan]counts
	Newest int64 // minute
}

// roll makes a minute the newest, emptying what comes between.
func (s *series) roll(minute int64) {
	if minute <= s.Newest {
		return
	}
	for m := max(s.Newest+1, minute-fineSpan+1); m <= minute; m++ {
		s.Fine[m%fineSpan] = counts{}
	}
	for t := max(s.Newest/coarse+1, minute/coarse-coarseSpan+1); t <= minute/coarse; t++ {
		s.Coarse[t%coarseSpan] = counts{}
	}
	s.Newest = minute
}

// add counts in a minute; what is older than the series is long past.
func (s *series) add(minute int64, c counts) {
	s.roll(minute)
	if s.Newest-minute < fineSpan {
		s.Fine[minute%fineSpan].add(c)
	}
	if s.Newest/coarse-minute/coarse < coarseSpan {
		s.Coarse[minute/coarse%coarseSpan].add(c)
	}
}

// at is what a minute that is still fine holds.
func (s *series) at(minute int64) counts {
	if minute > s.Newest || s.Newest-minute >= fineSpan {
		return counts{}
	}
	return s.Fine[minute%fineSpan]
}

func (s *series) ten(ten int64) counts {
	if newest := s.Newest / coarse; ten > newest || newest-ten >= coarseSpan {
		return counts{}
	}
	return s.Coarse[ten%coarseSpan]
}

// window is what was counted from a minute on.
type window struct {
	from int64
	counts
}

// windows sums up every scale up to a minute, at most sealAfter ago; none begins
// before since.
func (s *series) windows(to, since int64) (all [len(scales)]window) {
	var sum counts
	k, m := 0, to
	for ; k < len(scales) && scales[k] <= lastFine; k++ {
		from := max(to-scales[k]+1, since)
		for ; m >= from; m-- {
			sum.add(s.at(m))
		}
		all[k] = window{min(from, to+1), sum}
	}
	// The longer ones are whole tens of minutes, and what has come since the last.
	sum = counts{}
	ten := to / coarse
	start := max(ten*coarse, since)
	for m = to; m >= start; m-- {
		sum.add(s.at(m))
	}
	first := (since + coarse - 1) / coarse
	for ; k < len(scales); k++ {
		for from := max((to-scales[k]+1)/coarse, first); ten > from; start = ten * coarse {
			ten--
			sum.add(s.ten(ten))
		}
		all[k] = window{min(start, to+1), sum}
	}
	return all
}
