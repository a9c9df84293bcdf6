package weekly

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Week is an ISO week in a time zone: it begins on Monday at midnight there, so
// it has 167 or 169 hours when the clocks change.
type Week struct {
	Year   int
	Number int
	days   [8]time.Time // the first moment of each day, and of the Monday after
}

var weekForm = regexp.MustCompile(`^(\d{4})-W(\d{2})$`)

// ParseWeek reads a week written as ISO 8601 writes it: 2026-W46.
func ParseWeek(text string, zone *time.Location) (Week, error) {
	match := weekForm.FindStringSubmatch(text)
	if match == nil {
		return Week{}, fmt.Errorf("%q is not an ISO week: write one like 2026-W46", text)
	}
	year, _ := strconv.Atoi(match[1]) // the form allows digits only
	number, _ := strconv.Atoi(match[2])
	if last := weeksIn(year); number < 1 || number > last {
		return Week{}, fmt.Errorf("%q is not an ISO week: %d goes from W01 to W%02d", text, year, last)
	}
	return newWeek(year, number, zone), nil
}

// newWeek counts from 4 January, which is in week 1 of every year.
func newWeek(year, number int, zone *time.Location) Week {
	fourth := time.Date(year, time.January, 4, 12, 0, 0, 0, time.UTC)
	monday := 4 - (int(fourth.Weekday())+6)%7 + (number-1)*7
	week := Week{Year: year, Number: number}
	for i := range week.days {
		week.days[i] = midnight(year, monday+i, zone)
	}
	return week
}

// midnight is the first moment of a day of a year, counted from 1 January. Where
// the clocks jump over midnight, time.Date may answer an hour of the day before.
func midnight(year, day int, zone *time.Location) time.Time {
	date := time.Date(year, time.January, day, 12, 0, 0, 0, time.UTC)
	start := time.Date(year, time.January, day, 0, 0, 0, 0, zone)
	if start.Day() != date.Day() {
		start = start.Add(24*time.Hour - time.Duration(start.Hour())*time.Hour - time.Duration(start.Minute())*time.Minute)
	}
	return start
}

// weeksIn says how many ISO weeks a year has: 28 December is always in the last.
func weeksIn(year int) int {
	_, last := time.Date(year, time.December, 28, 12, 0, 0, 0, time.UTC).ISOWeek()
	return last
}

// String writes the week as it is parsed.
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// From is the first moment of the week.
func (w Week) From() time.Time { return w.days[0] }

// To is the first moment after the week.
func (w Week) To() time.Time { return w.days[7] }

// Start is the first moment of a day, 0 for Monday.
func (w Week) Start(day int) time.Time { return w.days[day] }

// Has says whether a moment is in the week.
func (w Week) Has(t time.Time) bool { return !t.Before(w.From()) && t.Before(w.To()) }

// Day says in which day a moment of the week is, 0 for Monday.
func (w Week) Day(t time.Time) int {
	for day := range 6 {
		if t.Before(w.days[day+1]) {
			return day
		}
	}
	return 6
}

// Zone is where the week's days begin at midnight.
func (w Week) Zone() *time.Location { return w.days[0].Location() }

// Before is the week before.
func (w Week) Before() Week {
	if w.Number > 1 {
		return newWeek(w.Year, w.Number-1, w.Zone())
	}
	return newWeek(w.Year-1, weeksIn(w.Year-1), w.Zone())
}
