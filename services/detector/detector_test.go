package detector_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector"
)

// A burst opens an incident with the posts that prove it. A detector started
// anew says nothing twice, and goes on from what the first one knew: another
// brand's crisis shows that it decided.
func TestABurstIsOneIncidentAcrossARestart(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zing")
	stop := b.start()
	b.burst("zest", 0, 200, time.Now())
	crisis := b.crisis("zest")
	e := crisis.Evidence
	require.Len(t, e.MentionIds, int(e.ObservedMentions), "every number can be traced")
	require.Len(t, e.Posts, 3)
	b.settled()
	known := len(b.incidents())
	stop()

	b.start()
	b.burst("zest", 200, 40, time.Now())
	b.burst("zing", 0, 200, time.Now())
	require.NotEqual(t, crisis.IncidentId, b.crisis("zing").IncidentId)
	for _, incident := range b.incidents()[known:] {
		require.Equal(t, "zing", incident.BrandId, "no second incident for the same thing")
	}
}

// While something announced is under way, a burst that would wake someone is an alert,
// and no less. Once it is announced no more, what goes on is the crisis it is.
func TestWhatWasAnnouncedIsALevelLower(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zing")
	now := time.Now()
	b.cfg.Brands[0].Expected = []config.Occasion{{Name: "Match", From: now.Add(-time.Hour), To: now.Add(time.Hour)}}
	b.cfg.Brands[1].Expected = []config.Occasion{{Name: "Match", From: now.Add(-3 * time.Hour), To: now.Add(-time.Hour)}}
	b.start()
	b.burst("zest", 0, 200, time.Now())
	b.burst("zing", 0, 200, time.Now())
	b.crisis("zing")
	b.eventually("zest's is an alert", func() bool {
		all := b.of("zest")
		return len(all) > 0 && all[len(all)-1].Level == vigiev1.Level_LEVEL_ALERT
	})
	b.settled()
	for _, incident := range b.of("zest") {
		require.Less(t, incident.Level, vigiev1.Level_LEVEL_CRISIS)
	}

	over := *b.cfg
	over.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}}
	require.NoError(t, b.live.Replace(&over))
	n := 200
	b.eventually("what goes on is a crisis", func() bool {
		b.burst("zest", n, 20, time.Now())
		n += 20
		all := b.of("zest")
		return all[len(all)-1].Level == vigiev1.Level_LEVEL_CRISIS
	})
	require.Equal(t, b.of("zest")[0].IncidentId, b.crisis("zest").IncidentId)
}

// Of a burst in which the model finds 44 negative posts in 100, more are when it finds 7 in 10
// of them, and takes 15 in 100 of the others for such: more than half.
func TestTheMistakesOfTheModelAreReckonedWith(t *testing.T) {
	t.Parallel()
	for _, about := range []struct {
		mistakes detector.Mistakes
		level    vigiev1.Level
	}{
		{detector.Mistakes{}, vigiev1.Level_LEVEL_WATCH},
		{detector.Mistakes{Found: 0.7, Mistaken: 0.15}, vigiev1.Level_LEVEL_ALERT},
	} {
		t.Run(about.level.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.mistakes = about.mistakes
			b.start()
			posts := burst("zest", 0, 200, time.Now())
			for i := range posts {
				if i*56/100 != (i+1)*56/100 {
					posts[i].felt = vigiev1.Sentiment_SENTIMENT_NEUTRAL
				}
			}
			b.publish(posts...)
			reached := func() bool {
				return slices.ContainsFunc(b.of("zest"), func(i *vigiev1.Incident) bool { return i.Level >= about.level })
			}
			b.eventually("it is told", reached)
			b.settled()
			last := b.of("zest")
			require.Equal(t, about.level, last[len(last)-1].Level)
		})
	}
}

// An import opens nothing, and is learnt once however often the detector is
// started: the same burst is held against the same expectation.
func TestImportedHistoryOnlyTeaches(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.calm("zing", time.Now())
	stop := b.start()
	now := time.Now()
	var posts []post
	for i := range 500 {
		posts = append(posts, post{brand: "zest", id: fmt.Sprintf("old%d", i), origin: vigiev1.Origin_ORIGIN_IMPORTED, at: now, collected: now})
	}
	b.publish(posts...)
	for minute := range 5 * 60 { // what the tables hold of zing is doubled
		at := now.Add(-time.Duration(20+minute) * time.Minute)
		b.publish(post{brand: "zing", id: fmt.Sprintf("old%d", minute), origin: vigiev1.Origin_ORIGIN_IMPORTED, at: at, collected: now})
	}
	b.settled()
	b.publish(post{brand: "zing", id: "live", origin: vigiev1.Origin_ORIGIN_LIVE, at: now, collected: now}) // no import follows it
	b.settled()
	stop()
	b.start()
	b.settled()
	stop = b.start()
	b.burst("zing", 0, 200, time.Now())
	e := b.crisis("zing").Evidence
	minutes := e.WindowTo.AsTime().Sub(e.WindowFrom.AsTime()).Minutes()
	bustest.Settled(t, b.bus, bus.StoreScored)
	found, err := detector.Backtest{Config: b.cfg, Brand: "zing", Since: now.Add(-time.Hour), Until: time.Now(), Steps: 1}.Run(t.Context())
	require.NoError(t, err)
	again := found.Told(found.Incidents)
	require.Len(t, again, 1)
	require.InEpsilon(t, again[0].Expected/again[0].Window[1].Sub(again[0].Window[0]).Minutes(), e.ExpectedMentions/minutes, 0.3, "as if there had been no stop")
	require.Empty(t, b.of("zest"))
	stop()
}

// A burst that was collected in one go is decided on although nothing follows it,
// and although an import keeps the scorer busy.
func TestABurstIsDecidedWhileAnImportRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.start()
	for i := range 50 { // nobody scores here: they stay pending
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectCollected, "csv"), ID: fmt.Sprint("import", i),
			Message: &vigiev1.Mention{MentionId: fmt.Sprint("csv:", i)}})
		require.NoError(t, err)
	}
	consumer, err := b.bus.JetStream().Consumer(t.Context(), bus.StreamMentions, bus.Scorer.Durable)
	require.NoError(t, err)
	batch, err := consumer.Fetch(1)
	require.NoError(t, err)
	for m := range batch.Messages() {
		require.NoError(t, m.DoubleAck(t.Context()))
	}
	at := time.Now().Add(-2 * time.Second)
	b.burst("zest", 0, 200, at)
	b.crisis("zest")
}
