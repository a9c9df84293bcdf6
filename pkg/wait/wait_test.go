package wait_test

import (
	"context"
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
