package desk

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
)

const (
	// freshFor is how long figures are shown again: many may look, ClickHouse is
	// asked once. After a count that took long the next one waits, so that counting
	// takes at most a twentieth of the time; totals, which count all there is, on
	// their own.
	freshFor       = 2 * time.Second
	pauseTimes     = 20
	maxFiguresWait = 30 * time.Second
	maxTotalsWait  = 5 * time.Minute
	queryTimeout   = 3 * time.Second
	maxPosts       = 20
	maxPostText    = 400
)

// bounds are what the server stops a query at, whatever the desk does.
var bounds = clickhousego.Settings{
	"max_execution_time": 3, "max_memory_usage": 1 << 30, "max_threads": 1, "max_block_size": 8192, "max_result_rows": 20_000, "result_overflow_mode": "break",
}

// figures are counts and posts, as ClickHouse told them at one moment.
type figures struct {
	at      time.Time
	known   bool   // whether ClickHouse ever answered
	problem string // why they are old or missing, empty where they are neither
	sources map[string]flow
	totals  map[string]total // nil where they could not be counted yet
	brands  map[string]tone
	posts   []Post
}

type flow struct {
	minute, hour uint64
	last         time.Time
}

type total struct {
	mentions uint64
	last     time.Time
}

type tone struct {
	negative, neutral, positive, unscored uint64
	minutes                               [60]uint64
}

// reader asks ClickHouse, and not more often than the figures change.
type reader struct {
	conn   driver.Conn
	logger *slog.Logger
	failed func()

	mu         sync.Mutex
	last       figures
	next       time.Time // when figures are asked for anew
	nextTotals time.Time
}

// newReader makes a reader. It does not connect: the desk starts without
// ClickHouse.
func newReader(cfg *config.Config, logger *slog.Logger, failed func()) (*reader, error) {
	options := clickhouse.Options(cfg.ClickHouse, cfg.ClickHouseAddress())
	options.DialTimeout, options.ReadTimeout = queryTimeout, 2*queryTimeout
	options.MaxOpenConns, options.MaxIdleConns = 2, 2
	conn, err := clickhousego.Open(options)
	if err != nil {
		return nil, fmt.Errorf("desk: clickhouse: %w", err)
	}
	return &reader{conn: conn, logger: logger, failed: failed}, nil
}

// get answers figures that are fresh, or the last there were and why.
func (r *reader) get(ctx context.Context, now time.Time) *figures {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Before(r.next) && !now.Before(r.last.at) {
		last := r.last
		return &last
	}
	begun := time.Now()
	next, err := r.ask(ctx, now)
	r.next = now.Add(rest(begun, maxFiguresWait))
	if err != nil {
		if r.last.problem == "" {
			r.logger.Warn("desk: figures cannot be read from ClickHouse", "err", err)
		}
		r.failed()
		r.last.at, r.last.problem = now, "ClickHouse does not answer: counts and posts are missing or old"
	} else {
		r.last = *next
	}
	last := r.last
	return &last
}

func (r *reader) ask(ctx context.Context, now time.Time) (*figures, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queryTimeout) // others may wait for it too
	defer cancel()
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(bounds))
	f := &figures{at: now, known: true, sources: map[string]flow{}, brands: map[string]tone{}, totals: r.last.totals}
	if err := r.askFlow(ctx, f); err != nil {
		return nil, err
	}
	if err := r.askBrands(ctx, f); err != nil {
		return nil, err
	}
	if err := r.askPosts(ctx, f); err != nil {
		return nil, err
	}
	r.countTotals(ctx, f)
	return f, nil
}

// rest is how long after a count the next one is taken.
func rest(begun time.Time, longest time.Duration) time.Duration {
	return min(longest, max(freshFor, pauseTimes*time.Since(begun)))
}

// countTotals adds the totals, where it is time to count them.
func (r *reader) countTotals(ctx context.Context, f *figures) {
	if f.at.Before(r.nextTotals) {
		return
	}
	begun := time.Now()
	if err := r.askTotals(ctx, f); err != nil { // the table may be too large for our bounds: the rest is not
		r.logger.Debug("desk: totals were not counted", "err", err)
	}
	r.nextTotals = f.at.Add(rest(begun, maxTotalsWait))
}

// askFlow counts what was said lately at each source: by the same time and over the
// same mentions as the brands' last hour, which stands beside it.
func (r *reader) askFlow(ctx context.Context, f *figures) error {
	return r.rows(ctx, func(rows driver.Rows) error {
		var name string
		var s flow
		if err := rows.Scan(&name, &s.minute, &s.hour, &s.last); err != nil {
			return err
		}
		f.sources[name] = s
		return nil
	}, `SELECT source,
			uniqExactIf(sipHash64(mention_id), published_time > fromUnixTimestamp64Milli(?) - INTERVAL 1 MINUTE),
			uniqExact(sipHash64(mention_id)), max(published_time)
		FROM mentions
		WHERE published_time > fromUnixTimestamp64Milli(?) - INTERVAL 1 HOUR AND published_time <= fromUnixTimestamp64Milli(?)
		GROUP BY source`, f.ms(), f.ms(), f.ms())
}

func (r *reader) askTotals(ctx context.Context, f *figures) error {
	totals := map[string]total{}
	err := r.rows(ctx, func(rows driver.Rows) error {
		var name string
		var t total
		if err := rows.Scan(&name, &t.mentions, &t.last); err != nil {
			return err
		}
		totals[name] = t
		return nil
	}, `SELECT source, uniqExact(sipHash64(mention_id)), max(published_time) FROM mentions GROUP BY source`)
	if err == nil {
		f.totals = totals
	}
	return err
}

func (r *reader) askBrands(ctx context.Context, f *figures) error {
	return r.rows(ctx, func(rows driver.Rows) error {
		var id string
		var minute int64
		var negative, neutral, positive, unscored uint64
		if err := rows.Scan(&id, &minute, &negative, &neutral, &positive, &unscored); err != nil {
			return err
		}
		t := f.brands[id]
		t.negative += negative
		t.neutral += neutral
		t.positive += positive
		t.unscored += unscored
		if minute >= 0 && minute < int64(len(t.minutes)) {
			t.minutes[int64(len(t.minutes))-1-minute] = negative + neutral + positive + unscored
		}
		f.brands[id] = t
		return nil
	}, `SELECT brand_id,
			intDiv(? - toUnixTimestamp64Milli(published_time), 60000) AS minute,
			countIf(sentiment = 'negative'), countIf(sentiment = 'neutral'),
			countIf(sentiment = 'positive'), countIf(sentiment = 'none')
		FROM mentions
		WHERE published_time > fromUnixTimestamp64Milli(?) - INTERVAL 1 HOUR AND published_time <= fromUnixTimestamp64Milli(?)
		GROUP BY brand_id, minute`, f.ms(), f.ms(), f.ms())
}

// postSpans are how far back the newest posts are looked for: a busy day holds
// more of them than need be read.
var postSpans = []time.Duration{10 * time.Minute, time.Hour, 24 * time.Hour}

func (r *reader) askPosts(ctx context.Context, f *figures) error {
	for _, span := range postSpans {
		f.posts = f.posts[:0]
		if err := r.askPostsWithin(ctx, f, span); err != nil || len(f.posts) == maxPosts {
			return err
		}
	}
	return nil
}

func (r *reader) askPostsWithin(ctx context.Context, f *figures, span time.Duration) error {
	return r.rows(ctx, func(rows driver.Rows) error {
		var p Post
		if err := rows.Scan(&p.MentionID, &p.BrandID, &p.Source, &p.Author, &p.Text, &p.URL, &p.Sentiment, &p.Published); err != nil {
			return err
		}
		f.posts = append(f.posts, p)
		return nil
	}, `SELECT mention_id, brand_id, source, if(author_handle != '', author_handle, author_name),
			substringUTF8(if(title != '', concat(title, ' — ', text), text), 1, ?), url, toString(sentiment), published_time
		FROM mentions
		WHERE published_time > fromUnixTimestamp64Milli(?)
		ORDER BY published_time DESC, mention_id, brand_id
		LIMIT 1 BY mention_id
		LIMIT ?`, maxPostText, f.at.Add(-span).UnixMilli(), maxPosts)
}

func (r *reader) rows(ctx context.Context, scan func(driver.Rows) error, query string, args ...any) error {
	rows, err := r.conn.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("desk: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	return nil
}

func (f *figures) ms() int64 { return f.at.UnixMilli() }

// source is what is known of a source's flow.
func (f *figures) source(name string) Source {
	s := Source{Name: name}
	if !f.known {
		return s
	}
	flow, total := f.sources[name], f.totals[name]
	s.LastMinute, s.LastHour = &flow.minute, &flow.hour
	if f.totals != nil {
		s.Total = &total.mentions
	}
	if last := latest(flow.last, total.last); !last.IsZero() {
		s.LastPost = &last
	}
	return s
}

func (f *figures) brand(b config.Brand) Brand {
	t := f.brands[b.ID]
	brand := Brand{
		ID: b.ID, Name: b.Name, Negative: t.negative, Neutral: t.neutral, Positive: t.positive,
		Unscored: t.unscored, Minutes: t.minutes,
	}
	if f.known {
		sum := t.negative + t.neutral + t.positive + t.unscored
		brand.LastHour = &sum
	}
	return brand
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
