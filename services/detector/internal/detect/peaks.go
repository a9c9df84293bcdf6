package detect

import (
	"math"
	"math/bits"
	"slices"
)

// Signals of one thing alone: who speaks has many followers, people react to a post
// fast, many tell one story. Counts have a rhythm to be held against; these have none, and
// heavy tails: the loudest of a day is held against the loudest of each day before.
const (
	reach = iota
	engagement
	story
	peakSignals
)

var peakNames = [peakSignals]string{"reach", "engagement", "story"}

// leastPeak is below which nothing is loud: followers, reactions within an hour, authors.
var leastPeak = [peakSignals]uint64{50_000, 300, 20}

// peaks are the loudest things of each day, what praises apart from the rest: 0.9 KB.
type peaks struct {
	Days    [2 * peakSignals][pastDays]uint8 // loudness, 0 where there was nothing
	Newest  int64                            // day
	Told    [2 * peakSignals]uint32          // the thing that was told last, by its hash
	Stories [mostStories]telling
	Posts   [mostGains]gain
	Signals uint8 // that were told since the incident that goes on opened, a bit each
	Last    int64 // minute in which one was
}

// series is which of the days a signal's are.
func peakSeries(signal int, praise bool) int {
	if praise {
		return 2*signal + 1
	}
	return 2 * signal
}

const loudnesses = 8 // of one doubling

// loudness is the logarithm of a number and one, nearly, and cheap.
func loudness(n uint64) uint8 {
	mantissa, exponent := math.Frexp(float64(n) + 1)
	return uint8(min(math.MaxUint8, loudnesses*(float64(exponent)+2*mantissa-2)))
}

// note takes in how loud a thing of a day is, and answers how much that surprises:
// nothing, unless it is a record.
func (p *peaks) note(signal int, praise bool, date int64, n uint64) float64 {
	if n == 0 {
		return 0
	}
	if date > p.Newest {
		p.roll(date)
	}
	days := &p.Days[peakSeries(signal, praise)]
	loud := loudness(n)
	if p.Newest-date >= pastDays || loud <= days[date%pastDays] {
		return 0
	}
	record := loud > slices.Max(days[:])
	days[date%pastDays] = loud
	if !record || n < leastPeak[signal] {
		return 0
	}
	return gumbel(days, date, &peakPriors[signal])
}

// roll makes a day the newest, emptying what comes between.
func (p *peaks) roll(date int64) {
	for d := max(p.Newest+1, date-pastDays+1); d <= date; d++ {
		for i := range p.Days {
			p.Days[i][d%pastDays] = 0
		}
	}
	p.Newest = date
}

// What is thought of the loudest of a day where nothing is known, as the mean and the
// standard deviation of its logarithm, for as many days as peakFaith.
type peakPrior struct{ mean, spread float64 }

var peakPriors = [peakSignals]peakPrior{
	reach:      {math.Ln10 * 3, 2},
	engagement: {math.Ln10 * 1.3, 2},
	story:      {math.Ln2, 1},
}

const (
	peakFaith = 3
	// steadiest is the least scale of the law: what was alike for four weeks may yet differ.
	steadiest = 0.4
)

// gumbel is the surprise, -log10 of a probability, that the loudest of a day is as loud as
// that of the given one, by the other days of which something is known. The largest of
// many things with heavy tails follows Fréchet's law, its logarithm Gumbel's (Gumbel 1958,
// chapter 5; Coles 2001, chapter 3), here with its moments.
func gumbel(days *[pastDays]uint8, date int64, prior *peakPrior) float64 {
	const unit = math.Ln2 / loudnesses
	n, sum := float64(peakFaith), peakFaith*prior.mean
	others := func(visit func(y float64)) {
		for i, loud := range days {
			if loud > 0 && int64(i) != date%pastDays {
				visit(float64(loud) * unit)
			}
		}
	}
	others(func(y float64) { n, sum = n+1, sum+y })
	mean := sum / n
	squares := peakFaith * (prior.spread*prior.spread + (prior.mean-mean)*(prior.mean-mean))
	others(func(y float64) { squares += (y - mean) * (y - mean) })

	const euler = 0.5772156649
	scale := max(steadiest, math.Sqrt(6*squares/n)/math.Pi)
	mode := mean - euler*scale
	z := (float64(days[date%pastDays])*unit - mode) / scale
	return min(maxSurprise, -math.Log10(-math.Expm1(-math.Exp(-z))))
}

// What is followed of posts and stories within one hour.
const (
	peakHour    = 60
	mostGains   = 16
	mostStories = 12
	// leastGain is below which a post need not be followed: what it gains is what it has.
	leastGain = 32
)

// gain is how many reactions a post had at two minutes.
type gain struct {
	Key       uint32
	Since, At uint32
	Was, Is   uint32
}

// gained is what a post that has so many reactions gained within the last hour, as far
// as it was looked at: since it was published, or by the hour since it was looked at before.
func (p *peaks) gained(key uint32, published, now int64, has uint64) uint64 {
	is, at := uint32(min(has, math.MaxUint32)), uint32(now)
	was, since := uint32(0), uint32(published)
	oldest := &p.Posts[0]
	for i := range p.Posts {
		switch g := &p.Posts[i]; {
		case g.Key == key && g.At != 0:
			if at >= g.Since+peakHour {
				g.Was, g.Since = g.Is, g.At
			}
			g.Is, g.At = max(g.Is, is), max(g.At, at)
			return perHour(g.Was, is, g.Since, at)
		case g.At < oldest.At:
			oldest = g
		}
	}
	if is >= leastGain {
		*oldest = gain{Key: key, Since: since, At: at, Was: was, Is: is}
	}
	return perHour(was, is, since, at)
}

func perHour(was, is, since, at uint32) uint64 {
	if is <= was {
		return 0
	}
	return uint64(is-was) * peakHour / uint64(max(int64(at)-int64(since), peakHour))
}

// telling is by whom a story is told within the hour since a minute: a bit for each
// author, by hash.
type telling struct {
	Key   uint32
	Since uint32
	By    [tellers / 64]uint64
}

const tellers = 256

// authors is how many distinct authors set the bits, about (linear counting, Whang et al.
// 1990), and who told it first.
func (t *telling) authors() uint64 {
	empty := 0
	for _, word := range t.By {
		empty += 64 - bits.OnesCount64(word)
	}
	return 1 + uint64(math.Round(-tellers*math.Log(max(1, float64(empty))/tellers)))
}

// told takes in that an author told again what another told, and answers by how many
// it was told within the hour. Where many are told, those that few tell are forgotten.
func (p *peaks) told(key uint32, author uint64, minute int64) *telling {
	at := uint32(minute)
	t, fewest := (*telling)(nil), uint64(math.MaxUint64)
	for i := range p.Stories {
		other := &p.Stories[i]
		if other.Key == key {
			t = other
			break
		}
		n := uint64(0)
		if at < other.Since+peakHour {
			n = other.authors()
		}
		if n < fewest {
			t, fewest = other, n
		}
	}
	if t.Key != key || at >= t.Since+peakHour {
		*t = telling{Key: key, Since: at}
	}
	bit := author % tellers
	t.By[bit/64] |= 1 << (bit % 64)
	return t
}
