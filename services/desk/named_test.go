package desk

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Fifty posts say where it is and who is spoken of: the desk tells it, and so does
// the page of a link. What one text says, a copy or the brand itself, is not told,
// nor what the brands are called.
func TestAnIncidentTellsWhoAndWhatIsNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tables(t), func(cfg *config.Config) { cfg.Brands[0].Query = "acme OR ac" })
	conn, err := clickhouse.Open(t.Context(), h.cfg, time.Second)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	at := time.Now().Add(-30 * time.Minute)
	post := func(id, language, text string) mention {
		return mention{id: "x:" + id, brand: "acme", source: "x", language: language, text: text, published: at.Add(-time.Minute)}
	}
	copied, own, earlier := post("6", "fr", "le rappel est à Nantes"), post("7", "fr", "Camille Durand est à Lyon"), post("8", "fr", "tous à Lyon")
	copied.story, own.ownership, earlier.published = "x:5", "official", at.Add(-time.Hour)
	insert(t, conn,
		post("1", "fr", "l’usine de Camille Durand est à Lyon, dit le Groupe Acme"), post("2", "fr", "Groupe Acme : un rappel à Lyon"),
		post("3", "en", "stuck in Boston since noon"), post("4", "en", "they say it is recalled in Boston and in Lyon"),
		post("5", "fr", "le rappel est à Nantes"), copied, own, earlier)
	h.publish(incident(isCrisis, 1, at))
	h.open()
	named := []Name{{"Lyon", "place", 3}, {"Boston", "place", 2}}
	require.Eventually(t, func() bool { return len(h.status().Incidents[0].Names) > 0 }, patience, 5*time.Millisecond)
	require.Equal(t, named, h.status().Incidents[0].Names)
	for path, expected := range map[string]string{
		"/": "Noms cités par plusieurs : Lyon (3), Boston (2)", "/?lang=en": "Named by several: Lyon (3), Boston (2)",
		"/ack?" + h.link("alice", isCrisis, later()).Encode(): "Noms cités par plusieurs : Lyon (3), Boston (2)",
	} {
		_, body := h.get(path)
		require.Contains(t, body, expected)
	}
}

// Names are read again every minute, so that those of deleted posts go; they are
// forgotten with the incident, and nobody is told of a watch.
func TestNamesDoNotOutliveTheirPosts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tables(t))
	conn, err := clickhouse.Open(t.Context(), h.cfg, time.Second)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	reader, err := newReader(h.cfg, slog.New(slog.DiscardHandler), func() {})
	require.NoError(t, err)
	defer func() { _ = reader.conn.Close() }()
	n := &namer{config: config.NewLive(h.cfg), live: newLive(slog.New(slog.DiscardHandler)), reader: reader}
	now := time.Now()
	insert(t, conn,
		mention{id: "x:1", brand: "acme", source: "x", language: "fr", text: "bloqués à Lyon", published: now},
		mention{id: "x:2", brand: "acme", source: "x", language: "fr", text: "encore à Lyon", published: now})
	take := func(revision uint64, level vigiev1.Level, state vigiev1.IncidentState) {
		i := incident(level, revision, now)
		i.State = state
		n.live.incidents[incidentID] = &followed{now: i}
	}
	told := func(at time.Time) int {
		n.read(t.Context(), at)
		incidents := []Incident{{ID: incidentID}}
		n.tell(incidents)
		return len(incidents[0].Names)
	}
	take(1, vigiev1.Level_LEVEL_WATCH, vigiev1.IncidentState_INCIDENT_STATE_OPEN)
	require.Zero(t, told(now))
	take(2, isCrisis, vigiev1.IncidentState_INCIDENT_STATE_OPEN)
	require.Equal(t, 1, told(now))
	require.NoError(t, conn.Exec(t.Context(), `INSERT INTO mention_revisions (brand_id, mention_id, revision, is_deleted, source, ownership,
		kind, origin, sentiment, published_time) SELECT brand_id, mention_id, 9, 1, source, ownership, kind, origin, sentiment, published_time
		FROM mention_revisions WHERE mention_id = 'x:2'`))
	require.Equal(t, 1, told(now.Add(namesFresh-time.Second)))
	require.Zero(t, told(now.Add(namesFresh)))
	require.NoError(t, conn.Exec(t.Context(), "TRUNCATE TABLE mention_revisions"))
	insert(t, conn,
		mention{id: "x:1", brand: "acme", source: "x", language: "fr", text: "bloqués à Lyon", published: now},
		mention{id: "x:2", brand: "acme", source: "x", language: "fr", text: "encore à Lyon", published: now})
	require.Equal(t, 1, told(now.Add(2*namesFresh)))
	take(3, isCrisis, vigiev1.IncidentState_INCIDENT_STATE_RESOLVED)
	require.Zero(t, told(now.Add(2*namesFresh)))
}
