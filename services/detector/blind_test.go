package detector_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// A source that goes blind is an incident of its own, resolved when it sees
// again, whichever detector is there by then.
func TestABlindSourceIsAnIncidentOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	tell := func(blind bool, id string) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "x"), ID: id,
			Message: &vigiev1.SourceState{Source: "x", Page: "stream", Blind: blind, Detail: "no sign of life",
				Reason: vigiev1.BlindReason_BLIND_REASON_SILENT, LastSeenTime: timestamppb.Now(), ChangedTime: timestamppb.Now()}})
		require.NoError(t, err)
	}
	stop := b.start()
	tell(true, "1")
	tell(true, "2")
	b.eventually("it opens", func() bool { return len(b.incidents()) == 1 })
	opened := b.incidents()[0]
	require.Equal(t, vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, opened.Kind)
	require.Equal(t, vigiev1.Level_LEVEL_ALERT, opened.Level, "it wakes nobody")
	b.settled()
	stop()
	b.start()
	tell(false, "3")
	b.eventually("it is resolved", func() bool { return len(b.incidents()) == 2 })
	require.Equal(t, opened.IncidentId, b.incidents()[1].IncidentId)
	require.Equal(t, vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, b.incidents()[1].State)
}

// A page taken out of the config while it was blind is not blind for ever: it is
// over when nobody has said for a while to watch it, whoever detects by then.
func TestAPageWatchedNoMoreIsNotBlind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	blind := func(page string) {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectSource, "rss"), ID: "blind" + page,
			Message: &vigiev1.SourceState{Source: "rss", Page: page, Blind: true, Reason: vigiev1.BlindReason_BLIND_REASON_SILENT,
				LastSeenTime: timestamppb.New(now), ChangedTime: timestamppb.New(now)}})
		require.NoError(t, err)
	}
	watch := func(minute int, pages ...string) {
		at := now.Add(time.Duration(minute) * time.Minute)
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectWatched, "rss"), ID: fmt.Sprint("watch", minute),
			Message: &vigiev1.SourceWatch{Source: "rss", Pages: pages, PublishedTime: timestamppb.New(at),
				ValidUntilTime: timestamppb.New(at.Add(3 * time.Minute))}})
		require.NoError(t, err)
	}
	stop := b.start()
	watch(0, "kept", "removed")
	blind("kept")
	blind("removed")
	b.settled()
	stop()
	b.start()
	watch(2, "kept")
	watch(4, "kept")
	b.settled()
	require.Len(t, b.incidents(), 2, "both are blind: its while is not over")
	watch(6, "kept")
	b.eventually("one is resolved", func() bool { return len(b.incidents()) == 3 })
	resolved := b.incidents()[2]
	require.Equal(t, "removed", resolved.Page)
	require.Equal(t, vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, resolved.State)
}
