package bluesky

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a feed, a bus, and what is needed to read the one onto the other.
type stage struct {
	*sourcetest.Bench
	t        *testing.T
	feed     *jetstream.Server
	sink     *source.Sink
	stop     func()
	url      string
	client   *fetch.Client
	metrics  *Metrics
	lookback time.Duration
	timing   timing
	number   int64
}

var (
	ana      = world.Author{ID: 1, Handle: "ana_morvan", Name: "Ana Morvan", Followers: 1234}
	brandOwn = world.Author{ID: 2, Handle: "zestaline", Name: "Zestaline", Followers: 48_000}
)

// quick makes every wait short; silence stays long enough for a busy machine.
func quick() timing {
	return timing{
		silence: 3 * time.Second, ping: 50 * time.Millisecond, rewind: 2 * time.Second, save: 10 * time.Millisecond,
		retry: source.Pace{First: 10 * time.Millisecond, Last: 50 * time.Millisecond, Steady: time.Minute, TooMany: 40 * time.Second},
		jump:  30 * time.Second, fresh: time.Minute, lookup: 2 * time.Second, bus: 3 * time.Second,
	}
}

func newStage(t *testing.T, options jetstream.Options) *stage {
	t.Helper()
	if options.Noise == 0 {
		options.Noise = 50
	}
	feed := jetstream.New(options)
	server := httptest.NewServer(feed)
	bench := sourcetest.New(t, config.Brand{
		ID: "zestaline", Name: "Zestaline", Query: "zestaline",
		Pages: map[string][]string{"bluesky": {"zestaline." + jetstream.Domain}},
	})
	s := &stage{
		Bench: bench, metrics: NewMetrics(bench.Registry),
		t: t, feed: feed,
		url: "ws" + strings.TrimPrefix(server.URL, "http"), client: fetch.New(fetch.Options{AllowPrivate: true}), timing: quick(),
	}
	feed.Introduce(brandOwn)
	t.Cleanup(func() {
		feed.Close()
		server.Close()
		s.client.Close()
	})
	return s
}

// start runs the connector, and waits until it is connected.
func (s *stage) start() {
	s.t.Helper()
	before := len(s.feed.Cursors())
	s.sink, s.stop = s.Start(s.t, s.connector())
	sourcetest.Eventually(s.t, "connected", func() bool { return len(s.feed.Cursors()) > before })
}

func (s *stage) connector() *Connector {
	s.t.Helper()
	connector, err := New(config.Bluesky{URL: s.url, Lookback: config.Duration(s.lookback)}, s.client, s.metrics)
	require.NoError(s.t, err)
	connector.timing = s.timing
	return connector
}

// say shows a post of Ana's.
func (s *stage) say(text string) world.Post { return s.sayAs(ana, text, time.Now()) }

func (s *stage) sayAs(author world.Author, text string, at time.Time) world.Post {
	s.number++
	post := world.Post{Number: s.number, Time: at, Author: author, Text: text, Language: "fr"}
	s.feed.Show(post)
	return post
}
