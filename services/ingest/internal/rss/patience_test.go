package rss

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

// host answers the nth request it gets, from 1, in the time of the test.
type host func(r *http.Request, n int) (status int, header http.Header)

func (h host) transport(asked *[]time.Time) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		*asked = append(*asked, time.Now())
		status, header := h(r, len(*asked))
		if status == 0 { // it never answers
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// blindAfter reads a page for a quarter of an hour and answers how long after the
// first request that went wrong, the second of all, it was blind; zero if never.
func blindAfter(t *testing.T, sinks *source.Sinks, every time.Duration, h host) (blind time.Duration, asked []time.Time) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client := fetch.New(fetch.Options{AllowPrivate: true})
		client.HTTP().Transport = h.transport(&asked)
		c := New(config.RSS{Feeds: []config.Feed{{URL: "http://gazette.example/feed", Every: config.Duration(every)}}}, client, nil)[0]
		c.memory = &memory{} // so that nothing but the reading takes time
		sink := sinks.For(c.Describe())
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		go func() { _ = c.Run(ctx, sink) }()
		for end := time.Now().Add(every + every/10 + 15*time.Minute); time.Now().Before(end) && blind == 0; {
			time.Sleep(time.Second)
			synctest.Wait()
			reason, _, _ := sink.Signs().Verdict(time.Now(), c.Describe().Silence)
			if reason != vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED {
				require.Greater(t, len(asked), 1)
				blind = time.Since(asked[1])
			}
		}
	})
	return blind, asked
}

// TestADeadPageIsToldWithinAMinute whatever its rhythm, and however it is dead.
func TestADeadPageIsToldWithinAMinute(t *testing.T) {
	t.Parallel()
	sinks := sourcetest.New(t).Sinks(t)
	for name, dead := range map[string]int{
		"it never answers": 0, "server error": http.StatusInternalServerError, "not found": http.StatusNotFound,
		"too many requests": http.StatusTooManyRequests,
	} {
		for _, every := range []time.Duration{time.Second, 2 * time.Minute, 6 * time.Hour} {
			t.Run(name+" every "+every.String(), func(t *testing.T) {
				t.Parallel()
				blind, asked := blindAfter(t, sinks, every, func(_ *http.Request, n int) (int, http.Header) {
					if n == 1 {
						return http.StatusNotModified, nil
					}
					return dead, nil
				})
				require.Positive(t, blind)
				require.Less(t, blind, time.Minute)
				retry := asked[2].Sub(asked[1])
				require.GreaterOrEqual(t, retry, 9*time.Second)
				require.LessOrEqual(t, retry, 30*time.Second, "a whole timeout, and a rest of ten to fifteen seconds")
			})
		}
	}
}

// TestWhatIsAnsweredWellOnTheRetryIsNoBlindness even when the retry takes as long
// as it may.
func TestWhatIsAnsweredWellOnTheRetryIsNoBlindness(t *testing.T) {
	t.Parallel()
	sinks := sourcetest.New(t).Sinks(t)
	for name, c := range map[string]struct {
		status int
		header http.Header
	}{
		"not found":    {status: http.StatusNotFound},
		"server error": {status: http.StatusBadGateway},
		"asks for rest": {
			status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {"12"}},
		},
		"no answer": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blind, asked := blindAfter(t, sinks, 2*time.Minute, func(_ *http.Request, n int) (int, http.Header) {
				switch n {
				case 2:
					return c.status, c.header
				case 3:
					time.Sleep(14 * time.Second)
				}
				return http.StatusNotModified, nil
			})
			require.Zero(t, blind)
			require.Greater(t, len(asked), 5)
			require.Greater(t, asked[4].Sub(asked[3]), 100*time.Second, "back to its rhythm")
		})
	}
}

// TestAFailingPageIsAskedLessAndLess and as it asks to be.
func TestAFailingPageIsAskedLessAndLess(t *testing.T) {
	t.Parallel()
	sinks := sourcetest.New(t).Sinks(t)
	asked := askedWithin(t, sinks, time.Hour, func(*http.Request, int) (int, http.Header) { return http.StatusInternalServerError, nil })
	require.Less(t, len(asked), 15)
	require.Greater(t, len(asked), 8, "but it is not given up either")
	asked = askedWithin(t, sinks, time.Hour, func(*http.Request, int) (int, http.Header) {
		return http.StatusServiceUnavailable, http.Header{"Retry-After": {"1200"}}
	})
	require.Len(t, asked, 3)
}

func askedWithin(t *testing.T, sinks *source.Sinks, d time.Duration, h host) (asked []time.Time) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client := fetch.New(fetch.Options{AllowPrivate: true})
		client.HTTP().Transport = h.transport(&asked)
		c := New(config.RSS{Feeds: []config.Feed{{URL: "http://gazette.example/feed", Every: config.Duration(time.Minute)}}}, client, nil)[0]
		c.memory = &memory{}
		ctx, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		require.NoError(t, c.Run(ctx, sinks.For(c.Describe())))
	})
	return asked
}
