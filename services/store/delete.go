package store

import (
	"context"
	"fmt"
	"time"
)

const (
	// sweepEvery is how often recent deletions are applied again, because one can
	// overtake the mention it is about.
	sweepEvery = time.Minute
	// sweepPast is how long a mention may still arrive after its deletion.
	sweepPast = 2 * time.Hour
	// eraseEvery is how often what was deleted, and what is too old, is taken off
	// the disk. With the streams' retention it bounds INVARIANTS 10.
	eraseEvery = time.Hour
)

// entomb puts a row without words nor author over all revisions of mentions.
const entomb = `
INSERT INTO mention_revisions (brand_id, mention_id, revision, is_deleted, source, ownership, kind, origin,
	published_time, collected_time, scored_time)
SELECT DISTINCT brand_id, mention_id, 18446744073709551615, 1, source, ownership, kind, origin,
	published_time, collected_time, scored_time
FROM mention_revisions FINAL
WHERE is_deleted = 0 AND mention_id IN (%s)`

const recentDeletions = `SELECT mention_id FROM deletions WHERE deleted_time > now() - INTERVAL %d SECOND`

// hide takes mentions out of every view at once.
func (s *service) hide(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := s.conn.Exec(ctx, fmt.Sprintf(entomb, "?"), ids); err != nil {
		return fmt.Errorf("store: delete %d mentions: %w", len(ids), err)
	}
	return nil
}

// sweep applies recent deletions again, and erases for good, until ctx is done.
func (s *service) sweep(ctx context.Context, keep time.Duration) error {
	sweep, erase := time.NewTicker(sweepEvery), time.NewTicker(eraseEvery)
	defer sweep.Stop()
	defer erase.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			err = s.resweep(ctx)
		case <-erase.C:
			err = s.erase(ctx, keep)
		}
		if err != nil && ctx.Err() == nil {
			s.logger.Warn("store: will sweep again", "err", err)
		}
	}
}

func (s *service) resweep(ctx context.Context) error {
	recent := fmt.Sprintf(recentDeletions, int(sweepPast.Seconds()))
	if err := s.conn.Exec(ctx, fmt.Sprintf(entomb, recent)); err != nil {
		return fmt.Errorf("store: apply recent deletions: %w", err)
	}
	return nil
}

// erase takes deleted mentions, and those past their retention, off the disk.
func (s *service) erase(ctx context.Context, keep time.Duration) error {
	if err := s.resweep(ctx); err != nil {
		return err
	}
	recent := fmt.Sprintf(recentDeletions, int((sweepPast + 2*eraseEvery).Seconds()))
	var gone uint64
	count := `SELECT count() FROM mention_revisions WHERE is_deleted = 0 AND mention_id IN (` + recent + `)`
	if err := s.conn.QueryRow(ctx, count).Scan(&gone); err != nil {
		return fmt.Errorf("store: count deleted mentions: %w", err)
	}
	if gone > 0 {
		if err := s.conn.Exec(ctx, `ALTER TABLE mention_revisions DELETE WHERE is_deleted = 0 AND mention_id IN (`+recent+`)`); err != nil {
			return fmt.Errorf("store: erase deleted mentions: %w", err)
		}
		if err := s.eraseQuotes(ctx, recent); err != nil {
			return err
		}
	}
	// Imported history is as old as it was meant to be: it ages from its import.
	old := fmt.Sprintf(`if(origin = 'imported', collected_time, published_time) < now() - INTERVAL %d SECOND`, int(keep.Seconds()))
	if err := s.conn.QueryRow(ctx, `SELECT count() FROM mention_revisions WHERE `+old).Scan(&gone); err != nil {
		return fmt.Errorf("store: count old mentions: %w", err)
	}
	if gone == 0 {
		return nil
	}
	if err := s.conn.Exec(ctx, `ALTER TABLE mention_revisions DELETE WHERE `+old); err != nil {
		return fmt.Errorf("store: erase old mentions: %w", err)
	}
	return nil
}

// eraseQuotes takes the words of deleted mentions out of the incidents and pages
// that showed them: all posts of such an incident, for their words cannot be told
// apart in a page's text. The figures stay.
func (s *service) eraseQuotes(ctx context.Context, deleted string) error {
	quoting := `SELECT incident_id FROM incident_revisions WHERE hasAny(mention_ids, (SELECT groupArray(mention_id) FROM (` + deleted + `)))`
	for _, statement := range []string{
		`ALTER TABLE page_events UPDATE text = '' WHERE text != '' AND incident_id IN (` + quoting + `)`,
		`ALTER TABLE incident_revisions UPDATE posts = '[]' WHERE posts != '[]' AND incident_id IN (` + quoting + `)`,
	} {
		if err := s.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("store: erase quotes of deleted mentions: %w", err)
		}
	}
	return nil
}
