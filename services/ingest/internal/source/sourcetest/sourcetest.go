// Package sourcetest runs a connector in a test against a real bus, and tells
// what it brought there.
package sourcetest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Bench is a bus and the brands that connectors on it look for.
type Bench struct {
	Bus       *bus.Bus
	Interests *source.Interests
}

// New starts a bus for the test, with the brands watched.
func New(t testing.TB, brands ...config.Brand) *Bench {
	t.Helper()
	interests, err := source.NewInterests(brands)
	require.NoError(t, err)
	return &Bench{Bus: bustest.Start(t), Interests: interests}
}

// Sink makes a sink for a connector.
func (b *Bench) Sink(t testing.TB, d source.Description) *source.Sink {
	t.Helper()
	sink, err := source.NewSink(t.Context(), d, b.Bus,
		func() *source.Interests { return b.Interests }, slog.New(slog.DiscardHandler), nil)
	require.NoError(t, err)
	return sink
}

// Start runs a connector until stop is called (or the test ends); stop waits for
// it and fails the test if it ended with an error. Starting it again goes on
// from its cursor.
func (b *Bench) Start(t testing.TB, c source.Connector) (sink *source.Sink, stop func()) {
	t.Helper()
	sink = b.Sink(t, c.Describe())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, sink) }()
	var stopped bool
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(10 * time.Second):
			t.Fatal("the connector does not stop")
		}
	}
	t.Cleanup(stop)
	return sink, stop
}

// Mentions are all mentions on the bus.
func (b *Bench) Mentions(t testing.TB) []*vigiev1.Mention {
	t.Helper()
	return bustest.All(t, b.Bus, bus.SubjectCollected, func() *vigiev1.Mention { return &vigiev1.Mention{} })
}

// Deletions are all deletions on the bus.
func (b *Bench) Deletions(t testing.TB) []*vigiev1.Deletion {
	t.Helper()
	return bustest.All(t, b.Bus, bus.SubjectDeleted, func() *vigiev1.Deletion { return &vigiev1.Deletion{} })
}

// DeadLetters are all dead letters on the bus.
func (b *Bench) DeadLetters(t testing.TB) []bus.DeadLetter {
	t.Helper()
	return bustest.DeadLetters(t, b.Bus)
}

// Eventually waits until a condition on what was brought holds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 15*time.Second, 20*time.Millisecond, what)
}
