package e2e_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/ingest"
	"github.com/vigie-monitor/vigie/services/scorer"
	"github.com/vigie-monitor/vigie/services/store"
)

// flow is the product in this process, from the bus to the tables, on a bus and
// a database of the test's own.
type flow struct {
	config *config.Config
	bus    *bus.Bus
	conn   driver.Conn
}

func startFlow(t *testing.T, brands ...config.Brand) *flow {
	t.Helper()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.Brands = brands
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	env := run.Env{Config: config.NewLive(cfg), Bus: b, Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
	started := make(chan struct{})
	part := func(name string, serve func(context.Context, run.Env, func()) error) run.Part {
		return run.Part{Name: name, Run: func(ctx context.Context, ready func()) error { return serve(ctx, env, ready) }}
	}
	last := run.Part{Name: "started", Run: func(ctx context.Context, ready func()) error {
		ready()
		close(started)
		<-ctx.Done()
		return nil
	}}
	var mistakes detector.Mistakes
	mistakes.Found, mistakes.Mistaken = scorer.Mistakes()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- run.Parts(ctx, env.Logger, 20*time.Second,
			part("store", store.Run), part("detector", detector.Role(mistakes)), part("scorer", scorer.Run), last)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	select {
	case <-started:
	case err := <-done:
		t.Fatal("the services did not start: ", err)
	}
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return &flow{config: cfg, bus: b, conn: conn}
}

// importFile runs an import to its end and holds its sums against each other.
func (f *flow) importFile(t *testing.T, format string, paths ...string) ingest.Summary {
	t.Helper()
	summary, err := ingest.Import{
		Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler), Format: format, Paths: paths,
	}.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, summary.Read, summary.Stored+summary.Sum(), "read = stored + dropped: %+v", summary)
	return summary
}

func one[T any](t *testing.T, f *flow, query string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, f.conn.QueryRow(t.Context(), query, args...).Scan(&v), query)
	return v
}
