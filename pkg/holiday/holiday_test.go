package holiday_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/holiday"
)

// of lists the holidays of a year in some countries.
func of(year int, countries ...string) (days []string) {
	rests := holiday.In(countries)
	for day := time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
		if rests(day) {
			days = append(days, day.Format("01-02"))
		}
	}
	return days
}

// The years that the two governments announce: those of the law (Code du travail,
// L3133-1), and the bank holidays of England and Wales, with the days taken instead of
// weekends and the one day of a coronation.
func TestTheHolidaysOfFranceAndTheUnitedKingdom(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"}, of(2026, "fr"))
	require.Equal(t, []string{"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-26", "12-28"}, of(2026, "gb"))
	require.Contains(t, of(2023, "gb"), "05-08", "a king is crowned")
	require.Equal(t, []string{"12-25", "12-26", "12-27", "12-28"}, of(2027, "gb")[6:])
}

// A day is one of rest where any of the countries rests; none rests where none is named.
func TestADayOfRestInAnyCountry(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"01-01", "04-03", "04-06", "05-01", "05-04", "05-08", "05-14", "05-25", "07-14", "08-15", "08-31",
		"11-01", "11-11", "12-25", "12-26", "12-28"}, of(2026, "fr", "gb"))
	require.Empty(t, of(2026))
}

// A holiday begins and ends as the clock on the wall shows it.
func TestADayIsThatOfTheWall(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	rests := holiday.In([]string{"fr"})
	begins := time.Date(2026, 7, 13, 22, 0, 0, 0, time.UTC)
	require.False(t, rests(begins))
	require.True(t, rests(begins.In(paris)))
	require.False(t, rests(begins.Add(24*time.Hour).In(paris)))
}

// Every country has holidays, time zones that there are, and none in common.
func TestEveryCountryHasHolidaysAndAZone(t *testing.T) {
	t.Parallel()
	require.Subset(t, holiday.Countries(), []string{"fr", "gb", "be", "ch", "ca"})
	require.IsIncreasing(t, holiday.Countries())
	for _, code := range holiday.Countries() {
		require.Greater(t, len(of(2026, code)), 7, code)
		require.Contains(t, of(2026, code), "01-01", code)
	}
	for zone, code := range map[string]string{"Europe/Paris": "fr", "Europe/London": "gb", "Africa/Johannesburg": "za"} {
		require.Equal(t, []string{code}, holiday.Of(zone))
	}
	require.Empty(t, holiday.Of("UTC"))
}
