package x

import (
	"fmt"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick is the pace of tests.
var quick = pace{
	silence: time.Second, steady: 100 * time.Millisecond, look: 20 * time.Millisecond,
	overlap: 500 * time.Millisecond, indexing: 150 * time.Millisecond,
	network:  steps{first: 5 * time.Millisecond, last: 50 * time.Millisecond, linear: true},
	server:   steps{first: 10 * time.Millisecond, last: 50 * time.Millisecond},
	limited:  steps{first: 20 * time.Millisecond, last: 50 * time.Millisecond},
	bankrupt: 50 * time.Millisecond,
}

// brand is what the tests watch.
var brand = config.Brand{
	ID: "oasis", Name: "Oasis", Query: `oasis OR "l'eau pétillante"`, Pages: map[string][]string{"x": {"@OasisFR"}},
}

// aviary is X, a bus, and what a connector between them needs.
type aviary struct {
	*sourcetest.Bench
	t       *testing.T
	api     *xapi.Server
	server  *httptest.Server
	client  *fetch.Client
	config  config.X
	metrics *Metrics
}

func newAviary(t *testing.T, brands ...config.Brand) *aviary {
	t.Helper()
	if brands == nil {
		brands = []config.Brand{brand}
	}
	a := &aviary{
		Bench: sourcetest.New(t, brands...), t: t,
		api: xapi.New(xapi.Options{
			Token: "secret", KeepAlive: 100 * time.Millisecond, Indexing: 100 * time.Millisecond,
			Limits: map[string]int{},
		}),
		client: fetch.New(fetch.Options{AllowPrivate: true}),
	}
	a.server = httptest.NewServer(a.api)
	a.config = config.X{BaseURL: a.server.URL, BearerTokenFile: config.NewSecret("secret"), MonthlyBudgetUSD: 100}
	t.Cleanup(func() {
		a.client.Close()
		a.server.Close()
	})
	return a
}

func (a *aviary) connector() *Connector {
	c := New(a.config, a.client, a.Bus, a.metrics)
	c.pace = quick
	return c
}

// start runs a connector until stop is called or the test ends.
func (a *aviary) start() (c *Connector, sink *source.Sink, stop func()) {
	a.t.Helper()
	c = a.connector()
	sink, stop = a.Start(a.t, c)
	return c, sink, stop
}

// streaming waits until the stream is open.
func (a *aviary) streaming() {
	a.t.Helper()
	sourcetest.Eventually(a.t, "a stream", func() bool { return a.api.Streams() == 1 })
}

// filled waits until the gap before the stream is filled.
func (a *aviary) filled(c *Connector) {
	a.t.Helper()
	sourcetest.Eventually(a.t, "the gap is filled", func() bool {
		c.progress.mu.Lock()
		defer c.progress.mu.Unlock()
		return c.progress.loaded && !c.progress.gap
	})
}

// eventually waits for so many mentions on the bus, and answers them.
func (a *aviary) eventually(n int) []*vigiev1.Mention {
	a.t.Helper()
	var all []*vigiev1.Mention
	sourcetest.Eventually(a.t, fmt.Sprintf("%d mentions", n), func() bool {
		all = a.Mentions(a.t)
		return len(all) >= n
	})
	return all
}

// verdict waits until the connector is thought blind for a reason, a minute from now.
func (a *aviary) verdict(sink *source.Sink, want vigiev1.BlindReason) (detail string) {
	a.t.Helper()
	sourcetest.Eventually(a.t, want.String(), func() bool {
		var reason vigiev1.BlindReason
		reason, detail, _ = sink.Signs().Verdict(time.Now(), 50*time.Second)
		if reason == vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED {
			reason, detail, _ = sink.Signs().Verdict(time.Now().Add(40*time.Second), 50*time.Second)
		}
		return reason == want
	})
	return detail
}

var numbers atomic.Int64

// said is a new post, written now.
func said(text string) world.Post {
	n := numbers.Add(1)
	return world.Post{
		Number: n, Time: time.Now(), Text: text, Language: "fr",
		Author: world.Author{ID: 40 + n, Handle: fmt.Sprintf("Lea%d", n), Name: "Léa", Followers: 12},
	}
}
