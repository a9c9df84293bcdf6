// Package wording writes counts, numbers, shares and times of day as people read
// them in French and in English. It is pure, and knows no sentence: those belong
// to whoever says them.
package wording

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Language is how a language writes figures.
type Language struct {
	thousands, decimal, percent string
	day                         string // layout of a time that is not today's
}

// The languages that are written.
var (
	French  = Language{thousands: "\u202F", decimal: ",", percent: "\u00A0%", day: "02/01 15:04"}
	English = Language{thousands: ",", decimal: ".", percent: "%", day: "2 Jan 15:04"}
)

// Count writes a whole number with its thousands apart: 12,345 or 12 345.
func (l Language) Count(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(l.thousands)
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// Number writes a number that is not negative, with one decimal where that says
// something: 2.5, 6, 14.
func (l Language) Number(n float64) string {
	if n >= 10 || math.Abs(n-math.Round(n)) < 0.05 {
		return l.Count(uint64(math.Round(max(n, 0))))
	}
	return strings.ReplaceAll(strconv.FormatFloat(n, 'f', 1, 64), ".", l.decimal)
}

// Share writes a part of a whole in percent, "–" where there is no whole.
func (l Language) Share(part, whole float64) string {
	if !(whole > 0) {
		return "–"
	}
	return strconv.Itoa(int(math.Round(100*part/whole))) + l.percent
}

// Clock writes the time of day in a zone, with the day where it is not that of
// now, and "–" for no time at all.
func (l Language) Clock(at, now time.Time, zone *time.Location) string {
	if at.IsZero() {
		return "–"
	}
	at, now = at.In(zone), now.In(zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format(l.day)
}
