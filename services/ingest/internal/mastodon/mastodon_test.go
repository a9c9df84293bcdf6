package mastodon

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/instance"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "secret-token"

// stage is an instance, a bus, and what is needed to read the one onto the other.
type stage struct {
	*sourcetest.Bench
	t       *testing.T
	inst    *instance.Server
	sink    *source.Sink
	stop    func()
	config  config.Mastodon
	client  *fetch.Client
	metrics *Metrics
	timing  timing
	number  int64
}

var (
	ana      = world.Author{ID: 3, Handle: "ana", Name: "Ana Morvan", Followers: 1234} // of this instance
	tom      = world.Author{ID: 4, Handle: "tom", Name: "Tom Hale", Followers: 5}      // of another
	brandOwn = world.Author{ID: 6, Handle: "zestaline", Name: "Zestaline", Followers: 48_000}
)

// quick makes every wait short; silence stays long enough for a busy machine.
func quick() timing {
	return timing{
		silence: 3 * time.Second, save: 10 * time.Millisecond,
		retry:   source.Pace{First: 10 * time.Millisecond, Last: 50 * time.Millisecond, Steady: time.Minute, TooMany: 40 * time.Second},
		overlap: time.Minute, check: time.Hour, settled: 200 * time.Millisecond, fresh: 5 * time.Minute,
		barren: 100 * time.Millisecond, bus: 3 * time.Second,
	}
}

func newStage(t *testing.T, options instance.Options) *stage {
	t.Helper()
	options.Token, options.Account = token, brandOwn
	if options.Heartbeat == 0 {
		options.Heartbeat = 50 * time.Millisecond
	}
	if options.Limit == 0 {
		options.Limit, options.LimitWindow = 10_000, 5*time.Minute
	}
	inst := instance.New(options)
	server := httptest.NewServer(inst)
	bench := sourcetest.New(t, config.Brand{
		ID: "zestaline", Name: "Zestaline", Query: "zestaline",
		Pages: map[string][]string{"mastodon": {"@Zestaline@mastodon.example"}},
	})
	s := &stage{
		Bench: bench, metrics: NewMetrics(bench.Registry),
		t: t, inst: inst,
		config: config.Mastodon{Server: server.URL, TokenFile: config.NewSecret(token)},
		client: fetch.New(fetch.Options{AllowPrivate: true}), timing: quick(),
	}
	t.Cleanup(func() {
		inst.Close()
		server.Close()
		s.client.Close()
	})
	return s
}

// start runs the connector of a stream, and waits until it is open.
func (s *stage) start(stream string) {
	s.t.Helper()
	before := s.inst.Opened()
	s.sink, s.stop = s.Start(s.t, s.connector(stream))
	sourcetest.Eventually(s.t, "open", func() bool { return s.inst.Opened() > before })
}

func (s *stage) connector(stream string) *Connector {
	s.t.Helper()
	connector, err := New(s.config, stream, s.client, s.metrics)
	require.NoError(s.t, err)
	connector.timing = s.timing
	return connector
}

// say shows a post of Ana's.
func (s *stage) say(text string, tags ...string) world.Post {
	return s.sayAs(ana, text, time.Now(), tags...)
}

func (s *stage) sayAs(author world.Author, text string, at time.Time, tags ...string) world.Post {
	s.number++
	post := world.Post{Number: s.number, Time: at, Author: author, Text: text, Language: "fr", Hashtags: tags}
	s.inst.Show(post)
	return post
}
