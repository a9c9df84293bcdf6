package wait_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/wait"
)

func TestItWaitsUnlessToldToStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		require.NoError(t, wait.For(t.Context(), time.Minute))
		require.Equal(t, time.Minute, time.Since(began))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, wait.For(ctx, time.Hour), context.DeadlineExceeded)
		require.Equal(t, time.Minute+time.Second, time.Since(began))
		require.ErrorIs(t, wait.For(ctx, 0), context.DeadlineExceeded, "who is told to stop does not go on without a pause either")
		require.NoError(t, wait.For(t.Context(), -time.Second))
	})
}

func TestAWorkIsDoneUntilItSucceedsOrPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fault, tries := errors.New("away"), 0
		failing := func(times int) func() error {
			tries = 0
			return func() error {
				if tries++; tries <= times {
					return fault
				}
				return nil
			}
		}
		began := time.Now()
		require.NoError(t, wait.Until(t.Context(), time.Minute, time.Second, failing(3)))
		require.Equal(t, 3*time.Second, time.Since(began))
		require.ErrorIs(t, wait.Until(t.Context(), 10*time.Second, time.Second, failing(1000)), fault)
		require.Equal(t, 11, tries)
		require.ErrorIs(t, wait.Until(t.Context(), 0, time.Second, failing(1)), fault, "without patience, once")
		require.Equal(t, 1, tries)

		answer := fmt.Errorf("refused: %w", fault)
		tries = 0
		err := wait.Until(t.Context(), time.Minute, time.Second, func() error {
			tries++
			return wait.Final(answer)
		})
		require.Equal(t, answer, err, "an answer is an answer")
		require.Equal(t, 1, tries)

		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		err = wait.Until(ctx, time.Minute, time.Second, failing(1000))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, fault)
		require.Equal(t, 2, tries)
	})
}
