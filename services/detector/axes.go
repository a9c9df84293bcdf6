package detector

import (
	"math"
	"time"

	"gonum.org/v1/plot"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// roots is a scale by square roots: counts vary as much in the night as in a crisis
// there, and both are seen.
type roots struct{ wording.Language }

// Normalize places a value.
func (roots) Normalize(_, most, value float64) float64 {
	return math.Sqrt(max(0, value)) / math.Sqrt(most)
}

// tickApart is how much of the axis lies between two ticks at least.
const tickApart = 0.05

// Ticks are at 1, 2 and 5 of each power of ten, where there is room.
func (r roots) Ticks(_, most float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	last := 0.0
	for power := 0.1; power <= most; power *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			value := digit * power
			if place := math.Sqrt(value / most); place <= 1 && place >= last+tickApart {
				ticks = append(ticks, plot.Tick{Value: value, Label: r.Number(value)})
				last = place
			}
		}
	}
	return ticks
}

// linear ticks are those of a plot, in the words of a language.
type linear struct{ wording.Language }

// Ticks names those that have a name.
func (l linear) Ticks(from, to float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(from, to)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = l.Number(ticks[i].Value)
		}
	}
	return ticks
}

// days ticks at whole hours, days or months of a zone.
type days struct {
	zone  *time.Location
	words *pictureWords
}

const (
	mostTicks = 14
	// monthly is how many days are ticked by months.
	monthly = 100
)

// Ticks are as dense as there is room for.
func (d days) Ticks(from, to float64) []plot.Tick {
	start, end := time.Unix(int64(from), 0).In(d.zone), time.Unix(int64(to), 0)
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, d.zone)
	hours := end.Sub(start).Hours()
	var step func(n int) time.Time
	name := d.words.day
	switch {
	case hours <= 48:
		every := 6 * time.Hour
		for _, shorter := range []time.Duration{3 * time.Hour, time.Hour, 30 * time.Minute, 10 * time.Minute} {
			if end.Sub(start) <= mostTicks*shorter {
				every = shorter
			}
		}
		step = func(n int) time.Time { return midnight.Add(time.Duration(n) * every) }
		name = func(at time.Time) string { return d.words.day(at) + " " + at.Format("15:04") }
	case hours <= monthly*24:
		every := int(math.Ceil(hours / 24 / mostTicks))
		step = func(n int) time.Time { return midnight.AddDate(0, 0, n*every) }
	default:
		every := int(math.Ceil(hours / 24 / 30.5 / mostTicks))
		step = func(n int) time.Time {
			return time.Date(start.Year(), start.Month()+time.Month(n*every), 1, 0, 0, 0, 0, d.zone)
		}
		name = d.words.month
	}
	var ticks []plot.Tick
	for n := 0; !step(n).After(end); n++ {
		if at := step(n); !at.Before(start) {
			ticks = append(ticks, plot.Tick{Value: seconds(at), Label: name(at)})
		}
	}
	return ticks
}
