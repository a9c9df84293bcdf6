package detector_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/store"
)

// bench is a bus and tables on which detectors come and go.
type bench struct {
	t    testing.TB
	cfg  *config.Config
	live *config.Live
	bus  *bus.Bus

	mistakes detector.Mistakes // of the model that scored
}

// newBench has a calm past of zest, and of others.
func newBench(t *testing.T, others ...string) *bench {
	t.Helper()
	b := emptyBench(t)
	for _, brand := range append(others, "zest") {
		b.calm(brand, time.Now())
	}
	bustest.Settled(t, b.bus, bus.StoreScored)
	return b
}

// emptyBench has a store that runs.
func emptyBench(t *testing.T) *bench {
	t.Helper()
	b := emptyTables(t)
	b.bus = bustest.Start(t)
	b.run(store.Run)
	return b
}

// emptyTables has tables, and no service.
func emptyTables(t testing.TB) *bench {
	t.Helper()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	cfg.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}}
	require.NoError(t, store.Migrate(t.Context(), cfg))
	return &bench{t: t, cfg: cfg, live: config.NewLive(cfg)}
}

// start runs a detector until stop is called.
func (b *bench) start() (stop func()) { return b.run(detector.Role(b.mistakes)) }

func (b *bench) run(serve func(context.Context, run.Env, func()) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	env := run.Env{Config: b.live, Bus: b.bus, Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
	go func() { done <- serve(ctx, env, func() {}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(b.t, <-done)
	})
	b.t.Cleanup(stop)
	return stop
}

// post is one scored mention of a brand, negative where nothing else is said, by an author
// of its own.
type post struct {
	brand, id string
	felt      vigiev1.Sentiment
	origin    vigiev1.Origin
	at        time.Time // published
	collected time.Time

	revision, likes, followers uint64
	story                      string
}

func (b *bench) publish(posts ...post) {
	b.t.Helper()
	var outs []bus.Outgoing
	for _, p := range posts {
		id := p.brand + ":" + p.id
		message := id
		if p.revision > 0 {
			message = fmt.Sprint(id, ":", p.revision)
		}
		outs = append(outs, bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, p.brand, "x"), ID: message, Message: &vigiev1.ScoredMention{
			BrandId: p.brand, Sentiment: cmp.Or(p.felt, vigiev1.Sentiment_SENTIMENT_NEGATIVE), ModelVersion: "test", ScoredTime: timestamppb.New(p.collected), StoryId: p.story,
			Mention: &vigiev1.Mention{
				MentionId: id, Revision: p.revision, Engagement: &vigiev1.Engagement{Likes: p.likes}, Source: "x", Text: "bad", Kind: vigiev1.Kind_KIND_POST, Origin: p.origin,
				Ownership:     vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
				Author:        &vigiev1.Author{AuthorId: p.id, Handle: "author" + p.id, Followers: p.followers},
				PublishedTime: timestamppb.New(p.at), CollectedTime: timestamppb.New(p.collected),
			},
		}})
	}
	for _, result := range b.bus.PublishAll(b.t.Context(), outs) {
		require.NoError(b.t, result.Err)
	}
}

// burst posts n mentions as if they were written in the two minutes before a moment, and
// collected then.
func (b *bench) burst(brand string, from, n int, at time.Time) {
	b.t.Helper()
	b.publish(burst(brand, from, n, at)...)
}

func burst(brand string, from, n int, at time.Time) []post {
	posts := make([]post, n)
	for i := range posts {
		written := at.Add(-2 * time.Minute * time.Duration(n-1-i) / time.Duration(n))
		posts[i] = post{brand: brand, id: fmt.Sprint(from + i), origin: vigiev1.Origin_ORIGIN_LIVE, at: written, collected: at}
	}
	return posts
}

// calm posts a past of one mention every second minute, a day long.
func (b *bench) calm(brand string, now time.Time) {
	b.t.Helper()
	var posts []post
	for minute := 24 * 60; minute > 15; minute -= 2 {
		at := now.Add(-time.Duration(minute) * time.Minute)
		posts = append(posts, post{brand: brand, id: fmt.Sprintf("calm%d", minute), origin: vigiev1.Origin_ORIGIN_LIVE, at: at, collected: at})
	}
	b.publish(posts...)
}

func (b *bench) incidents() []*vigiev1.Incident {
	b.t.Helper()
	return bustest.All(b.t, b.bus, bus.SubjectIncident, func() *vigiev1.Incident { return &vigiev1.Incident{} })
}

func (b *bench) eventually(what string, holds func() bool) {
	b.t.Helper()
	require.Eventually(b.t, holds, time.Minute, 50*time.Millisecond, what)
}

func (b *bench) settled() {
	b.t.Helper()
	bustest.Settled(b.t, b.bus, bus.Detector, bus.StoreScored, bus.DetectorSources)
}

// of a brand, oldest first.
func (b *bench) of(brand string) []*vigiev1.Incident {
	return slices.DeleteFunc(b.incidents(), func(i *vigiev1.Incident) bool { return i.BrandId != brand })
}

func (b *bench) crisis(brand string) *vigiev1.Incident {
	b.t.Helper()
	return b.reached(brand, vigiev1.Level_LEVEL_CRISIS)
}

// reached is the incident of a brand that is at a level.
func (b *bench) reached(brand string, level vigiev1.Level) *vigiev1.Incident {
	b.t.Helper()
	var last *vigiev1.Incident
	b.eventually("it is at "+level.String(), func() bool {
		if all := b.of(brand); len(all) > 0 {
			last = all[len(all)-1]
		}
		return last.GetLevel() == level
	})
	return last
}

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

// A crisis that breaks out while no detector runs is decided on in its own time when one
// does.
func TestACrisisDuringAStopIsDecidedAfterIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.settled()
	stop()
	broke := time.Now()
	b.burst("zest", 0, 200, broke)
	told := time.Now().Add(time.Second)
	bustest.Settled(t, b.bus, bus.StoreScored)
	require.Eventually(t, func() bool { return time.Now().After(told) }, time.Minute, 10*time.Millisecond)
	b.start()
	require.WithinRange(t, b.crisis("zest").LevelTime.AsTime(), broke.Add(-time.Second), told)
}

// A detector whose state another one wrote meanwhile takes up from it anew before
// it writes anything.
func TestADetectorThatLostItsPlaceTakesUpAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.cfg.Detector.Crisis = 40 // what follows tells more
	b.start()
	b.burst("zest", 0, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	opened := b.of("zest")[0]
	holder := b.holder()
	state, err := b.bus.Bucket(t.Context(), bus.BucketDetect)
	require.NoError(t, err)
	entry, err := state.Get(t.Context(), "brand.zest")
	require.NoError(t, err)
	_, err = state.Put(t.Context(), "brand.zest", entry.Value())
	require.NoError(t, err)
	b.burst("zest", 40, 300, time.Now())
	require.Equal(t, opened.IncidentId, b.crisis("zest").IncidentId)
	require.NotEqual(t, holder, b.holder())
}

// holder is who holds the detector's lease.
func (b *bench) holder() string {
	b.t.Helper()
	leases, err := b.bus.Bucket(b.t.Context(), bus.BucketLeases)
	require.NoError(b.t, err)
	entry, err := leases.Get(b.t.Context(), "detector")
	require.NoError(b.t, err)
	return string(entry.Value())
}

// A source that goes blind is an incident of its own, resolved when it sees
// again, whichever detector is there by then.
func TestABlindSourceIsAnIncidentOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	tell := func(blind bool, id string) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "x"), ID: id,
			Message: &vigiev1.SourceState{Source: "x", Page: "stream", Blind: blind, Detail: "no sign of life",
				Reason: vigiev1.BlindReason_BLIND_REASON_SILENT, LastSeenTime: timestamppb.Now(), ChangedTime: timestamppb.Now()}})
		require.NoError(t, err)
	}
	stop := b.start()
	tell(true, "1")
	tell(true, "2")
	b.eventually("it opens", func() bool { return len(b.incidents()) == 1 })
	opened := b.incidents()[0]
	require.Equal(t, vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, opened.Kind)
	require.Equal(t, vigiev1.Level_LEVEL_ALERT, opened.Level, "it wakes nobody")
	b.settled()
	stop()
	b.start()
	tell(false, "3")
	b.eventually("it is resolved", func() bool { return len(b.incidents()) == 2 })
	require.Equal(t, opened.IncidentId, b.incidents()[1].IncidentId)
	require.Equal(t, vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, b.incidents()[1].State)
}

// A page taken out of the config while it was blind is not blind for ever: it is
// over when nobody has said for a while to watch it, whoever detects by then.
func TestAPageWatchedNoMoreIsNotBlind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	blind := func(page string) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "rss"), ID: "blind" + page,
			Message: &vigiev1.SourceState{Source: "rss", Page: page, Blind: true, Reason: vigiev1.BlindReason_BLIND_REASON_SILENT,
				LastSeenTime: timestamppb.New(now), ChangedTime: timestamppb.New(now)}})
		require.NoError(t, err)
	}
	watch := func(minute int, pages ...string) {
		at := now.Add(time.Duration(minute) * time.Minute)
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectWatched, "rss"), ID: fmt.Sprint("watch", minute),
			Message: &vigiev1.SourceWatch{Source: "rss", Pages: pages, PublishedTime: timestamppb.New(at),
				ValidUntilTime: timestamppb.New(at.Add(3 * time.Minute))}})
		require.NoError(t, err)
	}
	stop := b.start()
	watch(0, "kept", "removed")
	blind("kept")
	blind("removed")
	b.settled()
	stop()
	b.start()
	watch(2, "kept")
	watch(4, "kept")
	b.settled()
	require.Len(t, b.incidents(), 2, "both are blind: its while is not over")
	watch(6, "kept")
	b.eventually("one is resolved", func() bool { return len(b.incidents()) == 3 })
	resolved := b.incidents()[2]
	require.Equal(t, "removed", resolved.Page)
	require.Equal(t, vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, resolved.State)
}

// What the last second before a stop brought is counted after it: nobody delivers
// it again.
func TestTheLastSecondBeforeAStopCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.settled()
	second := time.Now().Truncate(time.Second)
	b.burst("zest", 0, 8, second.Add(-100*time.Millisecond))
	b.settled()
	stop()
	b.burst("zest", 8, 8, second.Add(2*time.Second))
	bustest.Settled(t, b.bus, bus.StoreScored)
	b.start()
	b.eventually("sixteen open what eight do not", func() bool { return len(b.of("zest")) > 0 })
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

// Of what is over, and of what others wrote, the bucket keeps nothing.
func TestTheBucketKeepsNoWords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.start()
	b.burst("zest", 0, 200, time.Now())
	b.crisis("zest")
	b.settled()
	state, err := b.bus.Bucket(t.Context(), bus.BucketDetect)
	require.NoError(t, err)
	b.eventually("only what is needed to go on is kept", func() bool {
		entry, err := state.Get(t.Context(), "brand.zest")
		require.NoError(t, err)
		return !strings.Contains(string(entry.Value()), "author") && strings.Contains(string(entry.Value()), `"sent":true`)
	})
	tell := func(blind bool) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "rss"), ID: fmt.Sprint(blind),
			Message: &vigiev1.SourceState{Source: "rss", Page: "p", Blind: blind, Reason: vigiev1.BlindReason_BLIND_REASON_SILENT,
				LastSeenTime: timestamppb.Now(), ChangedTime: timestamppb.Now()}})
		require.NoError(t, err)
	}
	sources := func() (n int) {
		keys, err := state.ListKeysFiltered(t.Context(), "source.>")
		require.NoError(t, err)
		for range keys.Keys() {
			n++
		}
		return n
	}
	tell(true)
	b.eventually("it is kept while it is open", func() bool { return sources() == 1 })
	tell(false)
	b.eventually("and forgotten when it is over", func() bool { return sources() == 0 })
}

// What is known of a brand survives its detector, without the tables: they are emptied
// here. What came while nobody detected is heard from the stream.
func TestADeletedPostLeavesWhatTheDetectorKeeps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.burst("zest", 1000, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	posts := b.of("zest")[0].Evidence.Posts
	shown := posts[0].MentionId
	_, err := b.bus.Publish(t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectDeleted, "x"), ID: "gone:" + shown,
		Message: &vigiev1.Deletion{MentionId: shown, Source: "x", DeletedTime: timestamppb.Now()},
	})
	require.NoError(t, err)
	bustest.Settled(t, b.bus, bus.DetectorDeleted)
	stop()
	state, err := b.bus.Bucket(t.Context(), bus.BucketHeard)
	require.NoError(t, err)
	entry, err := state.Get(t.Context(), "zest")
	require.NoError(t, err)
	require.NotContains(t, string(entry.Value()), posts[0].Author)
	require.Contains(t, string(entry.Value()), posts[1].Author, "the others are kept")
}

func TestADetectorGoesOnFromWhatTheLastOneWroteDown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.cfg.Detector.Crisis = 40 // what follows tells more
	stop := b.start()
	b.burst("zest", 0, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	stop()
	opened := b.of("zest")
	require.NoError(t, b.open().Exec(t.Context(), "TRUNCATE TABLE mention_revisions"))
	b.burst("zest", 40, 300, time.Now())

	b.start()
	b.eventually("the burst while nobody detected counts", func() bool { return len(b.of("zest")) > len(opened) })
	more := b.of("zest")[len(opened)]
	require.Equal(t, opened[0].IncidentId, more.IncidentId)
	require.Greater(t, more.Evidence.ObservedMentions, uint64(40))
	require.Greater(t, more.Evidence.ExpectedMentions, 0.3, "the rhythm is known")
}
