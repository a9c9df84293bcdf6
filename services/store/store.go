package store

import (
	"context"
	"errors"
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
	lease = "store"
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
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreIncidents, s.writeIncidents) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StorePages, s.writePages) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.StoreVerdicts, s.writeVerdicts) })
	group.Go(func() error { return s.keepMentions(ctx, cfg.Retention.Mentions.Std()) })
	return group.Wait()
}

// keepMentions writes what is said of mentions, and erases, whenever this store is
// the one that does.
func (s *service) keepMentions(ctx context.Context, keep time.Duration) error {
	standBy := func() { s.logger.Info("store: standing by, another store writes the mentions") }
	for {
		err := s.bus.Hold(ctx, lease, standBy, func(held context.Context) error {
			group, ctx := errgroup.WithContext(held)
			group.Go(func() error { return s.bus.Consume(ctx, bus.StoreScored, whileHeld(held, s.writeMentions)) })
			group.Go(func() error { return s.bus.Consume(ctx, bus.StoreDeleted, whileHeld(held, s.writeDeletions)) })
			group.Go(func() error { return s.bus.Consume(ctx, bus.StoreDropped, whileHeld(held, s.writeDrops)) })
			group.Go(func() error { return s.eraseHourly(ctx, keep) })
			return group.Wait()
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, bus.ErrLeaseLost):
			s.logger.Warn("store: the lease was lost, another store may write the mentions now")
		default:
			return err
		}
	}
}

// whileHeld ends the batch under way when the lease is lost: what it asked may be
// true no more. A store that is told to stop still holds it, and finishes.
func whileHeld(held context.Context, handle bus.Handler) bus.Handler {
	return func(ctx context.Context, batch []*bus.Message) []error {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		stop := context.AfterFunc(held, func() {
			if cause := context.Cause(held); errors.Is(cause, bus.ErrLeaseLost) {
				cancel(cause)
			}
		})
		defer stop()
		return handle(ctx, batch)
	}
}
