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
