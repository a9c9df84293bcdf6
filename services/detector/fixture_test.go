package detector_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
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

// calm posts a past of one mention every second minute, nearly a day long: none of it late.
func (b *bench) calm(brand string, now time.Time) {
	b.t.Helper()
	var posts []post
	for minute := 24*60 - 10; minute > 15; minute -= 2 {
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
