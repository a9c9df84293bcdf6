package rota

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func paris(t testing.TB) *time.Location {
	t.Helper()
	location, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return location
}

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func TestWhoIsOnCall(t *testing.T) {
	t.Parallel()
	weekly := Rota{
		Start: moment(t, "2026-10-12T09:00:00+02:00"), Every: 7 * 24 * time.Hour,
		People: []string{"alice", "bruno", "chloe"}, Location: paris(t),
		Overrides: []Override{
			{"bruno", moment(t, "2026-10-14T18:00:00+02:00"), moment(t, "2026-10-15T09:00:00+02:00")},
			{"chloe", moment(t, "2026-10-14T22:00:00+02:00"), moment(t, "2026-10-14T23:00:00+02:00")},
		},
	}
	for _, row := range []struct{ name, at, expected string }{
		{"the first turn begins at its instant", "2026-10-12T09:00:00+02:00", "alice"},
		{"a nanosecond before, the last turn goes on", "2026-10-12T08:59:59.999999999+02:00", "chloe"},
		{"the past is counted backwards", "2026-10-05T08:59:59+02:00", "bruno"},
		{"before an override", "2026-10-14T17:59:59+02:00", "alice"},
		{"an override begins at its instant", "2026-10-14T18:00:00+02:00", "bruno"},
		{"of two overrides the later in the list holds", "2026-10-14T22:30:00+02:00", "chloe"},
		{"then the first holds again", "2026-10-14T23:00:00+02:00", "bruno"},
		{"an override ends at its instant", "2026-10-15T09:00:00+02:00", "alice"},
		{"the second turn", "2026-10-19T09:00:00+02:00", "bruno"},
		{"winter time: 08:30 on the wall is still before the hand-over", "2026-10-26T08:30:00+01:00", "bruno"},
		{"winter time: the hand-over stays at 09:00 on the wall", "2026-10-26T09:00:00+01:00", "chloe"},
		{"after a whole round", "2026-11-02T09:00:00+01:00", "alice"},
		{"five months on, in winter, still at 09:00", "2027-03-22T08:59:59+01:00", "bruno"},
		{"and in summer again", "2027-03-29T09:00:00+02:00", "alice"},
		{"260 weeks later", "2031-10-06T09:00:00+02:00", "chloe"},
	} {
		require.Equal(t, row.expected, weekly.OnCall(moment(t, row.at)), row.name)
	}
}

func TestHalfDayTurnsKeepTheirHoursOverTheChangeOfClocks(t *testing.T) {
	t.Parallel()
	r := Rota{
		Start: moment(t, "2026-10-24T08:00:00+02:00"), Every: 12 * time.Hour,
		People: []string{"day", "night"}, Location: paris(t),
	}
	for _, row := range []struct{ at, expected string }{
		{"2026-10-24T20:00:00+02:00", "night"}, // thirteen hours long
		{"2026-10-25T07:59:59+01:00", "night"},
		{"2026-10-25T08:00:00+01:00", "day"},
		{"2027-03-27T20:00:00+01:00", "night"}, // eleven hours long
		{"2027-03-28T07:59:59+02:00", "night"},
		{"2027-03-28T08:00:00+02:00", "day"},
	} {
		require.Equal(t, row.expected, r.OnCall(moment(t, row.at)), row.at)
	}
}

func TestAHandOverInTheHourThatComesTwiceOrNever(t *testing.T) {
	t.Parallel()
	r := Rota{
		Start: moment(t, "2026-10-24T02:30:00+02:00"), Every: 24 * time.Hour,
		People: []string{"odd", "even"}, Location: paris(t),
	}
	require.Equal(t, "odd", r.OnCall(moment(t, "2026-10-25T02:29:59+02:00")))
	require.Equal(t, "even", r.OnCall(moment(t, "2026-10-25T02:30:00+02:00")), "at the first 02:30")
	require.Equal(t, "even", r.OnCall(moment(t, "2026-10-25T02:10:00+01:00")), "and not back again")

	r.Start = moment(t, "2027-03-27T02:30:00+01:00")
	require.Equal(t, "odd", r.OnCall(moment(t, "2027-03-28T01:59:59+01:00")))
	require.Equal(t, "even", r.OnCall(moment(t, "2027-03-28T03:00:00+02:00")), "02:30 never comes: at the end of the gap")
}

func TestOnePersonOrNobody(t *testing.T) {
	t.Parallel()
	now := moment(t, "2026-11-21T03:12:00+01:00")
	require.Equal(t, "alice", Rota{People: []string{"alice"}}.OnCall(now))
	require.Empty(t, Rota{}.OnCall(now))
}

// Going forward a quarter of an hour at a time over both changes of clocks, the
// duty only ever passes to the next person, and every turn lasts what it should
// on the wall.
func TestTheDutyOnlyMovesForward(t *testing.T) {
	t.Parallel()
	people := []string{"a", "b", "c", "d", "e"}
	for _, every := range []time.Duration{time.Hour, 5 * time.Hour, 8 * time.Hour, 24 * time.Hour} {
		r := Rota{Start: moment(t, "2026-10-20T02:30:00+02:00"), Every: every, People: people, Location: paris(t)}
		require.Zero(t, r.turn(r.Start))
		for _, from := range []string{"2026-10-23T00:00:00Z", "2027-03-26T00:00:00Z"} {
			begin := moment(t, from)
			last := r.turn(begin)
			for at := begin; at.Before(begin.AddDate(0, 0, 5)); at = at.Add(15 * time.Minute) {
				turn := r.turn(at)
				require.GreaterOrEqual(t, turn, last, "%s at %s", every, at)
				require.LessOrEqual(t, turn, last+2, "%s at %s", every, at) // one turn falls into the gap
				last = turn
			}
		}
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	night := Quiet{From: 22 * time.Hour, To: 7*time.Hour + 30*time.Minute, Location: paris(t)}
	nap := Quiet{From: 13 * time.Hour, To: 14 * time.Hour, Location: paris(t)}
	for _, row := range []struct {
		quiet    Quiet
		at       string
		expected bool
	}{
		{night, "2026-11-21T21:59:59+01:00", false},
		{night, "2026-11-21T22:00:00+01:00", true},
		{night, "2026-11-22T03:12:00+01:00", true},
		{night, "2026-11-22T07:29:59+01:00", true},
		{night, "2026-11-22T07:30:00+01:00", false},
		{night, "2026-11-22T02:12:00+00:00", true}, // the person's clock, not the server's
		{nap, "2026-11-22T12:59:59+01:00", false},
		{nap, "2026-11-22T13:00:00+01:00", true},
		{nap, "2026-11-22T14:00:00+01:00", false},
		{Quiet{Location: paris(t)}, "2026-11-22T03:12:00+01:00", false},
	} {
		require.Equal(t, row.expected, row.quiet.Holds(moment(t, row.at)), row.at)
	}
}
