package contest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var rule = detect.Rule{Watch: 3, Alert: 6, Crisis: 12, MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute}

// some are scenarios of a brand of hundreds a day, with less of a past than the contest's.
func some(kinds ...firestorm.Kind) (all []firestorm.Scenario) {
	for i, kind := range kinds {
		all = append(all, firestorm.New(kind, firestorm.Brands()[2], 15*day, uint64(i+1)))
	}
	return all
}

// Whoever finishes first, and whatever comes first, the report is the same.
func TestAReportIsTheSameAgain(t *testing.T) {
	t.Parallel()
	scenarios := some(firestorm.GreatFirestorm, firestorm.Ordinary, firestorm.SlowBurn, firestorm.OutageInAFirestorm)
	var mu sync.Mutex
	var passed float64
	c := Storms{Rule: rule, Seed: 7, Months: 1, Progress: func(part float64) {
		mu.Lock()
		defer mu.Unlock()
		passed += part
	}}
	first, err := c.run(t.Context(), scenarios)
	require.NoError(t, err)
	require.InDelta(t, 1, passed, 1e-6)
	slices.Reverse(scenarios)
	again, err := Storms{Rule: rule, Seed: 7, Months: 1}.run(t.Context(), scenarios)
	require.NoError(t, err)
	require.Equal(t, first, again)

	require.Equal(t, 4, first.Ours.Scenarios)
	require.InDelta(t, (30+3*14)/30.0, first.Ours.BrandMonths, 1e-9)
	require.Equal(t, 3, first.Ours.Alert.Wanted)
	require.Equal(t, 1, first.Ours.Crisis.Wanted)
	require.Equal(t, 1, first.Ours.Crisis.Told, "nobody overlooks it: %+v", first.Faults)
	require.Len(t, first.ByKind, 4)
	require.Len(t, first.BySize, 1)
	require.Len(t, first.Rivals, len(rival.All()))
	told := 0
	for _, r := range first.Rivals {
		require.Equal(t, 3, r.Alert.Wanted, r.Name)
		told += r.Alert.Told
	}
	require.Positive(t, told)
	for _, f := range first.Faults {
		require.NotEmpty(t, f.Evidence, f)
	}
}

// Rivals see what somebody who only counts saw in each minute, and nothing else.
func TestRivalsAreGivenTheCountsOfMinutes(t *testing.T) {
	t.Parallel()
	s := some(firestorm.Firestorm)[0]
	o, err := hold(t.Context(), &s, rule, func(time.Duration) {})
	require.NoError(t, err)
	all := rival.All()
	want := make([][sides]alarms, len(all))
	on := make([][sides]rival.Rival, len(all))
	for i, entry := range all {
		on[i] = [sides]rival.Rival{entry.New(time.Minute), entry.New(time.Minute)}
	}
	for m := range s.Minutes() {
		for i, entry := range all {
			for side, count := range [sides]int{m.Total, m.Negative} {
				if on[i][side].Observe(m.At, float64(count)) >= entry.Bound {
					want[i][side].alarm(s.Truth, s.From, m.At.Add(time.Minute))
				}
			}
		}
	}
	for i, entry := range all {
		for side := range sides {
			require.Equal(t, want[i][side].verdict, o.field.runners[i].alarms[side][0].verdict, "%s on %s", entry.Name, sideNames[side])
		}
	}
}

// A higher bound is never more often reached, nor does it tell more.
func TestATighterRivalIsWrongLessOften(t *testing.T) {
	t.Parallel()
	f := newField(firestorm.Truth{}, from, from)
	for i := range 20 * 24 * 60 {
		for range 1 + i%7*(i/9000) {
			f.hear(from.Add(time.Duration(i)*time.Minute), i%3 == 0)
		}
	}
	rang := 0
	for _, r := range f.runners {
		for side := range sides {
			last := r.alarms[side][0].raised[alert]
			rang += last
			require.Zero(t, r.alarms[side][tightenings-1].raised[alert], r.Name)
		}
	}
	require.Positive(t, rang)
	require.InDelta(t, 1, tightening(0), 0)
	require.InDelta(t, 512, tightening(tightenings-1), 1e-9)
}

// The rival's better side is the one shown; it is beaten on what ours does better.
func TestWhoIsBeaten(t *testing.T) {
	t.Parallel()
	of := func(told, chance, isFalse int) (t tally) {
		t.days = month
		t.levels[alert] = levelTally{wanted: 10, told: told, chance: chance, false: isFalse}
		return t
	}
	r := newResults()
	r.ours = of(9, 0, 2)
	for name, c := range map[string]struct {
		all, negative, tight tally
		on                   string
		recall, isFalse      bool
	}{
		"worse in everything":             {of(5, 0, 9), of(6, 0, 9), of(1, 0, 2), "negative", true, true},
		"it tells all, by chance":         {of(10, 8, 300), of(10, 9, 400), of(0, 0, 0), "all", true, true},
		"it tells more, and is wrong too": {of(10, 0, 4), of(9, 0, 5), of(8, 0, 1), "all", false, true},
		"as good is not beaten":           {of(9, 0, 2), of(0, 0, 0), of(9, 0, 2), "all", false, false},
		"rarer, and it tells less":        {of(0, 0, 0), of(4, 0, 1), of(4, 0, 1), "negative", true, false},
	} {
		var by [sides][tightenings]tally
		for n := range tightenings {
			by[allMentions][n], by[negativeMentions][n] = c.tight, of(0, 0, 99)
		}
		by[allMentions][0], by[negativeMentions][0] = c.all, c.negative
		found := r.rival(rival.All()[0], &by)
		require.Equal(t, c.on, found.On, name)
		require.Equal(t, c.recall, found.BeatenOnRecall, name)
		require.Equal(t, c.isFalse, found.BeatenOnFalse, name)
		require.NotNil(t, found.Tightened, name)
		require.Equal(t, max(c.tight.levels[alert].told, map[bool]int{true: 4}[name == "rarer, and it tells less"]), found.Tightened.Alert.Told, name)
	}
}

func TestWhoStopsTheContestWaitsForNobody(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	_, err := Storms{Rule: rule, Progress: func(float64) { stop() }}.run(ctx, some(firestorm.Ordinary, firestorm.Ordinary, firestorm.Ordinary))
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheHugeBrandHasFewScenarios(t *testing.T) {
	t.Parallel()
	var scenarios []firestorm.Scenario
	for _, brand := range firestorm.Brands() {
		for range 3 {
			for _, kind := range kinds {
				scenarios = append(scenarios, firestorm.Scenario{Kind: kind, Brand: brand, Start: from, Until: from.Add(month * day)})
			}
		}
	}
	names := func(c Storms) (names []string) {
		for _, s := range c.choose(scenarios) {
			names = append(names, s.Brand.ID+": "+string(s.Kind))
		}
		return names
	}
	two := names(Storms{Months: 1})
	require.Equal(t, []string{"telemur: firestorm", "telemur: calm"}, two[:2], "the longest work first")
	require.Len(t, two, 2+4*3*len(kinds))
	require.Len(t, names(Storms{Months: 9}), len(kinds)+4*3*len(kinds), "one of a kind at most")
	require.Equal(t, "telemur: campaign", names(Storms{Months: 1, Only: "campaign"})[0])
	require.Len(t, names(Storms{Months: 1, Only: "campaign"}), 1+4*3)
}

// People post twice an hour, then sixty are angry at one brand within half an hour.
func TestRealPostsAreHeardBrandByBrand(t *testing.T) {
	t.Parallel()
	var posts []Post
	post := func(brand string, at time.Time, sentiment detect.Sentiment) {
		id := fmt.Sprintf("x:%d", len(posts))
		posts = append(posts, Post{brand, detect.Mention{
			ID: id, Story: id, Source: "x", Author: id, Sentiment: sentiment, Published: at, Collected: at, Known: at, Text: "…",
		}})
	}
	for i := range 9 * 48 {
		post("calm", from.Add(time.Duration(i)*30*time.Minute), detect.Neutral)
		post("angry", from.Add(time.Duration(i)*30*time.Minute), detect.Neutral)
	}
	outbreak := from.Add(7*day + 14*time.Hour)
	for i := range 60 {
		post("angry", outbreak.Add(time.Duration(i)*30*time.Second), detect.Negative)
	}
	h := Hear(rule, posts)
	require.Equal(t, len(posts), h.Posts)
	require.Equal(t, []string{"angry", "calm"}, h.Brands)
	require.Equal(t, from, h.From)
	require.Len(t, h.Incidents, 1)
	last := h.Incidents[0].Last()
	require.Equal(t, "angry", last.Brand)
	require.GreaterOrEqual(t, last.Level, detect.Alert)
	require.WithinDuration(t, outbreak, last.Opened, 20*time.Minute)
	require.Len(t, h.Rivals, len(rival.All()))
	for _, r := range h.Rivals {
		if r.Name == "Newspoint" {
			require.Equal(t, Alarms{"Newspoint", 1, 1}, r)
		}
	}
	slices.Reverse(posts)
	require.Equal(t, h, Hear(rule, posts), "in whatever order the file has them")
	require.Equal(t, Heard{}, Hear(rule, nil))
}
