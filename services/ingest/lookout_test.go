package ingest

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// A source falls silent, then errs, then runs out of quota, and each time comes
// back: each change is told once, within a minute of its cause.
func TestEachBlindnessIsToldOnceWithinAMinute(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	d := source.Description{Source: "x", Page: "stream", Silence: 50 * time.Second}
	interests, err := source.NewInterests([]config.Brand{{ID: "zest", Query: "zest"}})
	require.NoError(t, err)
	sink, err := source.NewSink(t.Context(), d, b, func() *source.Interests { return interests }, slog.New(slog.DiscardHandler), nil)
	require.NoError(t, err)
	l := newLookout(b, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	l.watch(d, sink.Signs())

	// lookUntil looks every second of a minute that passes in no time.
	lookUntil := func(from time.Time, seconds int) {
		for i := range seconds {
			l.look(context.Background(), from.Add(time.Duration(i)*time.Second))
		}
	}
	states := func() []*vigiev1.SourceState {
		return bustest.All(t, b, bus.SubjectSource, func() *vigiev1.SourceState { return &vigiev1.SourceState{} })
	}
	lookUntil(time.Now(), 30)
	require.Empty(t, states(), "at the start it neither sees nor is blind")
	sink.Alive()
	lookUntil(time.Now(), 1)
	require.Len(t, states(), 1)

	lookUntil(time.Now(), 60)
	require.Len(t, states(), 2)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_SILENT, states()[1].Reason)

	sink.Alive()
	lookUntil(time.Now(), 1)
	sink.Failing(errors.New("HTTP 503"))
	sink.Failing(errors.New("HTTP 502"))
	lookUntil(time.Now(), 29)
	require.Len(t, states(), 3, "an error that does not last is no blindness")
	lookUntil(time.Now().Add(30*time.Second), 15)
	require.Len(t, states(), 4)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_ERRORING, states()[3].Reason)
	require.Contains(t, states()[3].Detail, "HTTP 502")

	sink.Alive()
	sink.Exhausted(time.Now().Add(20*time.Second), errors.New("the budget of 50 $ is spent"))
	lookUntil(time.Now(), 10)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_QUOTA, states()[4].Reason)
	lookUntil(time.Now().Add(21*time.Second), 5)
	last := states()
	require.Len(t, last, 6)
	require.False(t, last[5].Blind)
}
