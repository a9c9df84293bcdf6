package pager

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
)

// settings are what tests set otherwise.
type settings struct {
	tick time.Duration
	now  func() time.Time
}

const (
	// lease is the name of the one among several pagers that sends.
	lease = "pager"
	// resultsWaiting is how many attempts may end before the loop looks; beyond it
	// they wait.
	resultsWaiting = 64
)

// Run pages until ctx is done; then it lets attempts under way end, stores what
// became of them and lets another pager take over.
func Run(ctx context.Context, env run.Env, ready func()) error {
	return runWith(ctx, env, ready, settings{tick: time.Second, now: time.Now})
}

func runWith(ctx context.Context, env run.Env, ready func(), s settings) error {
	l, err := newLoop(ctx, env, s)
	if err != nil {
		return err
	}
	env.Health.Require("bus", env.Bus.Check)
	in := &intake{courses: l.courses}
	group, working := errgroup.WithContext(ctx)
	group.Go(func() error { return env.Bus.Consume(working, bus.PagerIncidents, in.incidents) })
	group.Go(func() error { return env.Bus.Consume(working, bus.PagerAcks, in.acks) })
	group.Go(func() error { return send(working, env, l) })
	ready()
	if err := group.Wait(); ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // it was told to stop before it had quite started
}

// send runs the loop whenever this pager is the one that sends.
func send(ctx context.Context, env run.Env, l *loop) error {
	waiting := func() { env.Logger.Info("pager: standing by, another pager sends") }
	for {
		err := env.Bus.Hold(ctx, lease, waiting, l.run)
		switch {
		case errors.Is(err, bus.ErrLeaseLost) && ctx.Err() != nil:
			return nil
		case errors.Is(err, bus.ErrLeaseLost):
			env.Logger.Warn("pager: the lease was lost, another pager may send now")
		default:
			return err
		}
	}
}

func newLoop(ctx context.Context, env run.Env, s settings) (*loop, error) {
	cfg := env.Config.Get()
	signer, err := ack.NewSigner(cfg)
	if err != nil {
		return nil, err
	}
	book, err := ack.Open(ctx, env.Bus)
	if err != nil {
		return nil, err
	}
	pages, err := env.Bus.Bucket(ctx, bus.BucketPages)
	if err != nil {
		return nil, err
	}
	first, err := newRoster(cfg)
	if err != nil {
		return nil, err
	}
	l := &loop{
		settings: s, bus: env.Bus, logger: env.Logger, health: env.Health,
		metrics: newMetrics(env.Registry, cfg.Channels),
		courses: &courses{bucket: pages}, book: book, signer: signer,
		roster:   &atomic.Pointer[roster]{},
		underWay: map[string]escalation.Page{}, results: make(chan result, resultsWaiting),
	}
	l.roster.Store(first)
	env.Config.OnReload(func(cfg *config.Config) (func(), error) {
		next, err := newRoster(cfg)
		return func() {
			l.metrics.know(cfg.Channels)
			l.roster.Store(next)
		}, err
	})
	return l, nil
}
