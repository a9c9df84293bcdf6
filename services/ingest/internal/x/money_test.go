package x

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

// detail is what the verdict on the connector says now.
func (a *aviary) detail(sink *source.Sink) string {
	_, detail, _ := sink.Signs().Verdict(time.Now().Add(40*time.Second), 50*time.Second)
	return detail
}

func TestTheBudgetIsHard(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.config.MonthlyBudgetUSD = 0.3 // twenty posts, each with an author
	c, sink, stop := a.start()
	a.filled(c)
	for i := range 20 {
		a.api.Show(said(fmt.Sprint("oasis ", i)))
	}
	a.eventually(20)
	detail := a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_QUOTA)
	require.Contains(t, detail, "monthly_budget_usd")
	require.Contains(t, detail, nextMonth(time.Now()).Format(time.RFC3339))
	sourcetest.Eventually(t, "the stream is closed", func() bool { return a.api.Streams() == 0 })

	t.Log("nothing more is bought, by a restart neither")
	a.api.Show(said("oasis de trop"))
	requests := len(a.api.Requests())
	stop()
	_, sink, _ = a.start()
	a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_QUOTA)
	require.Len(t, a.api.Requests(), requests)
	require.Equal(t, 20, a.api.Delivered())

	t.Log("a higher budget goes on where it stopped, and what was missed comes by search")
	a.config.MonthlyBudgetUSD = 10
	a.start()
	require.Equal(t, "oasis de trop", a.eventually(21)[20].Text)
}

func TestSearchStopsAtTheBudget(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.config.MonthlyBudgetUSD, a.config.PricePerPostUSD = 1.5, 0.005 // a hundred posts, each with an author
	a.config.Lookback = config.Duration(time.Hour)
	for i := range 300 {
		a.api.Show(ago(time.Minute, fmt.Sprint("oasis ", i)))
	}
	_, sink, _ := a.start()
	a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_QUOTA)
	require.LessOrEqual(t, a.api.Delivered(), 100)
	require.GreaterOrEqual(t, a.api.Delivered(), 90)
}

func TestAPostReadTwiceInADayIsPaidOnce(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	registry := prometheus.NewRegistry()
	a.metrics = NewMetrics(registry)
	c, _, stop := a.start()
	a.filled(c)
	a.api.SetFaults(xapi.Faults{Twice: true})
	a.api.Show(said("oasis un"), said("oasis deux"))
	a.eventually(2)
	sourcetest.Eventually(t, "all four", func() bool { return a.api.Delivered() == 4 })
	a.api.Break() // search brings them again
	sourcetest.Eventually(t, "a second stream", func() bool { return streams(a) == 2 })
	a.filled(c)
	require.Len(t, a.Mentions(t), 2, "search does not bring again what the stream has brought")
	stop()
	counted := func(name string, labels ...string) float64 {
		return sourcetest.Counted(t, registry, "vigie_ingest_x_"+name, labels...)
	}
	require.InDelta(t, 2*0.005+2*0.010, counted("spend_usd"), 1e-9, "two posts and their two authors")
	require.InDelta(t, 100, counted("budget_usd"), 1e-9)
	require.InDelta(t, 2, counted("bought_total", "post"), 1e-9)
	require.InDelta(t, 2, counted("bought_total", "user"), 1e-9)
}

// TestAnAuthorIsPaidOnceADay: X counts the authors beside the posts, too.
func TestAnAuthorIsPaidOnceADay(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	registry := prometheus.NewRegistry()
	a.metrics = NewMetrics(registry)
	c, _, stop := a.start()
	a.filled(c)
	first, second := said("oasis un"), said("oasis deux")
	second.Author = first.Author
	a.api.Show(first, second)
	a.eventually(2)
	stop()
	require.InDelta(t, 2*0.005+0.010, sourcetest.Counted(t, registry, "vigie_ingest_x_spend_usd"), 1e-9)
}

func TestTheMeter(t *testing.T) {
	t.Parallel()
	b := sourcetest.New(t)
	bucket, err := b.Bus.Bucket(t.Context(), bus.BucketSpend)
	require.NoError(t, err)
	ctx := t.Context()
	newMeter := func(now time.Time) *meter {
		m := &meter{ledger: bucket, prices: map[goods]float64{postRead: 0.005}, budget: 5}
		_, err := m.left(ctx, now)
		require.NoError(t, err)
		return m
	}
	buy := func(m *meter, now time.Time, ids ...string) {
		for _, id := range ids {
			require.NoError(t, m.buy(ctx, now, piece{postRead, id}, byStream))
		}
	}
	left := func(m *meter, now time.Time) int {
		n, err := m.left(ctx, now)
		require.NoError(t, err)
		return n
	}
	now := time.Date(2026, 3, 31, 23, 0, 0, 0, time.FixedZone("", -3600)) // already April in UTC
	m := newMeter(now)
	require.Equal(t, 1000, left(m, now))
	buy(m, now, "a", "b", "a")
	require.Equal(t, 998, left(m, now))

	t.Log("a fall without a word counts some too many, never too few")
	require.Equal(t, 1000-1-reserve, left(newMeter(now), now))
	t.Log("an orderly stop counts exactly")
	require.NoError(t, m.settle(ctx))
	require.Equal(t, 998, left(newMeter(now), now))

	t.Log("the same post costs again the next day")
	buy(m, now.Add(24*time.Hour), "a")
	require.Equal(t, 997, left(m, now.Add(24*time.Hour)))

	t.Log("a month has its own budget")
	may := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, 1000, left(m, may))
	for i := range 1001 {
		buy(m, may, fmt.Sprint(i))
	}
	require.Zero(t, left(m, may))
	require.Equal(t, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), nextMonth(may))
	require.Equal(t, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), nextMonth(time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)))

	t.Log("a ledger that cannot be read is no reason to spend")
	_, err = bucket.Put(ctx, ledgerKey("2026-07"), []byte("?"))
	require.NoError(t, err)
	_, err = m.left(ctx, may.AddDate(0, 2, 0))
	require.ErrorIs(t, err, source.ErrBus)
	require.ErrorContains(t, err, "x.2026-07")
}

func TestARefusedTokenIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*aviary){
		"wrong token":       func(a *aviary) { a.config.BearerTokenFile = config.NewSecret("wrong") },
		"forbidden to rule": func(a *aviary) { a.api.SetFaults(xapi.Faults{Status: 403}) },
		"forbidden to stream": func(a *aviary) {
			a.api.SetFaults(xapi.Faults{Status: 403, Endpoint: "GET " + xapi.PathStream,
				Body: `{"title":"Client Forbidden","detail":"enroll your app","type":"https://api.x.com/2/problems/client-forbidden"}`})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAviary(t)
			prepare(a)
			c := a.connector()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := c.Run(ctx, a.Sink(t, c.Describe()))
			require.ErrorContains(t, err, "bearer_token_file")
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestLimitsOfTheAccount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults xapi.Faults
		want   vigiev1.BlindReason
	}{
		"rate limit with a reset": {xapi.Faults{Status: 429, Reset: 2 * time.Second, Times: 1}, vigiev1.BlindReason_BLIND_REASON_QUOTA},
		"rate limit without":      {xapi.Faults{Status: 429, Times: 5}, vigiev1.BlindReason_BLIND_REASON_ERRORING},
		"no credits":              {xapi.Faults{Status: 402, Times: 5, Body: `{"title":"CreditsDepleted"}`}, vigiev1.BlindReason_BLIND_REASON_QUOTA},
		"usage cap": {xapi.Faults{Status: 429, Times: 5, Body: `{"title":"UsageCapExceeded","period":"Monthly"}`},
			vigiev1.BlindReason_BLIND_REASON_QUOTA},
		"server error": {xapi.Faults{Status: 503, Times: 5}, vigiev1.BlindReason_BLIND_REASON_ERRORING},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAviary(t)
			c.faults.Endpoint = "GET " + xapi.PathStream
			a.api.SetFaults(c.faults)
			began := time.Now()
			_, sink, _ := a.start()
			a.verdict(sink, c.want)
			a.streaming()
			if c.faults.Reset > 0 {
				require.Greater(t, time.Since(began), time.Second, "it waited for the reset")
				require.Equal(t, 2, streams(a))
			}
			a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED)
		})
	}
}

func TestThePaceIsXsOwn(t *testing.T) {
	t.Parallel()
	waits := func(c class, stood bool, n int) (list []time.Duration) {
		b := newBackoff(documented)
		for range n {
			list = append(list, b.wait(c, stood))
		}
		return list
	}
	ms, s := time.Millisecond, time.Second
	require.Equal(t, []time.Duration{250 * ms, 500 * ms, 750 * ms}, waits(network, false, 3))
	require.Equal(t, 16*s, waits(network, false, 100)[99])
	require.Equal(t, []time.Duration{0, 500 * ms}, waits(network, true, 2), "at once when it stood before")
	for i, nominal := range []time.Duration{5 * s, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 320 * s, 320 * s} {
		got := waits(server, false, 8)[i]
		require.GreaterOrEqual(t, got, nominal)
		require.LessOrEqual(t, got, nominal+nominal/10+1)
	}
	for i, nominal := range []time.Duration{60 * s, 120 * s, 240 * s} {
		got := waits(limited, true, 3)[i]
		require.GreaterOrEqual(t, got, nominal)
		require.LessOrEqual(t, got, nominal+nominal/10+1)
	}
	b := newBackoff(documented)
	b.wait(server, false)
	b.wait(server, false)
	b.recovered()
	require.LessOrEqual(t, b.wait(server, false), 6*s)
	require.LessOrEqual(t, New(config.X{}, nil, nil, nil).Describe().Silence, 50*s)
}

func TestErrorsAreOfAClass(t *testing.T) {
	t.Parallel()
	status := func(code int, p problem) error {
		return fmt.Errorf("wrapped: %w", &statusError{code: code, problem: p})
	}
	for want, errs := range map[class][]error{
		network:  {errSilent, errEnded, context.DeadlineExceeded},
		server:   {status(500, problem{}), status(409, problem{}), &streamError{problem{Title: "operational-disconnect"}}},
		limited:  {status(429, problem{}), &streamError{problem{Issue: "TooManyConnections"}}},
		bankrupt: {status(402, problem{}), status(429, problem{Title: "UsageCapExceeded"}), status(403, problem{Type: "https://api.x.com/2/problems/usage-capped"})},
		final:    {status(401, problem{}), status(403, problem{})},
		spent:    {fmt.Errorf("wrapped: %w", errBudget)},
		ours:     {fmt.Errorf("wrapped: %w", source.ErrBus)},
	} {
		for _, err := range errs {
			require.Equal(t, want, classify(err), "%v", err)
		}
	}
	require.EqualError(t, &statusError{path: "/p", code: http.StatusTeapot}, "x: /p answers 418 I'm a teapot")
}
