package store

import (
	"context"
	"fmt"
	"log/slog"
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
)

type service struct {
	conn    driver.Conn
	bus     *bus.Bus
	logger  *slog.Logger
	metrics *metrics
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
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreIncidents, s.writeIncidents) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StorePages, s.writePages) })
	group.Go(func() error { return s.sweep(ctx, cfg.Retention.Mentions.Std()) })
	return group.Wait()
}

// insert writes rows in one block. Every message that gave a row shares its
// outcome: done, or again later.
func (s *service) insert(ctx context.Context, table string, outcomes []error, rows [][]any, owner []int) []error {
	if len(rows) == 0 {
		return outcomes
	}
	start := time.Now()
	err := s.send(ctx, table, rows)
	if err != nil {
		for _, i := range owner {
			outcomes[i] = bus.Retry(retryDelay, err)
		}
		s.metrics.failures.WithLabelValues(table).Inc()
		return outcomes
	}
	s.metrics.rows.WithLabelValues(table).Add(float64(len(rows)))
	s.metrics.seconds.WithLabelValues(table).Observe(time.Since(start).Seconds())
	return outcomes
}

func (s *service) send(ctx context.Context, table string, rows [][]any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	batch, err := s.conn.PrepareBatch(ctx, insertInto[table])
	if err != nil {
		return fmt.Errorf("store: insert into %s: %w", table, err)
	}
	defer batch.Close()
	for _, row := range rows {
		if err := batch.Append(row...); err != nil {
			return fmt.Errorf("store: insert into %s: %w", table, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("store: insert into %s: %w", table, err)
	}
	return nil
}
