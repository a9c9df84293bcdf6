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

// cell is how a series keeps a count. Those of parts of a brand are whole numbers, and
// end at the highest: a part of more than a hundred voices a second is one of a hundred.
type cell interface{ uint16 | float32 }

type cells[C cell] struct{ Total, Negative C }

func (k *cells[C]) add(c counts) {
	if sum := k.Total + C(c.Total); sum > k.Total {
		k.Total = sum
	}
	if sum := k.Negative + C(c.Negative); sum > k.Negative {
		k.Negative = sum
	}
}

func (k cells[C]) counts() counts { return counts{float32(k.Total), float32(k.Negative)} }

// series counts the last day by published time: minutes, and tens of minutes.
type series[C cell] struct {
	Fine   [fineSpan]cells[C]
	Coarse [coarseSpan]cells[C]
	Newest int64 // minute
}

// roll makes a minute the newest, emptying what comes between.
func (s *series[C]) roll(minute int64) {
	if minute <= s.Newest {
		return
	}
	for m := max(s.Newest+1, minute-fineSpan+1); m <= minute; m++ {
		s.Fine[m%fineSpan] = cells[C]{}
	}
	for t := max(s.Newest/coarse+1, minute/coarse-coarseSpan+1); t <= minute/coarse; t++ {
		s.Coarse[t%coarseSpan] = cells[C]{}
	}
	s.Newest = minute
}

// add counts in a minute; what is older than the series is long past.
func (s *series[C]) add(minute int64, c counts) {
	s.roll(minute)
	if s.Newest-minute < fineSpan {
		s.Fine[minute%fineSpan].add(c)
	}
	if s.Newest/coarse-minute/coarse < coarseSpan {
		s.Coarse[minute/coarse%coarseSpan].add(c)
	}
}

// at is what a minute that is still fine holds.
func (s *series[C]) at(minute int64) counts {
	if minute > s.Newest || s.Newest-minute >= fineSpan {
		return counts{}
	}
	return s.Fine[minute%fineSpan].counts()
}

// minutes is what minutes hold, from one to another, and tens what tens of minutes do.
func (s *series[C]) minutes(from, to int64) counts { return between(s.Fine[:], s.Newest, from, to) }
func (s *series[C]) tens(from, to int64) counts {
	return between(s.Coarse[:], s.Newest/coarse, from, to)
}

// between is what a ring whose newest cell has a number holds from one number to another.
func between[C cell](ring []cells[C], newest, from, to int64) (sum counts) {
	n := int64(len(ring))
	from, to = max(from, newest-n+1), min(to, newest)
	if from > to {
		return sum
	}
	if first, last := from%n, to%n; first <= last {
		ring = ring[first : last+1]
	} else {
		sum = total(ring[first:])
		ring = ring[:last+1]
	}
	sum.add(total(ring))
	return sum
}

func total[C cell](run []cells[C]) (sum counts) {
	for i := range run {
		sum.Total += float32(run[i].Total)
		sum.Negative += float32(run[i].Negative)
	}
	return sum
}

// starts are the minutes in which the windows of every scale begin that end with one;
// none begins before since. The longer ones are whole tens of minutes, and what has come
// since the last.
func starts(to, since int64) (all [len(scales)]int64) {
	ten, first := to/coarse, (since+coarse-1)/coarse
	for k, scale := range scales {
		from := to - scale + 1
		switch begins := max(from/coarse, first); {
		case scale <= lastFine:
			all[k] = max(from, since)
		case begins < ten:
			all[k] = begins * coarse
		default:
			all[k] = max(ten*coarse, since)
		}
		all[k] = min(all[k], to+1)
	}
	return all
}

// sums are what the windows hold that begin at starts and end with a minute, at most
// sealAfter ago.
func (s *series[C]) sums(starts *[len(scales)]int64, to int64) (all [len(scales)]counts) {
	var sum counts
	k, until := 0, to // up to which nothing is summed yet
	for ; k < len(scales) && scales[k] <= lastFine; k++ {
		sum.add(s.minutes(starts[k], until))
		all[k], until = sum, min(until, starts[k]-1)
	}
	ten := to / coarse // that goes on
	sum = s.minutes(max(ten*coarse, starts[k]), to)
	for until = ten - 1; k < len(scales); k++ {
		if from := starts[k] / coarse; starts[k] < ten*coarse {
			sum.add(s.tens(from, until))
			until = min(until, from-1)
		}
		all[k] = sum
	}
	return all
}
