package detect_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

func TestACalmFortnightOpensNoAlert(t *testing.T) {
	t.Parallel()
	for _, perHour := range []float64{0.2, 6, 120} {
		seed := rand.Uint64()
		s := &stream{r: rand.New(rand.NewPCG(seed, 1)), perHour: dayAndNight(perHour), negative: constant(0.3), authors: 500}
		days := 14
		if perHour > 100 {
			days = 5
		}
		for _, change := range s.play(watching(), start, start.AddDate(0, 0, days)) {
			require.Less(t, change.Level, detect.Alert, "%v/h, seed %d: %+v", perHour, seed, change)
		}
	}
}

// A firestorm on a brand with 60 mentions an hour: watch, alert and crisis open
// in this order within minutes, and it is resolved once calm has lasted.
func TestAFirestormClimbsTheLevelsAndIsResolvedOnce(t *testing.T) {
	t.Parallel()
	onset := start.Add(50 * time.Hour)
	seed := rand.Uint64()
	s := &stream{r: rand.New(rand.NewPCG(seed, 1)), authors: 5000,
		perHour: func(at time.Time) float64 {
			if at.After(onset) && at.Before(onset.Add(time.Hour)) {
				return 60 + 1200*math.Min(1, at.Sub(onset).Minutes()/5)
			}
			return 60
		},
		negative: func(at time.Time) float64 {
			if at.After(onset) && at.Before(onset.Add(time.Hour)) {
				return 0.8
			}
			return 0.2
		}}
	changes := s.play(watching(), start, onset.Add(4*time.Hour))
	var levels []detect.Level
	var crisis, resolved detect.Incident
	for _, change := range changes {
		if change.Opened.Before(onset) {
			continue // a watch by chance
		}
		require.Equal(t, changes[len(changes)-1].ID, change.ID, "seed %d: one incident for one thing", seed)
		if !change.Resolved.IsZero() {
			resolved = change
			continue
		}
		levels = append(levels, change.Level)
		if change.Level == detect.Crisis {
			crisis = change
		}
	}
	require.IsIncreasing(t, levels, "seed %d", seed)
	require.Equal(t, detect.Crisis, levels[len(levels)-1], "seed %d", seed)
	require.Less(t, crisis.LevelAt.Sub(onset), 6*time.Minute, "seed %d", seed)
	require.Len(t, crisis.Evidence.IDs, crisis.Evidence.Mentions)
	require.Len(t, crisis.Evidence.Posts, 3)
	require.Equal(t, detect.Negative, crisis.Evidence.Posts[0].Sentiment)
	require.False(t, resolved.Resolved.IsZero(), "seed %d", seed)
}

func TestWhatIsNoCrisis(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	t.Run("one person writing two hundred times", func(t *testing.T) {
		require.Empty(t, burst(aDay(), now, 200, 1, true))
	})
	t.Run("praise that spreads", func(t *testing.T) {
		changes := burst(aDay(), now, 500, 400, false)
		require.Len(t, changes, 1)
		require.Equal(t, detect.Watch, changes[0].Level)
	})
	t.Run("an opportunity", func(t *testing.T) {
		e := aDay()
		for i := range 300 {
			e.Observe("zest", detect.Mention{ID: fmt.Sprint(i), Author: fmt.Sprint(i), Sentiment: detect.Positive,
				Published: now.Add(-time.Duration(i%120) * time.Second), Collected: now, Known: now})
		}
		changes := e.Advance(now.Add(time.Second))
		require.Len(t, changes, 1)
		require.Equal(t, detect.Watch, changes[0].Level)
		require.Equal(t, detect.Opportunity, changes[0].Kind)
	})
	t.Run("the same posts delivered again", func(t *testing.T) {
		e := aDay()
		for range 50 {
			require.Empty(t, burst(e, now, 4, 4, true))
		}
	})
	t.Run("yesterday's posts arriving now", func(t *testing.T) {
		e := aDay()
		for i := range 500 {
			e.Observe("zest", detect.Mention{ID: fmt.Sprint(i), Author: fmt.Sprint(i), Sentiment: detect.Negative,
				Published: now.Add(-20 * time.Hour), Collected: now, Known: now})
		}
		require.Empty(t, e.Advance(now.Add(time.Minute)))
	})
	t.Run("the first mentions of a brand just added", func(t *testing.T) {
		e := aDay()
		e.Watch(map[string]detect.Terms{"zest": {Since: start}, "new": {Since: now}})
		for i := range 500 {
			e.Observe("new", detect.Mention{ID: fmt.Sprint(i), Author: fmt.Sprint(i), Sentiment: detect.Negative, Published: now, Collected: now, Known: now})
		}
		require.Empty(t, e.Advance(now.Add(time.Minute)))
	})
	t.Run("and what is one", func(t *testing.T) {
		changes := burst(aDay(), now, 200, 150, true)
		require.Len(t, changes, 1)
		require.Equal(t, detect.Crisis, changes[0].Level)
		require.Equal(t, []string{"volume", "negative", "share"}, changes[0].Evidence.Signals)
		require.EqualValues(t, 1, changes[0].Revision)
	})
}

func TestQuietIsNoCalmWhileASourceIsBlind(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	e := aDay()
	require.Len(t, burst(e, now, 200, 150, true), 1)
	e.Blind(true)
	for range 3 * 3600 {
		now = now.Add(time.Second)
		require.Empty(t, e.Advance(now))
	}
	e.Blind(false)
	var changes []detect.Incident
	for range 3600 {
		now = now.Add(time.Second)
		changes = append(changes, e.Advance(now)...)
	}
	require.Len(t, changes, 1)
	require.False(t, changes[0].Resolved.IsZero())
}

// An engine started anew from what is stored says nothing twice.
func TestARestoredIncidentIsNotOpenedAgain(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	first := aDay()
	changes := burst(first, now, 200, 150, true)
	require.Len(t, changes, 1)
	second := detect.New(rule, now)
	second.Watch(map[string]detect.Terms{"zest": {Since: start}})
	second.Resume(aDay(), map[string]detect.Incident{"zest": changes[0]})
	require.Empty(t, burst(second, now, 200, 150, true))
}

func TestAClockThatGoesBackDecidesNothingTwice(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	e := aDay()
	require.Len(t, burst(e, now, 200, 150, true), 1)
	require.Empty(t, burst(e, now.Add(-time.Hour), 300, 150, true))
	e.Observe("zest", detect.Mention{ID: "future", Author: "a", Published: now.AddDate(73, 0, 0), Collected: now, Known: now})
	require.Empty(t, e.Advance(now.Add(2*time.Second)))
}

// However often the past is delivered, the expectation is the same; and one post of long
// ago is no long past.
func TestThePastIsCountedOnce(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	usual := func(e *detect.Engine) float64 {
		changes := burst(e, now, 200, 150, true)
		require.Len(t, changes, 1)
		e2 := changes[0].Evidence
		return e2.ExpectedMentions / e2.To.Sub(e2.From).Minutes()
	}
	once := usual(aDay())
	require.InDelta(t, 1, once, 0.1, "one a minute")
	e := aDay()
	for range 5 {
		everyMinute(e, start.Add(time.Hour), now)
	}
	require.InDelta(t, once, usual(e), 1e-9)

	young := func(before ...time.Time) float64 {
		e := detect.New(rule, start)
		e.Watch(map[string]detect.Terms{"zest": {Since: now.Add(-2 * time.Hour)}})
		for _, at := range before {
			everyMinute(e, at, at.Add(time.Minute))
		}
		everyMinute(e, now.Add(-4*time.Hour), now)
		return usual(e)
	}
	require.InDelta(t, 1, young(), 0.1)
	require.InDelta(t, young(), young(start.Add(-50*time.Hour), start.Add(-5*time.Hour)), 1e-9)
}

func TestTheIncidentOfABrandWatchedNoMoreIsResolved(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	e := aDay()
	opened := burst(e, now, 200, 150, true)
	require.Len(t, opened, 1)
	e.Watch(nil)
	require.True(t, e.Observe("zest", detect.Mention{ID: "late", Published: now, Collected: now, Known: now}))
	resolved := e.Advance(now.Add(2 * time.Second))
	require.Len(t, resolved, 1)
	require.WithinRange(t, resolved[0].Resolved, now.Add(time.Second), now.Add(2*time.Second))
	require.Empty(t, e.Advance(now.Add(time.Hour)))

	again := aDay()
	again.Watch(nil)
	require.Empty(t, again.Advance(now))
	again.Resume(detect.New(rule, now), map[string]detect.Incident{"zest": opened[0]})
	require.Len(t, again.Advance(now.Add(time.Second)), 1, "removed while the detector was stopped")
}

// The posts that prove it are of the rise, not of the calm minutes before it.
func TestEvidenceIsOfTheRise(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	e := aDay()
	before := now.Add(-30 * time.Minute)
	e.Observe("zest", detect.Mention{ID: "famous", Author: "a", Sentiment: detect.Negative, Followers: 1e6,
		Published: before, Collected: before, Known: before})
	changes := burst(e, now, 200, 150, true)
	require.Len(t, changes, 1)
	require.Len(t, changes[0].Evidence.Posts, 3)
	for _, post := range changes[0].Evidence.Posts {
		require.NotEqual(t, "famous", post.ID)
	}
}

// When a third brand rises within three hours it may be the whole sector: its incident names
// the others, and so does each of those when it is raised. Two brands are no sector, nor is
// what opened long ago.
func TestBrandsThatRiseTogetherNameEachOther(t *testing.T) {
	t.Parallel()
	ids := []string{"zest", "zing", "zoom"}
	begin := start.Add(25 * time.Hour)
	sector := func(moments ...time.Duration) map[string][]string {
		e := detect.New(rule, start)
		terms := map[string]detect.Terms{}
		for _, id := range ids {
			terms[id] = detect.Terms{Since: start}
		}
		e.Watch(terms)
		also := map[string][]string{}
		for at := start; at.Before(begin.Add(14 * time.Hour)); at = at.Add(time.Minute) {
			for i, id := range ids {
				mentions := 1
				if since := at.Sub(begin.Add(moments[i])); since >= 0 && since < 5*time.Hour {
					mentions = 40
				}
				for n := range mentions {
					name := fmt.Sprint(id, at.Unix(), n)
					e.Observe(id, detect.Mention{ID: name, Source: "x", Author: name, Sentiment: felt(mentions > 1),
						Published: at.Add(time.Duration(n) * time.Second), Collected: at.Add(time.Minute), Known: at.Add(time.Minute)})
				}
			}
			for _, change := range e.Advance(at.Add(time.Minute)) {
				key := fmt.Sprint(change.Brand, " ", change.Level)
				if !change.Resolved.IsZero() {
					key = change.Brand + " resolved"
				}
				also[key] = change.Evidence.Also
			}
		}
		return also
	}
	within := sector(0, time.Hour, 2*time.Hour)
	require.Empty(t, within["zest 3"], "it was the first")
	require.Empty(t, within["zing 3"], "two brands are no sector")
	require.Equal(t, []string{"zest", "zing"}, within["zoom 3"])
	require.Equal(t, []string{"zest", "zing"}, within["zoom resolved"], "it stays said")

	atOnce := sector(0, 0, 0)
	require.Equal(t, []string{"zing", "zoom"}, atOnce["zest 3"])
	require.Equal(t, []string{"zest", "zoom"}, atOnce["zing 3"])
	require.Equal(t, []string{"zest", "zing"}, atOnce["zoom 3"])

	require.Empty(t, sector(0, time.Hour, 4*time.Hour)["zoom 3"])
}

// However seldom time passes, what a brand heard is decided on at the first step
// after it came, and calm at whole minutes: an engine that is late answers the same
// incidents as one that is not.
func TestDecisionsDoNotDependOnWhenTimePasses(t *testing.T) {
	t.Parallel()
	play := func(every time.Duration) []detect.Incident {
		s, e := storming(), watching()
		var changes []detect.Incident
		next := start
		for now := start; now.Before(storm.Add(2 * time.Hour)); now = now.Add(time.Second) {
			for range s.poisson(s.perHour(now) / 3600) {
				changes = append(changes, e.Advance(now)...)
				e.Observe("zest", s.mention(now))
			}
			if !now.Before(next) {
				changes = append(changes, e.Advance(now)...)
				next = now.Add(every)
			}
		}
		return append(changes, e.Advance(storm.Add(3*time.Hour))...)
	}
	often := play(time.Second)
	require.Equal(t, detect.Crisis, often[len(often)-1].Level)
	require.False(t, often[len(often)-1].Resolved.IsZero())
	require.Equal(t, often, play(time.Hour))
}

// A rule that decides otherwise has another name: every incident carries it.
func TestTheRuleThatChangesChangesItsName(t *testing.T) {
	t.Parallel()
	s := &stream{r: rand.New(rand.NewPCG(1, 2)), authors: 300, negative: constant(0.5)}
	s.perHour = func(at time.Time) float64 {
		if at.Hour() == 15 && at.Minute() < 5*at.Day() {
			return 400 * float64(at.Day())
		}
		return 30
	}
	digest := sha256.New()
	for _, change := range s.play(watching(), start, start.AddDate(0, 0, 4)) {
		fmt.Fprintln(digest, change.ID, change.Revision, change.Level, change.Changed, change.Evidence.Mentions, change.Evidence.IDs)
	}
	require.Equal(t, "record-3 b21a42f5a578", fmt.Sprintf("%s %x", detect.RuleVersion, digest.Sum(nil)[:6]),
		"the rule decides otherwise: give it a new name, then renew this")
}

// A brand taken up from its snapshot, anywhere in a storm, tells the same as one that was
// never put down.
func TestABrandGoesOnFromItsSnapshot(t *testing.T) {
	t.Parallel()
	play := func(putDown time.Time) (changes []detect.Incident) {
		s, e := storming(), watching()
		changes = s.play(e, start, putDown)
		data, err := e.Snapshot("zest")
		require.NoError(t, err)
		again, err := detect.ReadSnapshot(data)
		require.NoError(t, err)
		e = detect.New(rule, again.At)
		e.Watch(map[string]detect.Terms{"zest": {Since: start}})
		e.Load(again)
		return append(changes, s.play(e, putDown, storm.Add(3*time.Hour))...)
	}
	never := play(storm.Add(3 * time.Hour).Add(-time.Second))
	require.Equal(t, detect.Crisis, never[len(never)-1].Level)
	for _, after := range []time.Duration{-time.Hour, 31 * time.Second, 4 * time.Minute, 12*time.Minute + 500*time.Millisecond, time.Hour} {
		require.Equal(t, never, play(storm.Add(after).Truncate(time.Second)), after)
	}
}

// A brand of three mentions a second, whose ids are long, climbs as others do: how long it
// lasts is not told by what is kept to show it.
func TestABigBrandHasItsCrisis(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	e := watching()
	now, n := start, 0
	var highest detect.Level
	live := func(d time.Duration, perSecond, negative float64) {
		for end := now.Add(d); now.Before(end); {
			now = now.Add(time.Duration(r.ExpFloat64() / perSecond * float64(time.Second)))
			n++
			e.Observe("zest", detect.Mention{ID: fmt.Sprintf("bluesky:at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/%d", n), Source: "bluesky",
				Author: fmt.Sprint(r.IntN(1_000_000)), Sentiment: felt(r.Float64() < negative), Text: "encore en panne", Published: now, Collected: now, Known: now})
			for _, i := range e.Advance(now) {
				highest = max(highest, i.Level)
			}
		}
	}
	live(36*time.Hour, 3, 0.2)
	require.LessOrEqual(t, highest, detect.Watch)
	live(5*time.Minute, 15, 0.7)
	require.Equal(t, detect.Crisis, highest)
}
