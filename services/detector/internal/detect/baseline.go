package detect

import (
	"math"
	"time"
)

const (
	day = 24 * 60 // in minutes, as all that follows
	// recentSpan is the past whose level counts as "lately".
	recentSpan = 6 * 60
	// trustedSpan is the history from which a rhythm is believed.
	trustedSpan = day
	// minDispersion: people post in bursts, so counts vary more than Poisson.
	minDispersion = 1.5
	// youngDispersion widens the bounds of a brand with little history.
	youngDispersion = 4
)

// count of one minute.
type count struct{ total, negative uint32 }

// history holds the counts of a brand's past minutes, by published time, up to
// the window that is being decided on.
type history struct {
	minutes  []count // ring, by minute modulo its length
	last     int64   // newest minute in the ring, since 1970
	unbroken int64   // oldest minute of the past learnt, after a day without a mention; 0 before any was
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

// set says what a minute held; those too old to matter are passed over.
func (h *history) set(minute int64, c count) {
	h.roll(minute)
	if h.last-minute < int64(len(h.minutes)) {
		h.minutes[minute%int64(len(h.minutes))] = c
	}
}

// relearnt is the history of what is stored before a minute, as long as span, and
// of what was counted since.
func (h *history) relearnt(past []Minute, before int64, span time.Duration) history {
	fresh := newHistory(span)
	fresh.roll(before - 1)
	for _, minute := range past {
		if at := minuteOf(minute.At); at < before {
			fresh.set(at, count{minute.Total, minute.Negative})
		}
	}
	fresh.unbroken = fresh.oldestUnbroken()
	for m := before; m <= h.last; m++ {
		fresh.set(m, h.at(m))
	}
	return fresh
}

// oldestUnbroken is the oldest minute with a mention before which a whole day has
// none: one post of years ago, imported, is no past of years without a mention.
func (h *history) oldestUnbroken() int64 {
	oldest := h.last + 1
	for m := h.last; m > h.last-int64(len(h.minutes)) && oldest-m <= day; m-- {
		if h.at(m).total > 0 {
			oldest = m
		}
	}
	return oldest
}

func (h *history) at(minute int64) count {
	if minute > h.last || h.last-minute >= int64(len(h.minutes)) || minute < 0 {
		return count{}
	}
	return h.minutes[minute%int64(len(h.minutes))]
}

// known is how many minutes up to one are known: since the brand is watched, or
// since its unbroken past began.
func (h *history) known(newest, watched int64) int64 {
	if h.unbroken > 0 {
		watched = min(watched, h.unbroken)
	}
	return max(0, newest-max(watched, newest-int64(len(h.minutes))+1)+1)
}

// expectation is what the past lets one expect of a window.
type expectation struct{ mean, dispersion float64 }

// expect looks at the known minutes up to the newest before a window of so many
// minutes (the last one may be a fraction), through what pick counts.
//
// The mean is the higher of the level lately (6 h) and, once a day is known, the
// level at this hour on the days before: a rhythm explains a rise, and a rise of
// hours is no news any more.
func (h *history) expect(newest, known int64, window float64, pick func(count) uint32) expectation {
	level := h.mean(newest-min(recentSpan, known)+1, newest, pick)
	if known >= trustedSpan {
		level = max(level, h.sameHour(newest, int64(window/2), known, pick))
	}
	dispersion := max(minDispersion, h.dispersion(newest, min(known, trustedSpan), int64(math.Ceil(window)), pick))
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

// sameHour is the mean of a minute within half an hour of the middle of the
// window, so many minutes ahead, on the days known; the middle day counts, so
// that one past crisis does not.
func (h *history) sameHour(newest, ahead, known int64, pick func(count) uint32) float64 {
	var days []float64
	for d := int64(1); d*day <= known; d++ {
		centre := newest + ahead - d*day
		days = append(days, h.mean(centre-30, centre+30, pick))
	}
	return median(days)
}

// dispersion is variance over mean of the counts of consecutive windows, the
// highest tenth left out: past crises are no rhythm.
func (h *history) dispersion(newest, span, window int64, pick func(count) uint32) float64 {
	var sums []float64
	for to := newest; to-window >= newest-span; to -= window {
		sums = append(sums, h.mean(to-window+1, to, pick)*float64(window))
	}
	return fano(trimmed(sums))
}
