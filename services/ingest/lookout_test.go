package ingest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

// A source falls silent, then errs, then runs out of quota, and each time comes
// back: each change is told once, within a minute of its cause.
func TestEachBlindnessIsToldOnceWithinAMinute(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	d := source.Description{Source: "x", Page: "stream", Silence: 50 * time.Second}
	sink := bench.Sink(t, d)
	l := newLookout(bench.Bus, slog.New(bench.Logs), prometheus.NewRegistry())
	l.watch(d, sink.Signs())

	// lookUntil looks every second of a minute that passes in no time.
	lookUntil := func(from time.Time, seconds int) {
		for i := range seconds {
			l.look(context.Background(), from.Add(time.Duration(i)*time.Second))
		}
	}
	states := func() []*vigiev1.SourceState {
		return bustest.All(t, bench.Bus, bus.SubjectSource, func() *vigiev1.SourceState { return &vigiev1.SourceState{} })
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
	require.Len(t, bench.Logs.Warnings("ingest: blind"), 2,
		"silent, then erring: two faults; the quota took over from the errors, which is the same fault for an operator")
}

// What is watched is said at the start and every minute, so that a page that left
// the config is not thought blind for ever.
func TestItIsSaidWhichPagesAreWatched(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	l := newLookout(bench.Bus, slog.New(bench.Logs), prometheus.NewRegistry())
	for _, d := range []source.Description{{Source: "rss", Page: "https://b.fr/feed"}, {Source: "x", Page: "stream"}, {Source: "rss", Page: "https://a.fr/feed"}} {
		l.watch(d, bench.Sink(t, d).Signs())
	}
	said := func() map[string][]*vigiev1.SourceWatch {
		bySource := map[string][]*vigiev1.SourceWatch{}
		for _, w := range bustest.All(t, bench.Bus, bus.SubjectWatched, func() *vigiev1.SourceWatch { return &vigiev1.SourceWatch{} }) {
			bySource[w.Source] = append(bySource[w.Source], w)
		}
		return bySource
	}
	start := time.Now()
	for second := range 61 {
		l.say(t.Context(), start.Add(time.Duration(second)*time.Second))
	}
	all := said()
	require.Len(t, all, 2)
	require.Len(t, all["x"], 2, "at the start, and a minute later")
	first := all["rss"][0]
	require.Equal(t, []string{"https://a.fr/feed", "https://b.fr/feed"}, first.Pages)
	require.True(t, first.PublishedTime.AsTime().Equal(start))
	require.Equal(t, 3*time.Minute, first.ValidUntilTime.AsTime().Sub(first.PublishedTime.AsTime()))

	t.Log("another process says its own, and neither hides the other's")
	other := newLookout(bench.Bus, slog.New(bench.Logs), prometheus.NewRegistry())
	d := source.Description{Source: "rss", Page: "https://c.fr/feed"}
	other.watch(d, bench.Sink(t, d).Signs())
	other.say(t.Context(), start)
	require.Len(t, said()["rss"], 3)
}

// A bus that is away is told once, and what it missed is said when it is back.
func TestABusThatIsAwayIsNoFloodOfWarnings(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	d := source.Description{Source: "rss", Page: "https://a.fr/feed", Silence: time.Minute}
	sink := bench.Sink(t, d)
	l := newLookout(bench.Bus, slog.New(bench.Logs), prometheus.NewRegistry())
	l.watch(d, sink.Signs())
	sink.Alive()
	require.NoError(t, bench.Bus.JetStream().DeleteStream(t.Context(), bus.StreamSources))
	for second := range 5 {
		l.look(t.Context(), time.Now().Add(time.Duration(second)*time.Second))
	}
	require.Empty(t, bench.Logs.Warnings(""), "it may heal by itself")
}

// What a server answers is told as one line of bounded length, without commands to
// the terminals, pages and logs that show it.
func TestAnAnswerOfAStrangerIsToldAsALineOfText(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	d := source.Description{Source: "mastodon", Page: "m.fr/public", Silence: time.Minute}
	sink := bench.Sink(t, d)
	l := newLookout(bench.Bus, slog.New(bench.Logs), prometheus.NewRegistry())
	l.watch(d, sink.Signs())
	sink.Failing(errors.New("503: \x1b[2J\x1b]0;owned\x07é\u009b31m\r\nnext\xff" + strings.Repeat("é", 1000)))
	l.look(t.Context(), time.Now().Add(31*time.Second))
	states := bustest.All(t, bench.Bus, bus.SubjectSource, func() *vigiev1.SourceState { return &vigiev1.SourceState{} })
	require.Len(t, states, 1)
	require.Contains(t, states[0].Detail, "503: [2J]0;ownedé31m next\uFFFDééé")
	require.LessOrEqual(t, len(states[0].Detail), 500)
	require.True(t, utf8.ValidString(states[0].Detail))
}
