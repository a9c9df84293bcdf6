package desk

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 15 * time.Second

// house is a desk with a bus of its own, and a ClickHouse where the test asks
// for one.
type house struct {
	t   *testing.T
	cfg *config.Config
	bus *bus.Bus
	url string
}

func newHouse(t *testing.T, changes ...func(*config.Config)) *house {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	cfg.Language = "fr"
	cfg.ClickHouse.Addr = "127.0.0.1:1" // nobody listens there
	cfg.Brands = []config.Brand{{ID: "acme", Name: "Acme"}, {ID: "zest", Name: "Zest & Co"}}
	cfg.Sources.RSS = &config.RSS{}
	cfg.Sources.Bluesky = &config.Bluesky{}
	cfg.Channels = []config.Channel{{ID: "slack", Kind: "slack"}}
	cfg.People = []config.Person{
		{ID: "alice", Name: "Alice Martin", Language: "fr"}, {ID: "bob", Name: "Bob Smith", Language: "en"},
	}
	for _, change := range changes {
		change(cfg)
	}
	return &house{t: t, cfg: cfg, bus: bustest.Start(t)}
}

// tables gives the house a ClickHouse with the store's tables.
func tables(t *testing.T) func(*config.Config) {
	t.Helper()
	database := clickhousetest.Database(t)
	return func(cfg *config.Config) {
		cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
		require.NoError(t, store.Migrate(t.Context(), cfg))
	}
}

// open starts the desk.
func (h *house) open() {
	h.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(h.t, err)
	h.url = "http://" + listener.Addr().String()
	env := run.Env{
		Config: config.NewLive(h.cfg), Bus: h.bus, Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth(),
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- serve(ctx, env, listener, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		require.NoError(h.t, <-ended)
	})
}

func (h *house) get(path string) (int, string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.url+path, nil)
	require.NoError(h.t, err)
	return h.do(request)
}

// tap sends the form of the ack page.
func (h *house) tap(form url.Values) (int, string) { return h.send("/ack", form) }

func (h *house) send(path string, form url.Values) (int, string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+path, strings.NewReader(form.Encode()))
	require.NoError(h.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(request)
}

func (h *house) do(request *http.Request) (int, string) {
	h.t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(h.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	require.Contains(h.t, response.Header.Get("Content-Security-Policy"), "script-src 'self'")
	require.Equal(h.t, "no-referrer", response.Header.Get("Referrer-Policy"))
	return response.StatusCode, string(body)
}

// link is what a page carries.
func (h *house) link(person string, level vigiev1.Level, expires time.Time) url.Values {
	h.t.Helper()
	signer, err := ack.NewSigner(h.cfg)
	require.NoError(h.t, err)
	token, err := signer.Sign(ack.Claim{
		PageID: incidentID + "/" + enum.Name(level) + "/0/" + person + "/slack", IncidentID: incidentID,
		Level: level, PersonID: person, Expires: expires,
	})
	require.NoError(h.t, err)
	return url.Values{"t": {token}, "level": {enum.Name(level)}}
}

func (h *house) publish(incident *vigiev1.Incident) {
	h.t.Helper()
	_, err := h.bus.Publish(h.t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectIncident, "opened", incident.BrandId),
		ID:      fmt.Sprintf("%s:%d", incident.IncidentId, incident.Revision), Message: incident,
	})
	require.NoError(h.t, err)
}

func (h *house) page(page *vigiev1.Page) {
	h.t.Helper()
	state := enum.Name(page.State)
	_, err := h.bus.Publish(h.t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectPage, state, page.Channel), ID: state + page.PageId, Message: page,
	})
	require.NoError(h.t, err)
}

func (h *house) pages() []*vigiev1.Page {
	h.t.Helper()
	return bustest.All(h.t, h.bus, bus.SubjectPage, func() *vigiev1.Page { return &vigiev1.Page{} })
}

const incidentID = "acme@2026-11-21T02:12:00Z"

func incident(level vigiev1.Level, revision uint64, at time.Time) *vigiev1.Incident {
	return &vigiev1.Incident{
		IncidentId: incidentID, Revision: revision, Kind: vigiev1.IncidentKind_INCIDENT_KIND_SPIKE, BrandId: "acme",
		Level: level, State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		OpenedTime: timestamppb.New(at), LevelTime: timestamppb.New(at.Add(time.Duration(revision) * time.Minute)),
		ChangedTime: timestamppb.New(at), RuleVersion: "r1", ModelVersion: "m1",
		Evidence: &vigiev1.Evidence{
			WindowFrom: timestamppb.New(at.Add(-10 * time.Minute)), WindowTo: timestamppb.New(at),
			ObservedMentions: 84, ExpectedMentions: 6, ObservedNegative: 52, ExpectedNegative: 0.7, DistinctAuthors: 41,
			MentionIds: []string{"rss:1"},
			Posts: []*vigiev1.EvidencePost{{
				MentionId: "bluesky:1", Source: "bluesky", Author: "ana.example", Text: hostile,
				Url: "javascript:alert(1)", PublishedTime: timestamppb.New(at.Add(-time.Minute)),
			}},
		},
	}
}

func sentPage(person string, step uint32, at time.Time) *vigiev1.Page {
	return &vigiev1.Page{
		PageId: fmt.Sprintf("%s/crisis/%d/%s/slack", incidentID, step, person), IncidentId: incidentID, BrandId: "acme",
		Level: vigiev1.Level_LEVEL_CRISIS, Step: step, PersonId: person, Channel: "slack",
		State: vigiev1.PageState_PAGE_STATE_SENT, ChangedTime: timestamppb.New(at), DelaySeconds: 1.4, Attempts: 1,
	}
}

const hostile = `</p><script>alert('x')</script><img src=x onerror=alert(1)> =HYPERLINK("http://evil.example")`

// mention is a row of the tables; what a test leaves out has a value.
type mention struct {
	id, brand, source, text, url, sentiment, origin string
	language, story, ownership                      string
	published, collected                            time.Time
	revision                                        uint64
}

func insert(t *testing.T, conn driver.Conn, mentions ...mention) {
	t.Helper()
	batch, err := conn.PrepareBatch(t.Context(), `INSERT INTO mention_revisions (brand_id, mention_id, revision, source,
		ownership, kind, origin, url, text, author_handle, sentiment, published_time, collected_time, scored_time,
		language, story_id)`)
	require.NoError(t, err)
	for _, m := range mentions {
		if m.origin == "" {
			m.origin = "live"
		}
		if m.sentiment == "" {
			m.sentiment = "neutral"
		}
		if m.collected.IsZero() {
			m.collected = m.published.Add(time.Second)
		}
		require.NoError(t, batch.Append(m.brand, m.id, m.revision, m.source, cmp.Or(m.ownership, "third_party"), "post", m.origin, m.url, m.text,
			"ana.example", m.sentiment, m.published, m.collected, m.collected, m.language, m.story))
	}
	require.NoError(t, batch.Send())
}
