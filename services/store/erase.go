package store

import (
	"context"
	"fmt"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
)

const (
	// eraseEvery is how often what was deleted, and what is too old, is taken off
	// the disk. With the streams' retention it bounds INVARIANTS 10.
	eraseEvery = time.Hour
	// eraseWithin bounds one erasure; what it leaves is for the next.
	eraseWithin = 20 * time.Minute
)

// eraseHourly erases at the start and every hour, until ctx is done.
func (s *service) eraseHourly(ctx context.Context, keep time.Duration) error {
	ticker := time.NewTicker(eraseEvery)
	defer ticker.Stop()
	for {
		if err := s.erase(ctx, keep); err != nil && ctx.Err() == nil {
			s.logger.Warn("store: will erase again", "in", eraseEvery, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// erase takes what was deleted, and what is past its retention, off the disk, and
// forgets deletions of what never came.
func (s *service) erase(ctx context.Context, keep time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, eraseWithin)
	defer cancel()
	if err := s.eraseDeleted(ctx); err != nil {
		return err
	}
	if err := s.eraseOld(ctx, keep); err != nil {
		return err
	}
	return s.alter(ctx, tableHeads, "DELETE", fmt.Sprintf(strangers, startOfDay(strangersKept)))
}

const (
	// deleted are those of mentions that came here: see writeDeletions.
	deleted = `(SELECT mention_id FROM deletions)`
	// wordsOfDeleted finds rows by the tables' keys, not by reading all there is.
	wordsOfDeleted = `is_deleted = 0 AND (brand_id, published_time, mention_id) IN
		(SELECT brand_id, published_time, mention_id FROM mention_heads WHERE mention_id IN ` + deleted + `)`
	// quotesDeleted asks a set for each id that an incident names. Its authors are named
	// with the ids among mention_ids that they wrote.
	quotesDeleted = `(arrayExists(id -> id IN ` + deleted + `, mention_ids)
		OR arrayExists(q -> JSONExtractString(q, 'mention_id') IN ` + deleted + `, arrayConcat(JSONExtractArrayRaw(posts), JSONExtractArrayRaw(path))))`
	// strangers are the heads of mentions that were deleted before the moment and never
	// came here. There may be millions: hashes are compared, where to take two for one
	// leaves a stranger there.
	strangers = strangeOrNot + ` AND cityHash64(mention_id) NOT IN
		(SELECT cityHash64(mention_id) FROM mention_heads WHERE brand_id != '' AND cityHash64(mention_id) IN
			(SELECT cityHash64(mention_id) FROM mention_heads WHERE ` + strangeOrNot + `))`
	strangeOrNot = `brand_id = '' AND revision = ` + gone + ` AND inserted_time < %[1]s`
	gone         = `18446744073709551615` // goneRevision
)

// eraseDeleted takes the words of deleted mentions off the disk, and out of the
// incidents and pages that showed them: all that such an incident quotes, for whose
// words are whose cannot be told apart in a page's text. The figures stay. Pages come
// first, for they are found by what their incident still quotes.
func (s *service) eraseDeleted(ctx context.Context) error {
	if some, err := s.some(ctx, "deletions", "1"); err != nil || !some {
		return err
	}
	if err := s.alter(ctx, tableMentions, "DELETE", wordsOfDeleted); err != nil {
		return err
	}
	if err := s.alter(ctx, tableSamples, "DELETE", "mention_id IN "+deleted); err != nil {
		return err
	}
	quoting := `incident_id IN (SELECT incident_id FROM incident_revisions WHERE ` + quotesDeleted + `)`
	if err := s.alter(ctx, tablePages, "UPDATE text = ''", `text != '' AND `+quoting); err != nil {
		return err
	}
	return s.alter(ctx, tableIncidents, "UPDATE posts = '[]', path = '[]', authors = '[]', words = '[]'",
		`(posts != '[]' OR path != '[]' OR authors != '[]' OR words != '[]') AND `+quotesDeleted)
}

// strangersKept is for how long a deletion waits for its mention: for longer than the
// streams, by default, keep what it may have overtaken.
const strangersKept = 7 * 24 * time.Hour

// startOfDay is a moment in SQL: things go by whole days, so that a table is written
// anew once a day.
func startOfDay(ago time.Duration) string {
	return fmt.Sprintf("toStartOfDay(now('UTC') - INTERVAL %d SECOND)", int(ago.Seconds()))
}

// eraseOld takes off what is past its retention. Imported history is as old as it
// was meant to be: it ages from its import. A tombstone outlives what it covers, and
// what is known of a mention its last row.
func (s *service) eraseOld(ctx context.Context, keep time.Duration) error {
	before := " < " + startOfDay(keep)
	for _, old := range []struct{ table, moment string }{
		{tableMentions, "multiIf(is_deleted = 1, inserted_time, origin = 'imported', collected_time, published_time)"},
		{tableHeads, "inserted_time"},
		{tableSamples, "known_time"},
		{tableIncidents, "changed_time"},
		{tablePages, "changed_time"},
		{tableVerdicts, "said_time"},
	} {
		if err := s.alter(ctx, old.table, "DELETE", old.moment+before); err != nil {
			return err
		}
	}
	return nil
}

// alter changes the rows of a table where there are any, and waits for it.
func (s *service) alter(ctx context.Context, table, change, where string) error {
	some, err := s.some(ctx, table, where)
	if err != nil || !some {
		return err
	}
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(clickhousego.Settings{"mutations_sync": 1}))
	if err := s.conn.Exec(ctx, `ALTER TABLE `+table+` `+change+` WHERE `+where); err != nil {
		return fmt.Errorf("store: erase from %s: %w", table, err)
	}
	return nil
}

func (s *service) some(ctx context.Context, table, where string) (bool, error) {
	var n uint64
	if err := s.conn.QueryRow(ctx, `SELECT count() FROM (SELECT 1 FROM `+table+` WHERE `+where+` LIMIT 1)`).Scan(&n); err != nil {
		return false, fmt.Errorf("store: look for what to erase in %s: %w", table, err)
	}
	return n > 0, nil
}
