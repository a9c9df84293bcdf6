package store

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// goneRevision is the revision of a deletion: none is higher.
const goneRevision = math.MaxUint64

// head is the newest revision known of a mention for one brand at one time. No
// brand means that this revision concerns none.
type head struct {
	MentionID     string    `ch:"mention_id"`
	BrandID       string    `ch:"brand_id"`
	PublishedTime time.Time `ch:"published_time"`
	Revision      uint64    `ch:"revision"`
	IsDeleted     uint8     `ch:"is_deleted"` // no row of the view stands here
	Origin        string    `ch:"origin"`
	ImportID      string    `ch:"import_id"`
	CollectedTime time.Time `ch:"collected_time"`
	KnownTime     time.Time `ch:"known_time"` // when the bus took it first
}

// heads are all that is known of one mention.
type heads []head

// newest is the highest revision known. What is lower is past, for every brand:
// an edit that concerns other brands leaves those it concerned before.
func (hs heads) newest() (revision uint64) {
	for _, h := range hs {
		revision = max(revision, h.Revision)
	}
	return revision
}

// first is the head known first, or for one brand if that is not "": what is shown
// decides before what is not. It is false where none is known.
func (hs heads) first(brand string) (first head, known bool) {
	for _, h := range hs {
		suits := h.BrandID != "" && (brand == "" || h.BrandID == brand)
		if suits && (!known || h.IsDeleted < first.IsDeleted) {
			first, known = h, true
		}
	}
	return first, known
}

// obsolete are the heads that are shown although a newer revision is known.
func (hs heads) obsolete() (old heads) {
	newest := hs.newest()
	for _, h := range hs {
		if h.IsDeleted == 0 && h.Revision < newest {
			old = append(old, h)
		}
	}
	return old
}

// Why a mention was not written as it came.
const (
	amendedDeleted  = "deleted"    // not written: its source took it back
	amendedOutdated = "outdated"   // not written: a newer revision is known
	amendedTime     = "other_time" // written under the published_time known first
)

var amendments = []string{amendedDeleted, amendedOutdated, amendedTime}

// admit fits a mention that the bus took at a moment to what is known of it, and says
// what it had to amend. What was held first stays: when it was published, and how and
// when it came. Of two moments the earlier counts: batches are handled side by side.
func (hs heads) admit(s *vigiev1.ScoredMention, taken time.Time) (row head, amended string) {
	m := s.Mention
	row = head{
		MentionID: m.MentionId, BrandID: s.BrandId, Revision: m.Revision, Origin: enum.Name(m.Origin), ImportID: m.ImportId,
		PublishedTime: moment(m.PublishedTime).Truncate(time.Millisecond), CollectedTime: moment(m.CollectedTime),
		KnownTime: taken.Truncate(time.Millisecond),
	}
	switch newest := hs.newest(); {
	case newest == goneRevision:
		return row, amendedDeleted
	case m.Revision < newest:
		return row, amendedOutdated
	}
	if h, known := hs.first(""); known && !h.PublishedTime.Equal(row.PublishedTime) {
		row.PublishedTime, amended = h.PublishedTime, amendedTime
	}
	if h, known := hs.first(row.BrandID); known {
		row.Origin, row.ImportID, row.CollectedTime = h.Origin, h.ImportID, h.CollectedTime
		row.KnownTime = earlier(row.KnownTime, h.KnownTime)
	}
	return row, amended
}

// selectHeads reads without FINAL: to merge is cheaper here, of a few rows, than
// there, of all that lie between them.
const selectHeads = `SELECT mention_id, brand_id, published_time, revision, is_deleted, toString(origin) AS origin,
	import_id, collected_time, known_time FROM mention_heads WHERE mention_id IN (?)`

// heads asks what is known of mentions.
func (s *service) heads(ctx context.Context, ids []string) (map[string]heads, error) {
	known := map[string]heads{}
	if len(ids) == 0 {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, insertWithin)
	defer cancel()
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(clickhousego.Settings{
		"max_query_size": maxQuerySize, "max_threads": 1, "max_read_buffer_size": 64 << 10, // a few rows of many parts
	}))
	var rows []head
	if err := s.conn.Select(ctx, &rows, selectHeads, ids); err != nil {
		return nil, fmt.Errorf("store: ask what is known of %d mentions: %w", len(ids), err)
	}
	for _, h := range rows {
		known[h.MentionID] = known[h.MentionID].with(h)
	}
	return known, nil
}

// with adds a head, unless a newer one of the same row is there. Of equal ones that
// which hides decides, in whatever order they are read; of all, the earliest says since
// when it is known.
func (hs heads) with(h head) heads {
	for i := range hs {
		if hs[i].BrandID == h.BrandID && hs[i].PublishedTime.Equal(h.PublishedTime) {
			known := earlier(h.KnownTime, hs[i].KnownTime)
			if h.Revision > hs[i].Revision || h.Revision == hs[i].Revision && h.IsDeleted > hs[i].IsDeleted {
				hs[i] = h
			}
			hs[i].KnownTime = known
			return hs
		}
	}
	return append(hs, h)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// supersede adds what a batch says to what is known: from now on these are the
// newest revisions.
func supersede(known map[string]heads, id string, revision uint64) {
	known[id] = append(known[id], head{MentionID: id, Revision: revision, IsDeleted: 1})
}

// tombstones are rows without words nor author for what became obsolete. Each stands
// just below the newest revision, which may yet come for the same brand.
func tombstones(known map[string]heads) (rows [][]any) {
	now := timestamppb.Now()
	for id, hs := range known {
		for _, old := range hs.obsolete() {
			blank := &vigiev1.ScoredMention{BrandId: old.BrandID, ScoredTime: now, Mention: &vigiev1.Mention{
				MentionId: id, Revision: hs.newest() - 1, Source: sourceOf(id),
				Kind: vigiev1.Kind_KIND_POST, Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
			}}
			old.IsDeleted = 1
			rows = append(rows, mentionRow(blank, old))
		}
	}
	return rows
}

func sourceOf(mentionID string) string {
	source, _, _ := strings.Cut(mentionID, ":")
	return source
}
