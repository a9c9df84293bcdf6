package detector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	// snapshotEvery is how old the snapshot of a brand that hears something becomes: the
	// longer, the more is heard again by who takes over.
	snapshotEvery = 5 * time.Minute
	// snapshotLook is how often it is looked at which are due.
	snapshotLook = 10 * time.Second
	// lastSnapshots is how long a detector that stops may take to write its last.
	lastSnapshots = 10 * time.Second
)

// keepSnapshots writes down what is known of each brand, from time to time and at last.
func (s *service) keepSnapshots(ctx context.Context) error {
	ticker := time.NewTicker(snapshotLook)
	defer ticker.Stop()
	w := writing{due: map[string]bool{}, written: map[string]time.Time{}}
	for {
		select {
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), bus.ErrLeaseLost) {
				return nil // another knows better by now
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSnapshots)
			defer cancel()
			s.snapshot(ctx, w, 0)
			return nil
		case <-ticker.C:
			s.snapshot(ctx, w, snapshotEvery)
		}
	}
}

// writing is which brands' snapshots are to be written, and when each last was.
type writing struct {
	due     map[string]bool
	written map[string]time.Time
}

// snapshot writes those that are due. Without them a take-over only takes longer.
func (s *service) snapshot(ctx context.Context, w writing, every time.Duration) {
	s.mu.Lock()
	for _, brand := range s.engine.Changed() {
		w.due[brand] = true
	}
	s.mu.Unlock()
	for brand := range w.due {
		if time.Since(w.written[brand]) < every {
			continue
		}
		s.mu.Lock() // for one at a time: others are decided on between
		if _, watched := s.brands[brand]; !watched {
			s.mu.Unlock()
			delete(w.due, brand)
			continue
		}
		stale := s.stale[brand] || s.learning[brand]
		data, err := s.engine.Snapshot(brand)
		s.mu.Unlock()
		switch {
		case stale: // who went on from it would never learn
			err = s.kept.Delete(ctx, brand)
		case err == nil:
			_, err = s.kept.Put(ctx, brand, data)
		}
		if err != nil {
			s.logger.Warn("detector: what is known of a brand could not be written down", "brand", brand, "err", err)
			return
		}
		if !stale {
			delete(w.due, brand)
		}
		w.written[brand] = time.Now()
	}
}

// snapshots are those of brands from which one can go on: what came since is still in
// the stream, and they are of this time.
func (s *service) snapshots(ctx context.Context, brands map[string]detect.Terms, now time.Time) (map[string]detect.Snapshot, error) {
	extent, err := s.bus.Extent(ctx, bus.StreamScored)
	if err != nil {
		return nil, err
	}
	keys, err := s.kept.ListKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("detector: read what is known of the brands: %w", err)
	}
	defer func() { _ = keys.Stop() }()
	found := map[string]detect.Snapshot{}
	for brand := range keys.Keys() {
		entry, err := s.kept.Get(ctx, brand)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue // it has aged away
		}
		if err != nil {
			return nil, fmt.Errorf("detector: read what is known of %s: %w", brand, err)
		}
		snapshot, err := detect.ReadSnapshot(entry.Value())
		switch {
		case err != nil:
			s.logger.Info("detector: a brand's past is read from the tables", "brand", brand, "why", err)
		case snapshot.Brand != brand: // whoever wrote it there
		case snapshot.At.Sub(now) > leap, now.Sub(snapshot.At) > 24*time.Hour: // the clock was put back since, or on
		case snapshot.At.Before(brands[brand].Since): // it was taken out of the config, and put back
		case snapshot.Sequence+1 >= extent.First:
			found[brand] = snapshot
		}
	}
	return found, nil
}

// forgetOthers leaves nothing of what was known of brands that are watched no more.
func (s *service) forgetOthers(ctx context.Context, brands map[string]detect.Terms) error {
	keys, err := s.kept.ListKeys(ctx)
	if err != nil {
		return fmt.Errorf("detector: forget brands: %w", err)
	}
	for brand := range keys.Keys() {
		if _, watched := brands[brand]; !watched {
			err = errors.Join(err, s.kept.Delete(ctx, brand))
		}
	}
	if err != nil {
		return fmt.Errorf("detector: forget brands: %w", err)
	}
	return nil
}

// replay lets an engine go on from snapshots, and hear what was acknowledged since. Those of
// brands of whose past some came in since are left out of from: it is heard from the tables.
func (s *service) replay(ctx context.Context, past driver.Conn, rule detect.Rule, from map[string]detect.Snapshot, done uint64, now time.Time) (*detect.Engine, error) {
	if len(from) == 0 {
		return detect.New(rule, now), nil
	}
	since, after := now, done
	var lived time.Time // up to when, for certain, there was a detector
	for _, snapshot := range from {
		after = min(after, snapshot.Sequence)
		if snapshot.At.After(lived) {
			lived = snapshot.At
		}
		if snapshot.At.Before(since) {
			since = snapshot.At
		}
	}
	engine := detect.New(rule, since)
	for _, snapshot := range from {
		engine.Load(snapshot)
	}
	if err := know(ctx, past, engine, from, now); err != nil {
		return nil, err
	}
	err := s.hearOn(ctx, engine, after, done, now, func(brand string, m *detect.Mention, past bool) {
		if past && m.Sequence > from[brand].Sequence {
			engine.Unload(brand)
			delete(from, brand)
		}
		if m.Known.After(lived) {
			lived = m.Known
		}
	})
	if err != nil {
		return nil, err
	}
	engine.Blind(now.Sub(lived) > leap) // quiet in a stop is no calm
	engine.Advance(now)
	return engine, eraseGone(ctx, past, engine, now)
}

// hearOn lets an engine hear what the stream holds after a sequence, up to another, as it did
// when it came, and visits it: past is what there is something to learn from.
func (s *service) hearOn(ctx context.Context, engine *detect.Engine, after, upTo uint64, now time.Time, visit func(brand string, m *detect.Mention, past bool)) error {
	var scored vigiev1.ScoredMention
	_, err := s.bus.ReadOn(ctx, bus.StreamScored, after, upTo, func(m *bus.Message) {
		scored.Reset()
		if m.Decode(&scored) != nil {
			return
		}
		mention, err := observed(&scored, m)
		if err != nil {
			return
		}
		if mention.Known.After(now) { // the clock was put back since
			mention.Known = now
		}
		engine.Advance(mention.Known)
		past := teaches(engine, &scored, &mention)
		visit(scored.BrandId, &mention, past)
	})
	return err
}

// eraseGone takes out what was said to be gone since the oldest snapshot there may be, and
// some time before, for sources tell late.
func eraseGone(ctx context.Context, past driver.Conn, engine *detect.Engine, now time.Time) error {
	const recently = `SELECT DISTINCT mention_id FROM deletions WHERE deleted_time >= fromUnixTimestamp64Milli(?)`
	rows, err := past.Query(ctx, recently, now.Add(-3*time.Hour).UnixMilli())
	if err != nil {
		return fmt.Errorf("detector: read what is deleted: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("detector: read what is deleted: %w", err)
		}
		engine.Erase(id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("detector: read what is deleted: %w", err)
	}
	return nil
}

const counted = `
SELECT brand_id, mention_id, known_time
FROM mentions
WHERE published_time >= fromUnixTimestamp64Milli(?) AND known_time <= fromUnixTimestamp64Milli(?)`

// know tells an engine which mentions of the last day were counted before the
// snapshots: another revision of one is not another mention.
func know(ctx context.Context, past driver.Conn, engine *detect.Engine, from map[string]detect.Snapshot, now time.Time) error {
	rows, err := past.Query(ctx, counted, now.Add(-24*time.Hour).UnixMilli(), now.UnixMilli())
	if err != nil {
		return fmt.Errorf("detector: read what was counted: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var brand, mention string
		var known time.Time
		if err := rows.Scan(&brand, &mention, &known); err != nil {
			return fmt.Errorf("detector: read what was counted: %w", err)
		}
		if snapshot, loaded := from[brand]; loaded && !known.After(snapshot.At) {
			engine.Know(brand, mention)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("detector: read what was counted: %w", err)
	}
	return nil
}
