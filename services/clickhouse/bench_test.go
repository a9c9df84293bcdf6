package clickhouse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

const mentions = "CREATE TABLE m (mention_id String, source LowCardinality(String), published_time DateTime64(3), followers UInt32, text String) ENGINE = MergeTree ORDER BY (source, published_time)"

func BenchmarkInsert(b *testing.B) {
	conn := clickhousetest.Database(b).Open(b)
	ctx := b.Context()
	require.NoError(b, conn.Exec(ctx, mentions))
	const rows = 10_000
	now := time.Now()
	for b.Loop() {
		batch, err := conn.PrepareBatch(ctx, "INSERT INTO m")
		require.NoError(b, err)
		for i := range rows {
			require.NoError(b, batch.Append("bluesky:at://did:plc:abcdefgh/3l6oveex3ii2l", "bluesky", now, uint32(i), "La livraison est arrivée avec trois jours de retard, et personne ne répond au téléphone."))
		}
		require.NoError(b, batch.Send())
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkSelect(b *testing.B) {
	conn := clickhousetest.Database(b).Open(b)
	ctx := b.Context()
	require.NoError(b, conn.Exec(ctx, mentions))
	const rows = 500_000
	require.NoError(b, conn.Exec(ctx, "INSERT INTO m SELECT toString(number), 'bluesky', now64(3) + number, number, 'La livraison est arrivée avec trois jours de retard.' FROM numbers(500000)"))
	for b.Loop() {
		result, err := conn.Query(ctx, "SELECT mention_id, published_time, followers FROM m")
		require.NoError(b, err)
		n := 0
		for result.Next() {
			n++
		}
		require.NoError(b, result.Err())
		require.Equal(b, rows, n)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkSmallQuery(b *testing.B) {
	conn := clickhousetest.Database(b).Open(b)
	ctx := b.Context()
	require.NoError(b, conn.Exec(ctx, mentions))
	require.NoError(b, conn.Exec(ctx, "INSERT INTO m SELECT toString(number), 'bluesky', now64(3) + number, number, 'x' FROM numbers(100000)"))
	for b.Loop() {
		var n uint64
		require.NoError(b, conn.QueryRow(ctx, "SELECT count() FROM m WHERE source = 'bluesky' AND followers < 10").Scan(&n))
	}
}

func BenchmarkPing(b *testing.B) {
	conn := clickhousetest.Database(b).Open(b)
	for b.Loop() {
		require.NoError(b, conn.Ping(b.Context()))
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p, err := clickhousetest.StartProcess(b.TempDir())
		require.NoError(b, err)
		require.NoError(b, p.Kill())
	}
}
