package detect

import (
	"math"
	"time"
)

const (
	// recentSpan is the past whose level counts as "lately".
	recentSpan = 6 * 60
	// trustedSpan is the history, in minutes, from which a rhythm is believed.
	trustedSpan = 24 * 60
	// minDispersion: people post in bursts, so counts vary more than Poisson.
	minDispersion = 1.5
	// youngDispersion widens the bounds of a brand with little history.
	youngDispersion = 4
)

// count of one minute.
type count struct{ total, negative uint32 }

// history holds the counts of the last minutes of a brand, by published time.
type history struct {
	minutes []count // ring, by minute modulo its length
	last    int64   // newest minute in the ring, since 1970
	first   int64   // oldest minute known, 0 when nothing is known yet
}

func newHistory(span time.Duration) history {
	return history{minutes: make([]count, int(span/time.Minute)+1)}
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// roll makes minute the newest, emptying what comes between.
func (h *history) roll(minute int64) {
	if minute <= h.last {
		return
	}
	if h.last == 0 || minute-h.last >= int64(len(h.minutes)) {
		clear(h.minutes)
	} else {
		for m := h.last + 1; m <= minute; m++ {
			h.minutes[m%int64(len(h.minutes))] = count{}
		}
	}
	h.last = minute
}

// add counts mentions into a minute; those too old to matter are passed over.
func (h *history) add(minute int64, total, negative uint32) {
	h.roll(minute)
	if h.last-minute >= int64(len(h.minutes)) {
		return
	}
	c := &h.minutes[minute%int64(len(h.minutes))]
	c.total += total
	c.negative += negative
	if h.first == 0 || minute < h.first {
		h.first = minute
	}
}

func (h *history) at(minute int64) count {
	if minute > h.last || h.last-minute >= int64(len(h.minutes)) || minute < 0 {
		return count{}
	}
	return h.minutes[minute%int64(len(h.minutes))]
}

// expectation is what the past lets one expect of a window.
type expectation struct{ mean, dispersion float64 }

// expect looks at the past before a window of so many minutes (the last one may
// be a fraction) that ends in minute end, through what pick counts.
//
// The mean is the higher of the level lately (6 h) and, once a day is known, the
// level at this hour on the days before: a rhythm explains a rise, and a rise of
// hours is no news any more.
func (h *history) expect(end int64, window float64, pick func(count) uint32) expectation {
	before := end - int64(math.Ceil(window)) // newest minute of the past
	known := before - max(h.first, h.last-int64(len(h.minutes))+1) + 1
	if h.first == 0 || known < 1 {
		return expectation{mean: 0, dispersion: youngDispersion}
	}
	recent := h.mean(before-min(recentSpan, known)+1, before, pick)
	level := recent
	if known >= trustedSpan {
		level = max(level, h.sameHour(before, end, known, pick))
	}
	blocks := min(known, trustedSpan)
	dispersion := max(minDispersion, h.dispersion(before, blocks, int64(math.Ceil(window)), pick))
	if known < trustedSpan {
		dispersion = max(dispersion, youngDispersion)
		level *= 1 + 60/float64(60+known) // an hour known: half as much again
	}
	return expectation{mean: level * window, dispersion: dispersion}
}

// mean count of a minute between two minutes, both included.
func (h *history) mean(from, to int64, pick func(count) uint32) float64 {
	var sum float64
	for m := from; m <= to; m++ {
		sum += float64(pick(h.at(m)))
	}
	return sum / float64(max(to-from+1, 1))
}

// sameHour is the mean of a minute within half an hour of this time of day, on
// the days known; the middle day counts, so that one past crisis does not.
func (h *history) sameHour(before, end, known int64, pick func(count) uint32) float64 {
	var days []float64
	for day := int64(1); day*24*60 <= known; day++ {
		centre := end - day*24*60
		if to := min(centre+30, before); to > centre-30 {
			days = append(days, h.mean(centre-30, to, pick))
		}
	}
	return median(days)
}

// dispersion is variance over mean of the counts of consecutive windows, the
// highest tenth left out: past crises are no rhythm.
func (h *history) dispersion(before, span, window int64, pick func(count) uint32) float64 {
	var sums []float64
	for to := before; to-window >= before-span; to -= window {
		sums = append(sums, h.mean(to-window+1, to, pick)*float64(window))
	}
	return fano(trimmed(sums))
}
