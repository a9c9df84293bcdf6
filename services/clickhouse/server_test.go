package clickhouse_test

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

func TestFirstSteps(t *testing.T) {
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Ping(ctx))
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE t (id UInt64, name LowCardinality(String)) ENGINE = MergeTree ORDER BY id"))

	batch, err := conn.PrepareBatch(ctx, "INSERT INTO t")
	require.NoError(t, err)
	for i := range 1000 {
		require.NoError(t, batch.Append(uint64(i), "a"))
	}
	require.NoError(t, batch.Send())

	var count uint64
	var name string
	row := conn.QueryRow(ctx, "SELECT count(), any(name) FROM t WHERE id < {max:UInt64}", clickhouse.Named("max", 500))
	require.NoError(t, row.Scan(&count, &name))
	require.Equal(t, uint64(500), count)
	require.Equal(t, "a", name)
}
