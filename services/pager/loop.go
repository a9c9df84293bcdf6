package pager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
)

const (
	// beatLimit is how long the loop may take for one turn: a stalled bus, and
	// some.
	beatLimit = time.Minute
	// forgetAfter is how long a course outlives its incident: longer than the
	// stream, which may be read again from its beginning.
	forgetAfter = 35 * 24 * time.Hour
	// watchPatience is how long a bus that went away is waited for: the lease is
	// lost before.
	watchPatience = time.Minute
)

// loop is the one place where a pager decides and sends, as long as it holds the
// lease. It knows the open courses from the bucket, goes through them each second
// and at each change, and waits for no attempt.
type loop struct {
	settings settings
	bus      *bus.Bus
	logger   *slog.Logger
	health   *obs.Health
	metrics  *metrics
	courses  *courses
	book     *ack.Book
	signer   *ack.Signer
	roster   *atomic.Pointer[roster]

	epoch    uint64                     // of the lease
	open     map[string]*record         // by incident
	over     map[string]time.Time       // by incident: when it ended
	underWay map[string]escalation.Page // attempts begun and not settled, by page
	results  chan result
	unstored []result // settled, but the bucket could not be written
	nobody   bool     // it was said that nobody is on call
}

// run goes round until ctx is done, then waits for the attempts under way. Each
// time it begins it knows nothing but what the bucket holds.
func (l *loop) run(ctx context.Context) error {
	l.epoch, l.open, l.over = bus.Epoch(ctx), map[string]*record{}, map[string]time.Time{}
	l.logger.Info("pager: this one sends", "epoch", l.epoch)
	defer l.metrics.unacked.Set(0)
	var watcher jetstream.KeyWatcher
	err := wait.Until(ctx, watchPatience, time.Second, func() (err error) {
		watcher, err = l.courses.bucket.WatchAll(ctx)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("pager: watch the courses: %w", err)
	}
	defer func() { _ = watcher.Stop() }()
	ticker := time.NewTicker(l.settings.tick)
	defer ticker.Stop()
	defer l.health.Rest("pager")
	for {
		l.health.Beat("pager", beatLimit)
		select {
		case <-ctx.Done():
			return l.drain(context.WithoutCancel(ctx))
		case entry, alive := <-watcher.Updates():
			if !alive && ctx.Err() == nil {
				return errors.New("pager: the watch on the courses ended: is the bus gone?")
			}
			l.learn(entry)
			l.learnAll(watcher)
		case r := <-l.results:
			l.settle(ctx, r)
		case <-ticker.C:
			l.again(ctx)
			l.forget(ctx)
		}
		l.act(ctx)
	}
}

// learnAll takes in what has already arrived, so that one turn acts on it all.
func (l *loop) learnAll(watcher jetstream.KeyWatcher) {
	for range len(watcher.Updates()) {
		l.learn(<-watcher.Updates())
	}
}

// learn takes in what the bucket holds now of a course.
func (l *loop) learn(entry jetstream.KeyValueEntry) {
	if entry == nil || entry.Operation() != jetstream.KeyValuePut {
		return // the end of the first values, or something forgotten
	}
	r, err := decode(entry)
	if err != nil { // ours, and broken: loud until someone looks, while the others are still paged
		l.logger.Error("pager: a course is broken, its incident pages nobody", "err", err)
		l.health.Require("pager "+entry.Key(), func(context.Context) error { return err })
		return
	}
	l.keep(r)
}

// keep remembers a course as long as something can come of it. The watch tells
// late of what this pager wrote itself.
func (l *loop) keep(r *record) {
	id := r.Course.IncidentID
	if known := l.open[id]; known != nil && known.revision > r.revision {
		return
	}
	if r.Course.Done() && len(r.Incident) == 0 {
		delete(l.open, id)
		l.over[id] = r.Course.Over
		return
	}
	l.open[id] = r
}

// drain settles what is under way. Attempts are bounded, so this is too.
func (l *loop) drain(ctx context.Context) error {
	for len(l.underWay) > len(l.unstored) {
		l.settle(ctx, <-l.results)
	}
	l.again(ctx)
	for id, r := range l.open {
		if err := l.report(ctx, r); err != nil { // it is told of by whoever goes on
			l.logger.Warn("pager: a page was not told of", "incident", id, "err", err)
		}
	}
	if n := len(l.unstored); n > 0 {
		return fmt.Errorf("pager: attempts whose outcome could not be stored: %d", n)
	}
	return nil
}

// again stores outcomes that could not be stored before, until one cannot again.
func (l *loop) again(ctx context.Context) {
	waiting := l.unstored
	l.unstored = nil
	for i, r := range waiting {
		if l.settle(ctx, r); len(l.unstored) > 0 {
			l.unstored = append(l.unstored, waiting[i+1:]...)
			return
		}
	}
}

// forget removes courses that no message in the stream can bring back.
func (l *loop) forget(ctx context.Context) {
	limit := l.settings.now().Add(-forgetAfter)
	for id, over := range l.over {
		if over.After(limit) {
			continue
		}
		if err := l.courses.bucket.Purge(ctx, keyOf(id)); err != nil {
			return // another time
		}
		delete(l.over, id)
	}
}
