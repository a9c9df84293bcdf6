package x

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// searchWindow is how far back recent search sees, less a minute: X refuses
	// an id that is a moment too old.
	searchWindow = 7*24*time.Hour - time.Minute
	minResults   = 10
	maxResults   = 100
)

// fill searches for what was published between where we stood and the opening of
// the stream. Search finds a post only some time after it was published, so it
// takes two rounds: one at once, for most of it, and one when all can be found.
// An error ends the stream; what else goes wrong is tried again.
func (c *Connector) fill(ctx context.Context, sink *source.Sink, opened time.Time, queries []string) error {
	c.metrics.gap("opened")
	if since, oldest := c.progress.reached(), time.Now().Add(-searchWindow); since.Before(oldest) {
		sink.Logger().Warn("x: we were away for longer than search sees: posts are lost", "from", since, "until", oldest)
	}
	backoff := newBackoff(c.pace)
	var trouble source.Trouble
	for ctx.Err() == nil {
		began := time.Now()
		err := c.round(ctx, sink, queries)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			kind := classify(err)
			if kind == spent || kind == ours {
				return err
			}
			pause := backoff.wait(kind, false)
			var status *statusError
			if errors.As(err, &status) && status.code == 429 {
				pause = max(pause, time.Until(status.reset))
			}
			trouble.Goes(sink.Logger(), "x: the gap before the stream cannot be filled yet", err)
			_ = wait.For(ctx, pause)
			continue
		}
		complete := began.Add(-c.pace.indexing)
		c.progress.searched(complete)
		if !complete.Before(opened) {
			c.progress.setGap(false)
			c.metrics.gap("filled")
			sink.Logger().Info("x: the gap before the stream is filled", "took", time.Since(opened).Round(time.Second))
			return nil
		}
		_ = wait.For(ctx, time.Until(opened.Add(c.pace.indexing+time.Millisecond)))
	}
	return nil
}

// round asks all queries for what was published since where we stand.
func (c *Connector) round(ctx context.Context, sink *source.Sink, queries []string) error {
	since := c.progress.reached()
	if oldest := time.Now().Add(-searchWindow); since.Before(oldest) {
		since = oldest
	}
	for _, query := range queries {
		if err := c.ask(ctx, sink, query, snowflakeAt(since)); err != nil {
			return err
		}
	}
	return nil
}

// ask brings all pages of one query.
func (c *Connector) ask(ctx context.Context, sink *source.Sink, query string, since int64) error {
	for next := ""; ; {
		left, err := c.meter.left(ctx, time.Now())
		if err != nil {
			return err
		}
		if left < minResults { // a page might cost more than what is left
			return errBudget
		}
		page, err := c.api.search(ctx, query, since, next, min(left, maxResults))
		if err != nil {
			return err
		}
		if err := c.bring(ctx, sink, page); err != nil {
			return err
		}
		if next = page.Meta.Next; next == "" {
			return nil
		}
	}
}

// bring publishes the posts of a page that the stream has not brought.
func (c *Connector) bring(ctx context.Context, sink *source.Sink, page *page) error {
	var mentions []*vigiev1.Mention
	for _, raw := range page.Data {
		m, err := c.found(ctx, raw, page.Includes)
		var permanent *bus.PermanentError
		switch {
		case errors.As(err, &permanent):
			if err := sink.Refuse(ctx, permanent.Reason, permanent.Err, raw); err != nil {
				return errors.Join(source.ErrBus, err)
			}
		case err != nil:
			return err
		case m != nil:
			m.Origin = vigiev1.Origin_ORIGIN_BACKFILL
			mentions = append(mentions, m)
		}
	}
	if err := sink.Publish(ctx, mentions...); err != nil {
		return errors.Join(source.ErrBus, err)
	}
	return nil
}

// found makes a mention of a post of search, as if it were a line of the stream;
// nil when the stream has brought it.
func (c *Connector) found(ctx context.Context, raw, includes json.RawMessage) (*vigiev1.Mention, error) {
	if includes == nil {
		includes = json.RawMessage("{}")
	}
	l, err := parseLine(bytes.Join([][]byte{[]byte(`{"data":`), raw, []byte(`,"includes":`), includes, []byte("}")}, nil))
	if err != nil {
		return nil, err
	}
	if err := c.meter.buyLine(ctx, time.Now(), l, bySearch); err != nil {
		return nil, err
	}
	if l.Data != nil && c.recent.has(l.Data.ID) {
		return nil, nil
	}
	m, err := l.mention()
	if err != nil {
		return nil, err
	}
	m.Url = source.Web(m.Url, site, c.cfg.WebURL)
	return m, nil
}
