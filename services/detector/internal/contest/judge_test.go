package contest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

const (
	watch  = firestorm.Watch
	alert  = firestorm.Alert
	crisis = firestorm.Crisis
)

var (
	from  = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // what comes before is warm-up
	onset = from.Add(5 * day)
	end   = onset.Add(8 * time.Hour)

	nothing   = firestorm.Truth{Most: watch}
	fire      = firestorm.Truth{Onset: onset, End: end, Least: alert, Most: crisis}
	greatFire = firestorm.Truth{Onset: onset, End: end, Least: crisis, Most: crisis}
	botFlood  = firestorm.Truth{Onset: onset, End: end, Most: watch}
	slowBurn  = firestorm.Truth{Onset: onset, End: onset.Add(5 * day), Least: watch, Most: alert, Worse: onset.Add(2 * day)}
)

// step is what a detector did: it raised an incident to a level, so long after the onset.
type step struct {
	incident string
	level    firestorm.Level
	after    time.Duration
}

// figures are by level: watch, alert, crisis.
type figures [3]int

func TestTheRulesOfJudging(t *testing.T) {
	t.Parallel()
	const never = time.Duration(-1)
	for name, c := range map[string]struct {
		truth  firestorm.Truth
		steps  []step
		told   [3]time.Duration
		false  figures
		raised figures
	}{
		"an incident climbs while the event goes on: each level is told when it is reached": {
			fire, []step{{"a", watch, time.Minute}, {"a", alert, 5 * time.Minute}, {"a", crisis, time.Hour}},
			[3]time.Duration{time.Minute, 5 * time.Minute, time.Hour}, figures{}, figures{1, 1, 1}},
		"what opens at a level is told at those below": {
			fire, []step{{"a", crisis, time.Minute}}, [3]time.Duration{time.Minute, time.Minute, time.Minute}, figures{}, figures{1, 1, 1}},
		"the first incident to reach a level tells of it": {
			fire, []step{{"a", alert, time.Hour}, {"b", alert, 2 * time.Hour}}, [3]time.Duration{time.Hour, time.Hour, never}, figures{}, figures{2, 2, 0}},
		"a watch is never false, nor does it tell before the onset": {
			fire, []step{{"a", watch, -time.Hour}}, [3]time.Duration{never, never, never}, figures{}, figures{1, 0, 0}},
		"an alert before the onset is false, and tells nothing": {
			fire, []step{{"a", alert, -time.Second}}, [3]time.Duration{never, never, never}, figures{0, 1, 0}, figures{1, 1, 0}},
		"an alert of before goes on into the event: its crisis is told, the alert is not": {
			greatFire, []step{{"a", alert, -time.Hour}, {"a", crisis, time.Hour}}, [3]time.Duration{never, never, time.Hour}, figures{0, 1, 0}, figures{1, 1, 1}},
		"a watch of before that becomes an alert within tells of the event": {
			fire, []step{{"a", watch, -time.Hour}, {"a", alert, time.Hour}}, [3]time.Duration{never, time.Hour, never}, figures{}, figures{1, 1, 0}},
		"another incident than the false one of before tells": {
			fire, []step{{"a", alert, -3 * time.Hour}, {"b", alert, time.Hour}}, [3]time.Duration{time.Hour, time.Hour, never}, figures{0, 1, 0}, figures{2, 2, 0}},
		"at its end it can be told": {
			fire, []step{{"a", alert, 8 * time.Hour}}, [3]time.Duration{8 * time.Hour, 8 * time.Hour, never}, figures{}, figures{1, 1, 0}},
		"in the day after, it is too late to tell, and not false": {
			fire, []step{{"a", crisis, 9 * time.Hour}}, [3]time.Duration{never, never, never}, figures{}, figures{1, 1, 1}},
		"after that, it is false": {
			fire, []step{{"a", crisis, 33 * time.Hour}}, [3]time.Duration{never, never, never}, figures{0, 1, 1}, figures{1, 1, 1}},
		"a slow burn wants an alert in the end, and never a crisis": {
			slowBurn, []step{{"a", watch, day}, {"a", alert, 3 * day}, {"a", crisis, 4 * day}}, [3]time.Duration{day, 3 * day, 4 * day}, figures{0, 0, 1}, figures{1, 1, 1}},
		"bots deserve a watch at most": {
			botFlood, []step{{"a", watch, time.Minute}, {"a", alert, time.Hour}}, [3]time.Duration{time.Minute, time.Hour, never}, figures{0, 1, 0}, figures{1, 1, 0}},
		"an incident is false once at each level": {
			nothing, []step{{"a", alert, 0}, {"a", crisis, time.Hour}, {"b", alert, time.Hour}}, [3]time.Duration{never, never, never}, figures{0, 2, 1}, figures{2, 2, 1}},
		"what is raised in the warm-up does not count": {
			nothing, []step{{"a", crisis, -6 * day}}, [3]time.Duration{never, never, never}, figures{}, figures{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(&firestorm.Scenario{From: from, Truth: c.truth})
			var isFalse figures
			for _, s := range c.steps {
				if j.raise(s.incident, s.level, onset.Add(s.after)) {
					isFalse[s.level-1]++
				}
			}
			for l := watch; l < levels; l++ {
				told := never
				if !j.told[l].IsZero() {
					told = j.told[l].Sub(onset)
				}
				require.Equal(t, c.told[l-1], told, "told at level %d", l)
				require.Equal(t, c.false[l-1], j.false[l], "false at level %d", l)
				require.Equal(t, c.raised[l-1], j.raised[l], "raised to level %d", l)
			}
		})
	}
}

func TestWhatATruthWants(t *testing.T) {
	t.Parallel()
	for level, want := range map[firestorm.Level][]firestorm.Truth{
		firestorm.Calm: {nothing, botFlood}, alert: {fire, slowBurn}, crisis: {greatFire},
	} {
		for _, truth := range want {
			for l := watch; l < levels; l++ {
				require.Equal(t, wanted(truth, l), l <= level, "%+v, level %d", truth, l)
			}
		}
	}
}

// Who raises alarms at any time would have told of the same hours a fortnight before.
func TestWhatIsToldByChance(t *testing.T) {
	t.Parallel()
	for after, chance := range map[time.Duration]bool{
		-14*day - time.Minute: false, -14 * day: true, -14*day + 8*time.Hour: true, -14*day + 9*time.Hour: false, 0: false,
	} {
		j := newJudge(&firestorm.Scenario{From: from, Truth: fire})
		j.raise("a", alert, onset.Add(after))
		require.Equal(t, [levels]bool{watch: chance, alert: chance}, j.chance, after)
		var a alarms
		a.alarm(fire, from, onset.Add(after))
		require.Equal(t, chance, a.chance[alert], after)
	}
}

// rings lets a rival raise an alarm every so often, for so long, from so long after the
// onset on.
func rings(a *alarms, truth firestorm.Truth, after, every, long time.Duration) {
	for d := time.Duration(0); d <= long; d += every {
		a.alarm(truth, from, onset.Add(after+d))
	}
}

func TestAlarmsOfARivalAreGrouped(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	for name, c := range map[string]struct {
		truth               firestorm.Truth
		after, every, long  time.Duration
		false, raised, told int
	}{
		"one is one":                                  {nothing, 0, hour, 0, 1, 1, 0},
		"those of half a day are one":                 {nothing, 0, hour, 12 * hour, 1, 1, 0},
		"with half a day between them they are one":   {nothing, 0, 12 * hour, 12 * hour, 1, 1, 0},
		"with more they are two":                      {nothing, 0, 13 * hour, 13 * hour, 2, 2, 0},
		"one that goes on is another every day":       {nothing, 0, hour, 10*day - hour, 10, 10, 0},
		"those of an event are right":                 {fire, hour, hour, 6 * hour, 0, 1, 1},
		"so is what goes on for a day after its end":  {fire, hour, hour, 30 * hour, 0, 2, 1},
		"what began before is false, and tells":       {fire, -6 * hour, hour, 10 * hour, 1, 1, 1},
		"what begins a day after the end is false":    {fire, 33 * hour, hour, hour, 1, 1, 0},
		"those of an event that deserves none, false": {botFlood, hour, hour, 6 * hour, 1, 1, 1},
		"those of the warm-up do not count":           {nothing, -6 * day, hour, hour, 0, 0, 0},
		"one that goes on out of it does a day later": {nothing, -5*day - hour, hour, 23 * hour, 0, 0, 0},
		"one that goes on for ever counts in the end": {nothing, -5*day - hour, hour, 2*day + hour, 2, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a alarms
			rings(&a, c.truth, c.after, c.every, c.long)
			require.Equal(t, c.false, a.false[alert], "false")
			require.Equal(t, c.raised, a.raised[alert], "raised")
			require.Equal(t, c.told == 1, !a.told[alert].IsZero(), "told")
		})
	}
	var a alarms
	rings(&a, fire, -90*time.Minute, time.Hour, 5*time.Hour)
	require.Equal(t, 30*time.Minute, a.told[alert].Sub(onset), "each alarm is sent: the first within tells")
}
