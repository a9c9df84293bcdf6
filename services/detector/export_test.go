package detector

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// What the tests hold against each other: the ways a mention is read.
var Observed = observed

// EachPast waits for an engine that is merging.
func EachPast(ctx context.Context, conn driver.Conn, brand string, from, before time.Time, visit func(brand string, m detect.Mention)) error {
	var brands []string
	if brand != "" {
		brands = append(brands, brand)
	}
	return chronicle{conn: conn, brands: brands, patience: time.Minute}.each(ctx, from, before, visit)
}

// ErrPutBack is what a clock that is put back ends a detector with, that takes up anew.
var ErrPutBack = errPutBack

// Clockwork is a detector on a real bus to which a test says what time it is there.
type Clockwork struct{ *service }

// NewClockwork knows no past: it watches the brands of the config since a moment.
func NewClockwork(ctx context.Context, env run.Env, now time.Time) (Clockwork, error) {
	s, err := newService(ctx, env, Mistakes{})
	if err != nil {
		return Clockwork{}, err
	}
	s.engine, s.brands, s.stale = detect.New(rule(s.config.Get(), Mistakes{}), now), map[string]detect.Terms{}, map[string]bool{}
	for _, brand := range s.config.Get().Brands {
		s.brands[brand.ID] = detect.Terms{Since: now}
	}
	s.engine.Watch(s.brands)
	s.now, s.listened, s.asked, s.answered = now, now.Add(listens), time.Now(), now
	_, err = s.restore(ctx)
	return Clockwork{s}, err
}

// Pass is a tick at a moment at which nothing waits to be counted.
func (c Clockwork) Pass(ctx context.Context, now time.Time, behind bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.pass(reach{now: now, until: now.Add(-lag), behind: behind}); err != nil {
		return err
	}
	return c.flush(ctx)
}

// Hear takes a batch of mentions.
func (c Clockwork) Hear(ctx context.Context, batch []*bus.Message) []error {
	return c.observe(ctx, batch)
}

// Note takes a batch of what ingest says of its sources.
func (c Clockwork) Note(ctx context.Context, batch []*bus.Message) []error {
	return c.noteSources(ctx, batch)
}

// Stale are the brands whose past is to be heard anew.
func (c Clockwork) Stale() (brands []string) {
	for brand := range c.stale {
		brands = append(brands, brand)
	}
	return brands
}

// Relearning runs a detector that hears the past of a brand anew, again and again beside the
// present, and counts how often it did.
func Relearning(ctx context.Context, env run.Env, brand string, learnt *atomic.Int64) error {
	s, err := newService(ctx, env, Mistakes{})
	if err != nil {
		return err
	}
	past, err := clickhouse.Open(ctx, s.config.Get(), startWait)
	if err != nil {
		return err
	}
	s.every = time.Hour
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.run(ctx) })
	group.Go(func() error {
		defer past.Close()
		for wait.For(ctx, 10*time.Millisecond) == nil {
			if s.check(ctx) != nil {
				continue
			}
			s.mu.Lock()
			s.stale[brand] = true
			s.mu.Unlock()
			if err := s.learn(ctx, past); err != nil && ctx.Err() == nil {
				return err
			}
			learnt.Add(1)
		}
		return nil
	})
	return group.Wait()
}

// Ahead runs a detector whose bus had its clock put on, and back again, once it has taken up:
// it has decided by then on what was to come.
func Ahead(ctx context.Context, env run.Env, by time.Duration) error {
	s, err := newService(ctx, env, Mistakes{})
	if err != nil {
		return err
	}
	go func() {
		if wait.Until(ctx, time.Minute, 10*time.Millisecond, func() error { return s.check(ctx) }) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.advance(s.now.Add(by))
	}()
	return s.run(ctx)
}
