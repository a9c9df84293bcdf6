package pager

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/natsd"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/simulate/slack"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(childMain())
	}
	goleak.VerifyTestMain(m)
}

const (
	patience = 15 * time.Second
	nudge    = 5 * time.Millisecond
)

var opened = time.Date(2026, 11, 21, 2, 12, 0, 0, time.UTC)

// house is a whole small company: a bus, three people, and a Slack that each of
// them reads by a hook of their own.
type house struct {
	t      *testing.T
	server *natsd.Server
	cfg    *config.Config
	live   *config.Live
	slack  *slack.Fake
	clock  *clock
	bus    *bus.Bus // the test's own
}

func newHouse(t *testing.T, changes ...func(*config.Config)) *house {
	t.Helper()
	server, err := natsd.Start("127.0.0.1:0", t.TempDir())
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	fake := slack.New(slack.Options{})
	h := &house{t: t, server: server, slack: fake, clock: &clock{now: opened.Add(time.Minute)}}
	h.cfg = company(serve(t, fake))
	h.cfg.NATS.URL = "nats://" + server.Address()
	h.cfg.DataDir = t.TempDir()
	for _, change := range changes {
		change(h.cfg)
	}
	h.live = config.NewLive(h.cfg)
	h.bus = h.connect()
	return h
}

// company: alice is on call, then bruno, then chloe.
func company(slackURL string) *config.Config {
	cfg := config.Default()
	cfg.Language = "fr"
	cfg.Desk.PublicURL = "https://desk.example.org"
	cfg.Brands = []config.Brand{{ID: "acme", Name: "Acme"}}
	for _, id := range []string{"alice", "bruno", "chloe"} {
		cfg.Channels = append(cfg.Channels, config.Channel{ID: "slack-" + id, Kind: "slack", URLFile: config.NewSecret(slackURL + "/services/T1/B1/" + id)})
		cfg.People = append(cfg.People, config.Person{ID: id, Name: "Name of " + id, Channels: []string{"slack-" + id}})
	}
	cfg.Teams = []config.Team{{ID: "cm", EscalateTo: []string{"bruno", "chloe"}, Rota: config.Rota{People: []string{"alice"}}}}
	return cfg
}

func serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// connect gives a pager a connection of its own, as another process has.
// houseInCrisis has a pager that called alice, and has nothing more to do by now.
func houseInCrisis(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.pager()
	h.publish(crisis())
	h.hears(1)
	h.settled()
	return h
}

// reload puts a changed config in force.
func (h *house) reload(change func(*config.Config)) error {
	next := *h.cfg
	change(&next)
	return h.live.Replace(&next)
}

func (h *house) connect() *bus.Bus {
	h.t.Helper()
	b, err := bus.Connect(h.t.Context(), h.cfg, slog.New(slog.DiscardHandler), nil, time.Second)
	require.NoError(h.t, err)
	h.t.Cleanup(b.Close)
	return b
}

// pager starts a pager and returns what stops it in good order.
func (h *house) pager() (stop func()) {
	h.t.Helper()
	return h.start(h.env())
}

// watched starts a pager and returns what a probe sees of it.
func (h *house) watched() *obs.Health {
	h.t.Helper()
	env := h.env()
	h.start(env)
	return env.Health
}

func (h *house) env() run.Env {
	h.t.Helper()
	return run.Env{
		Config: h.live, Bus: h.connect(), Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth(),
	}
}

func (h *house) start(env run.Env) (stop func()) {
	h.t.Helper()
	s := settings{tick: nudge, now: h.clock.Now}
	ctx, cancel := context.WithCancel(h.t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- runWith(ctx, env, func() { close(ready) }, s) }()
	select {
	case <-ready:
	case err := <-ended:
		h.t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			require.NoError(h.t, err)
		case <-time.After(patience):
			h.t.Error("the pager did not stop")
		}
	})
	h.t.Cleanup(stop)
	return stop
}

// publish puts a revision of an incident on the bus.
func (h *house) publish(incident *vigiev1.Incident) {
	h.t.Helper()
	_, err := h.bus.Publish(h.t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectIncident, "opened", incident.BrandId),
		ID:      fmt.Sprintf("%s:%d:%s", incident.IncidentId, incident.Revision, h.t.Name()), Message: incident,
	})
	require.NoError(h.t, err)
}

// acks is what the desk does when someone taps the button.
func (h *house) acks(incidentID string, level vigiev1.Level, name string) {
	h.t.Helper()
	book, err := ack.Open(h.t.Context(), h.bus)
	require.NoError(h.t, err)
	_, _, err = book.Take(h.t.Context(), &vigiev1.Page{
		PageId: incidentID + "/x", IncidentId: incidentID, Level: level, Channel: "slack-alice",
		ChangedTime: timestamppb.New(h.clock.Now()), AckedBy: name,
	})
	require.NoError(h.t, err)
}

func (h *house) eventually(condition func() bool, what ...any) {
	h.t.Helper()
	require.Eventually(h.t, condition, patience, nudge, what...)
}

// hears waits until n messages were shown, and answers who read them.
func (h *house) hears(n int) []string {
	h.t.Helper()
	h.eventually(func() bool { return len(h.slack.Messages()) >= n }, "%d messages", n)
	return h.readers()
}

func (h *house) readers() []string {
	var readers []string
	for _, m := range h.slack.Messages() {
		readers = append(readers, m.Hook[len("/services/T1/B1/"):])
	}
	return readers
}

// settled waits until the pager has read everything and nothing is under way,
// so that what was not sent by then will not be.
func (h *house) settled() {
	h.t.Helper()
	h.eventually(func() bool {
		for _, consumer := range []bus.Consumer{bus.PagerIncidents, bus.PagerAcks} {
			if progress, err := h.bus.Progress(h.t.Context(), consumer); err != nil || progress.Pending > 0 {
				return false
			}
		}
		return true
	}, "everything is read")
	before := h.clock.looks()
	h.eventually(func() bool { return h.clock.looks() > before+20 }, "the loop goes round")
}

func (h *house) pages(state vigiev1.PageState) []*vigiev1.Page {
	h.t.Helper()
	var pages []*vigiev1.Page
	for _, page := range bustest.All(h.t, h.bus, bus.SubjectPage, func() *vigiev1.Page { return &vigiev1.Page{} }) {
		if page.State == state {
			pages = append(pages, page)
		}
	}
	return pages
}

func crisis() *vigiev1.Incident { return incident(1, vigiev1.Level_LEVEL_CRISIS) }

func incident(revision uint64, level vigiev1.Level) *vigiev1.Incident {
	at := timestamppb.New
	return &vigiev1.Incident{
		IncidentId: "acme@2026-11-21T02:12:00Z", Revision: revision,
		Kind: vigiev1.IncidentKind_INCIDENT_KIND_SPIKE, BrandId: "acme",
		Level: level, State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		OpenedTime: at(opened), LevelTime: at(opened), ChangedTime: at(opened),
		RuleVersion: "r1", ModelVersion: "m1",
		Evidence: &vigiev1.Evidence{
			WindowFrom: at(opened.Add(-10 * time.Minute)), WindowTo: at(opened),
			ObservedMentions: 84, ExpectedMentions: 6, ObservedNegative: 52, ExpectedNegative: 0.7, DistinctAuthors: 41,
			MentionIds: []string{"rss:1", "rss:2"}, Signals: []string{"volume", "negative"},
			TippingCollectedTime: at(opened.Add(58 * time.Second)),
			Posts: []*vigiev1.EvidencePost{{
				MentionId: "rss:1", Source: "bluesky", Author: "ana.example", Text: "Trois enfants malades après un yaourt Acme.",
				Url: "https://bsky.example/ana/1", PublishedTime: at(opened.Add(-time.Minute)),
			}},
		},
	}
}

func resolved(of *vigiev1.Incident, at time.Time) *vigiev1.Incident {
	over := proto.CloneOf(of)
	over.Revision++
	over.State = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED
	over.ResolvedTime, over.ChangedTime = timestamppb.New(at), timestamppb.New(at)
	return over
}

// clock stands still until a test moves it, and knows how often it was read.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	read int
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read++
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) looks() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read
}
