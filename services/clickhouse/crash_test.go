package clickhouse_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// TestKill kills the process amid inserts, again and again, and finds every acknowledged batch after each
// restart.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const rounds, writers, rows = 3, 2, 100
	var next atomic.Uint64 // number of the next batch
	acknowledged := map[uint64]bool{}
	for range rounds {
		p := startProcess(t, dir)
		conn := clickhousetest.Config{Addr: p.Addr}.Open(t)
		require.NoError(t, conn.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS t (batch UInt64, row UInt64) ENGINE = MergeTree ORDER BY (batch, row)"))
		requireBatches(t, clickhousetest.Config{Addr: p.Addr}, acknowledged, rows)

		acks := make(chan uint64)
		for range writers {
			go func() {
				for {
					n := next.Add(1)
					if insertBatch(clickhousetest.Config{Addr: p.Addr}, n, rows) != nil {
						acks <- 0
						return
					}
					acks <- n
				}
			}()
		}
		for range 40 {
			acknowledged[<-acks] = true
		}
		require.NoError(t, p.Kill())
		for ended := 0; ended < writers; {
			if n := <-acks; n == 0 {
				ended++
			} else {
				acknowledged[n] = true
			}
		}
	}
	p := startProcess(t, dir)
	requireBatches(t, clickhousetest.Config{Addr: p.Addr}, acknowledged, rows)
	require.NoError(t, p.Stop())
}

func insertBatch(db clickhousetest.Config, n, rows uint64) error {
	ctx := context.Background()
	conn, err := clickhouse.Open(db.Options())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO t")
	if err != nil {
		return err
	}
	for i := range rows {
		if err := batch.Append(n, i); err != nil {
			return err
		}
	}
	return batch.Send()
}

// requireBatches checks that each acknowledged batch is there, and each batch that is there is whole.
func requireBatches(t *testing.T, db clickhousetest.Config, acknowledged map[uint64]bool, rows int) {
	t.Helper()
	conn := db.Open(t)
	result, err := conn.Query(t.Context(), "SELECT batch, count() FROM t GROUP BY batch")
	require.NoError(t, err)
	found := map[uint64]bool{}
	for result.Next() {
		var n, have uint64
		require.NoError(t, result.Scan(&n, &have))
		require.EqualValues(t, rows, have, "batch %d", n)
		found[n] = true
	}
	require.NoError(t, result.Err())
	for n := range acknowledged {
		require.True(t, found[n], "batch %d was acknowledged and is gone", n)
	}
}
