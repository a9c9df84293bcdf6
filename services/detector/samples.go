package detector

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// sampled are what was known of mentions' followers and engagement, each time a message
// about one came, in the order in which it came.
const sampled = `
SELECT brand_id, mention_id, toUnixTimestamp64Milli(published_time), toUnixTimestamp64Milli(known_time),
	ownership = 'official', toUInt8(kind), toUInt8(sentiment), followers, engagement
FROM mention_samples FINAL
WHERE (? OR brand_id IN ?) AND known_time >= fromUnixTimestamp64Milli(?) AND known_time < fromUnixTimestamp64Milli(?)
ORDER BY known_time, mention_id, brand_id, revision`

// samples are read beside the mentions they are of.
type samples struct {
	rows  driver.Rows
	brand string // of the next, "" at the end
	next  reading
	err   error
	visit func(brand string, m detect.Mention)
}

// readSamples begins to read, for visit.
func readSamples(ctx context.Context, conn driver.Conn, brands []string, from, before time.Time, visit func(string, detect.Mention)) (*samples, error) {
	rows, err := conn.Query(ctx, sampled, len(brands) == 0, brands, from.UnixMilli(), before.UnixMilli())
	if err != nil {
		return nil, err
	}
	s := &samples{rows: rows, visit: visit}
	s.advance()
	return s, s.err
}

func (s *samples) advance() {
	s.brand, s.next = "", reading{measured: true}
	if s.err != nil || !s.rows.Next() {
		return
	}
	var published, known int64
	var official, kind, sentiment uint8
	r := &s.next
	s.err = s.rows.Scan(&s.brand, &r.ID, &published, &known, &official, &kind, &sentiment, &r.Followers, &r.Engagement)
	r.Published, r.Known = time.UnixMilli(published).UTC(), time.UnixMilli(known).UTC()
	r.Sentiment, r.kind, r.official = detect.Sentiment(sentiment), vigiev1.Kind(kind), official == 1
}

// mention visits a mention, after what was known again of others before it. It has the
// figures it had when it became known, where they are known.
func (s *samples) mention(brand string, m detect.Mention) {
	for s.brand != "" && s.order(brand, &m) < 0 {
		s.again()
	}
	if s.brand != "" && s.order(brand, &m) == 0 {
		m.Followers, m.Engagement, m.Measured = s.next.Followers, s.next.Engagement, s.next.countsReactions()
		s.advance()
	}
	s.visit(brand, m)
}

// order is how the next sample stands to a mention.
func (s *samples) order(brand string, m *detect.Mention) int {
	return cmp.Or(s.next.Known.Compare(m.Known), cmp.Compare(s.next.ID, m.ID), cmp.Compare(s.brand, brand))
}

// again visits the next sample, of a mention that was known before.
func (s *samples) again() {
	m := s.next.mention()
	m.Again = true
	s.visit(s.brand, m)
	s.advance()
}

// rest visits what is left, and says what went wrong.
func (s *samples) rest() error {
	for s.brand != "" {
		s.again()
	}
	if err := cmp.Or(s.err, s.rows.Err()); err != nil {
		return fmt.Errorf("read what was known of engagement: %w", err)
	}
	return nil
}
