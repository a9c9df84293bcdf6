package world

import (
	"math"
	"math/rand/v2"
	"time"
)

// hourly is how busy each local hour is, the busiest being 1: quiet from two to
// six, a first summit at lunch, a second in the evening.
var hourly = [24]float64{
	0.28, 0.16, 0.09, 0.06, 0.06, 0.09, 0.18, 0.36, 0.55, 0.66, 0.72, 0.80,
	0.92, 0.86, 0.76, 0.74, 0.76, 0.84, 0.94, 1.00, 1.00, 0.92, 0.70, 0.46,
}

// rhythm is how busy a moment is, from 0 to 1, in the brands' country.
func (w *World) rhythm(t time.Time) float64 {
	local := t.In(w.paris)
	hour, next := local.Hour(), (local.Hour()+1)%24
	within := float64(local.Minute()) / 60
	busy := hourly[hour]*(1-within) + hourly[next]*within
	if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
		busy *= 0.8
	}
	return busy
}

// poisson draws how many of something happen when mean are expected.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 60 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}
