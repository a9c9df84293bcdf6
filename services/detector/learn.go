package detector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

const (
	// storeWait bounds how long the tables are waited for to hold what was read.
	storeWait = 20 * time.Second
	// learnWait bounds how long the tables are waited for while nothing is decided.
	learnWait = 2 * time.Second
	// learnEvery is how soon what came in of the past is learnt.
	learnEvery = 10 * time.Second
	// learnAtOnce is how many brands are learnt at once: what is known of each is held twice
	// meanwhile. Where more are to be heard, all are read.
	learnAtOnce = 500
	// learnCatchUp bounds how long nothing is decided while a learning catches up.
	learnCatchUp = 5 * time.Second
	// watchedKey begins the keys of the bucket that say since when a brand is watched.
	watchedKey = "watched."
)

// awaitStore waits until the tables hold what a detector before this one has
// acknowledged: it will not be delivered again. A store that is far behind is not
// waited for: a window that lacks some mentions is better than none. It answers whether
// nothing is lacking.
func (s *service) awaitStore(ctx context.Context) (whole bool) {
	mine, err := s.bus.Progress(ctx, bus.Detector)
	deleted, deletedErr := s.bus.Progress(ctx, bus.DetectorDeleted)
	if err = errors.Join(err, deletedErr); err == nil {
		err = s.allStored(ctx, mine.Done, deleted.Done, storeWait)
	}
	if err != nil && ctx.Err() == nil {
		s.logger.Warn("detector: an incident under way may be seen late", "err", err)
	}
	return err == nil
}

var errBehind = errors.New("the tables are behind what was counted")

// tablesStand fails as long as the store has not made its tables.
func tablesStand(ctx context.Context, past driver.Conn) error {
	var stand uint8
	if err := past.QueryRow(ctx, "EXISTS TABLE mentions").Scan(&stand); err != nil {
		return fmt.Errorf("detector: look for the tables: %w", err)
	}
	if stand == 0 {
		return errors.New("detector: the store has not made its tables yet")
	}
	return nil
}

// allStored waits until the tables hold all that was scored up to a sequence, and nothing
// that was deleted up to another.
func (s *service) allStored(ctx context.Context, scored, deleted uint64, patience time.Duration) error {
	return wait.Until(ctx, patience, 50*time.Millisecond, func() error {
		return errors.Join(s.stored(ctx, bus.StoreScored, scored), s.stored(ctx, bus.StoreDeleted, deleted))
	})
}

// stored fails where a consumer of the store is not up to a sequence.
func (s *service) stored(ctx context.Context, consumer bus.Consumer, upTo uint64) error {
	stored, err := s.bus.Progress(ctx, consumer)
	if err == nil && stored.Done < upTo && stored.Pending > 0 {
		err = errBehind
	}
	return err
}

// terms are on what terms each brand of the config is watched, and since when, as the
// bucket keeps it. A brand that was taken out of the config and put back is new.
func (s *service) terms(ctx context.Context, cfg *config.Config, now time.Time) (map[string]detect.Terms, error) {
	terms := map[string]detect.Terms{}
	for brand, announced := range occasions(cfg) {
		terms[brand] = detect.Terms{Since: now, Occasions: announced}
	}
	keys, err := s.bucket.ListKeysFiltered(ctx, watchedKey+">")
	if err != nil {
		return nil, fmt.Errorf("detector: read since when brands are watched: %w", err)
	}
	defer func() { _ = keys.Stop() }()
	for key := range keys.Keys() {
		brand := strings.TrimPrefix(key, watchedKey)
		if _, watched := terms[brand]; !watched {
			err = errors.Join(err, s.bucket.Delete(ctx, key))
			continue
		}
		entry, getErr := s.bucket.Get(ctx, key)
		if getErr != nil {
			return nil, fmt.Errorf("detector: read since when %s is watched: %w", brand, getErr)
		}
		if created := entry.Created(); created.Before(now) { // else the clock was put back
			terms[brand] = detect.Terms{Since: created, Occasions: terms[brand].Occasions}
		}
	}
	for brand := range terms {
		if _, createErr := s.bucket.Create(ctx, watchedKey+brand, nil); createErr != nil && !errors.Is(createErr, jetstream.ErrKeyExists) {
			err = errors.Join(err, createErr)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("detector: keep since when brands are watched: %w", err)
	}
	return terms, nil
}

// occasions are what the config announces of each of its brands.
func occasions(cfg *config.Config) map[string][]detect.Occasion {
	all := map[string][]detect.Occasion{}
	for _, brand := range cfg.Brands {
		all[brand.ID] = nil
		for _, o := range brand.Expected {
			all[brand.ID] = append(all[brand.ID], detect.Occasion(o))
		}
	}
	return all
}

// keepLearning hears the past of a brand anew when some of it came in (history imported,
// a gap of more than a day filled), and that of a brand the config begins to watch.
func (s *service) keepLearning(ctx context.Context, past driver.Conn) error {
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.reloaded:
			if err := s.rewatch(ctx); errors.Is(err, bus.ErrLeaseLost) {
				return err
			} else if err != nil {
				s.logger.Warn("detector: the brands that changed are not watched yet, trying again", "err", err)
				s.noteReload()
				_ = wait.For(ctx, retryAfter)
				continue
			}
		case <-ticker.C:
			if !s.isStale() {
				continue
			}
		}
		began := time.Now()
		if err := s.learn(ctx, past); err != nil && ctx.Err() == nil {
			s.logger.Warn("detector: the past could not be read, the one known stays", "err", err)
		}
		ticker.Reset(max(s.every, 20*time.Since(began))) // a long past must not keep the tables busy
	}
}

func (s *service) isStale() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.stale) > 0
}

// rewatch takes the brands and bounds of the config in force.
func (s *service) rewatch(ctx context.Context) error {
	progress, err := s.bus.Progress(ctx, bus.Detector)
	if err != nil {
		return err
	}
	cfg := s.config.Get()
	terms, err := s.terms(ctx, cfg, progress.At)
	if err != nil {
		return err
	}
	if err := s.watch(ctx, cfg, terms); err != nil {
		return err
	}
	return s.forgetOthers(ctx, terms)
}

// watch watches brands from now on.
func (s *service) watch(ctx context.Context, cfg *config.Config, terms map[string]detect.Terms) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for brand := range terms {
		if _, known := s.brands[brand]; !known {
			s.stale[brand] = true
		}
	}
	s.brands = terms
	s.engine.SetRule(rule(cfg, s.mistakes))
	s.engine.Watch(terms)
	return s.forgetOver(ctx)
}

// learn hears the past of stale brands anew, unless the tables are behind what was
// counted: it comes again then. Meanwhile others are decided on, and these as well, by what
// is known of them; what is said of them is heard by both.
func (s *service) learn(ctx context.Context, past driver.Conn) error {
	upTo, erased, now := s.startLearning()
	err := s.allStored(ctx, upTo, erased, learnWait)
	if err == nil {
		err = s.learnOf(ctx, past, upTo, now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		maps.Copy(s.stale, s.learning)
	}
	s.learning, s.gone = nil, nil
	if errors.Is(err, errBehind) {
		return nil
	}
	return err
}

// startLearning takes some of the brands to be heard anew, and answers up to which sequences
// and moment.
func (s *service) startLearning() (observed, erased uint64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learning = map[string]bool{}
	for brand := range s.stale {
		if len(s.learning) < learnAtOnce {
			s.learning[brand] = true
			delete(s.stale, brand)
		}
	}
	return s.observed, s.erased, s.now
}

func (s *service) learnOf(ctx context.Context, past driver.Conn, upTo uint64, now time.Time) error {
	terms := map[string]detect.Terms{}
	for brand := range s.learning { // which, as the brands, changes between two learnings only
		if watched, known := s.brands[brand]; known {
			terms[brand] = watched
		}
	}
	heard, err := hear(ctx, past, rule(s.config.Get(), s.mistakes), terms, upTo, now)
	if err != nil {
		return err
	}
	// What came meanwhile takes long to hear only once: nothing else is, the second time.
	soFar, then := s.heardSoFar()
	if err := s.hearOn(ctx, heard, upTo, soFar, then, func(string, *detect.Mention, bool) {}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, learnCatchUp)
	defer cancel()
	if err := s.hearOn(ctx, heard, soFar, s.observed, s.now, func(string, *detect.Mention, bool) {}); err != nil {
		return err
	}
	for _, mention := range s.gone {
		heard.Erase(mention)
	}
	heard.Advance(s.now)
	told := s.engine.Incidents()
	maps.DeleteFunc(told, func(brand string, _ detect.Incident) bool { _, heard := terms[brand]; return !heard })
	s.tell(s.engine.Resume(heard, told))
	s.metrics.learnt.SetToCurrentTime()
	return nil
}

// heardSoFar is up to which sequence and moment the stream is heard.
func (s *service) heardSoFar() (observed uint64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.observed, s.now
}

// hear lets an engine of its own hear the past of brands up to a moment, in the order in
// which it became known, as a backtest does. What it would have opened is not told. The
// stream is heard up to a sequence then.
func hear(ctx context.Context, past driver.Conn, rule detect.Rule, brands map[string]detect.Terms, upTo uint64, now time.Time) (*detect.Engine, error) {
	if err := tablesStand(ctx, past); err != nil {
		return nil, err
	}
	from := now.Add(-replay.WarmUp)
	engine := detect.New(rule, from)
	terms := map[string]detect.Terms{}
	for brand, watched := range brands {
		if watched.Since.Before(from) {
			watched.Since = from // of what came before, nothing is heard: it was not quiet
		}
		terms[brand] = watched
	}
	engine.Watch(terms)
	if len(brands) == 0 {
		return engine, nil
	}
	today := now.Add(-24 * time.Hour)
	var only []string
	if len(brands) <= learnAtOnce {
		only = slices.Sorted(maps.Keys(brands))
	}
	reached := false
	err := chronicle{conn: past, brands: only}.each(ctx, from, now.Add(time.Millisecond), func(brand string, m detect.Mention) {
		if !reached && m.Known.After(today) {
			engine.ForgetSeen() // the tables hold each once, and what is older than a day is not counted again
			reached = true
		}
		engine.Advance(m.Known)
		m.Sequence = upTo
		lately := m.Published.After(today) // of which it would be news
		m.Past, m.Backfill = m.Past && lately, m.Backfill && lately
		engine.Observe(brand, m)
	})
	if err != nil {
		return nil, err
	}
	engine.Advance(now)
	return engine, nil
}
