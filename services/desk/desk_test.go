package desk

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

const isCrisis = vigiev1.Level_LEVEL_CRISIS

func (h *house) status() Status {
	h.t.Helper()
	code, body := h.get("/api/status")
	require.Equal(h.t, 200, code)
	var s Status
	require.NoError(h.t, json.Unmarshal([]byte(body), &s))
	return s
}

func TestADeskWithNothingToShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tables(t))
	h.open()
	code, body := h.get("/")
	require.Equal(t, 200, code)
	require.Contains(t, body, "Tout est calme")
	require.Contains(t, body, "Aucun incident en cours")
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "All is calm")

	s := h.status()
	require.Empty(t, s.Problems)
	require.Equal(t, []string{"bluesky", "rss"}, []string{s.Sources[0].Name, s.Sources[1].Name})
	require.Zero(t, *s.Sources[0].Total)
	require.Zero(t, *s.Brands[0].LastHour)
	require.NotNil(t, s.Incidents)
	require.NotNil(t, s.Pages)
	require.NotNil(t, s.Posts)
}

// The same figures that anyone would count by hand, however often a mention was
// written, for however many brands.
func TestTheFiguresOfTheLastHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tables(t))
	conn, err := clickhouse.Open(t.Context(), h.cfg, time.Second)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	now := time.Now()
	lately, before := now.Add(-20*time.Second), now.Add(-30*time.Minute)
	insert(t, conn,
		mention{id: "rss:1", brand: "acme", source: "rss", text: "one", sentiment: "negative", published: lately},
		mention{id: "rss:1", brand: "acme", source: "rss", text: "one, corrected", sentiment: "positive", published: lately, revision: 2},
		mention{id: "rss:1", brand: "zest", source: "rss", text: "one, corrected", published: lately},
		mention{id: "bluesky:1", brand: "acme", source: "bluesky", text: hostile, url: "https://bsky.example/1", sentiment: "negative", published: before},
		mention{id: "bluesky:2", brand: "acme", source: "bluesky", text: "no opinion", sentiment: "none", published: before},
		mention{id: "rss:old", brand: "acme", source: "rss", text: "old", published: now.Add(-72 * time.Hour), collected: lately},
		mention{id: "rss:late", brand: "acme", source: "rss", text: "found late", published: now.Add(-2 * time.Hour), collected: lately},
		mention{id: "rss:imported", brand: "acme", source: "rss", text: "imported", origin: "imported", published: before, collected: lately})
	insert(t, conn, mention{id: "rss:1", brand: "acme", source: "rss", text: "one, corrected", sentiment: "positive", published: lately, revision: 2})
	h.open()

	s := h.status()
	require.Empty(t, s.Problems)
	bluesky, rss := s.Sources[0], s.Sources[1]
	require.EqualValues(t, 1, *rss.LastMinute)
	require.EqualValues(t, 2, *rss.LastHour, "what was said in the last hour, whenever it came: as the brands count it")
	require.EqualValues(t, 4, *rss.Total)
	require.WithinDuration(t, lately, *rss.LastPost, time.Millisecond)
	require.EqualValues(t, 0, *bluesky.LastMinute)
	require.EqualValues(t, 2, *bluesky.LastHour)

	acme := s.Brands[0]
	require.EqualValues(t, 4, *acme.LastHour, "what is imported was said in that hour, too")
	require.Equal(t, []uint64{1, 1, 1, 1}, []uint64{acme.Negative, acme.Neutral, acme.Positive, acme.Unscored})
	require.EqualValues(t, 1, acme.Minutes[59])
	require.EqualValues(t, 3, acme.Minutes[29])
	require.EqualValues(t, 1, *s.Brands[1].LastHour)
	require.Len(t, s.Posts, 5, "a mention of two brands is shown once")
	require.Equal(t, "one, corrected", s.Posts[0].Text)

	_, body := h.get("/")
	requireHarmless(t, body)
	require.Contains(t, body, "&lt;script&gt;alert")
	require.Contains(t, body, `href="https://bsky.example/1"`)
}

// requireHarmless says that nothing a stranger wrote became markup.
func requireHarmless(t *testing.T, body string) {
	t.Helper()
	require.NotContains(t, body, "<script>")
	require.NotContains(t, body, "<img")
	require.NotContains(t, body, "javascript:")
	require.NotContains(t, body, "onerror=alert(1)>")
	require.LessOrEqual(t, strings.Count(body, "<script"), 1, "our own, from a file")
}

func TestAnIncidentAndItsPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at := time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
	h.publish(incident(vigiev1.Level_LEVEL_WATCH, 1, at))
	h.publish(incident(vigiev1.Level_LEVEL_ALERT, 2, at))
	h.open()
	h.publish(incident(isCrisis, 3, at))
	h.page(sentPage("alice", 0, at.Add(2*time.Second)))
	failed := sentPage("bob", 1, at.Add(5*time.Minute))
	failed.State, failed.Error = vigiev1.PageState_PAGE_STATE_FAILED, "HTTP 404: no_service"
	h.page(failed)
	var s Status
	require.Eventually(t, func() bool { // incidents and pages come on ways of their own
		s = h.status()
		return len(s.Pages) == 2 && len(s.Incidents) == 1 && len(s.Incidents[0].Steps) == 3
	}, patience, 5*time.Millisecond)

	require.Len(t, s.Problems, 1, "ClickHouse is away, and that is said")
	require.Nil(t, s.Brands[0].LastHour, "not known is not nought")
	i := s.Incidents[0]
	require.Equal(t, []Step{{"watch", at.Add(time.Minute)}, {"alert", at.Add(2 * time.Minute)}, {"crisis", at.Add(3 * time.Minute)}}, i.Steps)
	require.Equal(t, "alice", i.Pages[0].PersonID)
	require.Empty(t, i.AckedBy)

	_, body := h.get("/")
	requireHarmless(t, body)
	for _, expected := range []string{
		"En cours : 1 crise, à prendre en charge", "ClickHouse ne répond pas", "84 mentions en 10\u00A0min, d’habitude 6 (×14)", "41 auteurs différents",
		"62\u00A0% négatives, d’habitude 12\u00A0%", "Alice Martin", "en 1\u00A0s", "escalade 1", "HTTP 404: no_service",
		"&lt;script&gt;alert", "Prendre en charge", "règle r1",
	} {
		require.Contains(t, body, expected)
	}
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "84 mentions in 10\u00A0min, usually 6 (×14)")
	require.Contains(t, body, "62% negative, usually 12%")
}

// From the desk's own button: the page asks who it is, because the desk does
// not know.
func TestTheDesksOwnButtonAsksWho(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	_, body := h.get("/")
	found := regexp.MustCompile(`href="(/ack\?t=[^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, found)
	address, err := url.Parse(html.UnescapeString(found[1]))
	require.NoError(t, err)
	code, body := h.get(address.String())
	require.Equal(t, 200, code)
	require.Contains(t, body, "Qui prend en charge ?")

	token := address.Query().Get("t")
	code, _ = h.tap(map[string][]string{"t": {token}, "level": {"crisis"}})
	require.Equal(t, 400, code, "nobody takes nothing in charge")
	code, _ = h.tap(map[string][]string{"t": {token}, "level": {"crisis"}, "person": {"mallory"}})
	require.Equal(t, 400, code)
	require.Empty(t, h.pages())
	code, body = h.tap(map[string][]string{"t": {token}, "level": {"crisis"}, "person": {"bob"}})
	require.Equal(t, 200, code)
	require.Contains(t, body, "C’est noté, Bob Smith")
	require.Eventually(t, func() bool { return h.status().Incidents[0].AckedBy == "Bob Smith" }, patience, 5*time.Millisecond)
	_, body = h.get("/")
	require.NotContains(t, body, "Prendre en charge", "the button is gone")
}

func TestABlindSourceIsShownAsBlind(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(&vigiev1.Incident{
		IncidentId: "rss/https://site.example/<feed>@1", Revision: 1, Kind: vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE,
		Source: "rss", Page: "https://site.example/<feed>", Level: vigiev1.Level_LEVEL_ALERT,
		State:       vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		BlindReason: vigiev1.BlindReason_BLIND_REASON_SILENT, Detail: "no post for 40 min",
	})
	h.open()
	s := h.status()
	require.Len(t, s.Sources[1].Blind, 1)
	require.Empty(t, s.Sources[0].Blind)
	_, body := h.get("/")
	require.Contains(t, body, "En cours : 1 source aveugle, à prendre en charge")
	require.Contains(t, body, "https://site.example/&lt;feed&gt;")
	require.Contains(t, body, "Aucun signe de vie")
}

func TestALanguageNobodySpeaksIsTheHouses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(cfg *config.Config) { cfg.Language = "en" })
	h.open()
	_, body := h.get("/?lang=%3Cscript%3E")
	require.Contains(t, body, `<html lang="en">`)
	requireHarmless(t, body)
	code, _ := h.get("/nowhere")
	require.Equal(t, 404, code)
	code, body = h.get("/static/style.css")
	require.Equal(t, 200, code)
	require.Contains(t, body, "prefers-color-scheme")
	code, _ = h.get("/static/")
	require.Equal(t, 404, code, "no list of files")
}

// ClickHouse dies under the desk: the last figures stay, and it is said that
// they are old.
func TestClickHouseGoesAway(t *testing.T) {
	t.Parallel()
	engine, err := clickhousetest.StartProcess(t.TempDir())
	require.NoError(t, err)
	defer func() { _ = engine.Kill() }()
	h := newHouse(t, func(cfg *config.Config) { cfg.ClickHouse.Addr = engine.Addr })
	require.NoError(t, store.Migrate(t.Context(), h.cfg))
	conn, err := clickhouse.Open(t.Context(), h.cfg, time.Second)
	require.NoError(t, err)
	insert(t, conn, mention{id: "rss:1", brand: "acme", source: "rss", text: "one", published: time.Now()})
	require.NoError(t, conn.Close())
	h.open()
	require.Empty(t, h.status().Problems)
	require.NoError(t, engine.Kill())
	require.Eventually(t, func() bool { return len(h.status().Problems) == 1 }, patience, 50*time.Millisecond)
	require.EqualValues(t, 1, *h.status().Brands[0].LastHour)
	_, body := h.get("/")
	require.Contains(t, body, "ClickHouse ne répond pas")
	code, _ := h.tap(h.link("alice", isCrisis, later()))
	require.Equal(t, 200, code, "and an ack needs no ClickHouse")
}

// A post of an incident is deleted at its source: the desk shows it no longer,
// nor does the page of a link. Nor are posts shown for longer than deletions of
// them are known.
func TestADeletedPostIsShownNoMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tables(t))
	conn, err := clickhouse.Open(t.Context(), h.cfg, time.Second)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Hour)))
	old := incident(isCrisis, 1, time.Now().Add(-deletionsKept))
	old.IncidentId, old.Evidence.Posts[0].MentionId = "acme@old", "bluesky:2"
	h.publish(old)
	h.open()
	s := h.status()
	require.Len(t, s.Incidents, 2)
	require.Len(t, s.Incidents[0].Posts, 1)
	require.Empty(t, s.Incidents[1].Posts)
	require.NoError(t, conn.Exec(t.Context(), "INSERT INTO deletions VALUES ('bluesky:1', 'bluesky', now64(3))"))
	require.Empty(t, h.status().Incidents[0].Posts)
	for _, path := range []string{"/", "/ack?" + h.link("alice", isCrisis, later()).Encode()} {
		_, body := h.get(path)
		require.NotContains(t, body, "&lt;script&gt;alert", path)
		require.NotContains(t, body, "<blockquote", path)
	}
}
