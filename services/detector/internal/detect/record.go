package detect

import "math"

// record is the highest surprise of the past at one scale, fading: what surprises as
// much as last week's did is how this brand is. What is of the last two spans is no
// part of it, so that an event is not held against itself.
type record struct {
	Settled, Previous, Current float32
	Block                      int32 // the span Current is of
}

// dayFades is what a day leaves of a record.
const dayFades = 0.985

// fading is what so many times half an hour leave of a record, up to a month: every span is
// a multiple of that.
var fading = func() (left [30 * 48]float32) {
	for n := range left {
		left[n] = float32(math.Pow(dayFades, float64(n)/48))
	}
	return left
}()

func faded(record float32, minutes int64) float32 {
	if record == 0 {
		return 0
	}
	if n := minutes / 30; n < int64(len(fading)) {
		return record * fading[n]
	}
	return record * float32(math.Pow(dayFades, float64(minutes)/day))
}

// at is the record before a minute, at a scale of so many. To look at it changes nothing, so
// that what is known of a brand does not depend on how often anyone did.
func (r record) at(minute, scale int64) float64 {
	r.roll(minute, scale)
	return float64(r.Settled)
}

// roll begins the span that a minute is of: however many have passed, the same as if each
// had been begun.
func (r *record) roll(minute, scale int64) {
	length := max(scale, 60)
	block := int32(minute / length)
	passed := int64(block - r.Block)
	if passed <= 0 {
		return
	}
	r.Settled = max(faded(r.Settled, passed*length), faded(r.Previous, (passed-1)*length))
	r.Previous = r.Current
	if passed > 1 {
		r.Settled, r.Previous = max(r.Settled, faded(r.Current, (passed-2)*length)), 0
	}
	r.Current, r.Block = 0, block
}

// raises is how much one event raises a record at most: the next crisis need not be as
// bad as the last one.
const raises = 3

// note takes in the surprise of a minute.
func (r *record) note(minute, scale int64, surprise float64) {
	r.roll(minute, scale)
	bound := raises * (float64(r.Settled) + 1)
	r.Current = max(r.Current, float32(min(surprise, bound)))
}

// calendarDays is how far back rarity is told.
const calendarDays = 90

// highs are the highest surprise of each day, to tell how rare one is.
type highs struct {
	Days   [calendarDays]float32
	Newest int64 // day
	First  int64 // day
}

func (h *highs) note(minute int64, surprise float64) {
	today := minute / day
	if h.Newest == 0 {
		h.First, h.Newest = today, today
	}
	for ; h.Newest < today; h.Newest++ {
		h.Days[(h.Newest+1)%calendarDays] = 0
	}
	h.Days[today%calendarDays] = max(h.Days[today%calendarDays], float32(surprise))
}

// rarity is on how many days before a minute nothing surprised as much, as far as is
// known.
func (h *highs) rarity(minute int64, surprise float64) int {
	days := 0
	if h.Newest == 0 {
		return 0
	}
	for d := minute/day - 1; d >= h.First && d > h.Newest-calendarDays; d-- {
		if d <= h.Newest && float64(h.Days[d%calendarDays]) >= surprise {
			break
		}
		days++
	}
	return days
}

// known is how many days before a minute are known.
func (h *highs) known(minute int64) int {
	if h.Newest == 0 {
		return 0
	}
	return int(min(minute/day-h.First, calendarDays))
}
