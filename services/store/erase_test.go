package store

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// bench is a store without a bus, on a database of the test's own.
func bench(t *testing.T) *service {
	t.Helper()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	require.NoError(t, Migrate(t.Context(), cfg))
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return &service{conn: conn, logger: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry())}
}

func (s *service) exec(t *testing.T, statement string) {
	t.Helper()
	require.NoError(t, s.conn.Exec(t.Context(), statement), statement)
}

func (s *service) count(t *testing.T, query string) (n uint64) {
	t.Helper()
	require.NoError(t, s.conn.QueryRow(t.Context(), query).Scan(&n), query)
	return n
}

func (s *service) strings(t *testing.T, query string) (found []string) {
	t.Helper()
	rows, err := s.conn.Query(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var one string
		require.NoError(t, rows.Scan(&one))
		found = append(found, one)
	}
	require.NoError(t, rows.Err())
	return found
}

// erased erases, and waits until it is done.
func (s *service) erased(t *testing.T) {
	t.Helper()
	require.NoError(t, s.erase(t.Context(), 400*24*time.Hour))
	require.Eventually(t, func() bool {
		return s.count(t, `SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done`) == 0
	}, 20*time.Second, 50*time.Millisecond)
}

const day = 24 * time.Hour

// After the erasure a deleted post's words are in no row of any table, deleted
// or not, and in no quote; its neighbours' are. It is looked for among what came
// here, and not among all that the network deletes.
func TestADeletedPostLeavesTheDisk(t *testing.T) {
	t.Parallel()
	s := bench(t)
	requireDone(t, s.writeMentions(t.Context(), messages(t,
		mentionOf("x:1", "canary", asIs),
		mentionOf("x:2", "other", asIs),
		mentionOf("x:4", "history", func(m *vigiev1.Mention) { m.Origin, m.PublishedTime = vigiev1.Origin_ORIGIN_IMPORTED, ago(4000*day) }),
		mentionOf("x:3", "old", func(m *vigiev1.Mention) { m.PublishedTime = ago(500 * day) }),
	)))
	requireDone(t, s.writeMentions(t.Context(), messages(t, mentionOf("x:1", "canary", func(m *vigiev1.Mention) { m.Revision = 1 }))))
	// An incident of 2000 mentions, of which one is gone and one was gone before it came.
	ids := `arrayMap(n -> concat('x:', toString(n)), range(10, 2000))`
	s.exec(t, `INSERT INTO incident_revisions (incident_id, revision, kind, level, state, mention_ids, posts, path, authors, words, changed_time)
		VALUES ('i', 1, 'spike', 'crisis', 'open', arrayConcat(['x:1', 'x:2'], `+ids+`), '[{"text":"canary"}]',
		           '[{"author":"canary"}]', '[{"author":"canary"}]', '[{"word":"canary"}]', now64(3)),
		       ('h', 1, 'spike', 'crisis', 'open', `+ids+`, '[{"mention_id":"x:5","text":"canary"}]', '[]', '[]', '[]', now64(3)),
		       ('p', 1, 'spike', 'crisis', 'open', `+ids+`, '[]', '[{"mention_id":"x:5","author":"canary"}]', '[]', '[]', now64(3)),
		       ('j', 1, 'spike', 'crisis', 'open', arrayConcat(['x:2'], `+ids+`), '[{"text":"other"}]',
		           '[{"author":"other"}]', '[{"author":"other"}]', '[{"word":"other"}]', now64(3))`)
	s.exec(t, `INSERT INTO page_events (page_id, incident_id, level, state, text, changed_time)
		VALUES ('p', 'i', 'crisis', 'sent', 'canary', now64(3)), ('q', 'j', 'crisis', 'sent', 'other', now64(3)), ('r', 'h', 'crisis', 'sent', 'canary', now64(3))`)
	network := []*vigiev1.Deletion{deletionOf("x:1"), deletionOf("x:5")}
	for n := range 5000 {
		network = append(network, deletionOf(fmt.Sprintf("bluesky:%d", n)))
	}
	requireDone(t, s.writeDeletions(t.Context(), messages(t, network...)))
	requireDone(t, s.writeMentions(t.Context(), messages(t, mentionOf("x:5", "canary", asIs))))
	require.EqualValues(t, 2, s.count(t, `SELECT uniqExact(mention_id) FROM deletions`), "what is looked for")
	require.EqualValues(t, 5002, s.count(t, `SELECT uniqExact(mention_id) FROM mention_heads WHERE revision = `+gone), "what stays out")

	s.erased(t)
	for word, want := range map[string]uint64{"canary": 0, "other": 1, "old": 0, "history": 1} {
		require.Equal(t, want, s.count(t, `SELECT count() FROM mention_revisions WHERE text = '`+word+`' OR author_handle = '`+word+`'`), word)
	}
	require.Equal(t, []string{"x:2", "x:3"}, s.strings(t, `SELECT DISTINCT mention_id FROM mention_samples ORDER BY mention_id`))
	for _, column := range []string{"posts", "path", "authors", "words"} {
		require.Zero(t, s.count(t, `SELECT count() FROM incident_revisions WHERE position(`+column+`, 'canary') > 0`), column)
		require.EqualValues(t, 1, s.count(t, `SELECT count() FROM incident_revisions WHERE position(`+column+`, 'other') > 0`), column)
	}
	require.Zero(t, s.count(t, `SELECT count() FROM page_events WHERE text = 'canary'`))
	require.EqualValues(t, 1, s.count(t, `SELECT count() FROM page_events WHERE text = 'other'`))
}

// A deletion of a mention that never came here waits a week for it, and is then
// forgotten; one of a mention that did is known for as long as mentions are.
func TestDeletionsOfStrangersAreForgotten(t *testing.T) {
	t.Parallel()
	s := bench(t)
	requireDone(t, s.writeMentions(t.Context(), messages(t, mentionOf("x:1", "ours", asIs))))
	requireDone(t, s.writeDeletions(t.Context(), messages(t, deletionOf("x:1"), deletionOf("x:2"), deletionOf("x:3"))))
	aged := func(days int) {
		s.exec(t, fmt.Sprintf(`ALTER TABLE mention_heads UPDATE inserted_time = now64(3) - INTERVAL %d DAY WHERE mention_id IN ('x:1', 'x:2') SETTINGS mutations_sync = 1`, days))
	}
	comes := func() {
		requireDone(t, s.writeMentions(t.Context(), messages(t,
			mentionOf("x:1", "late", func(m *vigiev1.Mention) { m.Revision = 9 }), mentionOf("x:2", "late", asIs), mentionOf("x:3", "late", asIs))))
	}
	aged(6)
	s.erased(t)
	require.EqualValues(t, 3, s.count(t, `SELECT uniqExact(mention_id) FROM mention_heads WHERE revision = `+gone))
	aged(9)
	s.erased(t)
	require.EqualValues(t, 2, s.count(t, `SELECT uniqExact(mention_id) FROM mention_heads WHERE revision = `+gone), "x:2 is forgotten")
	comes()
	require.EqualValues(t, 1, s.count(t, `SELECT count() FROM mentions`), "nobody knows of x:2 any more; the others stay gone")
}

// Who said what of an incident is kept for as long as who took it in charge.
func TestAVerdictIsErasedInItsTime(t *testing.T) {
	t.Parallel()
	s := bench(t)
	said := func(incident string, ago time.Duration) *vigiev1.Verdict {
		return &vigiev1.Verdict{
			IncidentId: incident, Level: vigiev1.VerdictLevel_VERDICT_LEVEL_NONE, PersonId: "lea", SaidBy: "Léa",
			SaidTime: timestamppb.New(time.Now().Add(-ago)),
		}
	}
	requireDone(t, s.writeVerdicts(t.Context(), messages(t, said("zest@1", 402*day), said("zest@2", 398*day))))
	s.erased(t)
	require.EqualValues(t, 1, s.count(t, `SELECT count() FROM verdict_events`))
	require.EqualValues(t, 1, s.count(t, `SELECT count() FROM verdict_events WHERE incident_id = 'zest@2'`))
}
