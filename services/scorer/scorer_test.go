package scorer_test

import (
	"context"
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
	"github.com/vigie-monitor/vigie/services/scorer"
)

// serve runs a scorer until stop is called.
func serve(t *testing.T, cfg *config.Config, b *bus.Bus) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done, ready := make(chan error, 1), make(chan struct{})
	env := run.Env{Config: config.NewLive(cfg), Bus: b, Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
	go func() { done <- scorer.Run(ctx, env, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal("the scorer ended before it was ready: ", err)
	}
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}

const recall = "Zestaline rappelle toutes ses bouteilles vendues depuis le mois de mars dans la région"

// Copies of one text have one story, whatever their source, and also when the
// scorer was started again between them.
func TestCopiesAreOneStoryAcrossARestart(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Brands = []config.Brand{{ID: "zestaline", Name: "Zestaline", Query: "zestaline"}}
	b := bustest.Start(t)
	collect := func(id, text string) {
		_, err := b.Publish(t.Context(), bus.Outgoing{
			Subject: bus.Subject(bus.SubjectCollected, "x"), ID: id,
			Message: &vigiev1.Mention{
				MentionId: id, Source: "x", Text: text, Origin: vigiev1.Origin_ORIGIN_LIVE,
				PublishedTime: timestamppb.Now(), CollectedTime: timestamppb.Now(),
			},
		})
		require.NoError(t, err)
	}
	stories := func(n int) map[string]string {
		told := map[string]string{}
		require.Eventually(t, func() bool {
			for _, s := range bustest.All(t, b, bus.SubjectScored, func() *vigiev1.ScoredMention { return &vigiev1.ScoredMention{} }) {
				told[s.Mention.MentionId] = s.StoryId
			}
			return len(told) == n
		}, 20*time.Second, 50*time.Millisecond)
		return told
	}
	stop := serve(t, cfg, b)
	collect("rss:1", recall)
	stories(1) // the first is scored before its copies come
	collect("x:2", "RT @lefanal: "+recall+" https://t.co/abc")
	collect("x:3", "Zestaline, merci pour tout")
	require.Equal(t, map[string]string{"rss:1": "rss:1", "x:2": "rss:1", "x:3": "x:3"}, stories(3))
	stop()

	defer serve(t, cfg, b)()
	collect("x:4", recall+" #zestaline")
	require.Equal(t, "rss:1", stories(4)["x:4"])
}
