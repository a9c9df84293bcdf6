// Package holiday owns which days are public holidays in a country, and the days taken
// instead where one falls on a weekend. Those that only a region has are mostly left out.
//
// It does not own what a holiday means to anyone.
package holiday

import (
	"maps"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
)

// A day is one on the calendar: it is the same whatever the clock of this machine shows.
func init() { cal.DefaultLoc = time.UTC }

// Countries are the ISO 3166 codes of the countries that are known, sorted.
func Countries() []string { return slices.Sorted(maps.Keys(countries)) }

// Of is the country of a time zone, none where that is not known.
func Of(zone string) []string {
	for code, country := range countries {
		if slices.Contains(country.zones, zone) {
			return []string{code}
		}
	}
	return nil
}

// Years of which holidays are known.
const (
	firstYear = 1990
	lastYear  = 2099
)

// In tells whether a day, as the clock of the moment's own location shows it, is a
// holiday in at least one of the countries.
func In(codes []string) func(time.Time) bool {
	days := map[date]bool{}
	for _, code := range codes {
		for _, holiday := range countries[code].days {
			for year := firstYear; year <= lastYear; year++ {
				for _, day := range taken(holiday, year) {
					days[day] = true
				}
			}
		}
	}
	return func(at time.Time) bool { return days[dateOf(at)] }
}

// taken are the day of a holiday, if there is one in a year, and that taken instead.
func taken(holiday *cal.Holiday, year int) []date {
	day, instead := holiday.Calc(year)
	if day.IsZero() {
		return nil
	}
	return []date{dateOf(day), dateOf(instead)}
}

// date is a day on the calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(at time.Time) (d date) {
	d.year, d.month, d.day = at.Date()
	return d
}
