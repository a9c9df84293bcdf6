package rss

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
)

func TestNothingNewCostsNothing(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.Show(post(1))
	g.Start(t, g.connector(rsssite.RSS))
	g.readings(3)
	requests := g.site.Requests()
	require.False(t, requests[0].Conditional)
	require.Equal(t, http.StatusOK, requests[0].Status)
	require.True(t, requests[2].Conditional)
	require.Equal(t, http.StatusNotModified, requests[2].Status)
	require.Contains(t, requests[0].UserAgent, "Vigie")

	g.site.Show(post(2))
	require.Len(t, g.eventually(2), 2)
}

func TestTooManyRequestsAreHeeded(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func() string{
		"seconds": func() string { return "1" },
		"date":    func() string { return time.Now().Add(1200 * time.Millisecond).UTC().Format(http.TimeFormat) },
		"nothing": func() string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.Show(post(1))
			asked := time.Now()
			g.site.SetFaults(rsssite.Faults{Status: http.StatusTooManyRequests, RetryAfter: after(), Times: 1})
			sink, _ := g.Start(t, g.connector(rsssite.RSS))
			g.eventually(1)
			require.Equal(t, http.StatusOK, g.site.Requests()[1].Status, "it asked once more, and not before")
			if name == "seconds" {
				require.Greater(t, time.Since(asked), time.Second)
			}
			reason, _ := sourcetest.Verdict(sink, 0)
			require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
		})
	}
}

func TestALongRestIsAQuota(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.SetFaults(rsssite.Faults{Status: http.StatusTooManyRequests, RetryAfter: "40"})
	sink, _ := g.Start(t, g.connector(rsssite.RSS))
	sourcetest.Eventually(t, "the quota is told", func() bool {
		reason, _ := sourcetest.Verdict(sink, 0)
		return reason == vigiev1.BlindReason_BLIND_REASON_QUOTA
	})
	require.Len(t, g.site.Requests(), 1)
}

func TestFeedsOfAFailingHostRestTogether(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.Show(post(1))
	g.site.SetFaults(rsssite.Faults{Status: http.StatusServiceUnavailable, RetryAfter: "2", Times: 1})
	g.Start(t, g.connector(rsssite.RSS))
	sourcetest.Eventually(t, "one feed is refused", func() bool { return len(g.site.Requests()) == 1 })

	t.Log("the other feed of the host does not even ask, until the time is over")
	refused := time.Now()
	g.Start(t, g.connector(rsssite.Atom))
	g.eventually(1)
	require.Greater(t, time.Since(refused), 1500*time.Millisecond)
	for _, request := range g.site.Requests()[1:] {
		require.NotEqual(t, http.StatusServiceUnavailable, request.Status)
	}
}

func TestErrorsAreSignsOfBlindness(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]rsssite.Faults{
		"server error": {Status: http.StatusInternalServerError},
		"not found":    {Status: http.StatusNotFound},
		"web page":     {Page: true},
		"cut off":      {Keep: 0.01, Cut: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.Show(post(1))
			g.site.SetFaults(faults)
			c := g.connector(rsssite.RSS)
			sink, _ := g.Start(t, c)
			later := time.Now().Add(time.Minute) // errors must last to count
			sourcetest.Eventually(t, "the errors are noticed", func() bool {
				reason, _, _ := sink.Signs().Verdict(later, c.Describe().Silence)
				return reason == vigiev1.BlindReason_BLIND_REASON_ERRORING
			})
			require.Empty(t, g.Mentions(t))

			g.site.SetFaults(rsssite.Faults{})
			g.eventually(1)
			sourcetest.Eventually(t, "it sees again", func() bool {
				reason, _, _ := sink.Signs().Verdict(time.Now(), c.Describe().Silence)
				return reason == vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED
			})
		})
	}
}

func TestAFeedThatIsGoneIsGivenUp(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.SetFaults(rsssite.Faults{Status: http.StatusGone})
	c := g.connector(rsssite.RSS)
	err := c.Run(t.Context(), g.Sink(t, c.Describe()))
	require.ErrorIs(t, err, ErrGone)
	require.ErrorContains(t, err, "sources.rss.feeds")
	require.Len(t, g.site.Requests(), 1)
}

func TestAMoveForGoodIsRemembered(t *testing.T) {
	t.Parallel()
	for status, remembered := range map[int]bool{
		http.StatusMovedPermanently: true, http.StatusPermanentRedirect: true,
		http.StatusFound: false, http.StatusTemporaryRedirect: false,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.Show(post(1))
			_, stop := g.Start(t, g.connector(rsssite.RSS))
			before := g.eventually(1)[0]
			stop()

			t.Log("the site moves; what it shows is known there by the same ids")
			moved := rsssite.New(rsssite.Options{Title: "La Gazette"})
			moved.Show(post(1), post(2))
			server := httptest.NewServer(moved)
			t.Cleanup(server.Close)
			g.site.SetFaults(rsssite.Faults{MovedTo: server.URL, MovedStatus: status})
			_, stop = g.Start(t, g.connector(rsssite.RSS))
			all := g.eventually(2)
			require.Len(t, all, 2)
			require.NotEqual(t, before.MentionId, all[1].MentionId)
			require.Equal(t, before.Page, all[1].Page, "the page is what the config says")

			t.Log("a restart goes to the new address at once if it was for good")
			sourcetest.Eventually(t, "it settled there", func() bool { return len(moved.Requests()) > 2 })
			stop()
			asked := len(g.site.Requests())
			g.Start(t, g.connector(rsssite.RSS))
			moved.Show(post(3))
			g.eventually(3)
			require.Equal(t, remembered, len(g.site.Requests()) == asked)

			t.Log("when the new address fails, the old one gets its chance")
			moved.SetFaults(rsssite.Faults{Page: true})
			g.site.SetFaults(rsssite.Faults{})
			g.site.Show(post(4))
			g.eventually(4)
		})
	}
}

func TestRedirectsWithoutEndAreReportedOnce(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.Show(post(1))
	g.site.SetFaults(rsssite.Faults{MovedStatus: http.StatusFound})
	g.Start(t, g.connector(rsssite.RSS))
	sourcetest.Eventually(t, "a dead letter", func() bool { return len(g.DeadLetters(t)) > 0 })
	g.readings(3)
	letters := g.DeadLetters(t)
	require.Len(t, letters, 1)
	require.Equal(t, bus.ReasonRedirectLoop, letters[0].Reason)
	require.Equal(t, g.connector(rsssite.RSS).Describe().Page, letters[0].Place, "it says which page it came from")

	g.site.SetFaults(rsssite.Faults{})
	require.Len(t, g.eventually(1), 1)
}

func TestAStopDoesNotWaitForASlowSite(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]rsssite.Faults{
		"before the answer": {Delay: time.Minute},
		"in its middle":     {Drip: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			for n := range int64(50) {
				g.site.Show(post(n))
			}
			arrived := make(chan struct{}, 1)
			slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				arrived <- struct{}{}
				g.site.ServeHTTP(w, r)
			}))
			t.Cleanup(slow.Close)
			g.site.SetFaults(faults)
			c := g.connector(rsssite.RSS)
			c.url = slow.URL + rsssite.RSS
			_, stop := g.Start(t, c)
			<-arrived
			began := time.Now()
			stop()
			require.Less(t, time.Since(began), 30*time.Second)
		})
	}
}
