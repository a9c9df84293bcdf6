package store

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// After the erasure a deleted post's words are in no row of any table, deleted
// or not, and in no quote; its neighbours' are.
func TestADeletedPostLeavesTheDisk(t *testing.T) {
	t.Parallel()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	require.NoError(t, Migrate(t.Context(), cfg))
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	s := &service{conn: conn, logger: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry())}
	for _, statement := range []string{
		`INSERT INTO mention_revisions (brand_id, mention_id, revision, ownership, kind, origin, text, author_handle, published_time, collected_time)
			VALUES ('z', 'x:1', 1, 'third_party', 'post', 'live', 'canary', 'canary', now64(3), now64(3)),
			       ('z', 'x:1', 2, 'third_party', 'post', 'live', 'canary', 'canary', now64(3), now64(3)),
			       ('z', 'x:2', 1, 'third_party', 'post', 'live', 'other', 'other', now64(3), now64(3)),
			       ('z', 'x:4', 1, 'third_party', 'post', 'imported', 'history', 'history', now64(3) - INTERVAL 4000 DAY, now64(3)),
			       ('z', 'x:3', 1, 'third_party', 'post', 'live', 'old', 'old', now64(3) - INTERVAL 500 DAY, now64(3))`,
		`INSERT INTO incident_revisions (incident_id, revision, kind, level, state, mention_ids, posts, changed_time)
			VALUES ('i', 1, 'spike', 'crisis', 'open', ['x:1', 'x:2'], '[{"text":"canary"}]', now64(3)),
			       ('j', 1, 'spike', 'crisis', 'open', ['x:2'], '[{"text":"other"}]', now64(3))`,
		`INSERT INTO page_events (page_id, incident_id, level, state, text, changed_time)
			VALUES ('p', 'i', 'crisis', 'sent', 'canary', now64(3)), ('q', 'j', 'crisis', 'sent', 'other', now64(3))`,
		`INSERT INTO deletions (mention_id, source, deleted_time) VALUES ('x:1', 'x', now64(3))`,
	} {
		require.NoError(t, conn.Exec(t.Context(), statement), statement)
	}
	require.NoError(t, s.erase(t.Context(), 400*24*time.Hour))
	count := func(query string) (n uint64) {
		require.NoError(t, conn.QueryRow(t.Context(), query).Scan(&n), query)
		return n
	}
	require.Eventually(t, func() bool {
		return count(`SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done`) == 0
	}, 20*time.Second, 50*time.Millisecond)
	for word, want := range map[string]uint64{"canary": 0, "other": 1, "old": 0, "history": 1} {
		require.Equal(t, want, count(`SELECT count() FROM mention_revisions WHERE text = '`+word+`' OR author_handle = '`+word+`'`), word)
	}
	require.Zero(t, count(`SELECT count() FROM incident_revisions WHERE position(posts, 'canary') > 0`))
	require.Zero(t, count(`SELECT count() FROM page_events WHERE text = 'canary'`))
	require.EqualValues(t, 1, count(`SELECT count() FROM page_events WHERE text = 'other'`))
}
