package detector_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
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
	second := time.Now().Truncate(time.Second)
	b.burst("zest", 0, 8, second.Add(-100*time.Millisecond))
	b.settled()
	stop()
	b.burst("zest", 8, 8, second.Add(2*time.Second))
	bustest.Settled(t, b.bus, bus.StoreScored)
	b.start()
	b.eventually("sixteen open what eight do not", func() bool { return len(b.of("zest")) > 0 })
}

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
