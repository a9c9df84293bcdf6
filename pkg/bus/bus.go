package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
)

const (
	// maxAsyncPublishes bounds what is published and not yet acknowledged.
	maxAsyncPublishes = 4096
	// publishTimeout is how long an acknowledgement is waited for: a server that
	// died sends none.
	publishTimeout = 10 * time.Second
	// reachEvery is how often a server that is not there yet is looked for.
	reachEvery = 100 * time.Millisecond
)

// Bus is a connection to NATS JetStream with Vigie's table on it.
type Bus struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	logger  *slog.Logger
	metrics *Metrics
	pulse   Pulse
}

// Pulse is told that a consumer's loop goes round, and when it has ended.
type Pulse interface {
	Beat(name string, limit time.Duration)
	Rest(name string)
}

// BeatOn tells pulse of every consumer from now on.
func (b *Bus) BeatOn(pulse Pulse) { b.pulse = pulse }

// ErrNoTable means that no service has made the table on this bus yet.
var ErrNoTable = errors.New("no service has made the streams here yet: start `vigie up` first")

// Connect is how a service reaches the bus that the config names: it creates what
// is missing of the table, and brings what differs to this binary and config. It
// waits up to patience for a server that is not there yet.
func Connect(ctx context.Context, cfg *config.Config, logger *slog.Logger, metrics *Metrics, patience time.Duration) (*Bus, error) {
	return reach(ctx, cfg, logger, metrics, patience, func(b *Bus) error { return b.createTable(ctx, cfg.Retention.Streams.Std()) })
}

// Open is how a tool reaches the bus: it changes nothing of the table, and fails
// with ErrNoTable where it is not all there within patience.
func Open(ctx context.Context, cfg *config.Config, logger *slog.Logger, metrics *Metrics, patience time.Duration) (*Bus, error) {
	return reach(ctx, cfg, logger, metrics, patience, func(b *Bus) error { return b.findTable(ctx) })
}

// reach connects and then sees to the table, again on a server that is starting,
// or went away again.
func reach(ctx context.Context, cfg *config.Config, logger *slog.Logger, metrics *Metrics, patience time.Duration, table func(*Bus) error) (*Bus, error) {
	deadline := time.Now().Add(patience)
	b, err := connect(ctx, cfg, logger, metrics, patience)
	if err != nil {
		return nil, err
	}
	if err := wait.Until(ctx, time.Until(deadline), reachEvery, func() error { return table(b) }); err != nil {
		b.conn.Close()
		return nil, err
	}
	return b, nil
}

func connect(ctx context.Context, cfg *config.Config, logger *slog.Logger, metrics *Metrics, patience time.Duration) (*Bus, error) {
	options := []nats.Option{
		nats.Name("vigie"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				logger.Warn("bus: connection lost, reconnecting", "err", err)
			}
		}),
	}
	if cfg.NATS.CredentialsFile.IsSet() {
		options = append(options, nats.UserCredentialBytes([]byte(cfg.NATS.CredentialsFile.Value())))
	}
	address := cfg.NATSAddress()
	var conn *nats.Conn
	err := wait.Until(ctx, patience, reachEvery, func() (err error) {
		conn, err = nats.Connect(address, options...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bus: no NATS server answers at %s: start `vigie up`, or set nats.url: %w", address, err)
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(maxAsyncPublishes),
		jetstream.WithPublishAsyncTimeout(publishTimeout))
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("bus: JetStream at %s: %w", address, err)
	}
	return &Bus{conn: conn, js: js, logger: logger, metrics: metrics}, nil
}

func (b *Bus) createTable(ctx context.Context, retention time.Duration) error {
	for _, config := range streams(retention) {
		if _, err := b.js.CreateOrUpdateStream(ctx, config); err != nil {
			return fmt.Errorf("bus: create stream %s: %w", config.Name, err)
		}
	}
	for _, bucket := range allBuckets {
		config := jetstream.KeyValueConfig{Bucket: bucket, Storage: jetstream.FileStorage, History: 1, MaxBytes: 1 << 30, TTL: forgotten[bucket]}
		if _, err := b.js.CreateOrUpdateKeyValue(ctx, config); err != nil {
			return fmt.Errorf("bus: create bucket %s: %w", bucket, err)
		}
	}
	for _, consumer := range allConsumers {
		if _, err := b.js.CreateOrUpdateConsumer(ctx, consumer.Stream, consumer.config()); err != nil {
			return fmt.Errorf("bus: create consumer %s on %s: %w", consumer.Durable, consumer.Stream, err)
		}
	}
	return nil
}

// findTable says whether the whole table is there.
func (b *Bus) findTable(ctx context.Context) error {
	var names []string
	for _, config := range streams(0) {
		names = append(names, config.Name)
	}
	for _, bucket := range allBuckets {
		names = append(names, "KV_"+bucket)
	}
	for _, name := range names {
		if _, err := b.js.Stream(ctx, name); err != nil {
			return missing(err, name)
		}
	}
	for _, consumer := range allConsumers {
		if _, err := b.js.Consumer(ctx, consumer.Stream, consumer.Durable); err != nil {
			return missing(err, consumer.Durable)
		}
	}
	return nil
}

func missing(err error, name string) error {
	if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("bus: %w (%s)", ErrNoTable, name)
	}
	return fmt.Errorf("bus: look for %s: %w", name, err)
}

// Close flushes what was published and closes the connection.
func (b *Bus) Close() {
	_ = b.conn.FlushTimeout(2 * time.Second)
	b.conn.Close()
}

// JetStream gives the client itself, for what the table does not cover.
func (b *Bus) JetStream() jetstream.JetStream { return b.js }

// Check says whether the bus can be reached now.
func (b *Bus) Check(context.Context) error {
	if status := b.conn.Status(); status != nats.CONNECTED {
		return fmt.Errorf("bus: the connection to NATS is %s", status)
	}
	return nil
}

// Bucket opens a bucket of the table.
func (b *Bus) Bucket(ctx context.Context, name string) (jetstream.KeyValue, error) {
	var bucket jetstream.KeyValue
	err := b.patiently(ctx, "bucket "+name, func() (err error) {
		bucket, err = b.js.KeyValue(ctx, name)
		return err
	})
	return bucket, err
}

// Ordered opens a reading of a stream of its own, in order, that moves no consumer.
func (b *Bus) Ordered(ctx context.Context, stream string, from jetstream.OrderedConsumerConfig) (jetstream.Consumer, error) {
	var consumer jetstream.Consumer
	err := b.patiently(ctx, "stream "+stream, func() (err error) {
		consumer, err = b.js.OrderedConsumer(ctx, stream, from)
		return err
	})
	return consumer, err
}

// patiently looks for something of the table. A server that went away for a moment
// is waited for.
func (b *Bus) patiently(ctx context.Context, what string, look func() error) error {
	for {
		err := look()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil, errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, jetstream.ErrBucketNotFound),
			errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrStreamNotFound):
			return fmt.Errorf("bus: open %s: %w", what, err)
		}
		b.logger.Warn("bus: the server does not answer, trying again", "for", what, "err", err)
		_ = wait.For(ctx, time.Second)
	}
}

// Outgoing is a message to publish.
type Outgoing struct {
	Subject string
	ID      string // Nats-Msg-Id: the same id is stored once
	Message proto.Message
}

// Published says what became of an Outgoing.
type Published struct {
	Sequence  uint64
	Duplicate bool // the stream already held it
	Err       error
}

// Publish stores one message; when it returns nil the message is durable.
func (b *Bus) Publish(ctx context.Context, out Outgoing) (Published, error) {
	results := b.PublishAll(ctx, []Outgoing{out})
	return results[0], results[0].Err
}

// PublishAll stores messages side by side and waits for all of them. The
// results are in the same order.
func (b *Bus) PublishAll(ctx context.Context, outs []Outgoing) []Published {
	results := make([]Published, len(outs))
	futures := make([]jetstream.PubAckFuture, len(outs))
	for i, out := range outs {
		data, err := proto.Marshal(out.Message)
		if err != nil {
			results[i].Err = fmt.Errorf("bus: encode for %s: %w", out.Subject, err)
			continue
		}
		futures[i], results[i].Err = b.publishAsync(ctx, &nats.Msg{Subject: out.Subject, Data: data}, out.ID)
	}
	for i, future := range futures {
		if future == nil {
			continue
		}
		select {
		case ack := <-future.Ok():
			results[i].Sequence, results[i].Duplicate = ack.Sequence, ack.Duplicate
		case err := <-future.Err():
			results[i].Err = fmt.Errorf("bus: publish on %s: %w", outs[i].Subject, err)
		case <-ctx.Done():
			results[i].Err = fmt.Errorf("bus: publish on %s: %w", outs[i].Subject, ctx.Err())
		}
	}
	return results
}

// publishAsync waits where too many publishes are under way.
func (b *Bus) publishAsync(ctx context.Context, msg *nats.Msg, id string) (jetstream.PubAckFuture, error) {
	for {
		future, err := b.js.PublishMsgAsync(msg, jetstream.WithMsgID(id))
		switch {
		case err == nil:
			return future, nil
		case errors.Is(err, jetstream.ErrTooManyStalledMsgs) && ctx.Err() == nil:
			continue
		default:
			return nil, fmt.Errorf("bus: publish on %s: %w", msg.Subject, err)
		}
	}
}

// publishRaw stores one message and waits for it.
func (b *Bus) publishRaw(ctx context.Context, msg *nats.Msg, id string) error {
	if _, err := b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id)); err != nil {
		return fmt.Errorf("bus: publish on %s: %w", msg.Subject, err)
	}
	return nil
}

// Progress says where a consumer stands.
type Progress struct {
	Pending uint64    // messages not delivered yet, or delivered and not acknowledged
	Done    uint64    // sequence in the stream up to which everything is acknowledged
	At      time.Time // when that was so, by the bus's clock; by ours, if it is too old to say
}

// Progress asks where a consumer stands.
func (b *Bus) Progress(ctx context.Context, consumer Consumer) (Progress, error) {
	c, err := b.js.Consumer(ctx, consumer.Stream, consumer.Durable)
	if err != nil {
		return Progress{}, fmt.Errorf("bus: consumer %s: %w", consumer.Durable, err)
	}
	info := c.CachedInfo() // asked for just now
	return Progress{Pending: info.NumPending + uint64(info.NumAckPending), Done: info.AckFloor.Stream, At: cmp.Or(info.TimeStamp, time.Now())}, nil
}

// Reached is the message up to which a consumer has acknowledged everything, or
// the oldest kept where that one is gone; nil where nothing is left to read. It also
// answers when that was so, by the bus's clock.
func (b *Bus) Reached(ctx context.Context, consumer Consumer) (last *Message, now time.Time, err error) {
	progress, err := b.Progress(ctx, consumer)
	if err != nil || progress.Pending == 0 {
		return nil, progress.At, err
	}
	stream, err := b.js.Stream(ctx, consumer.Stream)
	if err != nil {
		return nil, now, fmt.Errorf("bus: stream %s: %w", consumer.Stream, err)
	}
	sequence := max(progress.Done, stream.CachedInfo().State.FirstSeq)
	message, err := stream.GetMsg(ctx, sequence)
	if err != nil {
		return nil, now, fmt.Errorf("bus: message %d of %s: %w", sequence, consumer.Stream, err)
	}
	return &Message{Subject: message.Subject, Data: message.Data, Sequence: sequence, Time: message.Time}, progress.At, nil
}
