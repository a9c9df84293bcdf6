package detector

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/holiday"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	lease = "detector"
	// startWait is how long a ClickHouse that is starting is waited for.
	startWait = 60 * time.Second
	// retryAfter is waited before what failed is tried again.
	retryAfter = 5 * time.Second
)

// Mistakes is how often the sentiment model takes a negative mention for one, and one
// that is not, as measured: shares of negative mentions are corrected by it.
type Mistakes = detect.Mistakes

type service struct {
	mistakes Mistakes
	bus      *bus.Bus
	config   *config.Live
	logger   *slog.Logger
	metrics  *metrics
	bucket   jetstream.KeyValue
	kept     jetstream.KeyValue // what is known of each brand
	learnt   atomic.Bool        // or standing by: ready either way
	every    time.Duration      // how soon what came in of the past is learnt
	reloaded chan struct{}

	mu        sync.Mutex // guards what follows: the batch under way, or a tick
	engine    *detect.Engine
	now       time.Time // by the bus's clock
	asked     time.Time // when, by ours, the bus's was last asked for
	answered  time.Time // what it said
	present   bool      // it has caught up with what was scored since it took up
	observed  uint64    // sequence of the last mention read
	brands    map[string]detect.Terms
	stale     map[string]bool              // brands of whose past some has come in since it was heard
	erased    uint64                       // sequence of the last deletion read
	learning  map[string]bool              // brands whose past is being heard anew
	gone      []string                     // mentions deleted meanwhile
	behind    bool                         // what was collected waits to be scored: quiet proves nothing
	blind     map[string]*vigiev1.Incident // open, by "<source>/<page>"
	noted     map[string]uint64            // sequence of the newest state of each "<source>/<page>"
	watched   map[string]time.Time         // until when each "<source>/<page>" counts as watched
	heard     time.Time                    // when an ingest process last said what it watches
	listened  time.Time                    // until when some ingest process counts as listening, by the bus's clock
	unsent    []change                     // decided, not yet durable
	revisions map[string]uint64            // of the bucket's keys, as this process wrote or read them
}

var (
	errLearning = errors.New("the past is being read")
	errBroken   = errors.New("what was kept of an incident cannot be read")
)

// Role detects until ctx is done, whenever it holds the lease, what is scored by a model
// that makes some mistakes.
func Role(mistakes Mistakes) func(ctx context.Context, env run.Env, ready func()) error {
	return func(ctx context.Context, env run.Env, ready func()) error { return serve(ctx, env, mistakes, ready) }
}

func serve(ctx context.Context, env run.Env, mistakes Mistakes, ready func()) error {
	s, err := newService(ctx, env, mistakes)
	if err != nil {
		return err
	}
	ready()
	return s.run(ctx)
}

func newService(ctx context.Context, env run.Env, mistakes Mistakes) (*service, error) {
	bucket, err := env.Bus.Bucket(ctx, bus.BucketDetect)
	if err != nil {
		return nil, err
	}
	kept, err := env.Bus.Bucket(ctx, bus.BucketHeard)
	if err != nil {
		return nil, err
	}
	s := &service{mistakes: mistakes, bus: env.Bus, config: env.Config, logger: env.Logger, metrics: newMetrics(env.Registry), bucket: bucket, kept: kept,
		reloaded: make(chan struct{}, 1), every: learnEvery}
	env.Health.Require("detector", s.check)
	env.Config.OnReload(func(*config.Config) (func(), error) { return s.noteReload, nil })
	return s, nil
}

// run detects whenever it holds the lease.
func (s *service) run(ctx context.Context) error {
	for {
		err := s.bus.Hold(ctx, lease, s.standBy, s.detect)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, bus.ErrLeaseLost), errors.Is(err, errPutBack):
			continue
		default:
			return err
		}
	}
}

// noteReload has the config in force read anew.
func (s *service) noteReload() {
	select {
	case s.reloaded <- struct{}{}:
	default: // it is going to be, the newest one
	}
}

func (s *service) standBy() {
	s.logger.Info("detector: standing by, another process holds the lease")
	s.learnt.Store(true)
}

func (s *service) check(ctx context.Context) error {
	if !s.learnt.Load() {
		return errLearning
	}
	return s.bus.Check(ctx)
}

func rule(cfg *config.Config, mistakes Mistakes) detect.Rule {
	d := cfg.Detector
	return detect.Rule{
		MinAuthors: d.MinAuthors, MinMentions: d.MinMentions, ResolveAfter: d.ResolveAfter.Std(),
		Watch: d.Watch, Alert: d.Alert, Crisis: d.Crisis, Zone: cfg.Location(), Holiday: holiday.In(d.Holidays), Mistakes: mistakes,
	}
}

// detect takes up from the tables and the bucket, then follows the streams.
func (s *service) detect(ctx context.Context) error {
	s.learnt.Store(false)
	past, err := clickhouse.Open(ctx, s.config.Get(), startWait)
	if err != nil {
		return err
	}
	defer past.Close()
	if err := s.takeUp(ctx, past); err != nil {
		return err
	}
	s.learnt.Store(true)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.bus.Consume(ctx, bus.Detector, s.observe) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.DetectorDeleted, s.erase) })
	group.Go(func() error { return s.bus.Consume(ctx, bus.DetectorSources, s.noteSources) })
	group.Go(func() error { return s.tick(ctx) })
	group.Go(func() error { return s.keepLearning(ctx, past) })
	group.Go(func() error { return s.keepSnapshots(ctx) })
	return group.Wait()
}

// takeUp goes on where the detector before this one stopped. A bus or a ClickHouse
// that does not answer is waited for, as long as it takes; state of our own that
// cannot be read is not.
func (s *service) takeUp(ctx context.Context, past driver.Conn) error {
	whole := s.awaitStore(ctx)
	for {
		err := s.takeUpOnce(ctx, past, whole)
		if err == nil || errors.Is(err, bus.ErrLeaseLost) || errors.Is(err, errBroken) {
			return err
		}
		s.logger.Warn("detector: the past cannot be read, nothing is detected yet, trying again", "err", err)
		if err := wait.For(ctx, retryAfter); err != nil {
			return err
		}
	}
}

// takeUpOnce begins at the moment up to which all is acknowledged. What came since is
// delivered, and decided on in its own time. Unless the tables are whole, what is heard from
// them is to be heard again.
func (s *service) takeUpOnce(ctx context.Context, past driver.Conn, whole bool) error {
	now, err := s.reached(ctx)
	if err != nil {
		return err
	}
	progress, err := s.bus.Progress(ctx, bus.Detector)
	if err != nil {
		return err
	}
	cfg := s.config.Get()
	terms, err := s.terms(ctx, cfg, progress.At)
	if err != nil {
		return err
	}
	rule := rule(cfg, s.mistakes)
	engine := detect.New(rule, now)
	engine.Watch(terms)
	if err := s.forgetOthers(ctx, terms); err != nil {
		return err
	}
	snapshots, err := s.snapshots(ctx, terms, now)
	if err != nil {
		return err
	}
	replayed, err := s.replay(ctx, past, rule, snapshots, progress.Done, now)
	if err != nil {
		return err
	}
	others := maps.Clone(terms)
	maps.DeleteFunc(others, func(brand string, _ detect.Terms) bool { _, known := snapshots[brand]; return known })
	heard, err := hear(ctx, past, rule, others, progress.Done, now)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine, s.now, s.brands, s.unsent, s.stale = engine, now, terms, nil, map[string]bool{}
	s.learning, s.gone = nil, nil
	for brand := range others {
		if !whole {
			s.stale[brand] = true
		}
	}
	s.present, s.observed, s.listened = false, progress.Done, progress.At.Add(listens)
	s.asked, s.answered = time.Now(), progress.At
	told, err := s.restore(ctx)
	if err != nil {
		return err
	}
	s.tell(engine.Resume(replayed, told))
	s.tell(engine.Resume(heard, told))
	return s.forgetOver(ctx)
}

// reached is up to when all that was scored is acknowledged, now where nothing waits.
func (s *service) reached(ctx context.Context) (time.Time, error) {
	message, now, err := s.bus.Reached(ctx, bus.Detector)
	if err != nil || message == nil || message.Time.After(now) {
		return inMillis(now), err
	}
	return inMillis(message.Time), nil
}
