package detect

import "time"

// track is a series and how much it has surprised: a brand's, or one of a topic, a
// source or the risks of a brand.
type track[C cell] struct {
	Series  series[C]
	Moments moments
	Records [len(scales)][signals]record
}

// add counts what was published at a time.
func (t *track[C]) add(published time.Time, c counts) {
	t.Series.add(minuteOf(published), c)
	if c.Negative > 0 {
		t.Moments.note(uint32(published.Unix() / moment))
	}
}

// moment is how many seconds are one moment: what comes in one is no more than one.
const moment = 10

// moments are the latest in which negative mentions came, the newest first: as many as
// any level asks for.
type moments [mostMoments]uint32

func (x *moments) note(at uint32) {
	for i := range x {
		switch {
		case at == x[i]:
			return
		case at > x[i]:
			copy(x[i+1:], x[i:])
			x[i] = at
			return
		}
	}
}

// since is how many of them came since a minute.
func (x *moments) since(minute int64) (n int) {
	for n < len(x) && int64(x[n])*moment/60 >= minute {
		n++
	}
	return n
}

// Signals that every track has.
const (
	volume = iota
	negative
	signals
)

// reading is a window of a track held against the past.
type reading struct {
	scale    int
	from     int64 // minute
	seen     counts
	expected counts
	surprise [signals]float64
	record   [signals]float64
}

// hours is how long the window is, an hour at least.
func (r *reading) hours() float64 { return max(1, float64(scales[r.scale])/60) }

// strength is how far a signal is above all that the past has shown: from 1 on it is a
// record.
func (r *reading) strength(signal int) float64 { return r.surprise[signal] / (r.record[signal] + 1) }

// leastExpected is what is expected at least of a window of a brand, or a part of one,
// nobody spoke of.
const leastExpected = 0.2

// outlook is what windows that end at a moment should hold of a brand.
type outlook struct {
	to       int64 // minute
	end      float64
	starts   [len(scales)]int64
	expected [len(scales)]counts // by the rhythm alone
	known    int64               // hours of the past

	hours, growth [len(scales)]float64 // how long each is, and how its burstiness grows with that
}

// outlook is that of the windows up to a minute, that end at a moment in minutes; none
// begins before since.
func (b *brand) outlook(to int64, end float64, since int64) *outlook {
	o := &outlook{to: to, end: end, starts: starts(to, since), known: b.Rhythm.known(to / 60)}
	o.expected = b.Rhythm.expect(&o.starts, end)
	for k, from := range o.starts {
		o.hours[k] = (end - float64(from)) / 60
		o.growth[k] = growth(o.hours[k])
	}
	return o
}

// of is of what a window is held against: a share of what is expected of the brand,
// by its rhythm alone or as it has been lately.
type of struct {
	share  counts
	rhythm bool
}

var whole = of{share: counts{1, 1}}

// read holds windows against what is expected of them.
func (t *track[C]) read(b *brand, o *outlook, of of) (all [len(scales)]reading) {
	for k, seen := range t.Series.sums(&o.starts, o.to) {
		r := &all[k]
		lately := counts{1, 1}
		if !of.rhythm {
			lately = b.Rhythm.Level[span(scales[k])]
		}
		r.scale, r.from, r.seen = k, o.starts[k], seen
		r.expected = counts{
			Total:    o.expected[k].Total * lately.Total * of.share.Total,
			Negative: o.expected[k].Negative * lately.Negative * of.share.Negative,
		}
		for signal, pair := range [signals][2]float32{{seen.Total, r.expected.Total}, {seen.Negative, r.expected.Negative}} {
			if pair[0] <= pair[1] {
				continue
			}
			mean := max(float64(pair[1]), leastExpected)
			spread := b.Stray.dispersion(signal, o.hours[k], o.growth[k], mean, o.known)
			r.surprise[signal] = surprise(float64(pair[0]), mean, spread)
			if r.surprise[signal] > 0 {
				r.record[signal] = t.Records[k][signal].at(o.to, scales[k])
			}
		}
	}
	return all
}

// seal takes in how much a minute surprised, once it is whole.
func (t *track[C]) seal(readings *[len(scales)]reading, minute int64) (most float64) {
	for k := range readings {
		for signal, s := range readings[k].surprise {
			if s > 0 {
				t.Records[k][signal].note(minute, scales[k], s)
				most = max(most, s)
			}
		}
	}
	return most
}
