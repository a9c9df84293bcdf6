package bus_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
)

func TestOnlyOneHoldsALeaseAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	var working, most atomic.Int64
	done := make(chan error, 3)
	for range 3 {
		go func() {
			done <- b.Hold(t.Context(), "detector", nil, func(context.Context) error {
				most.Store(max(most.Load(), working.Add(1)))
				working.Add(-1)
				return nil
			})
		}()
	}
	for range 3 {
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(20 * time.Second):
			t.Fatal("a lease given back is not taken")
		}
	}
	require.EqualValues(t, 1, most.Load())
}

func TestTheEpochGrowsFromHolderToHolder(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	require.Zero(t, bus.Epoch(t.Context()), "without a lease there is none")
	var last uint64
	for range 3 {
		require.NoError(t, b.Hold(t.Context(), "pager", nil, func(ctx context.Context) error {
			require.Greater(t, bus.Epoch(ctx), last)
			last = bus.Epoch(ctx)
			return nil
		}))
	}
}

// Whoever died left its lease behind. What its clock said does not matter: it is
// taken over when it was not renewed for a term, and nobody is said to hold it.
func TestTheLeaseOfWhoDiedIsTakenOverAfterATerm(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	left := leave(t.Context(), t, b, "pager")
	start := time.Now()
	waited := func() { t.Error("a dead process is said to hold the lease") }
	require.NoError(t, b.Hold(t.Context(), "pager", waited, func(ctx context.Context) error {
		require.Greater(t, bus.Epoch(ctx), left)
		return nil
	}))
	require.InDelta(t, 10*time.Second, time.Since(start), float64(3*time.Second))
}

// For longer than a term one works, and the next waits and says so once. The
// first gives back, and the next goes on at once.
func TestALeaseThatIsRenewedIsNotTaken(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	begun, over := make(chan struct{}), make(chan time.Time, 1)
	go func() {
		_ = b.Hold(t.Context(), "detector", nil, func(ctx context.Context) error {
			close(begun)
			term := time.NewTimer(12 * time.Second)
			defer term.Stop()
			select {
			case <-ctx.Done():
				t.Error("the lease was lost:", context.Cause(ctx))
			case <-term.C:
			}
			over <- time.Now()
			return nil
		})
	}()
	<-begun
	var waited int
	require.NoError(t, b.Hold(t.Context(), "detector", func() { waited++ }, func(context.Context) error {
		select {
		case ended := <-over:
			require.Less(t, time.Since(ended), 9*time.Second, "given back, not expired")
		default:
			t.Error("two hold the lease")
		}
		return nil
	}))
	require.Equal(t, 1, waited)
}

// A process that slept through its lease is told when it wakes; what it still
// writes bears a lower epoch than its successor's.
func TestWhoLostItsLeaseIsTold(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	err := b.Hold(t.Context(), "pager", nil, func(ctx context.Context) error {
		require.Greater(t, leave(ctx, t, b, "pager"), bus.Epoch(ctx))
		<-ctx.Done()
		require.ErrorIs(t, context.Cause(ctx), bus.ErrLeaseLost)
		return ctx.Err()
	})
	require.ErrorIs(t, err, bus.ErrLeaseLost)
}

// leave puts the lease of another process into the bucket, and answers its epoch.
func leave(ctx context.Context, t *testing.T, b *bus.Bus, name string) uint64 {
	t.Helper()
	bucket, err := b.Bucket(ctx, bus.BucketLeases)
	require.NoError(t, err)
	revision, err := bucket.Put(ctx, name, []byte(`another, until 2099`))
	require.NoError(t, err)
	return revision
}
