package detector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	// storeWait bounds how long the tables are waited for to hold what was read.
	storeWait = 20 * time.Second
	// learnEvery is how soon what came in of the past is learnt, learnAnyway how
	// soon where nothing did.
	learnEvery  = 10 * time.Second
	learnAnyway = 5 * time.Minute
	// watchedKey begins the keys of the bucket that say since when a brand is watched.
	watchedKey = "watched."
)

const pastMinutes = `
SELECT brand_id, toStartOfMinute(published_time) AS minute, toUInt32(count()), toUInt32(countIf(sentiment = 'negative'))
FROM mentions
WHERE published_time >= fromUnixTimestamp64Milli(?) AND published_time < fromUnixTimestamp64Milli(?)
GROUP BY brand_id, minute`

const lastMentions = `
SELECT ` + mentionColumns + `
FROM mentions
WHERE published_time >= fromUnixTimestamp64Milli(?) AND collected_time <= fromUnixTimestamp64Milli(?) AND origin != 'imported'
ORDER BY collected_time`

// awaitStore waits until the tables hold what a detector before this one has
// acknowledged: it will not be delivered again. A store that is far behind is not
// waited for: a window that lacks some mentions is better than none.
func (s *service) awaitStore(ctx context.Context) {
	err := wait.Until(ctx, storeWait, 100*time.Millisecond, func() error {
		stored, err := s.stored(ctx)
		if err == nil && !stored {
			err = errBehind
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.logger.Warn("detector: an incident under way may be seen late", "err", err)
	}
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

// stored says whether the tables hold all that was counted.
func (s *service) stored(ctx context.Context) (bool, error) {
	mine, err := s.bus.Progress(ctx, bus.Detector)
	if err != nil {
		return false, err
	}
	stored, err := s.bus.Progress(ctx, bus.StoreScored)
	return err == nil && (stored.Done >= mine.Done || stored.Pending == 0), err
}

// watchedSince is since when each brand of the config is watched, as the bucket
// keeps it. A brand that was taken out of the config and put back is new.
func (s *service) watchedSince(ctx context.Context, cfg *config.Config) (map[string]time.Time, error) {
	since := map[string]time.Time{}
	for _, brand := range cfg.Brands {
		since[brand.ID] = time.Now()
	}
	keys, err := s.bucket.ListKeysFiltered(ctx, watchedKey+">")
	if err != nil {
		return nil, fmt.Errorf("detector: read since when brands are watched: %w", err)
	}
	for key := range keys.Keys() {
		brand := strings.TrimPrefix(key, watchedKey)
		if _, watched := since[brand]; !watched {
			err = errors.Join(err, s.bucket.Delete(ctx, key))
			continue
		}
		entry, getErr := s.bucket.Get(ctx, key)
		if getErr != nil {
			return nil, fmt.Errorf("detector: read since when %s is watched: %w", brand, getErr)
		}
		since[brand] = entry.Created()
	}
	for brand := range since {
		if _, createErr := s.bucket.Create(ctx, watchedKey+brand, nil); createErr != nil && !errors.Is(createErr, jetstream.ErrKeyExists) {
			err = errors.Join(err, createErr)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("detector: keep since when brands are watched: %w", err)
	}
	return since, nil
}

// keepLearning reads the past anew when the config changed, when some of it came
// in (history imported, a gap filled), and from time to time, for posts are
// edited and deleted.
func (s *service) keepLearning(ctx context.Context, past driver.Conn) error {
	ticker := time.NewTicker(learnEvery)
	defer ticker.Stop()
	learnt := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.reloaded:
			if err := s.rewatch(ctx); err != nil {
				s.logger.Warn("detector: the brands that changed are not watched yet, trying again", "err", err)
				s.noteReload()
				_ = wait.For(ctx, retryAfter)
				continue
			}
		case <-ticker.C:
			if !s.isStale() && time.Since(learnt) < learnAnyway {
				continue
			}
		}
		began := time.Now()
		if err := s.learn(ctx, past); err != nil && ctx.Err() == nil {
			s.logger.Warn("detector: the past could not be read, the one known stays", "err", err)
		}
		learnt = time.Now()
		ticker.Reset(max(learnEvery, 20*learnt.Sub(began))) // a long past must not keep the tables busy
	}
}

func (s *service) isStale() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stale
}

// rewatch takes the brands and bounds of the config in force.
func (s *service) rewatch(ctx context.Context) error {
	cfg := s.config.Get()
	since, err := s.watchedSince(ctx, cfg)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine.SetRule(rule(cfg))
	s.engine.Watch(since)
	return nil
}

// learn reads the past of every brand, unless the tables are behind what was
// counted: it comes again then.
func (s *service) learn(ctx context.Context, past driver.Conn) error {
	stored, err := s.stored(ctx)
	if !stored {
		return err
	}
	rule := rule(s.config.Get())
	s.mu.Lock()
	before := rule.WindowStart(s.now)
	s.stale = false
	s.mu.Unlock()
	minutes, err := readMinutes(ctx, past, before.Add(-rule.Baseline), before)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.stale = true
		return err
	}
	s.engine.Learn(minutes, before)
	s.metrics.learnt.SetToCurrentTime()
	return nil
}

// readMinutes counts the mentions of every brand, by minute.
func readMinutes(ctx context.Context, conn driver.Conn, from, before time.Time) (map[string][]detect.Minute, error) {
	// One thread: it has time, and others need the machine.
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(clickhousego.Settings{"max_threads": 1, "max_block_size": 8192}))
	rows, err := conn.Query(ctx, pastMinutes, from.UnixMilli(), before.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("detector: read the past: %w", err)
	}
	defer rows.Close()
	minutes := map[string][]detect.Minute{}
	for rows.Next() {
		var brand string
		var minute detect.Minute
		if err := rows.Scan(&brand, &minute.At, &minute.Total, &minute.Negative); err != nil {
			return nil, fmt.Errorf("detector: read the past: %w", err)
		}
		minutes[brand] = append(minutes[brand], minute)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("detector: read the past: %w", err)
	}
	return minutes, nil
}

// eachLast visits the mentions published since a moment and collected up to
// another, in the order of their receipt.
func eachLast(ctx context.Context, conn driver.Conn, from, until time.Time, visit func(brand string, m detect.Mention)) error {
	rows, err := conn.Query(ctx, lastMentions, from.UnixMilli(), until.UnixMilli())
	if err != nil {
		return fmt.Errorf("detector: read the window: %w", err)
	}
	if err := eachRow(ctx, rows, visit); err != nil {
		return fmt.Errorf("detector: read the window: %w", err)
	}
	return nil
}
