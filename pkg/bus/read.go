package bus

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// readWithin bounds the wait for one message that the stream says is there.
const readWithin = 10 * time.Second

// Extent is what a stream holds: the sequences of its oldest and newest message,
// First above Last where there is none.
type Extent struct{ First, Last uint64 }

// Extent asks what a stream holds.
func (b *Bus) Extent(ctx context.Context, stream string) (Extent, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return Extent{}, fmt.Errorf("bus: stream %s: %w", stream, err)
	}
	state := s.CachedInfo().State // asked for just now
	return Extent{First: max(state.FirstSeq, 1), Last: state.LastSeq}, nil
}

// End is a sequence that no message has: all are before it.
const End = math.MaxUint64

// ReadOn visits what a stream holds after a sequence, oldest first, up to another or what
// was its end when it was asked, and answers how far it came. It moves no consumer.
func (b *Bus) ReadOn(ctx context.Context, stream string, after, upTo uint64, visit func(*Message)) (reached uint64, err error) {
	extent, err := b.Extent(ctx, stream)
	if err != nil {
		return after, err
	}
	reached, upTo = max(after, extent.First-1), min(upTo, extent.Last)
	if reached >= upTo {
		return reached, nil
	}
	fail := func(err error) (uint64, error) { return reached, fmt.Errorf("bus: read %s: %w", stream, err) }
	consumer, err := b.Ordered(ctx, stream, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: reached + 1,
	})
	if err != nil {
		return fail(err)
	}
	if consumer.CachedInfo().NumPending == 0 {
		return upTo, nil // what there was has aged away
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fail(err)
	}
	defer messages.Stop()
	for pending := true; pending && reached < upTo; {
		if ctx.Err() != nil {
			return fail(ctx.Err())
		}
		raw, err := messages.Next(jetstream.NextMaxWait(readWithin))
		if err != nil {
			return fail(err)
		}
		meta, err := raw.Metadata()
		if err != nil {
			return fail(err)
		}
		m := newMessage(raw)
		if m.Sequence > upTo {
			return upTo, nil // what there was has aged away meanwhile
		}
		reached, pending = m.Sequence, meta.NumPending > 0
		visit(m)
	}
	return reached, nil
}
