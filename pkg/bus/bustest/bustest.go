// Package bustest gives tests a real bus: an embedded NATS server of their own,
// with Vigie's table on it. It owns no fake.
package bustest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/natsd"
)

// Start runs a NATS server for the test and connects to it.
func Start(t testing.TB) *bus.Bus {
	t.Helper()
	server, err := natsd.Start("127.0.0.1:0", t.TempDir())
	require.NoError(t, err)
	cfg := config.Default()
	cfg.NATS.URL = "nats://" + server.Address()
	b, err := bus.Connect(t.Context(), cfg, slog.New(slog.DiscardHandler), nil, time.Second)
	require.NoError(t, err)
	t.Cleanup(func() {
		b.Close()
		server.Stop()
	})
	return b
}

// All decodes every message now on the subjects under base ("vigie.mention.scored"),
// in the order of the stream.
func All[T proto.Message](t testing.TB, b *bus.Bus, base string, make func() T) []T {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	name, err := b.JetStream().StreamNameBySubject(ctx, base+".>")
	require.NoError(t, err)
	stream, err := b.JetStream().Stream(ctx, name)
	require.NoError(t, err)
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(base+".>"))
	require.NoError(t, err)
	var expected uint64
	for _, n := range info.State.Subjects {
		expected += n
	}
	if expected == 0 {
		return nil
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{base + ".>"}})
	require.NoError(t, err)
	batch, err := consumer.Fetch(int(expected), jetstream.FetchMaxWait(10*time.Second))
	require.NoError(t, err)
	var all []T
	for msg := range batch.Messages() {
		message := make()
		require.NoError(t, proto.Unmarshal(msg.Data(), message))
		all = append(all, message)
	}
	require.NoError(t, batch.Error())
	return all
}

// Settled waits until consumers have acknowledged everything that is in their
// streams now. What is pending is no measure: it trails behind a publish.
func Settled(t testing.TB, b *bus.Bus, consumers ...bus.Consumer) {
	t.Helper()
	for _, consumer := range consumers {
		stream, err := b.JetStream().Stream(t.Context(), consumer.Stream)
		require.NoError(t, err)
		last := stream.CachedInfo().State.LastSeq
		require.Eventually(t, func() bool {
			progress, err := b.Progress(t.Context(), consumer)
			return err == nil && progress.Done >= last
		}, 20*time.Second, 20*time.Millisecond, "%s is not through", consumer.Durable)
	}
}

// DeadLetters lists the dead letters, oldest first.
func DeadLetters(t testing.TB, b *bus.Bus) []bus.DeadLetter {
	t.Helper()
	var letters []bus.DeadLetter
	require.NoError(t, b.DeadLetters(context.Background(), func(letter bus.DeadLetter) bool {
		letters = append(letters, letter)
		return true
	}))
	return letters
}
