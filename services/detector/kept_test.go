package detector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Of what others wrote the bucket keeps nothing, nor of a page that is seen again.
func TestTheBucketKeepsNoWords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.start()
	b.burst("zest", 0, 200, time.Now())
	b.crisis("zest")
	b.settled()
	state, err := b.bus.Bucket(t.Context(), bus.BucketDetect)
	require.NoError(t, err)
	b.eventually("only what is needed to go on is kept", func() bool {
		entry, err := state.Get(t.Context(), "brand.zest")
		require.NoError(t, err)
		return !strings.Contains(string(entry.Value()), "author") && strings.Contains(string(entry.Value()), `"sent":true`)
	})
	tell := func(blind bool) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "rss"), ID: fmt.Sprint(blind),
			Message: &vigiev1.SourceState{Source: "rss", Page: "p", Blind: blind, Reason: vigiev1.BlindReason_BLIND_REASON_SILENT,
				LastSeenTime: timestamppb.Now(), ChangedTime: timestamppb.Now()}})
		require.NoError(t, err)
	}
	sources := func() (n int) {
		keys, err := state.ListKeysFiltered(t.Context(), "source.>")
		require.NoError(t, err)
		for range keys.Keys() {
			n++
		}
		return n
	}
	tell(true)
	b.eventually("it is kept while it is open", func() bool { return sources() == 1 })
	tell(false)
	b.eventually("and forgotten when it is over", func() bool { return sources() == 0 })
}

// A post that its source says is gone leaves what is kept of a brand.
func TestADeletedPostLeavesWhatTheDetectorKeeps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.burst("zest", 1000, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	posts := b.of("zest")[0].Evidence.Posts
	shown := posts[0].MentionId
	_, err := b.bus.Publish(t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectDeleted, "x"), ID: "gone:" + shown,
		Message: &vigiev1.Deletion{MentionId: shown, Source: "x", DeletedTime: timestamppb.Now()},
	})
	require.NoError(t, err)
	bustest.Settled(t, b.bus, bus.DetectorDeleted)
	stop()
	state, err := b.bus.Bucket(t.Context(), bus.BucketHeard)
	require.NoError(t, err)
	entry, err := state.Get(t.Context(), "zest")
	require.NoError(t, err)
	require.NotContains(t, string(entry.Value()), posts[0].Author)
	require.Contains(t, string(entry.Value()), posts[1].Author, "the others are kept")
}
