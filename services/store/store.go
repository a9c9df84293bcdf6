package store

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/run"
)

const (
	// startWait is how long a ClickHouse that is starting is waited for.
	startWait = 60 * time.Second
	// retryDelay is waited after a failed insert: the engine may be restarting.
	retryDelay = time.Second
	// insertWithin bounds one insert, and one question before or after it.
	insertWithin = time.Minute
	// maxQuerySize has room for the ids of a batch, each of the longest.
	maxQuerySize = 32 << 20
)

type service struct {
	conn    driver.Conn
	bus     *bus.Bus
	logger  *slog.Logger
	metrics *metrics

	changing sync.Mutex // see change
}

// Run migrates the tables, then writes to them until ctx is done.
func Run(ctx context.Context, env run.Env, ready func()) error {
	cfg := env.Config.Get()
	if err := Migrate(ctx, cfg); err != nil {
		return err
	}
	conn, err := clickhouse.Open(ctx, cfg, startWait)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &service{conn: conn, bus: env.Bus, logger: env.Logger, metrics: newMetrics(env.Registry)}
	env.Health.Require("store", conn.Ping)
	ready()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreScored, s.writeMentions) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreDeleted, s.writeDeletions) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreDropped, s.writeDrops) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreIncidents, s.writeIncidents) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StorePages, s.writePages) })
	group.Go(func() error { return s.eraseHourly(ctx, cfg.Retention.Mentions.Std()) })
	return group.Wait()
}
