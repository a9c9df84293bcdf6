package detector

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// storeWait bounds how long the tables are waited for to hold what was read.
const storeWait = 20 * time.Second

const pastMinutes = `
SELECT brand_id, toStartOfMinute(published_time) AS minute, toUInt32(count()), toUInt32(countIf(sentiment = 'negative'))
FROM mentions
WHERE published_time >= ? AND published_time < ?
GROUP BY brand_id, minute`

const lastMentions = `
SELECT brand_id, mention_id, source, multiIf(author_id != '', author_id, author_handle != '', author_handle, page), author_handle,
	sentiment = 'negative', published_time, collected_time, if(text = '', title, text), url, followers,
	likes + shares + replies, model_version
FROM mentions
WHERE published_time >= ? AND origin != 'imported'
ORDER BY collected_time`

// awaitStore waits until the tables hold what a detector before this one has
// acknowledged: it will not be delivered again.
func (s *service) awaitStore(ctx context.Context) error {
	mine, err := s.bus.Progress(ctx, bus.Detector)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(storeWait)
	for {
		stored, err := s.bus.Progress(ctx, bus.StoreScored)
		if err != nil {
			return err
		}
		if stored.Done >= mine.Done || stored.Pending == 0 || time.Now().After(deadline) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// learned is an engine that knows the past as the tables hold it.
func learned(ctx context.Context, cfg *config.Config) (*detect.Engine, error) {
	conn, err := clickhouse.Open(ctx, cfg, startWait)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	engine := detect.New(rule(cfg))
	return engine, learn(ctx, conn, engine, time.Now(), rule(cfg))
}

// learn counts the past of every brand from the tables: whole minutes before
// the window, mention by mention within it.
func learn(ctx context.Context, conn driver.Conn, engine *detect.Engine, now time.Time, rule detect.Rule) error {
	windowStart := now.Add(-rule.Window).Truncate(time.Minute).UTC()
	rows, err := conn.Query(ctx, pastMinutes, now.Add(-rule.Baseline).UTC(), windowStart)
	if err != nil {
		return fmt.Errorf("detector: read the past: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var brand string
		var minute time.Time
		var total, negative uint32
		if err := rows.Scan(&brand, &minute, &total, &negative); err != nil {
			return fmt.Errorf("detector: read the past: %w", err)
		}
		engine.Learn(brand, minute, total, negative)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("detector: read the past: %w", err)
	}
	return relive(ctx, conn, engine, windowStart)
}

// relive counts the mentions of the window anew, without deciding on them.
func relive(ctx context.Context, conn driver.Conn, engine *detect.Engine, from time.Time) error {
	rows, err := conn.Query(ctx, lastMentions, from)
	if err != nil {
		return fmt.Errorf("detector: read the window: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var brand string
		var m detect.Mention
		var negative uint8
		if err := rows.Scan(&brand, &m.ID, &m.Source, &m.Author, &m.Handle, &negative, &m.Published, &m.Collected,
			&m.Text, &m.URL, &m.Followers, &m.Engagement, &m.Model); err != nil {
			return fmt.Errorf("detector: read the window: %w", err)
		}
		m.Negative = negative == 1
		engine.Observe(brand, m, false)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("detector: read the window: %w", err)
	}
	return nil
}
