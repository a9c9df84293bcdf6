package desk

import (
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/quote"
)

const (
	// deletionsKept is how long the store knows of a deletion. For as long the
	// posts of an incident are shown (INVARIANTS 10).
	deletionsKept = 7 * 24 * time.Hour
	// lookTimeout bounds what a page waits for: an ack must not wait for ClickHouse.
	lookTimeout = 500 * time.Millisecond
)

// hideDeleted takes out of incidents what quotes posts that their source says are gone,
// and all quotes where that can no longer be told. Where ClickHouse is away it takes out
// none: a crisis is not the moment to hide what shows it.
func (r *reader) hideDeleted(ctx context.Context, now time.Time, incidents []Incident) {
	var ids []string
	for i := range incidents {
		incidents[i].hideOld(now.Add(-deletionsKept))
		ids = append(ids, incidents[i].quoted()...)
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
		incidents[i].hide(func(id string) bool { return gone[id] })
	}
}

// quoted are the ids of the mentions that an incident quotes.
func (i *Incident) quoted() (ids []string) {
	for _, p := range i.Posts {
		ids = append(ids, p.MentionID)
	}
	for _, s := range i.Path {
		ids = append(ids, s.ID)
	}
	for _, a := range i.TopAuthors {
		ids = append(ids, a.IDs...)
	}
	return ids
}

// hide takes out what names mentions that are gone: an author is known by what they
// wrote. Words are those of several.
func (i *Incident) hide(gone func(id string) bool) {
	i.Posts = slices.DeleteFunc(i.Posts, func(p Post) bool { return gone(p.MentionID) })
	i.Path = slices.DeleteFunc(i.Path, func(s quote.Step) bool { return gone(s.ID) })
	i.TopAuthors = slices.DeleteFunc(i.TopAuthors, func(a quote.Author) bool { return slices.ContainsFunc(a.IDs, gone) })
}

// hideOld takes out what quotes posts of before a moment.
func (i *Incident) hideOld(before time.Time) {
	i.Posts = slices.DeleteFunc(i.Posts, func(p Post) bool { return p.Published.Before(before) })
	i.Path = slices.DeleteFunc(i.Path, func(s quote.Step) bool { return s.Published.Before(before) })
	if i.Opened.Before(before) {
		i.TopAuthors, i.Words = []quote.Author{}, []quote.Word{}
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
