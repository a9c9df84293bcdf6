package x

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

// ago is a post of the past.
func ago(d time.Duration, text string) world.Post {
	p := said(text)
	p.Time = p.Time.Add(-d)
	return p
}

func TestTheFirstStartLooksBack(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.config.Lookback = config.Duration(time.Hour)
	a.api.Show(ago(2*time.Hour, "oasis trop vieux"))
	for i := range 250 { // three pages
		a.api.Show(ago(50*time.Minute-time.Duration(i)*time.Second, fmt.Sprint("oasis ", i)))
	}
	c, _, _ := a.start()
	a.filled(c)
	all := a.Mentions(t)
	require.Len(t, textsOf(all), 250)
	for _, m := range all {
		require.Equal(t, vigiev1.Origin_ORIGIN_BACKFILL, m.Origin)
		require.NotEqual(t, "oasis trop vieux", m.Text)
	}
}

func TestWithoutLookbackNothingOldIsBought(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.api.Show(ago(time.Hour, "oasis"))
	c, _, _ := a.start()
	a.filled(c)
	require.Empty(t, a.Mentions(t))
	require.Zero(t, a.api.Delivered())
}

func TestARestartFillsTheGap(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c, _, stop := a.start()
	a.filled(c)
	a.api.Show(said("oasis avant"))
	a.eventually(1)
	stop()
	sourcetest.Eventually(t, "the stream is closed", func() bool { return a.api.Streams() == 0 })
	a.api.Show(said("oasis pendant"))
	c, _, _ = a.start()
	a.filled(c)
	a.api.Show(said("oasis après"))
	a.eventually(3)
	origins := map[string]vigiev1.Origin{}
	for _, m := range a.Mentions(t) {
		origins[m.Text] = m.Origin
	}
	require.Equal(t, map[string]vigiev1.Origin{
		"oasis avant": vigiev1.Origin_ORIGIN_LIVE, "oasis pendant": vigiev1.Origin_ORIGIN_BACKFILL, "oasis après": vigiev1.Origin_ORIGIN_LIVE,
	}, origins)
}

// away keeps the stream closed while something happens.
func (a *aviary) away(happens func()) {
	a.t.Helper()
	a.api.SetFaults(xapi.Faults{Status: http.StatusServiceUnavailable})
	a.api.Break()
	sourcetest.Eventually(a.t, "the stream is closed", func() bool { return a.api.Streams() == 0 })
	happens()
	a.api.SetFaults(xapi.Faults{})
}

// TestTheStreamDoesNotHideTheGap: while search fails, what the stream brings does
// not move the cursor past what is missing.
func TestTheStreamDoesNotHideTheGap(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c, _, stop := a.start()
	a.filled(c)
	missed := said("oasis pendant")
	a.away(func() { a.api.Show(missed) })
	a.api.SetFaults(xapi.Faults{Status: http.StatusServiceUnavailable, Endpoint: "GET " + xapi.PathSearch})
	a.streaming()
	sourcetest.Eventually(t, "the stream has stood for long enough to move us", func() bool {
		a.api.Show(said("oasis après"))
		return time.Since(missed.Time) > 3*quick.overlap
	})
	stop()
	a.api.SetFaults(xapi.Faults{})
	a.start()
	sourcetest.Eventually(t, "what was missed", func() bool {
		return slices.Contains(textsOf(a.Mentions(t)), "oasis pendant")
	})
}

// TestWhatCameLiveStaysLive: search finds it again, with more likes, and would
// bring it as a newer version that belongs to the past.
func TestWhatCameLiveStaysLive(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c, _, _ := a.start()
	a.filled(c)
	liked := said("oasis")
	a.api.Show(liked)
	a.eventually(1)
	liked.Likes = 9
	a.away(func() { a.api.Show(liked, said("oasis pendant")) })
	a.eventually(2)
	a.filled(c)
	for _, m := range a.Mentions(t) {
		require.Equal(t, m.Text == "oasis", m.Origin == vigiev1.Origin_ORIGIN_LIVE)
	}
}

// TestSearchLagsBehind: what was published just before the stream opened is in
// no stream, and not yet in search.
func TestSearchLagsBehind(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.config.Lookback = config.Duration(time.Minute)
	a.api.Show(said("oasis à l'instant"))
	began := time.Now()
	c, _, _ := a.start()
	a.streaming()
	require.Equal(t, "oasis à l'instant", a.eventually(1)[0].Text)
	a.filled(c)
	require.Greater(t, time.Since(began), quick.indexing)
	var searches int
	for _, r := range a.api.Requests() {
		if r.Endpoint == "GET "+xapi.PathSearch {
			searches++
		}
	}
	require.GreaterOrEqual(t, searches, 2)
}

func TestALongAbsenceIsCutToWhatSearchSees(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.config.Lookback = config.Duration(30 * 24 * time.Hour)
	a.api.Show(ago(6*24*time.Hour, "oasis il y a six jours"))
	c, _, _ := a.start()
	a.filled(c)
	require.Len(t, a.Mentions(t), 1)
	for _, r := range a.api.Requests() {
		require.NotEqual(t, http.StatusBadRequest, r.Status, r.Query)
	}
}

func TestTheGapIsFilledDespiteErrors(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]xapi.Faults{
		"errors":         {Status: 503, Times: 3},
		"rate limit":     {Status: 429, Times: 2, Reset: time.Second},
		"invalid answer": {Status: 200, Times: 2, Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAviary(t)
			a.config.Lookback = config.Duration(time.Hour)
			a.api.Show(ago(time.Minute, "oasis"))
			faults.Endpoint = "GET " + xapi.PathSearch
			a.api.SetFaults(faults)
			c, sink, _ := a.start()
			a.filled(c)
			require.Len(t, a.Mentions(t), 1)
			a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED) // the stream sees all the while
			require.Equal(t, 1, streams(a))
		})
	}
}

// TestWhatTheBusRefusesIsBroughtAgain takes the stream of mentions away.
func TestWhatTheBusRefusesIsBroughtAgain(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c, _, _ := a.start()
	a.filled(c)
	stream, err := a.Bus.JetStream().Stream(t.Context(), bus.StreamMentions)
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	require.NoError(t, a.Bus.JetStream().DeleteStream(t.Context(), bus.StreamMentions))
	opened := streams(a)
	a.api.Show(said("oasis"))
	sourcetest.Eventually(t, "it tries again", func() bool { return streams(a) > opened })
	_, err = a.Bus.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{
		Name: config.Name, Subjects: config.Subjects, Storage: config.Storage, Duplicates: config.Duplicates,
	})
	require.NoError(t, err)
	require.Equal(t, "oasis", a.eventually(1)[0].Text)
}

// TestManyBrandsAreSearched: several brands share searches, and each is asked.
func TestManyBrandsAreSearched(t *testing.T) {
	t.Parallel()
	var brands []config.Brand
	for i := range 40 {
		brands = append(brands, config.Brand{ID: fmt.Sprint("b", i), Query: fmt.Sprintf(`marque%d OR "la marque numéro %d"`, i, i)})
	}
	a := newAviary(t, brands...)
	a.config.Lookback = config.Duration(time.Hour)
	for i := range 40 {
		a.api.Show(ago(time.Minute, fmt.Sprintf("marque%d", i)))
	}
	c, _, _ := a.start()
	a.filled(c)
	require.Len(t, textsOf(a.Mentions(t)), 40)
	for _, r := range a.api.Requests() {
		require.Less(t, r.Status, 400, r.Query)
		require.NotContains(t, r.Query, "start_time")
	}
}
