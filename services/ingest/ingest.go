package ingest

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Run reads all sources until ctx is done. Brands are reloaded while it runs;
// sources are not.
func Run(ctx context.Context, env run.Env, ready func()) error {
	cfg := env.Config.Get()
	interests, err := source.NewInterests(cfg.Brands)
	if err != nil {
		return err
	}
	var current atomic.Pointer[source.Interests]
	current.Store(interests)
	env.Config.OnReload(func(cfg *config.Config) (func(), error) {
		interests, err := source.NewInterests(cfg.Brands)
		return func() { current.Store(interests) }, err
	})
	connectors, err := build(cfg, env.Bus, env.Registry)
	if err != nil {
		return err
	}
	sinks, err := source.NewSinks(ctx, env.Bus, current.Load, env.Logger, source.NewMetrics(env.Registry))
	if err != nil {
		return err
	}
	lookout := newLookout(env.Bus, env.Logger, env.Registry)
	group, ctx := errgroup.WithContext(ctx)
	for _, connector := range connectors {
		sink := sinks.For(connector.Describe())
		lookout.watch(connector.Describe(), sink.Signs())
		group.Go(func() error {
			follow(ctx, connector, sink)
			return nil
		})
	}
	env.Health.Require("ingest", env.Bus.Check)
	ready()
	group.Go(func() error { return lookout.run(ctx) })
	return group.Wait()
}

// follow runs a connector. One that gives up leaves the others running: its
// source is then blind, which the lookout tells.
func follow(ctx context.Context, connector source.Connector, sink *source.Sink) {
	if err := connector.Run(ctx, sink); ctx.Err() == nil {
		sink.Signs().GaveUp(err)
	}
}
