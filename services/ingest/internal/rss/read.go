package rss

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// publishBatch bounds what is handed to the bus at once.
const publishBatch = 200

// refusedError means that the host wants, or needs, to be left alone.
type refusedError struct {
	err   error
	wait  time.Duration // what it asked for; 0 if it did not say
	quota bool          // it was our asking that was too much
}

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

// read asks for the feed and brings what is new.
func (c *Connector) read(ctx context.Context, sink *source.Sink, address string) error {
	response, err := c.get(ctx, address)
	if errors.Is(err, fetch.ErrRedirectLoop) {
		return errors.Join(err, c.refuse(ctx, sink, fault{bus.ReasonRedirectLoop, err, []byte(address)}))
	}
	if err != nil {
		return &refusedError{err: fmt.Errorf("rss: %w", err)}
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotModified {
		sink.Alive()
		return nil
	}
	if err := c.status(response); err != nil {
		return err
	}
	body, err := fetch.ReadAll(response.Body, c.limits.body)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	page := document{data: body, contentType: response.Header.Get("Content-Type"), cut: err}
	return c.take(ctx, sink, response, page)
}

func (c *Connector) get(ctx context.Context, address string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, "+
		"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1")
	if c.memory.ETag != "" {
		request.Header.Set("If-None-Match", c.memory.ETag)
	}
	if c.memory.LastModified != "" {
		request.Header.Set("If-Modified-Since", c.memory.LastModified)
	}
	return c.client.HTTP().Do(request)
}

// status says why an answer brings no feed.
func (c *Connector) status(response *http.Response) error {
	code := response.StatusCode
	err := fmt.Errorf("rss: %s answers %s", response.Request.URL.Redacted(), response.Status)
	asked, hasAsked := fetch.RetryAfter(response.Header, time.Now())
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusGone:
		return ErrGone
	case code == http.StatusTooManyRequests:
		return &refusedError{err: err, wait: asked, quota: true}
	case code >= 500 || hasAsked:
		return &refusedError{err: err, wait: asked}
	default: // it concerns this feed and not its host: a 404, a 403
		return err
	}
}

// take brings the items of a document, keeps what could not be read as dead
// letters, and remembers where we stand.
func (c *Connector) take(ctx context.Context, sink *source.Sink, response *http.Response, page document) error {
	now := time.Now()
	feed, found := parse(page, c.limits, now)
	next := c.memory.clone()
	plan := c.site.plan(c.url, next, feed, now)
	if err := c.publish(ctx, sink, next, plan, feed, response.Request.URL.String()); err != nil {
		return err
	}
	if err := c.bury(ctx, sink, next, found); err != nil {
		return err
	}
	next.Begun = next.Begun || feed.recognised
	next.ETag, next.LastModified = "", ""
	if found.none() { // else the rest would hide behind a 304 until the feed changes
		next.ETag, next.LastModified = response.Header.Get("ETag"), response.Header.Get("Last-Modified")
	}
	if moved, ok := fetch.Moved(response); ok && feed.recognised {
		next.Moved = moved.String()
		sink.Logger().Info("rss: the feed has moved for good", "to", next.Moved)
	}
	if err := c.save(ctx, sink, next); err != nil {
		return err
	}
	c.metrics.items(plan, len(found.items))
	sink.Logger().Debug("rss: feed read", "items", len(feed.items), "new", plan.fresh, "edited", plan.edited,
		"repeated", plan.repeated, "refused", len(found.items))
	if !feed.recognised {
		return fmt.Errorf("rss: %s brings no feed: %w", response.Request.URL.Redacted(), found.whole.err)
	}
	sink.Alive()
	return nil
}

// publish first writes down what it will bring, under which dates and revisions,
// then brings it: should we fall in between, the next reading gives the items the
// same dates although the feed may have changed its own, and an edit of what may
// be on the bus already a revision of its own.
func (c *Connector) publish(ctx context.Context, sink *source.Sink, next *memory, plan plan, feed feed, address string) error {
	if len(plan.changes) > 0 {
		for _, change := range plan.changes {
			change.announce()
		}
		if err := c.save(ctx, sink, next); err != nil {
			return err
		}
	}
	origin := vigiev1.Origin_ORIGIN_LIVE
	if !next.Begun {
		origin = vigiev1.Origin_ORIGIN_BACKFILL
	}
	var batch []*vigiev1.Mention
	for i, change := range plan.changes {
		batch = append(batch, mention(change, feed, c.url, address, origin))
		if len(batch) == publishBatch || i == len(plan.changes)-1 {
			if err := sink.Publish(ctx, batch...); err != nil {
				return errors.Join(source.ErrBus, err)
			}
			batch = nil
		}
	}
	for _, change := range plan.changes {
		change.settle()
	}
	return nil
}

// bury keeps faults as dead letters: that of the document once until it is
// sound again, those of items once.
func (c *Connector) bury(ctx context.Context, sink *source.Sink, next *memory, found faults) error {
	letters := slices.DeleteFunc(slices.Clone(found.items), func(f fault) bool { return next.refused(f.payload) })
	was := next.Fault
	next.Fault = ""
	if found.whole != nil {
		next.Fault = found.whole.reason
		if was != next.Fault {
			letters = append(letters, *found.whole)
		}
	}
	for _, letter := range letters {
		if err := sink.Refuse(ctx, letter.reason, letter.err, letter.payload); err != nil {
			return errors.Join(source.ErrBus, err)
		}
	}
	return nil
}

// refuse buries a fault that left no document to read.
func (c *Connector) refuse(ctx context.Context, sink *source.Sink, f fault) error {
	next := c.memory.clone()
	if err := c.bury(ctx, sink, next, faults{whole: &f}); err != nil {
		return err
	}
	return c.save(ctx, sink, next)
}

// save remembers where we stand, if that has changed.
func (c *Connector) save(ctx context.Context, sink *source.Sink, next *memory) error {
	if reflect.DeepEqual(next, c.memory) {
		return nil
	}
	if err := sink.SaveCursor(ctx, c.url, next); err != nil {
		return errors.Join(source.ErrBus, err)
	}
	c.memory = next.clone()
	c.site.saved(c.url, c.memory)
	return nil
}
