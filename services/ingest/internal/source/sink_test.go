package source_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

func status(id string, revision uint64) *vigiev1.Mention {
	return &vigiev1.Mention{
		MentionId: "mastodon:" + id, Revision: revision, Source: "mastodon", Text: "zest", Kind: vigiev1.Kind_KIND_POST,
		Origin: vigiev1.Origin_ORIGIN_LIVE, PublishedTime: timestamppb.New(time.Now().Add(-time.Second)),
	}
}

// What several streams of a source bring is counted once, whatever they overlap;
// its edits are counted as such.
func TestWhatSeveralPagesBringIsCountedOnce(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	sinks := bench.Sinks(t)
	public := sinks.For(source.Description{Source: "mastodon", Page: "public"})
	hashtag := sinks.For(source.Description{Source: "mastodon", Page: "hashtag:zest"})
	ctx := t.Context()
	require.NoError(t, public.Publish(ctx, status("1", 0), status("2", 0), status("1", 0)))
	require.NoError(t, hashtag.Publish(ctx, status("1", 0), status("2", 7), status("3", 0)))
	require.NoError(t, public.Publish(ctx, status("2", 7)))
	require.Len(t, bench.Mentions(t), 4)

	counted := func(name string, labels ...string) float64 {
		return sourcetest.Counted(t, bench.Registry, "vigie_ingest_mentions_"+name+"_total", append(labels, "mastodon")...)
	}
	require.InDelta(t, 3, counted("published", "first"), 0, "distinct mentions")
	require.InDelta(t, 1, counted("published", "later"), 0)
	require.InDelta(t, 4, counted("received"), 0)
	require.InDelta(t, 3, counted("duplicate"), 0)

	t.Log("after a restart the bus itself still knows them")
	require.NoError(t, bench.Sink(t, source.Description{Source: "mastodon", Page: "public"}).Publish(ctx, status("1", 0)))
	require.Len(t, bench.Mentions(t), 4)
	require.InDelta(t, 4, counted("duplicate"), 0)
}

func TestWhatTheBusDidNotTakeIsBroughtAgain(t *testing.T) {
	t.Parallel()
	bench := sourcetest.New(t)
	sink := bench.Sink(t, source.Description{Source: "mastodon", Page: "public"})
	stream, err := bench.Bus.JetStream().Stream(t.Context(), "MENTIONS")
	require.NoError(t, err)
	require.NoError(t, bench.Bus.JetStream().DeleteStream(t.Context(), "MENTIONS"))
	require.Error(t, sink.Publish(t.Context(), status("1", 0)))
	_, err = bench.Bus.JetStream().CreateStream(t.Context(), stream.CachedInfo().Config)
	require.NoError(t, err)
	require.NoError(t, sink.Publish(t.Context(), status("1", 0)))
	require.Len(t, bench.Mentions(t), 1)
}

// TestRevisionsGrow: newer words win over older ones, however soon they follow
// and however much the older were liked.
func TestRevisionsGrow(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	liked := func(likes uint64) *vigiev1.Engagement { return &vigiev1.Engagement{Likes: likes} }
	ascending := []uint64{
		source.Revision(time.Time{}, nil),
		source.Revision(time.Time{}, liked(1)),
		source.Revision(time.Time{}, liked(math.MaxUint32)),
		source.Revision(at, nil),
		source.Revision(at, liked(1)),
		source.Revision(at, liked(1<<40)),
		source.Revision(at.Add(time.Millisecond), nil),
		source.Revision(at.Add(2*time.Millisecond), liked(5)),
		source.Revision(at.Add(999*time.Millisecond), nil),
		source.Revision(at.Add(time.Second), nil),
		source.Revision(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), liked(1<<40)),
		math.MaxUint64, // a deletion's
	}
	for i, revision := range ascending[1:] {
		require.Greater(t, revision, ascending[i], "number %d", i+1)
	}
	for ms := range 2000 {
		require.Less(t, source.Revision(at.Add(time.Duration(ms)*time.Millisecond), liked(1<<40)),
			source.Revision(at.Add(time.Duration(ms+1)*time.Millisecond), nil))
	}
}

// The help of bad_time says from when on posts are taken.
func TestTheOldestPostIsOfTheYearThatTheHelpNames(t *testing.T) {
	t.Parallel()
	var year int
	_, err := fmt.Sscanf(bus.ReasonBadTime.Meaning(), "no date, or one before %d", &year)
	require.NoError(t, err)
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]bus.Reason{first: "", first.Add(-time.Second): bus.ReasonBadTime} {
		reason, _ := source.Validate(&vigiev1.Mention{MentionId: "rss:1", Source: "rss", Text: "x", Kind: vigiev1.Kind_KIND_POST,
			Origin: vigiev1.Origin_ORIGIN_IMPORTED, PublishedTime: timestamppb.New(at)}, time.Now())
		require.Equal(t, want, reason, at)
	}
}
