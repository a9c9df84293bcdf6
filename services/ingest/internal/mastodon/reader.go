package mastodon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	maxSeen    = 20_000 // statuses that the stream showed, wanted or not
	maxDeleted = 20_000 // deletions, to stop a status whose deletion came first
	// barrenDeletes is how many deletions a stream must show without any post
	// before it is taken for closed: a calm stream is no closed one.
	barrenDeletes = 20
)

// reader carries what outlives a stream.
type reader struct {
	connector *Connector
	sink      *source.Sink
	api       *api
	timeline  *timeline
	position  *position
	ids       *source.Ledger               // by id on this instance, the uri of the statuses we brought
	seen      *source.Recent[string, bool] // by the id the timeline is paged by
	deleted   *source.Recent[string, bool] // by id on this instance
	metrics   *Metrics

	domain     string    // what the instance calls itself
	closed     bool      // it says that this stream yields nothing
	opened     time.Time // this stream
	fruitless  int       // deletions since the last post
	lastFruit  time.Time // the last post, or the beginning
	interested *source.Interests
}

func newReader(c *Connector, sink *source.Sink) *reader {
	a := &api{server: c.server, token: c.token, client: c.client}
	name := c.server.Host + " " + c.stream.name
	patient := func(ctx context.Context, d time.Duration) error {
		if d > 0 {
			sink.Logger().Info("mastodon: the rate limit is nearly used up, reading the timeline pauses", "for", d.Round(time.Second))
		}
		return wait.For(ctx, d)
	}
	return &reader{
		connector: c, sink: sink, api: a, metrics: c.metrics,
		timeline:  &timeline{api: a, stream: c.stream, pause: patient},
		position:  &position{sink: sink, name: name, timing: c.timing},
		ids:       sink.Ledger(name, source.LedgerBounds{Slots: 16384, Keys: 32, Values: 1}),
		seen:      source.NewRecent[string, bool](maxSeen),
		deleted:   source.NewRecent[string, bool](maxDeleted),
		lastFruit: time.Now(),
	}
}

// work handles items in batches: whatever is waiting. When the session ends it
// handles what had come before.
func (r *reader) work(ctx, session context.Context, items <-chan item) error {
	for {
		batch, open := take(session, items)
		if len(batch) > 0 {
			if err := r.handle(ctx, batch); err != nil {
				return err
			}
		}
		if !open {
			return nil
		}
	}
}

// take waits for an item and takes those behind it. It answers false when there
// will be no more.
func take(session context.Context, items <-chan item) ([]item, bool) {
	var batch []item
	open := true
	select {
	case i := <-items:
		batch = append(batch, i)
	case <-session.Done():
		open = false
	}
	for len(batch) < maxBatch || !open {
		select {
		case i := <-items:
			batch = append(batch, i)
		default:
			return batch, open
		}
	}
	return batch, open
}

// outcome is what a batch comes to.
type outcome struct {
	mentions []*vigiev1.Mention
	ids      []string // of the mentions' statuses, here
	deleted  []string // ids here
	alive    bool
	missed   int
}

// handle makes the effects of a batch durable, and then moves the cursor.
func (r *reader) handle(ctx context.Context, batch []item) error {
	r.interested = r.sink.Interests()
	var out outcome
	for _, i := range batch {
		if err := r.sort(ctx, i, &out); err != nil {
			return fmt.Errorf("%w: %w", source.ErrBus, err)
		}
	}
	r.breathe(out.alive)
	if err := r.bring(ctx, &out); err != nil {
		return fmt.Errorf("%w: %w", source.ErrBus, err)
	}
	if out.missed > 0 {
		r.metrics.missed(out.missed)
		r.position.fallBack()
		return fmt.Errorf("%w: %d of the last %d", errDeaf, out.missed, pageSize)
	}
	r.position.settle(ctx)
	return nil
}

// breathe notes a sign of life, or that there is life without fruit.
func (r *reader) breathe(alive bool) {
	switch {
	case !alive:
	case r.closed:
		r.sink.Failing(fmt.Errorf("mastodon: %s has closed %s (timelines_access: disabled): the stream is connected and yields no posts; read a hashtag, or another instance",
			r.domain, r.connector.stream.name))
	case r.connector.stream.feed == "live_feeds" && r.fruitless >= barrenDeletes && time.Since(r.lastFruit) >= r.connector.timing.barren:
		r.sink.Failing(fmt.Errorf("mastodon: %s on %s has yielded %d deletions and no post since %s: it seems closed; read a hashtag, or another instance",
			r.connector.stream.name, r.domain, r.fruitless, r.lastFruit.UTC().Format(time.RFC3339)))
	default:
		r.sink.Alive()
	}
}

// sort puts one item where it belongs.
func (r *reader) sort(ctx context.Context, i item, out *outcome) error {
	switch {
	case i.event != nil:
		out.alive = true
		return r.onEvent(ctx, i.event, out)
	case i.page != nil && i.page.check:
		return r.onCheck(ctx, i.page, out)
	case i.page != nil:
		return r.onPage(ctx, i.page, out)
	default:
		return r.onAudit(ctx, i.audit, out)
	}
}

// onEvent handles an event of the stream. Of the user stream only what concerns
// notifications and deletions is ours.
func (r *reader) onEvent(ctx context.Context, e *event, out *outcome) error {
	r.metrics.event(e.name)
	if e.fault != nil {
		return r.sink.Refuse(ctx, bus.ReasonTooLarge, e.fault, e.data)
	}
	notifies := r.connector.stream.notifies()
	switch {
	case e.name == "update" && !notifies:
		r.fruitless, r.lastFruit = 0, time.Now()
		return r.onStreamed(ctx, readEntry(e.data, false), false, out)
	case e.name == "status.update":
		return r.onStreamed(ctx, readEntry(e.data, false), true, out)
	case e.name == "notification" && notifies:
		return r.onStreamed(ctx, readEntry(e.data, true), false, out)
	case e.name == "delete":
		r.fruitless++
		id := strings.TrimSpace(string(e.data))
		if !idRule.MatchString(id) {
			return r.sink.Refuse(ctx, bus.ReasonNoID, fmt.Errorf("mastodon: a deletion of %q", id), e.data)
		}
		r.deleted.Put(id, true)
		out.deleted = append(out.deleted, id)
	}
	return nil
}

// onStreamed handles a status or a notification of the stream.
func (r *reader) onStreamed(ctx context.Context, e entry, edit bool, out *outcome) error {
	if e.fault == nil && !edit {
		r.seen.Put(e.id, true)
		r.position.streamed(e.id)
	}
	return r.consider(ctx, e, edit, true, out)
}

// onPage handles a part of the timeline.
func (r *reader) onPage(ctx context.Context, p *page, out *outcome) error {
	for _, e := range p.entries {
		if err := r.consider(ctx, e, false, r.recentEnough(e), out); err != nil {
			return err
		}
	}
	r.position.read(p.newest, p.last)
	return nil
}

// onCheck compares what the timeline has with what the stream brought.
func (r *reader) onCheck(ctx context.Context, p *page, out *outcome) error {
	settled := time.Now().Add(-r.connector.timing.settled)
	upTo := r.position.good
	for _, e := range p.entries {
		if _, there := r.seen.Get(e.id); there || e.fault != nil || e.at.After(settled) || e.at.Before(r.opened) {
			if !e.at.After(settled) && newer(e.id, upTo) {
				upTo = e.id
			}
			continue
		}
		out.missed++
		if err := r.consider(ctx, e, false, r.recentEnough(e), out); err != nil {
			return err
		}
	}
	if out.missed == 0 && !r.position.reading {
		r.position.good = upTo
	}
	return nil
}

// recentEnough says whether a status of the timeline may still wake somebody.
func (r *reader) recentEnough(e entry) bool {
	return time.Since(e.at) < r.connector.timing.fresh
}

// onAudit handles the answer to what became of statuses brought before: those
// that are not there any more are deleted, those that were edited brought again.
// Those that are doubted are not asked for again: among ever more posts brought
// since, they would look few enough one day.
func (r *reader) onAudit(ctx context.Context, a *audit, out *outcome) error {
	for _, e := range a.found {
		if e.fault == nil && !e.status.edited().IsZero() {
			if err := r.consider(ctx, e, true, r.recentEnough(e), out); err != nil {
				return err
			}
		}
	}
	if len(a.doubted) > 0 {
		r.sink.Logger().Warn("mastodon: the instance does not know too many of the posts brought before, as if it had been restored from a backup: they are kept, not taken for deleted",
			"unknown", len(a.doubted), "asked", a.asked)
	}
	for _, id := range a.doubted {
		r.position.drop(id)
	}
	out.deleted = append(out.deleted, a.gone...)
	return nil
}

// refuse keeps an entry that cannot become a mention.
func (r *reader) refuse(ctx context.Context, e entry, err error) error {
	var invalid *invalidError
	if !errors.As(err, &invalid) {
		invalid = &invalidError{bus.ReasonInvalid, err}
	}
	return r.sink.Refuse(ctx, invalid.reason, err, e.raw)
}
