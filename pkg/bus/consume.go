package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/wait"
)

// Message is one delivery of a message.
type Message struct {
	Subject   string
	Data      []byte
	Sequence  uint64    // in the stream
	Time      time.Time // when the stream stored it
	Delivered uint64    // 1 at the first delivery
	raw       jetstream.Msg
}

// Decode reads the message. Bytes that are no such message are a permanent fault.
func (m *Message) Decode(into proto.Message) error {
	if err := proto.Unmarshal(m.Data, into); err != nil {
		return Permanent(ReasonUndecodable, err)
	}
	return nil
}

// Handler takes a batch, in the order of the stream, and answers one outcome
// for each message: nil for done, Retry or Permanent; any other error is a
// Retry. A nil answer means all are done.
type Handler func(ctx context.Context, batch []*Message) []error

// RetryError asks for the message again after a delay.
type RetryError struct {
	Delay time.Duration
	Err   error
}

func (e *RetryError) Error() string { return e.Err.Error() }
func (e *RetryError) Unwrap() error { return e.Err }

// Retry is the outcome of a message that could not be handled now: something
// else is at fault. The delay grows with each delivery where it is 0.
func Retry(delay time.Duration, err error) error { return &RetryError{Delay: delay, Err: err} }

// RetryRest asks again for each message of a batch that has no outcome of its own.
func RetryRest(outcomes []error, delay time.Duration, err error) {
	for i := range outcomes {
		if outcomes[i] == nil {
			outcomes[i] = Retry(delay, err)
		}
	}
}

// PermanentError says that the message itself is at fault.
type PermanentError struct {
	Reason Reason
	Err    error
}

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent is the outcome of a message that can never be handled. It goes to
// DEADLETTER with its reason.
func Permanent(reason Reason, err error) error { return &PermanentError{Reason: reason, Err: err} }

// Consume hands batches to the handler until ctx is done; the batch under way
// is then finished with a context that is not cancelled. It returns nil on
// shutdown, and an error only when the consumer itself is broken.
func (b *Bus) Consume(ctx context.Context, consumer Consumer, handle Handler) error {
	var c jetstream.Consumer
	err := b.patiently(ctx, "consumer "+consumer.Durable, func() (err error) {
		c, err = b.js.Consumer(ctx, consumer.Stream, consumer.Durable)
		return err
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for worker := range consumer.workers() {
		group.Go(func() error { return b.follow(ctx, c, consumer, worker, handle) })
	}
	return group.Wait()
}

// follow is one worker of a consumer. It asks for a batch when it has done the one
// before: what waits in a client's memory cannot be given to another.
func (b *Bus) follow(ctx context.Context, c jetstream.Consumer, consumer Consumer, worker int, handle Handler) error {
	name := fmt.Sprintf("consumer %s, worker %d", consumer.Durable, worker+1)
	work := context.WithoutCancel(ctx)
	defer b.rest(name)
	for ctx.Err() == nil {
		b.beat(name)
		batch, err := gather(ctx, c, consumer)
		if len(batch) > 0 {
			busy := keepBusy(batch)
			outcomes := safely(work, handle, batch)
			busy()
			b.settle(work, consumer, batch, outcomes)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, jetstream.ErrConsumerDeleted):
			return fmt.Errorf("bus: consume %s: %w", consumer.Durable, err)
		case err != nil:
			b.logger.Warn("bus: reading failed, going on", "consumer", consumer.Durable, "err", err)
			_ = wait.For(ctx, time.Second)
		}
	}
	return nil
}

const (
	// idleWait is how long a loop without messages waits before it goes round.
	idleWait = 10 * time.Second
	// beatLimit is how long a batch may take before the loop counts as stuck.
	beatLimit = 3 * time.Minute
)

func (b *Bus) beat(name string) {
	if b.pulse != nil {
		b.pulse.Beat(name, beatLimit)
	}
}

func (b *Bus) rest(name string) {
	if b.pulse != nil {
		b.pulse.Rest(name)
	}
}

// keepBusy tells the server that a batch is being handled, until the function it
// answers is called: without it a long insert would be delivered again.
func keepBusy(batch []*Message) (done func()) {
	stop := make(chan struct{})
	go func() {
		ticker := time.NewTicker(ackWait / 2)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				for _, m := range batch {
					_ = m.raw.InProgress()
				}
			}
		}
	}()
	return func() { close(stop) }
}

// gather takes what waits; where nothing does, it waits for a first message, then
// lingers for more.
func gather(ctx context.Context, c jetstream.Consumer, consumer Consumer) ([]*Message, error) {
	batch, err := fetch(c.FetchNoWait(consumer.Batch))
	if len(batch) == consumer.Batch || err != nil {
		return batch, err
	}
	if len(batch) == 0 {
		idle, stop := context.WithTimeout(ctx, idleWait)
		batch, err = fetch(c.Fetch(1, jetstream.FetchContext(idle)))
		stop()
		if len(batch) == 0 || err != nil {
			return batch, err
		}
	}
	_ = wait.For(ctx, cmp.Or(consumer.Linger, defaultLinger))
	more, err := fetch(c.FetchNoWait(consumer.Batch - len(batch)))
	return append(batch, more...), err
}

// fetch reads a batch to its end. That its time was over is no fault.
func fetch(messages jetstream.MessageBatch, err error) ([]*Message, error) {
	if err != nil {
		return nil, err
	}
	var batch []*Message
	for msg := range messages.Messages() {
		batch = append(batch, newMessage(msg))
	}
	if err := messages.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return batch, err
	}
	return batch, nil
}

func newMessage(msg jetstream.Msg) *Message {
	m := &Message{Subject: msg.Subject(), Data: msg.Data(), raw: msg, Delivered: 1}
	if meta, err := msg.Metadata(); err == nil {
		m.Sequence, m.Time, m.Delivered = meta.Sequence.Stream, meta.Timestamp, meta.NumDelivered
	}
	return m
}

// safely turns a panic of the handler into an outcome: a message that makes us
// fall must not do so for ever. The messages are then handled one by one, so
// that only the guilty one is dead.
func safely(ctx context.Context, handle Handler, batch []*Message) (outcomes []error) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		if len(batch) == 1 {
			outcomes = []error{Permanent(ReasonPanic, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))}
			return
		}
		outcomes = make([]error, len(batch))
		for i := range batch {
			if one := safely(ctx, handle, batch[i:i+1]); len(one) > 0 {
				outcomes[i] = one[0]
			}
		}
	}()
	return handle(ctx, batch)
}

// settle acknowledges, asks again, or buries each message.
func (b *Bus) settle(ctx context.Context, consumer Consumer, batch []*Message, outcomes []error) {
	for i, m := range batch {
		var outcome error
		if i < len(outcomes) {
			outcome = outcomes[i]
		}
		var permanent *PermanentError
		var retry *RetryError
		var err error
		switch {
		case outcome == nil:
			b.metrics.handled(consumer.Durable, "ack")
			err = m.raw.Ack()
		case errors.As(outcome, &permanent):
			if err = b.bury(ctx, consumer, m, permanent); err == nil {
				b.metrics.handled(consumer.Durable, "dead")
				err = m.raw.Term()
				break
			}
			fallthrough
		default:
			b.metrics.handled(consumer.Durable, "retry")
			delay := backoff(m.Delivered)
			if errors.As(outcome, &retry) && retry.Delay > 0 {
				delay = retry.Delay
			}
			if m.Delivered == 1 || m.Delivered%10 == 0 {
				b.logger.Warn("bus: will try again", "consumer", consumer.Durable, "delivered", m.Delivered, "in", delay, "err", outcome)
			}
			err = m.raw.NakWithDelay(delay)
		}
		if err != nil { // it comes again after AckWait; handlers are idempotent
			b.logger.Debug("bus: could not settle", "consumer", consumer.Durable, "err", err)
		}
	}
}

// backoff grows from 0.5 s to 30 s with the number of deliveries.
func backoff(delivered uint64) time.Duration {
	return min(30*time.Second, 500*time.Millisecond<<min(delivered-1, 6))
}
