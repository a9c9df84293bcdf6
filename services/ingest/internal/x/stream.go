package x

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// maxBatch bounds the lines handled at once.
	maxBatch = 100
	// maxSkew is how far our clock may be from X's before we say so.
	maxSkew = 30 * time.Second
)

// follow opens the stream and reads it, while others fill the gap before it and
// keep the rules in step. It answers whether the stream was open, and why it ended.
func (c *Connector) follow(parent context.Context, sink *source.Sink, wanted wish) (stood bool, err error) {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	response, err := c.api.stream(ctx)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	sink.Alive()
	sink.Logger().Info("x: the stream is open", "rules", len(wanted.rules))
	c.progress.setGap(true)
	opened := time.Now()
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil && date.Sub(opened).Abs() > maxSkew && !c.told.clock {
		c.told.clock = true
		sink.Logger().Warn("x: our clock and X's differ: posts may be missed at reconnections, set the clock (NTP)",
			"ours", opened.UTC(), "theirs", date)
	}

	var others sync.WaitGroup
	defer others.Wait()
	defer stop(nil)
	others.Go(func() { end(stop, c.fill(ctx, sink, opened, wanted.queries)) })
	others.Go(func() { end(stop, c.keepRules(ctx, sink, wanted)) })
	w := read(ctx, response.Body, c.pace.silence, stop)
	err = c.consume(parent, sink, w)
	stop(err)
	_ = response.Body.Close() // so that X counts us out at once
	for range w.lines {       // what was read and not handled: search will find it
	}
	return true, err
}

// end stops the stream for a reason of those who work beside it.
func end(stop context.CancelCauseFunc, err error) {
	if err != nil {
		stop(err)
	}
}

// consume handles what comes until the stream ends.
func (c *Connector) consume(ctx context.Context, sink *source.Sink, w *wire) error {
	look := time.NewTicker(c.pace.look)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, more := <-w.lines:
			if !more {
				return w.err
			}
			if err := c.handle(ctx, sink, gather(line, w.lines)); err != nil {
				return err
			}
		case now := <-look.C:
			if since, ok := w.quiet(now, min(c.pace.look, time.Second)/2); ok {
				c.progress.streamed(since.Add(-c.pace.overlap))
			}
			if err := c.progress.save(ctx, sink); err != nil {
				return errors.Join(source.ErrBus, err)
			}
		}
	}
}

// gather adds the lines that wait already.
func gather(first wireLine, lines <-chan wireLine) []wireLine {
	batch := []wireLine{first}
	for len(batch) < maxBatch {
		select {
		case line, more := <-lines:
			if !more {
				return batch
			}
			batch = append(batch, line)
		default:
			return batch
		}
	}
	return batch
}

// handle brings a batch of lines. All posts in it are paid for, so all are
// brought, also when the batch ends with X's last word or our budget.
func (c *Connector) handle(ctx context.Context, sink *source.Sink, batch []wireLine) error {
	var mentions []*vigiev1.Mention
	var ids []string
	var ending error
	for _, line := range batch {
		m, id, err := c.open(ctx, line)
		var last *streamError
		var permanent *bus.PermanentError
		switch {
		case errors.As(err, &last):
			ending = err
		case errors.As(err, &permanent):
			if err := sink.Refuse(ctx, permanent.Reason, permanent.Err, line.text); err != nil {
				return errors.Join(source.ErrBus, err)
			}
		case err != nil:
			return err
		case m != nil:
			m.Origin = vigiev1.Origin_ORIGIN_LIVE
			mentions, ids = append(mentions, m), append(ids, id)
		}
	}
	if err := sink.Publish(ctx, mentions...); err != nil {
		return errors.Join(source.ErrBus, err)
	}
	now := time.Now()
	for i, id := range ids {
		c.recent.add(id)
		if published := mentions[i].PublishedTime.AsTime(); published.Before(now) {
			c.progress.streamed(published.Add(-c.pace.overlap))
		}
	}
	if ending != nil {
		return ending
	}
	sink.Alive()
	if left, err := c.meter.left(ctx, time.Now()); err != nil || left == 0 {
		return errors.Join(err, errBudget)
	}
	return nil
}

// open makes a mention of a line; nil for a keep-alive.
func (c *Connector) open(ctx context.Context, text wireLine) (*vigiev1.Mention, string, error) {
	switch {
	case errors.Is(text.cut, errLineLong):
		return nil, "", bus.Permanent(bus.ReasonTooLarge, text.cut)
	case text.cut != nil:
		return nil, "", bus.Permanent(bus.ReasonTruncated, text.cut)
	case len(text.text) == 0:
		return nil, "", nil
	}
	l, err := parseLine(text.text)
	if err != nil {
		return nil, "", err
	}
	if l.Data == nil && l.text() != "" {
		return nil, "", &streamError{l.first()}
	}
	if err := c.meter.buyLine(ctx, time.Now(), l, byStream); err != nil {
		return nil, "", err
	}
	m, err := l.mention()
	if err != nil {
		return nil, "", err
	}
	m.Url = source.Web(m.Url, site, c.cfg.WebURL)
	return m, l.Data.ID, nil
}

// keepRules keeps X's rules in step with the brands while the stream is open. X
// needs no new connection for that.
func (c *Connector) keepRules(ctx context.Context, sink *source.Sink, wanted wish) error {
	backoff := newBackoff(c.pace)
	var trouble source.Trouble
	last := sink.Interests()
	for {
		if wait.For(ctx, c.pace.look) != nil {
			return nil
		}
		interests := sink.Interests()
		if interests == last {
			continue
		}
		wanted = c.wishes(sink)
		err := c.synchronise(ctx, wanted, sink.Logger())
		if err == nil {
			last = interests
			backoff.recovered()
			trouble.Over()
			sink.Logger().Info("x: the rules follow the brands", "rules", len(wanted.rules))
			continue
		}
		kind := classify(err)
		if kind == final {
			return err
		}
		trouble.Goes(sink.Logger(), "x: the rules cannot follow the brands yet", err)
		_ = wait.For(ctx, backoff.wait(kind, false))
	}
}
