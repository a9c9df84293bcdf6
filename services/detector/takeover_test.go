package detector_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector"
)

// A crisis that breaks out while no detector runs is decided on in its own time when one
// does.
func TestACrisisDuringAStopIsDecidedAfterIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.settled()
	stop()
	broke := time.Now()
	b.burst("zest", 0, 200, broke)
	told := time.Now().Add(time.Second)
	bustest.Settled(t, b.bus, bus.StoreScored)
	require.Eventually(t, func() bool { return time.Now().After(told) }, time.Minute, 10*time.Millisecond)
	b.start()
	require.WithinRange(t, b.crisis("zest").LevelTime.AsTime(), broke.Add(-time.Second), told)
}

// A detector whose state another one wrote meanwhile takes up from it anew before
// it writes anything.
func TestADetectorThatLostItsPlaceTakesUpAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.cfg.Detector.Crisis = 40 // what follows tells more
	b.start()
	b.burst("zest", 0, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	opened := b.of("zest")[0]
	holder := b.holder()
	state, err := b.bus.Bucket(t.Context(), bus.BucketDetect)
	require.NoError(t, err)
	entry, err := state.Get(t.Context(), "brand.zest")
	require.NoError(t, err)
	_, err = state.Put(t.Context(), "brand.zest", entry.Value())
	require.NoError(t, err)
	b.burst("zest", 40, 300, time.Now())
	require.Equal(t, opened.IncidentId, b.crisis("zest").IncidentId)
	require.NotEqual(t, holder, b.holder())
}

// holder is who holds the detector's lease.
func (b *bench) holder() string {
	b.t.Helper()
	leases, err := b.bus.Bucket(b.t.Context(), bus.BucketLeases)
	require.NoError(b.t, err)
	entry, err := leases.Get(b.t.Context(), "detector")
	require.NoError(b.t, err)
	return string(entry.Value())
}

// What the last second before a stop brought is counted after it: nobody delivers
// it again.
func TestTheLastSecondBeforeAStopCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stop := b.start()
	b.settled()
	b.burst("zest", 0, 9, time.Now())
	b.settled()
	stop()
	b.burst("zest", 9, 9, time.Now())
	bustest.Settled(t, b.bus, bus.StoreScored)
	b.start()
	b.eventually("eighteen open what nine, below the floor, do not", func() bool { return len(b.of("zest")) > 0 })
}

// While the past of a brand is heard anew, again and again, what is said of it is counted
// as if it were not, once, and without what is deleted: beside a brand of which the same is
// said, and whose past is left alone.
func TestThePastIsHeardBesideThePresent(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zing")
	var learnt atomic.Int64
	b.run(func(ctx context.Context, env run.Env, _ func()) error {
		return detector.Relearning(ctx, env, "zest", &learnt)
	})
	b.settled()
	begun := time.Now()
	for n, before := 0, learnt.Load(); n < 12 || learnt.Load() < before+3 && time.Since(begun) < time.Minute; n++ {
		now := time.Now()
		for _, brand := range []string{"zest", "zing"} {
			b.burst(brand, 1000+n*8, 8, now)
		}
		if n == 1 {
			_, err := b.bus.Publish(t.Context(), bus.Outgoing{
				Subject: bus.Subject(bus.SubjectDeleted, "x"), ID: "gone",
				Message: &vigiev1.Deletion{MentionId: "zest:1001", Source: "x", DeletedTime: timestamppb.Now()},
			})
			require.NoError(t, err)
		}
		bustest.Settled(t, b.bus, bus.Detector, bus.DetectorDeleted)
	}
	zing := b.crisis("zing")
	zest := b.crisis("zest")
	for n, step := range b.of("zest") {
		require.Equal(t, zest.IncidentId, step.IncidentId)
		require.EqualValues(t, n+1, step.Revision, "none is told twice, none is skipped")
	}
	require.WithinDuration(t, zing.LevelTime.AsTime(), zest.LevelTime.AsTime(), time.Second)
	require.InDelta(t, zing.Evidence.ObservedMentions, zest.Evidence.ObservedMentions, 8, "a batch may be of one step or of two")
	require.NotContains(t, zest.Evidence.MentionIds, "zest:1001")
}

// What is known of a brand survives its detector, without the tables: they are emptied
// here. What came while nobody detected is heard from the stream.
func TestADetectorGoesOnFromWhatTheLastOneWroteDown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.cfg.Detector.Crisis = 40 // what follows tells more
	stop := b.start()
	b.burst("zest", 0, 40, time.Now())
	b.eventually("it opens", func() bool { return len(b.of("zest")) > 0 })
	b.settled()
	stop()
	opened := b.of("zest")
	require.NoError(t, b.open().Exec(t.Context(), "TRUNCATE TABLE mention_revisions"))
	b.burst("zest", 40, 300, time.Now())

	b.start()
	b.eventually("the burst while nobody detected counts", func() bool { return len(b.of("zest")) > len(opened) })
	more := b.of("zest")[len(opened)]
	require.Equal(t, opened[0].IncidentId, more.IncidentId)
	require.Greater(t, more.Evidence.ObservedMentions, uint64(40))
	require.Greater(t, more.Evidence.ExpectedMentions, 0.3, "the rhythm is known")
}
