package bluesky

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a feed, a bus, and what is needed to read the one onto the other.
type stage struct {
	t        *testing.T
	feed     *jetstream.Server
	bench    *sourcetest.Bench
	sink     *source.Sink
	stop     func()
	url      string
	client   *fetch.Client
	registry *prometheus.Registry
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
		steady: time.Minute, firstRetry: 10 * time.Millisecond, lastRetry: 50 * time.Millisecond, tooMany: 40 * time.Second,
		jump: 30 * time.Second, fresh: time.Minute, lookup: 2 * time.Second, bus: 3 * time.Second,
	}
}

func newStage(t *testing.T, options jetstream.Options) *stage {
	t.Helper()
	if options.Noise == 0 {
		options.Noise = 50
	}
	feed := jetstream.New(options)
	server := httptest.NewServer(feed)
	registry := prometheus.NewRegistry()
	s := &stage{
		t: t, feed: feed, registry: registry, metrics: NewMetrics(registry),
		bench: sourcetest.New(t, config.Brand{
			ID: "zestaline", Name: "Zestaline", Query: "zestaline",
			Pages: map[string][]string{"bluesky": {"zestaline." + jetstream.Domain}},
		}),
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
	s.sink, s.stop = s.bench.Start(s.t, s.connector())
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

// brought waits until a text is on the bus, and answers its latest version.
func (s *stage) brought(text string) *vigiev1.Mention {
	s.t.Helper()
	var found *vigiev1.Mention
	sourcetest.Eventually(s.t, "brought: "+text, func() bool {
		for _, m := range s.bench.Mentions(s.t) {
			if strings.Contains(m.Text, text) {
				found = m
			}
		}
		return found != nil
	})
	return found
}

// texts are those on the bus, in order.
func (s *stage) texts() []string {
	var texts []string
	for _, m := range s.bench.Mentions(s.t) {
		texts = append(texts, m.Text)
	}
	return texts
}

// amount is how many mentions are on the bus, without reading them.
func (s *stage) amount() (n int) {
	stream, err := s.bench.Bus.JetStream().Stream(s.t.Context(), bus.StreamMentions)
	if err != nil {
		return 0 // the test is over
	}
	info, err := stream.Info(s.t.Context(), natsjs.WithSubjectFilter(bus.SubjectCollected+".>"))
	if err != nil {
		return 0
	}
	for _, count := range info.State.Subjects {
		n += int(count)
	}
	return n
}

func (s *stage) deleted(id string) bool {
	for _, d := range s.bench.Deletions(s.t) {
		if d.MentionId == id {
			return true
		}
	}
	return false
}

// counted is a counter's value, over all labels or one of them.
func (s *stage) counted(name, label string) float64 {
	s.t.Helper()
	families, err := s.registry.Gather()
	require.NoError(s.t, err)
	var sum float64
	for _, family := range families {
		if family.GetName() != "vigie_ingest_bluesky_"+name {
			continue
		}
		for _, metric := range family.GetMetric() {
			if label == "" || metric.GetLabel()[0].GetValue() == label {
				sum += metric.GetCounter().GetValue()
			}
		}
	}
	return sum
}

func (s *stage) verdict(after time.Duration) (vigiev1.BlindReason, string) {
	reason, detail, _ := s.sink.Signs().Verdict(time.Now().Add(after), 45*time.Second)
	return reason, detail
}
