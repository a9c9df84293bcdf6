package clickhouse_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn, strict := db.Open(t), dial(t, db)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt8) ENGINE = MergeTree ORDER BY id"))
	tests := []struct {
		query string
		code  int32
		text  string
	}{
		{"SELECT * FROM nowhere", 60, "UNKNOWN_TABLE"},
		{"SELEC 1", 62, "SYNTAX_ERROR"},
		{"SELECT missing FROM t", 47, "UNKNOWN_IDENTIFIER"},
		{"CREATE TABLE t (id UInt8) ENGINE = MergeTree ORDER BY id", 57, "TABLE_ALREADY_EXISTS"},
		{"INSERT INTO nowhere VALUES (1)", 60, "UNKNOWN_TABLE"},
		{"INSERT INTO t VALUES ('x')", 6, "CANNOT_PARSE_TEXT"},
		{"INSERT INTO t SELECT throwIf(number = 5) FROM numbers(9)", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"},
		{"DROP TABLE nowhere", 60, "UNKNOWN_TABLE"},
		{"SELECT throwIf(number = 150000) FROM numbers(200000)", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"},
		{"SELECT 1; SELECT 2", 62, "Multi-statements"},
		{"SHOW TABLES; DROP TABLE t", 62, "Multi-statements"},
		{"INSERT INTO t VALUES (1); DROP TABLE t", 62, "Multi-statements"},
		{"exit", 62, "SYNTAX_ERROR"},
		{"-- nothing", 62, "SYNTAX_ERROR"},
		{"SELECT 1 INTO OUTFILE '/dev/null'", 161, "INTO_OUTFILE_NOT_ALLOWED"},
		{"USE nowhere", 81, "UNKNOWN_DATABASE"},
		{"SET no_such_setting = 1", 115, "UNKNOWN_SETTING"},
		{"SELECT {x:UInt8}", 456, "UNKNOWN_QUERY_PARAMETER"},
	}
	for _, tt := range tests {
		err := conn.Exec(ctx, tt.query)
		requireCode(t, err, tt.code)
		require.ErrorContains(t, err, tt.text)
		require.NotContains(t, err.Error(), "Code:")

		requireCHCode(t, strict.Do(ctx, ch.Query{Body: tt.query, OnResult: func(context.Context, proto.Block) error { return nil }, Result: new(proto.Results).Auto()}), int(tt.code))
		require.NoError(t, strict.Ping(ctx), "the connection goes on after %q", tt.query)
	}
	var count uint64
	require.NoError(t, conn.QueryRow(ctx, "SELECT count() FROM t").Scan(&count))
	require.Zero(t, count)
}

func TestErrorsOfPrepare(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt8) ENGINE = MergeTree ORDER BY id"))
	_, err := conn.PrepareBatch(ctx, "INSERT INTO nowhere")
	requireCode(t, err, 60)
	_, err = conn.PrepareBatch(ctx, "INSERT INTO t (id, missing)")
	requireCode(t, err, 16)
	_, err = conn.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"no_such_setting": 1})), "INSERT INTO t")
	requireCode(t, err, 115)
	require.NoError(t, conn.Ping(ctx))
}

func TestUnknownDatabase(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	db.Database = "nowhere"
	requireCode(t, db.Open(t).Ping(t.Context()), 81)
}

func TestDatabaseOfConnection(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn := db.Open(t)
	ctx := t.Context()
	var name string
	require.NoError(t, conn.QueryRow(ctx, "SELECT currentDatabase()").Scan(&name))
	require.Equal(t, db.Database, name)
	require.NoError(t, conn.Exec(ctx, "USE system"))
	require.NoError(t, conn.QueryRow(ctx, "SELECT currentDatabase()").Scan(&name))
	require.Equal(t, "system", name)
}

func TestNoRows(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn := db.Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, seen DateTime('Europe/Paris'), tags Array(LowCardinality(String))) ENGINE = MergeTree ORDER BY id"))
	tests := map[string][]string{
		"SELECT * FROM t": {"id UInt64", "seen DateTime('Europe/Paris')", "tags Array(LowCardinality(String))"},
		"SELECT id AS `l'id`, count() FROM t GROUP BY id -- of nothing":        {"l'id UInt64", "count() UInt64"},
		"WITH x AS (SELECT id FROM t) SELECT id + 1 AS next FROM x LIMIT 5 ;":  {"next UInt64"},
		"SELECT id FROM t UNION ALL SELECT id FROM t SETTINGS max_threads = 1": {"id UInt64"},
		"(SELECT id FROM t)":                    {"id UInt64"},
		"SELECT id FROM t FORMAT JSON":          {"id UInt64"},
		"SHOW TABLES LIKE 'nothing'":            {"name String"},
		"SHOW DATABASES LIKE 'no one has this'": {"name String"},
	}
	for query, want := range tests {
		rows, err := conn.Query(ctx, query)
		require.NoError(t, err, query)
		var got []string
		for _, c := range rows.ColumnTypes() {
			got = append(got, c.Name()+" "+c.DatabaseTypeName())
		}
		require.Equal(t, want, got, query)
		require.False(t, rows.Next(), query)
		require.NoError(t, rows.Err(), query)
		require.NoError(t, rows.Close())
	}
}

func TestStatementsWithResults(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id"))
	tests := map[string]string{
		"SHOW TABLES":                           "t",
		"EXISTS TABLE t":                        "1",
		"SHOW CREATE TABLE t FORMAT TSVRaw":     "CREATE TABLE",
		"SELECT 'a' AS format FORMAT JSON":      "a",
		"SELECT /* FORMAT x */ ';' -- ; SELECT": ";",
		"SELECT $$a;b$$":                        "a;b",
	}
	for query, want := range tests {
		rows, err := conn.Query(ctx, query)
		require.NoError(t, err, query)
		require.True(t, rows.Next(), query)
		var got string
		if err := rows.Scan(&got); err != nil {
			var n uint8
			require.NoError(t, rows.Scan(&n), query)
			got = string('0' + rune(n))
		}
		require.Contains(t, got, want, query)
		require.NoError(t, rows.Close())
	}
}

func TestSettingsLastOneQuery(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	client := dial(t, db)
	do := func(query string, settings ...ch.Setting) error {
		return client.Do(t.Context(), ch.Query{Body: query, Settings: settings})
	}
	const name = "max_block_size"
	seven := ch.Setting{Key: name, Value: "77", Important: true}
	unknown := ch.Setting{Key: "no_such_setting", Value: "1", Important: true}

	before := maxBlockSize(t, client)
	require.Equal(t, "77", maxBlockSize(t, client, seven))
	require.Equal(t, before, maxBlockSize(t, client), "a query's setting ends with the query")

	require.NoError(t, do("SET max_block_size = 55"))
	require.Equal(t, "55", maxBlockSize(t, client), "SET lasts")
	require.Equal(t, "77", maxBlockSize(t, client, seven))
	require.Equal(t, "55", maxBlockSize(t, client))

	requireCHCode(t, do("SHOW TABLES", seven, unknown), 115)
	require.Equal(t, "55", maxBlockSize(t, client))
	unknown.Important = false
	require.Equal(t, "77", maxBlockSize(t, client, seven, unknown), "what is not important may be unknown")

	readonly := ch.Setting{Key: "readonly", Value: "1", Important: true}
	requireCHCode(t, do("CREATE TABLE t (id UInt8) ENGINE = Memory", readonly), 164)
	require.NoError(t, do("CREATE TABLE t (id UInt8) ENGINE = Memory"), "even readonly ends with its query")
	require.Equal(t, "55", maxBlockSize(t, client), "and takes nothing else along")
}

func TestSettingsOfClickHouseGo(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	with := func(s clickhouse.Settings) context.Context {
		return clickhouse.Context(t.Context(), clickhouse.WithSettings(s))
	}
	requireCode(t, conn.Exec(with(clickhouse.Settings{"no_such_setting": 1}), "SELECT 1"), 115)
	requireCode(t, conn.Exec(with(clickhouse.Settings{"max_rows_to_read": 10}), "SELECT count() FROM numbers(1000) WHERE number > 1"), 158)
	rows, err := conn.Query(with(clickhouse.Settings{"limit": 1, "max_result_rows": 1}), "SELECT 1 AS a, 2 AS b, toDateTime(0, 'Europe/Paris') AS c")
	require.NoError(t, err)
	require.Equal(t, "DateTime('Europe/Paris')", rows.ColumnTypes()[2].DatabaseTypeName())
	require.NoError(t, rows.Close())
	rows, err = conn.Query(with(clickhouse.Settings{"limit": 1, "max_result_rows": 1}), "SELECT 1 AS a, 2 AS b WHERE 0")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, rows.Columns(), "settings that cut results do not cut the header")
	require.NoError(t, rows.Close())
}

func TestParameters(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	hostile := "l'été\n\t\\ \x00 '; DROP TABLE t; -- {x:UInt8}"
	var got string
	var tags []string
	row := conn.QueryRow(ctx, "SELECT {s:String}, {tags:Array(String)}", clickhouse.Named("s", hostile), clickhouse.Named("tags", []string{"it's", "b"}))
	require.NoError(t, row.Scan(&got, &tags))
	require.Equal(t, hostile, got)
	require.Equal(t, []string{"it's", "b"}, tags)

	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"n": "7", "table": "numbers"}))
	var n uint64
	require.NoError(t, conn.QueryRow(ctx, "SELECT max(number) FROM system.{table:Identifier} WHERE number < {n:UInt64}").Scan(&n))
	require.EqualValues(t, 6, n)
	require.NoError(t, conn.Exec(t.Context(), "CREATE TABLE t (s String) ENGINE = Memory"))
	require.NoError(t, conn.Exec(t.Context(), "INSERT INTO t SELECT {s:String}", clickhouse.Named("s", hostile)))
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT s FROM t WHERE s = {s:String}", clickhouse.Named("s", hostile)).Scan(&got))
	require.Equal(t, hostile, got)
}

func TestQueryID(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	ctx = clickhouse.Context(ctx, clickhouse.WithQueryID("the one"))
	rows, err := conn.Query(ctx, "SELECT number FROM numbers(1e12)")
	require.NoError(t, err)
	requireCode(t, conn.Exec(clickhouse.Context(t.Context(), clickhouse.WithQueryID("the one")), "SELECT 1"), 216)
	cancel()
	for rows.Next() {
	}
	require.Error(t, rows.Err())
	require.Eventually(t, func() bool {
		return conn.Exec(clickhouse.Context(t.Context(), clickhouse.WithQueryID("the one")), "SELECT 1") == nil
	}, 10*time.Second, 5*time.Millisecond, "the id is free again")
}

func TestExternalTablesAreRefused(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	table, err := ext.NewTable("ids", ext.Column("id", "UInt64"))
	require.NoError(t, err)
	require.NoError(t, table.Append(uint64(1)))
	ctx := clickhouse.Context(t.Context(), clickhouse.WithExternalTable(table))
	err = conn.Exec(ctx, "SELECT * FROM ids")
	requireCode(t, err, 48)
	require.ErrorContains(t, err, "temporary table")
	require.NoError(t, conn.Ping(t.Context()))
}

// TestStandardLibrary uses database/sql as goose does.
func TestStandardLibrary(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t).OpenDB(t)
	ctx := t.Context()
	require.NoError(t, db.PingContext(ctx))
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS versions (\n  version_id Int64, -- a migration's\n  is_applied UInt8,\n  date Date DEFAULT now(),\n  tstamp DateTime DEFAULT now()\n) ENGINE = MergeTree() ORDER BY (date)",
		"INSERT INTO versions (version_id, is_applied) VALUES (0, 1)",
		"INSERT INTO versions (version_id, is_applied) VALUES ($1, $2);",
	} {
		var err error
		if strings.Contains(statement, "$1") {
			_, err = db.ExecContext(ctx, statement, 1, 1)
		} else {
			_, err = db.ExecContext(ctx, statement)
		}
		require.NoError(t, err)
	}
	rows, err := db.QueryContext(ctx, "SELECT version_id, is_applied FROM versions ORDER BY version_id")
	require.NoError(t, err)
	defer rows.Close()
	var versions []int64
	for rows.Next() {
		var version int64
		var applied bool
		require.NoError(t, rows.Scan(&version, &applied))
		versions = append(versions, version)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []int64{0, 1}, versions)
	err = db.QueryRowContext(ctx, "SELECT version_id FROM versions WHERE version_id = 9").Scan(new(int64))
	require.True(t, errors.Is(err, sql.ErrNoRows) && !errors.Is(err, io.EOF), "%v", err)

	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(ctx, "INSERT INTO versions (version_id, is_applied)")
	require.NoError(t, err)
	defer insert.Close()
	for i := range 10 {
		_, err := insert.ExecContext(ctx, int64(10+i), uint8(1))
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	var count int
	require.NoError(t, db.QueryRowContext(ctx, "SELECT count() FROM versions").Scan(&count))
	require.Equal(t, 12, count)
}
