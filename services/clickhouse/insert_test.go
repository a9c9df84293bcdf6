package clickhouse_test

import (
	"fmt"
	"testing"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

func count(t *testing.T, conn clickhouse.Conn, from string) int {
	t.Helper()
	var n uint64
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count() FROM "+from).Scan(&n))
	return int(n)
}

func TestInsertColumns(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, lang LowCardinality(String) DEFAULT 'fr', twice UInt64 MATERIALIZED id * 2, also UInt64 ALIAS id, raw String EPHEMERAL '', size UInt64 DEFAULT length(raw), `it's` Nullable(String), n Nested(k String, v UInt8)) ENGINE = MergeTree ORDER BY id"))
	tests := []struct {
		into    string
		columns []string
		row     []any
	}{
		{"t", []string{"id", "lang", "size", "it's", "n.k", "n.v"}, []any{uint64(1), "en", uint64(9), nil, []string{"a"}, []uint8{1}}},
		{"t (id)", []string{"id"}, []any{uint64(2)}},
		{"t (lang, id)", []string{"lang", "id"}, []any{"de", uint64(3)}},
		{"t (id, raw)", []string{"id", "raw"}, []any{uint64(4), "four"}},
		{"t (`id`, \"it's\") VALUES", []string{"id", "it's"}, []any{uint64(5), "5"}},
		{"t (id, `n.k`, `n.v`)", []string{"id", "n.k", "n.v"}, []any{uint64(6), []string{"x", "y"}, []uint8{6, 7}}},
		{"TABLE_OF_CONFIG", []string{"id"}, []any{uint64(1)}},
	}
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE TABLE_OF_CONFIG (id UInt64) ENGINE = MergeTree ORDER BY id"))
	for _, tt := range tests {
		batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+tt.into)
		require.NoError(t, err, tt.into)
		var names []string
		for _, c := range batch.Columns() {
			names = append(names, c.Name())
		}
		require.Equal(t, tt.columns, names, tt.into)
		require.NoError(t, batch.Append(tt.row...), tt.into)
		require.NoError(t, batch.Send(), tt.into)
	}
	rows, err := conn.Query(ctx, "SELECT toString((id, lang, twice, size, `it's`, n.k, n.v)) FROM t ORDER BY id")
	require.NoError(t, err)
	var got []string
	for rows.Next() {
		var row string
		require.NoError(t, rows.Scan(&row))
		got = append(got, row)
	}
	require.Equal(t, []string{
		"(1,'en',2,9,NULL,['a'],[1])",
		"(2,'fr',4,0,NULL,[],[])",
		"(3,'de',6,0,NULL,[],[])",
		"(4,'fr',8,4,NULL,[],[])",
		"(5,'fr',10,0,'5',[],[])",
		"(6,'fr',12,0,NULL,['x','y'],[6,7])",
	}, got)
}

func TestBatchFlushEmptyAbort(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id"))
	prepare := func() driver.Batch {
		batch, err := conn.PrepareBatch(ctx, "INSERT INTO t")
		require.NoError(t, err)
		return batch
	}
	require.NoError(t, prepare().Send(), "nothing is an insert too")
	require.Equal(t, 0, count(t, conn, "t"))

	batch := prepare()
	for i := range 10 {
		require.NoError(t, batch.Append(uint64(i)))
		require.NoError(t, batch.Flush())
		require.NoError(t, batch.Flush(), "a block of no rows")
	}
	require.Equal(t, 0, count(t, conn, "t"), "nothing is in before Send")
	require.NoError(t, batch.Send())
	require.Equal(t, 10, count(t, conn, "t"))

	batch = prepare()
	require.NoError(t, batch.Append(uint64(99)))
	require.NoError(t, batch.Flush())
	require.NoError(t, batch.Abort())
	require.NoError(t, conn.Ping(ctx))
	require.Equal(t, 10, count(t, conn, "t"), "an aborted batch leaves nothing")
}

func TestInsertFailsWhole(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn, strict := db.Open(t), dial(t, db)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, CONSTRAINT small CHECK id < 100) ENGINE = MergeTree ORDER BY id"))
	insert := func(ids ...uint64) error {
		column := proto.ColUInt64(ids)
		return strict.Do(ctx, ch.Query{Body: "INSERT INTO t VALUES", Input: proto.Input{{Name: "id", Data: &column}}})
	}
	requireCHCode(t, insert(1, 2, 100), 469)
	require.Equal(t, 0, count(t, conn, "t"))
	require.NoError(t, insert(1, 2), "on the same connection")
	require.Equal(t, 2, count(t, conn, "t"))
}

// TestInsertConverts sends columns of other types than the table's, as the protocol allows.
func TestInsertConverts(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn, strict := db.Open(t), dial(t, db)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, lang LowCardinality(String), at DateTime64(3)) ENGINE = MergeTree ORDER BY id"))
	ids, at := proto.ColUInt8{1, 2}, proto.ColDateTime{}
	lang := new(proto.ColStr)
	lang.AppendArr([]string{"fr", "en"})
	at.Data = []proto.DateTime{10, 20}
	require.NoError(t, strict.Do(ctx, ch.Query{
		Body:  "INSERT INTO t VALUES",
		Input: proto.Input{{Name: "at", Data: at}, {Name: "lang", Data: lang}, {Name: "id", Data: ids}},
	}))
	require.Equal(t, 1, count(t, conn, "t WHERE id = 2 AND lang = 'en' AND at = toDateTime64(20, 3)"))
}

func TestDeduplicationToken(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100"))
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE seen (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100"))
	require.NoError(t, conn.Exec(ctx, "CREATE MATERIALIZED VIEW seen_mv TO seen AS SELECT count() AS n FROM t"))
	send := func(token string, blocks int) {
		settings := clickhouse.Settings{"insert_deduplication_token": token, "deduplicate_blocks_in_dependent_materialized_views": 1, "min_insert_block_size_rows": 1000}
		batch, err := conn.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithSettings(settings)), "INSERT INTO t")
		require.NoError(t, err)
		for i := range blocks * 1000 {
			require.NoError(t, batch.Append(uint64(i)))
			if i%1000 == 999 {
				require.NoError(t, batch.Flush())
			}
		}
		require.NoError(t, batch.Send())
	}
	send("first", 3)
	send("first", 3)
	require.Equal(t, 3000, count(t, conn, "t"), "a repeated insert of several blocks counts once")
	send("second", 3)
	require.Equal(t, 6000, count(t, conn, "t"), "equal rows under another token are other rows")
	var seen uint64
	require.NoError(t, conn.QueryRow(ctx, "SELECT sum(n) FROM seen").Scan(&seen))
	require.EqualValues(t, 6000, seen, "views too")
}

func TestInsertWithSettingsClause(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100"))
	for range 2 {
		batch, err := conn.PrepareBatch(ctx, "INSERT INTO t (id) SETTINGS insert_deduplication_token = 'VALUES' VALUES")
		require.NoError(t, err)
		require.NoError(t, batch.Append(uint64(1)))
		require.NoError(t, batch.Send())
	}
	require.Equal(t, 1, count(t, conn, "t"))
}

// TestInsertMeetsNoLimit sends settings that are for reading.
func TestInsertMeetsNoLimit(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id"))
	settings := clickhouse.Settings{"limit": 1, "offset": 1, "max_rows_to_read": 1, "max_bytes_to_read": 1, "max_result_rows": 1}
	batch, err := conn.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithSettings(settings)), "INSERT INTO t")
	require.NoError(t, err)
	for i := range 10 {
		require.NoError(t, batch.Append(uint64(i)))
	}
	require.NoError(t, batch.Send())
	require.Equal(t, 10, count(t, conn, "t"))
}

// TestMutations checks that the engine's small thread pools do what tables ask of them.
func TestMutations(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, author String) ENGINE = MergeTree ORDER BY id"))
	for i := range 5 {
		require.NoError(t, conn.Exec(ctx, fmt.Sprintf("INSERT INTO t SELECT number + %d, toString(number %% 10) FROM numbers(1000)", i*1000)))
	}
	require.NoError(t, conn.Exec(ctx, "ALTER TABLE t DELETE WHERE author = '7' SETTINGS mutations_sync = 1"))
	require.Equal(t, 4500, count(t, conn, "t"))
	require.NoError(t, conn.Exec(ctx, "DELETE FROM t WHERE author = '8'"))
	require.NoError(t, conn.Exec(ctx, "OPTIMIZE TABLE t FINAL"))
	require.Equal(t, 4000, count(t, conn, "t"))
	require.Equal(t, 1, count(t, conn, "system.parts WHERE active AND table = 't' AND database = currentDatabase()"))
}
