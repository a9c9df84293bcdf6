package source_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

func TestASessionIsRepeatedUntilItsEndIsFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		final := errors.New("the token is refused")
		began, sessions := time.Now(), 0
		err := source.Repeat(t.Context(), func(context.Context) error {
			sessions++
			time.Sleep(time.Second)
			return errors.New("the stream ended")
		}, func(err error, lasted time.Duration) (time.Duration, error) {
			require.EqualError(t, err, "the stream ended")
			require.Equal(t, time.Second, lasted)
			if sessions == 3 {
				return 0, final
			}
			return time.Minute, nil
		})
		require.ErrorIs(t, err, final)
		require.Equal(t, 2*time.Minute+3*time.Second, time.Since(began))
	})
}

func TestAStopEndsARestAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		require.NoError(t, source.Repeat(ctx, func(context.Context) error { return nil },
			func(error, time.Duration) (time.Duration, error) { return time.Hour, nil }))
		require.Equal(t, time.Second, time.Since(began))
	})
}

func TestTheRestGrowsAndHeedsWhatIsAsked(t *testing.T) {
	t.Parallel()
	pace := source.Pace{First: time.Second, Last: 8 * time.Second, Steady: time.Minute, TooMany: 5 * time.Minute}
	sinks := sourcetest.New(t).Sinks(t)
	newSink := func() *source.Sink { return sinks.For(source.Description{Source: "mastodon", Page: "test"}) }
	broken := errors.New("the stream ended")

	retry := source.NewRetry(pace, newSink())
	for _, nominal := range []time.Duration{1, 2, 4, 8, 8} {
		rest := retry.Ended(broken, 0)
		require.InDelta(t, float64(nominal*time.Second), float64(rest), float64(nominal*time.Second)/2)
	}
	require.Less(t, retry.Ended(broken, time.Minute), 2*time.Second, "a session that stood earns a fresh start")

	t.Log("what the server asks for counts when it is longer; of a quota it is told")
	sink := newSink()
	rest := source.NewRetry(pace, sink).Ended(fmt.Errorf("wrapped: %w", &source.RefusedError{Status: http.StatusServiceUnavailable, Wait: time.Hour}), 0)
	require.Equal(t, time.Hour, rest)
	reason, _ := sourcetest.Verdict(sink, time.Minute)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_ERRORING, reason)
	rest = source.NewRetry(pace, sink).Ended(&source.RefusedError{Status: http.StatusTooManyRequests}, 0)
	require.Equal(t, 5*time.Minute, rest)
	reason, _ = sourcetest.Verdict(sink, time.Minute)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_QUOTA, reason)

	t.Log("when our own bus is at fault, the source is not blind")
	sink = newSink()
	source.NewRetry(pace, sink).Ended(fmt.Errorf("%w: no answer", source.ErrBus), 0)
	reason, _ = sourcetest.Verdict(sink, 40*time.Second)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
}

func TestTroubleIsToldOnceAndOnlyIfItLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var trouble source.Trouble
		logs := &sourcetest.Logs{}
		goesOn := func(d time.Duration) {
			for range d / time.Second {
				trouble.Goes(slog.New(logs), "the bus is away", errors.New("timeout"))
				time.Sleep(time.Second)
			}
		}
		goesOn(source.Patience)
		trouble.Over()
		require.Empty(t, logs.Warnings(""), "it healed by itself")
		goesOn(time.Hour)
		require.Len(t, logs.Warnings("the bus is away"), 1)
		trouble.Over()
		goesOn(time.Hour)
		require.Len(t, logs.Warnings("the bus is away"), 2, "another fault")
	})
}
