package detect

import (
	"math"
	"slices"
	"time"
)

const (
	week     = 7 * 24 // in hours, as all here that is not said otherwise
	pastDays = 28
	past     = pastDays * 24
	// ahead is for how many hours what was expected is kept.
	ahead = week + 26
)

// rhythm is what a brand's past lets one expect: by hour of the week, with its trend,
// its holidays, and how far days and hours stray from that.
type rhythm struct {
	Hours    [past + 2]counts // by published hour
	Expected [ahead]counts    // of an hour, when it began
	Newest   int64            // hour
	First    int64            // hour from which the past is known
	Level    level
	Longer   bool // more of the past has become known
}

// calendar tells the local time of an hour, and which days are holidays.
type calendar struct {
	zone    *time.Location
	holiday func(time.Time) bool
}

// The classes of days have volumes of their own.
const (
	workday = iota
	saturday
	sunday // and holidays
	classes
)

func (c calendar) class(local time.Time) int {
	switch weekday := local.Weekday(); {
	case weekday == time.Sunday, c.holiday != nil && c.holiday(local):
		return sunday
	case weekday == time.Saturday:
		return saturday
	default:
		return workday
	}
}

func (c calendar) local(hour int64) time.Time { return time.Unix(hour*3600, 0).In(c.zone) }

// offset is by how many hours an hour is ahead of universal time.
func offset(local time.Time) int64 {
	_, seconds := local.Zone()
	return int64(seconds) / 3600
}

func (r *rhythm) hour(h int64) counts {
	if h > r.Newest || r.Newest-h >= int64(len(r.Hours)) || h < 0 {
		return counts{}
	}
	return r.Hours[h%int64(len(r.Hours))]
}

func (r *rhythm) add(hour int64, c counts) {
	if r.Newest-hour < int64(len(r.Hours)) && hour <= r.Newest {
		r.Hours[hour%int64(len(r.Hours))].add(c)
	}
}

// expected is what an hour was expected to hold.
func (r *rhythm) expected(h int64) counts {
	if h > r.Newest || r.Newest-h >= ahead || h < r.First {
		return counts{}
	}
	return r.Expected[h%ahead]
}

// roll begins every hour up to one: what strayed is taken in, and what comes is
// expected.
func (r *rhythm) roll(hour int64, c calendar) {
	if r.Newest == 0 || hour-r.Newest > past {
		r.Newest = max(hour-past, r.First-1)
	}
	if r.Longer {
		for h := max(r.First, r.Newest-ahead+1); h <= r.Newest; h++ {
			r.Expected[h%ahead] = r.forecast(h, c)
		}
		r.Level, r.Longer = r.levels(r.Newest), false
	}
	for r.Newest < hour {
		r.Newest++
		h := r.Newest
		r.Hours[h%int64(len(r.Hours))] = counts{}
		r.Expected[h%ahead] = r.forecast(h, c)
		r.Level = r.levels(h)
	}
}

// known is how many hours of the past are known before one.
func (r *rhythm) known(hour int64) int64 { return min(max(0, hour-r.First), past) }

// forecast is what an hour should hold: the mean of this hour of the day on the days
// known, the highest tenth left out, recent days weighing more, each held against
// how much its kind of day holds; and of this hour of the week, as far as weeks are
// known. Before a day is known it is the mean of the hours that are.
func (r *rhythm) forecast(h int64, c calendar) counts {
	known := r.known(h)
	if known < 24 {
		var sum counts
		for k := h - known; k < h; k++ {
			sum.add(r.hour(k))
		}
		return sum.times(1 / float32(max(known, 1)))
	}
	local := c.local(h)
	factors := r.factors(h, known/24, c)
	class := c.class(local)
	var totals, negatives sample
	var sameTotal, sameNegative []float64 // this hour of the weeks before
	for d := int64(1); d*24 <= known; d++ {
		then := c.local(h - d*24)
		at := h - d*24 + offset(local) - offset(then)
		x := r.smooth(at)
		weight := math.Pow(dayWeight, float64(d))
		factor := factors[c.class(then)]
		totals.take(float64(x.Total)/factor, weight)
		negatives.take(float64(x.Negative)/factor, weight)
		if d%7 == 0 && c.class(then) == class {
			sameTotal = append(sameTotal, float64(x.Total))
			sameNegative = append(sameNegative, float64(x.Negative))
		}
	}
	return counts{
		Total:    float32(blend(totals.mean()*factors[class], sameTotal)),
		Negative: float32(blend(negatives.mean()*factors[class], sameNegative)),
	}
}

const (
	// dayWeight is what a day weighs beside the one after it.
	dayWeight = 0.96
	// dayFaith is how many weeks the mean over all days counts for.
	dayFaith = 4
)

// smooth is the hour with a part of its neighbours: three samples instead of one.
func (r *rhythm) smooth(h int64) counts {
	sum, n := r.hour(h).times(2), float32(2)
	for _, beside := range [2]int64{h - 1, h + 1} {
		if beside >= r.First {
			sum.add(r.hour(beside))
			n++
		}
	}
	return sum.times(1 / n)
}

// factors is how much more or less than others each class of days holds, no day
// counting for more than twice the middle one. A class of which little is known is
// like all days.
func (r *rhythm) factors(h, days int64, c calendar) (f [classes]float64) {
	var sums []float64
	for d := int64(1); d <= days; d++ {
		var sum float64
		for k := range int64(24) {
			sum += float64(r.hour(h - d*24 + k - 12).Total)
		}
		sums = append(sums, sum)
	}
	sorted := slices.Sorted(slices.Values(sums))
	bound := 2*sorted[len(sorted)/2] + 1
	var inClass, n [classes]float64
	var all float64
	for d, sum := range sums {
		class := c.class(c.local(h - int64(d+1)*24))
		inClass[class] += min(sum, bound)
		n[class]++
		all += min(sum, bound) / float64(days)
	}
	for class := range f {
		f[class] = 1
		if all > 0 {
			f[class] = max(0.1, (inClass[class]/all+dayFaith)/(n[class]+dayFaith))
		}
	}
	return f
}

// blend joins the mean over days and the same hour of the weeks before, none of
// which may be more than three times as much: a crisis is no rhythm.
func blend(mean float64, same []float64) float64 {
	sum := mean * dayFaith
	for _, x := range same {
		sum += min(x, 3*mean+1)
	}
	return sum / float64(len(same)+dayFaith)
}

// sample is a weighted sample, of which the highest tenth counts no more than what is
// below it.
type sample struct {
	values, weights [pastDays]float64
	n               int
}

func (s *sample) take(value, weight float64) {
	s.values[s.n], s.weights[s.n] = value, weight
	s.n++
}

func (s *sample) mean() float64 {
	sorted := s.values
	slices.Sort(sorted[:s.n])
	bound := sorted[s.n-1-(s.n+5)/10]
	var sum, weights float64
	for i := range s.n {
		sum += min(s.values[i], bound) * s.weights[i]
		weights += s.weights[i]
	}
	return sum / weights
}

// level is how far above its rhythm a brand has been lately, from 1 to maxLevel, in
// each span that is looked at: a rise of hours is no news within minutes, nor one of
// days within hours.
type level [len(spans)]counts

// spans of hours for short, middle and long windows, and how long before now they end.
var spans = [...]struct{ length, before int64 }{{6, 0}, {24, 3}, {week, 24}}

const maxLevel = 3

func (r *rhythm) levels(hour int64) (l level) {
	for i, span := range spans {
		var seen, expected counts
		for h := hour - span.before - span.length; h < hour-span.before; h++ {
			if h > r.First { // of the first hour nothing was expected
				seen.add(r.hour(h))
				expected.add(r.expected(h))
			}
		}
		l[i] = counts{ratio(seen.Total, expected.Total), ratio(seen.Negative, expected.Negative)}
	}
	return l
}

// levelFaith is how many mentions speak for a level that is as usual.
const levelFaith = 4

func ratio(seen, expected float32) float32 {
	return min(maxLevel, max(1, (seen+levelFaith)/(expected+levelFaith)))
}

// span is which level a scale is held against.
func span(scale int64) int {
	switch {
	case scale <= 20:
		return 0
	case scale <= 180:
		return 1
	default:
		return 2
	}
}

// expect is what windows that begin at starts and end at a moment, in minutes since
// 1970, should hold by the rhythm alone.
func (r *rhythm) expect(starts *[len(scales)]int64, end float64) (all [len(scales)]counts) {
	var sum counts
	reached := end
	for k, start := range starts {
		for from := float64(start); reached > from; {
			hour := int64(math.Ceil(reached/60)) - 1
			begin := max(from, float64(hour*60))
			sum.add(r.expected(hour).times(float32((reached - begin) / 60)))
			reached = begin
		}
		all[k] = sum
	}
	return all
}
