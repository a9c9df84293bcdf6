package detector

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	lease = "detector"
	// tickEvery is how often time passes for the engine when nobody writes.
	tickEvery = 200 * time.Millisecond
	// lag is how far behind the clock time passes then, so that a mention under
	// way is counted in the second it was collected.
	lag = 700 * time.Millisecond
	// startWait is how long a ClickHouse that is starting is waited for.
	startWait = 60 * time.Second
)

type service struct {
	bus     *bus.Bus
	config  *config.Live
	logger  *slog.Logger
	metrics *metrics
	bucket  jetstream.KeyValue

	mu     sync.Mutex // guards what follows: the batch under way, or a tick
	engine *detect.Engine
	now    time.Time
	blind  map[string]*vigiev1.Incident // open, by "<source>/<page>"
	noted  map[string]time.Time         // newest state of each "<source>/<page>"
	unsent []change                     // decided, not yet durable
}

// Run detects until ctx is done, whenever it holds the lease.
func Run(ctx context.Context, env run.Env, ready func()) error {
	bucket, err := env.Bus.Bucket(ctx, bus.BucketDetect)
	if err != nil {
		return err
	}
	s := &service{bus: env.Bus, config: env.Config, logger: env.Logger, metrics: newMetrics(env.Registry), bucket: bucket}
	env.Health.Require("detector", env.Bus.Check)
	env.Config.OnReload(func(cfg *config.Config) (func(), error) {
		return func() { s.setRule(rule(cfg)) }, nil
	})
	ready()
	for {
		err := env.Bus.Hold(ctx, lease, func() { s.logger.Info("detector: standing by, another process holds the lease") }, s.detect)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, bus.ErrLeaseLost):
			continue
		default:
			return err
		}
	}
}

func rule(cfg *config.Config) detect.Rule {
	d := cfg.Detector
	return detect.Rule{
		Window: d.Window.Std(), Baseline: d.Baseline.Std(), MinAuthors: d.MinAuthors,
		MinMentions: d.MinMentions, ResolveAfter: d.ResolveAfter.Std(),
	}
}

func (s *service) setRule(rule detect.Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil {
		s.engine.SetRule(rule)
	}
}

// detect takes up from the tables and the bucket, then follows the streams.
func (s *service) detect(ctx context.Context) error {
	cfg := s.config.Get()
	if err := s.awaitStore(ctx); err != nil {
		return err
	}
	var engine *detect.Engine
	err := clickhouse.Patiently(ctx, startWait, func() (err error) {
		engine, err = learned(ctx, cfg)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.engine, s.now, s.unsent = engine, time.Time{}, nil
	err = s.restore(ctx)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.bus.Consume(ctx, bus.Detector, s.observe) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.DetectorSources, s.noteSources) })
	group.Go(func() error { return s.tick(ctx) })
	return group.Wait()
}

// tick lets time pass, and sends again what could not be sent.
func (s *service) tick(ctx context.Context) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case at := <-ticker.C:
			s.mu.Lock()
			s.advance(at.Add(-lag))
			err := s.flush(ctx)
			s.mu.Unlock()
			if err != nil && ctx.Err() == nil {
				s.logger.Warn("detector: an incident could not be written, trying again", "err", err)
			}
		}
	}
}

// advance lets the engine decide up to a moment; time never goes back.
func (s *service) advance(now time.Time) {
	if now.Before(s.now) {
		return
	}
	s.now = now
	for _, incident := range s.engine.Advance(now) {
		s.metrics.changed(incident)
		s.unsent = append(s.unsent, s.spike(incident))
	}
}
