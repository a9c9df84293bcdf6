package weekly

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	require.NoError(t, err)
	return location
}

func week(t *testing.T, text, place string) Week {
	t.Helper()
	w, err := ParseWeek(text, zone(t, place))
	require.NoError(t, err)
	return w
}

func TestAWeekBeginsOnMondayAtMidnightWhereTheBrandIs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, week, zone, from, to, before string
		hours                              float64
	}{
		{"a plain week", "2026-W46", "Europe/Paris", "2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00", "2026-W45", 168},
		{"clocks go forward", "2026-W13", "Europe/Paris", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "2026-W12", 167},
		{"clocks go back", "2026-W43", "Europe/Paris", "2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "2026-W42", 169},
		{"a year of 53 weeks", "2026-W53", "UTC", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z", "2026-W52", 168},
		{"the year after", "2027-W01", "UTC", "2027-01-04T00:00:00Z", "2027-01-11T00:00:00Z", "2026-W53", 168},
		{"a week of the old year", "2025-W01", "UTC", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z", "2024-W52", 168},
		{"clocks jump over midnight", "2022-W12", "Asia/Beirut", "2022-03-21T00:00:00+02:00", "2022-03-28T00:00:00+03:00", "2022-W11", 167},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := week(t, test.week, test.zone)
			assert.Equal(t, test.week, w.String())
			assert.Equal(t, test.from, w.From().Format(time.RFC3339))
			assert.Equal(t, test.to, w.To().Format(time.RFC3339))
			assert.InDelta(t, test.hours, w.To().Sub(w.From()).Hours(), 0)
			assert.Equal(t, test.before, w.Before().String())
			assert.True(t, w.Before().To().Equal(w.From()), "nothing is between two weeks")
		})
	}
}

// Each moment of a week is in one of its days, on the date its calendar says.
func TestEachMomentHasItsDay(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"Europe/Paris", "Asia/Beirut", "America/Asuncion", "UTC"} {
		for _, text := range []string{"2022-W12", "2022-W13", "2022-W43", "2022-W44", "2022-W40"} {
			w := week(t, text, place)
			for moment := w.From(); moment.Before(w.To()); moment = moment.Add(30 * time.Minute) {
				require.True(t, w.Has(moment))
				expected := (int(moment.Weekday()) + 6) % 7
				require.Equal(t, expected, w.Day(moment), "%s in %s", moment, place)
			}
			require.False(t, w.Has(w.To()))
			require.False(t, w.Has(w.From().Add(-time.Nanosecond)))
		}
	}
}

func TestWhatIsNoWeekIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2026", "2026-46", "2026-W4", "2026-W054", "2026-W00", "2026-W54", "2025-W53", "W46-2026", "2026-w46", "2026-W46 "} {
		_, err := ParseWeek(text, time.UTC)
		assert.ErrorContains(t, err, "is not an ISO week", "%q", text)
	}
}
