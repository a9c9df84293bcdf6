// Package sourcetest runs a connector in a test against a real bus, and tells
// what it brought there.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Bench is a bus, the brands that connectors on it look for, and what is
// measured of them.
type Bench struct {
	Bus      *bus.Bus
	Registry *prometheus.Registry
	Logs     *Logs

	metrics   *source.Metrics
	interests atomic.Pointer[source.Interests]
}

// New starts a bus for the test, with the brands watched.
func New(t testing.TB, brands ...config.Brand) *Bench {
	t.Helper()
	b := &Bench{Bus: bustest.Start(t), Registry: prometheus.NewRegistry(), Logs: &Logs{}}
	b.metrics = source.NewMetrics(b.Registry)
	b.Watch(t, brands...)
	return b
}

// Watch changes the brands in force.
func (b *Bench) Watch(t testing.TB, brands ...config.Brand) {
	t.Helper()
	interests, err := source.NewInterests(brands)
	require.NoError(t, err)
	b.interests.Store(interests)
}

// Sinks makes the sinks of a process that has just started.
func (b *Bench) Sinks(t testing.TB) *source.Sinks {
	t.Helper()
	sinks, err := source.NewSinks(t.Context(), b.Bus, b.interests.Load, slog.New(b.Logs), b.metrics)
	require.NoError(t, err)
	return sinks
}

// Sink makes a sink for a connector, in a process of its own.
func (b *Bench) Sink(t testing.TB, d source.Description) *source.Sink {
	t.Helper()
	return b.Sinks(t).For(d)
}

// Start runs connectors, in one process, until stop is called (or the test
// ends); stop waits for them and fails the test if one ended with an error.
// Starting one again goes on from its cursor. The sink is that of the first.
func (b *Bench) Start(t testing.TB, connectors ...source.Connector) (sink *source.Sink, stop func()) {
	t.Helper()
	sinks := b.Sinks(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, len(connectors))
	for i, c := range connectors {
		own := sinks.For(c.Describe())
		if i == 0 {
			sink = own
		}
		go func() { done <- c.Run(ctx, own) }()
	}
	var stopped bool
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		var failures []error
		late := time.After(10 * time.Second)
		for range connectors {
			select {
			case err := <-done:
				failures = append(failures, err)
			case <-late:
				t.Fatal("the connector does not stop")
			}
		}
		require.NoError(t, errors.Join(failures...))
	}
	t.Cleanup(stop)
	return sink, stop
}

// Mentions are all mentions on the bus.
func (b *Bench) Mentions(t testing.TB) []*vigiev1.Mention {
	t.Helper()
	return bustest.All(t, b.Bus, bus.SubjectCollected, func() *vigiev1.Mention { return &vigiev1.Mention{} })
}

// Brought waits until a text is on the bus, and answers its latest version.
func (b *Bench) Brought(t testing.TB, text string) *vigiev1.Mention {
	t.Helper()
	var found *vigiev1.Mention
	Eventually(t, "brought: "+text, func() bool {
		for _, m := range b.Mentions(t) {
			if strings.Contains(m.Text, text) {
				found = m
			}
		}
		return found != nil
	})
	return found
}

// Texts are those on the bus, in order.
func (b *Bench) Texts(t testing.TB) []string {
	t.Helper()
	var texts []string
	for _, m := range b.Mentions(t) {
		texts = append(texts, m.Text)
	}
	return texts
}

// Amount is how many mentions are on the bus, without reading them.
func (b *Bench) Amount(t testing.TB) (n int) {
	stream, err := b.Bus.JetStream().Stream(t.Context(), bus.StreamMentions)
	if err != nil {
		return 0 // the test is over
	}
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(bus.SubjectCollected+".>"))
	if err != nil {
		return 0
	}
	for _, count := range info.State.Subjects {
		n += int(count)
	}
	return n
}

// OnceEach waits for texts, and checks that each is on the bus exactly once.
func (b *Bench) OnceEach(t testing.TB, texts []string) {
	t.Helper()
	Eventually(t, fmt.Sprintf("all %d are there", len(texts)), func() bool { return b.Amount(t) >= len(texts) })
	require.ElementsMatch(t, texts, b.Texts(t))
}

// Deletions are all deletions on the bus.
func (b *Bench) Deletions(t testing.TB) []*vigiev1.Deletion {
	t.Helper()
	return bustest.All(t, b.Bus, bus.SubjectDeleted, func() *vigiev1.Deletion { return &vigiev1.Deletion{} })
}

// Deleted says whether the deletion of a mention is on the bus.
func (b *Bench) Deleted(t testing.TB, id string) bool {
	t.Helper()
	for _, d := range b.Deletions(t) {
		if d.MentionId == id {
			return true
		}
	}
	return false
}

// DeadLetters are all dead letters on the bus.
func (b *Bench) DeadLetters(t testing.TB) []bus.DeadLetter {
	t.Helper()
	return bustest.DeadLetters(t, b.Bus)
}

// Counted adds up a counter or gauge, over the labels that have all the values
// given.
func Counted(t testing.TB, registry *prometheus.Registry, name string, labels ...string) (sum float64) {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			here := map[string]bool{}
			for _, label := range metric.GetLabel() {
				here[label.GetValue()] = true
			}
			wanted := true
			for _, label := range labels {
				wanted = wanted && here[label]
			}
			if wanted {
				sum += metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// Verdict is what would be said of a connector a while from now.
func Verdict(sink *source.Sink, after time.Duration) (vigiev1.BlindReason, string) {
	reason, detail, _ := sink.Signs().Verdict(time.Now().Add(after), 45*time.Second)
	return reason, detail
}

// Eventually waits until a condition on what was brought holds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, time.Minute, 20*time.Millisecond, what) // a minute, for a machine that is busy with the race detector
}
