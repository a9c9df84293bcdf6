package mastodon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// maxBatch is how many items are handled at once; as many may be waiting.
const maxBatch = 256

var (
	errSilent = errors.New("mastodon: the stream is open and sends not even a heartbeat")
	errEnded  = errors.New("mastodon: the stream ended")
	errDeaf   = errors.New("mastodon: the stream is open and misses posts that the timeline has")
)

// item is what the worker handles: an event of the stream, a page of the
// timeline, or what became of what was brought before.
type item struct {
	event *event
	page  *page
	audit *audit
}

// session is one stream, from opening to end, with the reading of the timeline
// beside it. It always ends with an error; when ctx is done the error means nothing.
func (r *reader) session(ctx context.Context) error {
	if err := r.position.load(ctx); err != nil {
		return err
	}
	session, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := r.open(session)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	from, err := r.from(session) // once the stream is open, so that nothing falls between the two
	if err != nil {
		return err
	}
	r.position.begin(from)
	kept := slices.Clone(r.position.latest())
	items := make(chan item, maxBatch) // so that a batch can form while one is handled
	var tasks sync.WaitGroup
	tasks.Go(func() { cancel(r.receive(session, cancel, body, items)) })
	tasks.Go(func() { cancel(r.catchUp(session, from, kept, items)) })
	cancel(r.work(ctx, session, items))
	tasks.Wait()
	r.position.save(context.WithoutCancel(ctx))
	return context.Cause(session)
}

// open asks the instance what it is, and opens the stream.
func (r *reader) open(ctx context.Context) (io.ReadCloser, error) {
	about, err := r.api.describe(ctx)
	if err != nil {
		return nil, err
	}
	s := r.connector.stream
	r.domain, r.closed = about.Domain, about.closed(s)
	response, err := r.api.open(ctx, r.connector.client.Stream(), about.streaming(r.api.server), "/api/v1/streaming/"+s.path, s.query, "text/event-stream")
	if err != nil {
		return nil, err
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		_ = response.Body.Close()
		return nil, fmt.Errorf("mastodon: the instance answers %q where a stream was asked for", kind)
	}
	r.opened = time.Now()
	return response.Body, nil
}

// from is where the timeline is read from.
func (r *reader) from(ctx context.Context) (string, error) {
	if r.position.durable != "" {
		return before(r.position.durable, r.connector.timing.overlap), nil
	}
	return r.timeline.beginning(ctx, r.connector.lookback, time.Now())
}

// receive reads events until the stream ends or falls silent.
func (r *reader) receive(ctx context.Context, cancel context.CancelCauseFunc, body io.Reader, items chan<- item) error {
	watchdog := time.AfterFunc(r.connector.timing.silence, func() { cancel(errSilent) })
	defer watchdog.Stop()
	events := newEventReader(body)
	for {
		e, err := events.next()
		if err != nil {
			return fmt.Errorf("%w: %w", errEnded, err)
		}
		watchdog.Stop() // a full queue is no silence
		select {
		case items <- item{event: &e}:
		case <-ctx.Done():
			return ctx.Err()
		}
		watchdog.Reset(r.connector.timing.silence)
	}
}

// catchUp reads the timeline up to the present, asks what became of what was
// brought before, and then looks from time to time whether the stream is whole.
// Only a refused token ends the session: the stream is worth more than its past.
func (r *reader) catchUp(ctx context.Context, from string, kept []string, items chan<- item) error {
	hand := func(i item) error {
		select {
		case items <- i:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	at := from
	err := r.persist(ctx, "read the timeline", func() error {
		return r.timeline.forward(ctx, at, r.opened, func(p page) error {
			if newer(p.newest, at) {
				at = p.newest
			}
			return hand(item{page: &p})
		})
	})
	if err != nil {
		return err
	}
	err = r.persist(ctx, "ask what became of earlier posts", func() error {
		a, err := r.timeline.lookAfter(ctx, kept)
		if err != nil {
			return err
		}
		return hand(item{audit: &a})
	})
	if err != nil {
		return err
	}
	_, telling := timeOf(at)
	for {
		if err := wait.For(ctx, r.connector.timing.check); err != nil {
			return err
		}
		err := r.persist(ctx, "check the stream", func() error {
			p, err := r.timeline.recent(ctx, time.Now().Add(-r.connector.timing.settled), telling)
			if err != nil {
				return err
			}
			return hand(item{page: &p})
		})
		if err != nil {
			return err
		}
	}
}

// persist does something until it succeeds, or cannot.
func (r *reader) persist(ctx context.Context, what string, do func() error) error {
	retry := source.NewRetry(r.connector.timing.retry, r.sink)
	var trouble source.Trouble
	for {
		err := do()
		if err == nil || ctx.Err() != nil || errors.Is(err, errToken) {
			return err
		}
		trouble.Goes(r.sink.Logger(), "mastodon: cannot "+what+", trying again", err)
		if err := wait.For(ctx, retry.Next(err)); err != nil {
			return err
		}
	}
}
