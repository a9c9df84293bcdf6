package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/vigie-monitor/vigie/pkg/wait"
)

// ErrBus marks what went wrong on our side: the source is not at fault, and not blind.
var ErrBus = errors.New("our own bus does not take it")

// RefusedError is a request that a source answered with an error.
type RefusedError struct {
	What   string // who refuses what: "mastodon: the instance refuses /api/v1/…"
	Status int
	Detail string
	Wait   time.Duration // what the source asks for; zero when it does not
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: %d %s: %s", e.What, e.Status, http.StatusText(e.Status), e.Detail)
}

// TooMany says whether it was our asking that was too much.
func (e *RefusedError) TooMany() bool { return e.Status == http.StatusTooManyRequests }

// Repeat is the life of every connector: it does something, a session or a
// reading, again and again until ctx is done. rest says how long to pause after
// each, of why and after how long it ended; an error of rest's is final.
func Repeat(ctx context.Context, do func(context.Context) error, rest func(err error, lasted time.Duration) (time.Duration, error)) error {
	for {
		began := time.Now()
		err := do(ctx)
		if ctx.Err() != nil {
			return nil
		}
		pause, final := rest(err, time.Since(began))
		if final != nil {
			return final
		}
		if wait.For(ctx, pause) != nil {
			return nil
		}
	}
}

// Pace is how a stream is opened again.
type Pace struct {
	First, Last time.Duration // pauses double from the one to the other
	Steady      time.Duration // a session this long earns a fresh start
	TooMany     time.Duration // after a 429 that says no time
}

// Retry says how long to rest after each session of a stream, and tells its sink
// what the end of a session means.
type Retry struct {
	pace     Pace
	sink     *Sink
	schedule *backoff.ExponentialBackOff
	bus      Trouble
}

// NewRetry makes the Retry of one connector, or of one thing it does beside its stream.
func NewRetry(pace Pace, sink *Sink) *Retry {
	schedule := backoff.NewExponentialBackOff() // with jitter: a server that restarts is not stormed
	schedule.InitialInterval, schedule.MaxInterval, schedule.Multiplier = pace.First, pace.Last, 2
	schedule.Reset()
	return &Retry{pace: pace, sink: sink, schedule: schedule}
}

// Ended answers the rest after a session that ended with err.
func (r *Retry) Ended(err error, lasted time.Duration) time.Duration {
	if lasted >= r.pace.Steady {
		r.schedule.Reset()
		r.bus.Over()
	}
	if errors.Is(err, ErrBus) {
		r.bus.Goes(r.sink.logger, "ingest: cannot hand over what was read, reading it again", err)
		return r.schedule.NextBackOff()
	}
	r.bus.Over()
	r.sink.Failing(err)
	pause := r.Next(err)
	r.sink.logger.Info("ingest: the stream ended, opening it again", "err", err, "in", pause.Round(time.Millisecond))
	return pause
}

// Next answers the rest after a request that failed: as long as the source asks
// for, if that is longer than ours. A quota that is used up is told.
func (r *Retry) Next(err error) time.Duration {
	pause := r.schedule.NextBackOff()
	var refusal *RefusedError
	if !errors.As(err, &refusal) {
		return pause
	}
	asked := refusal.Wait
	if refusal.TooMany() && asked == 0 {
		asked = r.pace.TooMany
	}
	pause = max(pause, asked)
	if refusal.TooMany() && pause >= Patience {
		r.sink.Exhausted(time.Now().Add(pause), err)
	}
	return pause
}
