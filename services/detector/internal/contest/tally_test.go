package contest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

func outcomeOf(truth firestorm.Truth) *outcome {
	return &outcome{scenario: &firestorm.Scenario{From: from, Until: from.Add(15 * day), Truth: truth}, tenth: onset.Add(10 * time.Minute)}
}

func TestFiguresAddUpScenarios(t *testing.T) {
	t.Parallel()
	var all tally
	for _, minutes := range []int{30, 20, 5} { // the last before the tenth post
		v := verdict{raised: [levels]int{watch: 1, alert: 1}}
		v.told[watch], v.told[alert] = onset, onset.Add(time.Duration(minutes)*time.Minute)
		v.chance[alert] = minutes == 30
		all.add(outcomeOf(fire), &v)
	}
	all.add(outcomeOf(fire), &verdict{})
	late := verdict{}
	late.told[alert] = onset.Add(3 * day)
	all.add(outcomeOf(slowBurn), &late)
	all.add(outcomeOf(nothing), &verdict{false: [levels]int{alert: 2, crisis: 1}, raised: [levels]int{watch: 4, alert: 2, crisis: 1}})

	f := all.figures()
	require.Equal(t, 6, f.Scenarios)
	require.InDelta(t, 3.0, f.BrandMonths, 0)
	require.Equal(t, 5, f.Alert.Wanted)
	require.Equal(t, 4, f.Alert.Told)
	require.InDelta(t, 0.8, *f.Alert.Recall, 1e-9)
	require.Equal(t, 1, f.Alert.ByChance)
	require.Equal(t, 2, f.Alert.False)
	require.InDelta(t, 2.0/3, f.Alert.FalsePerMonth, 1e-9)
	require.InDelta(t, 1*365/90.0, f.Crisis.FalsePerYear, 1e-9)
	require.InDelta(t, 7.0/3, f.Watch.RaisedPerMonth, 1e-9)
	require.Equal(t, &Delay{Median: 20 * 60, P95: 30 * 60}, f.Alert.Delay, "of those that break out")
	require.Equal(t, &Delay{Median: 10 * 60, P95: 20 * 60}, f.Alert.AfterTenth, "never less than nothing")
	require.Zero(t, f.Crisis.Wanted)
	require.Nil(t, f.Crisis.Recall)
	require.Nil(t, f.Crisis.Delay)
	require.InDelta(t, 2*4.0/(4+2+5), all.balance(), 1e-9)
	require.Equal(t, 3, all.levels[alert].net())
}

func TestQuantilesAreOfThoseThatWere(t *testing.T) {
	t.Parallel()
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	require.EqualValues(t, 50, quantile(hundred, 50))
	require.EqualValues(t, 95, quantile(hundred, 95))
	require.EqualValues(t, 2, quantile(hundred[:3], 50))
	require.EqualValues(t, 3, quantile(hundred[:3], 95))
	require.EqualValues(t, 1, quantile(hundred[:1], 95))
}
