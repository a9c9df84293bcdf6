package detector_test

import (
	"context"
	"fmt"
	"log/slog"
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
	t   *testing.T
	cfg *config.Config
	bus *bus.Bus
}

func newBench(t *testing.T) *bench {
	t.Helper()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	require.NoError(t, store.Migrate(t.Context(), cfg))
	return &bench{t: t, cfg: cfg, bus: bustest.Start(t)}
}

// start runs the store and a detector until stop is called.
func (b *bench) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	for _, serve := range []func(context.Context, run.Env, func()) error{store.Run, detector.Run} {
		env := run.Env{Config: config.NewLive(b.cfg), Bus: b.bus, Logger: slog.New(slog.DiscardHandler),
			Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
		go func() { done <- serve(ctx, env, func() {}) }()
	}
	var stopped bool
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(b.t, <-done)
			require.NoError(b.t, <-done)
		}
	}
	b.t.Cleanup(stop)
	return stop
}

// post publishes scored mentions as if they were collected now.
func (b *bench) post(from, n int, origin vigiev1.Origin) {
	b.t.Helper()
	now := timestamppb.Now()
	var outs []bus.Outgoing
	for i := from; i < from+n; i++ {
		id := fmt.Sprintf("x:%d", i)
		outs = append(outs, bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, "zest", "x"), ID: id, Message: &vigiev1.ScoredMention{
			BrandId: "zest", Sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE, ModelVersion: "test", ScoredTime: now,
			Mention: &vigiev1.Mention{
				MentionId: id, Source: "x", Text: "bad", Kind: vigiev1.Kind_KIND_POST, Origin: origin,
				Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
				Author:    &vigiev1.Author{AuthorId: fmt.Sprint(i), Handle: fmt.Sprintf("author%d", i)}, PublishedTime: now, CollectedTime: now,
			},
		}})
	}
	for _, result := range b.bus.PublishAll(b.t.Context(), outs) {
		require.NoError(b.t, result.Err)
	}
}

func (b *bench) incidents() []*vigiev1.Incident {
	b.t.Helper()
	return bustest.All(b.t, b.bus, bus.SubjectIncident, func() *vigiev1.Incident { return &vigiev1.Incident{} })
}

func (b *bench) eventually(what string, holds func() bool) {
	b.t.Helper()
	require.Eventually(b.t, holds, 20*time.Second, 50*time.Millisecond, what)
}

func (b *bench) settled() {
	b.t.Helper()
	bustest.Settled(b.t, b.bus, bus.Detector, bus.StoreScored, bus.DetectorSources)
}

// A burst opens an incident with the posts that prove it. A detector started
// anew says nothing twice, and goes on from what the first one knew.
func TestABurstIsOneIncidentAcrossARestart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.post(0, 200, vigiev1.Origin_ORIGIN_LIVE)
	last := func() *vigiev1.Incident { return b.incidents()[len(b.incidents())-1] }
	b.eventually("it is a crisis", func() bool {
		return len(b.incidents()) > 0 && last().Level == vigiev1.Level_LEVEL_CRISIS
	})
	first := b.incidents()[0]
	require.Equal(t, "zest", first.BrandId)
	e := last().Evidence
	require.Len(t, e.MentionIds, int(e.ObservedMentions), "every number can be traced")
	require.Equal(t, "author0", e.Posts[0].Author)
	b.settled()
	known := len(b.incidents())
	stop()

	b.start()
	b.post(200, 40, vigiev1.Origin_ORIGIN_LIVE)
	b.settled()
	for _, incident := range b.incidents()[known:] {
		require.Equal(t, first.IncidentId, incident.IncidentId, "no second incident for the same thing")
	}
}

func TestImportedHistoryOpensNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.start()
	b.post(0, 500, vigiev1.Origin_ORIGIN_IMPORTED)
	b.settled()
	require.Empty(t, b.incidents())
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
