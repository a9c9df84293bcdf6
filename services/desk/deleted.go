package desk

import (
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const (
	// deletionsKept is how long the store knows of a deletion. For as long the
	// posts of an incident are shown (INVARIANTS 10).
	deletionsKept = 7 * 24 * time.Hour
	// lookTimeout bounds what a page waits for: an ack must not wait for ClickHouse.
	lookTimeout = 500 * time.Millisecond
)

// hideDeleted takes out of incidents the posts that their source says are gone,
// and those for which that can no longer be told. Where ClickHouse is away it
// takes out none: a crisis is not the moment to hide what shows it.
func (r *reader) hideDeleted(ctx context.Context, now time.Time, incidents []Incident) {
	var ids []string
	for i := range incidents {
		incidents[i].Posts = slices.DeleteFunc(incidents[i].Posts, func(p Post) bool {
			return now.Sub(p.Published) > deletionsKept
		})
		for _, p := range incidents[i].Posts {
			ids = append(ids, p.MentionID)
		}
	}
	if len(ids) == 0 {
		return
	}
	gone, err := r.deleted(ctx, ids)
	if err != nil {
		r.logger.Debug("desk: deleted posts are not known", "err", err)
		return
	}
	for i := range incidents {
		incidents[i].Posts = slices.DeleteFunc(incidents[i].Posts, func(p Post) bool { return gone[p.MentionID] })
	}
}

func (r *reader) deleted(ctx context.Context, ids []string) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	gone := map[string]bool{}
	err := r.rows(ctx, func(rows driver.Rows) error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		gone[id] = true
		return nil
	}, `SELECT DISTINCT mention_id FROM deletions WHERE mention_id IN (?)`, ids)
	return gone, err
}
