package clickhouse_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

func TestManyClients(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	const clients, batches, rows = 8, 10, 500
	var wg sync.WaitGroup
	for n := range clients {
		conn := db.Open(t)
		wg.Go(func() {
			ctx := t.Context()
			table := fmt.Sprintf("t%d", n)
			if !noError(t, conn.Exec(ctx, "CREATE TABLE "+table+" (id UInt64, s String) ENGINE = MergeTree ORDER BY id")) {
				return
			}
			for b := range batches {
				batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+table)
				if !noError(t, err) {
					return
				}
				for i := range rows {
					noError(t, batch.Append(uint64(b*rows+i), table))
				}
				noError(t, batch.Send())
				var sum uint64
				noError(t, conn.QueryRow(ctx, "SELECT count() FROM "+table+" WHERE s = {s:String}", clickhouse.Named("s", table)).Scan(&sum))
				if sum != uint64((b+1)*rows) {
					t.Errorf("client %d sees %d rows after batch %d", n, sum, b)
				}
			}
		})
	}
	wg.Wait()
}

func noError(t *testing.T, err error) bool {
	if err != nil {
		t.Error(err)
	}
	return err == nil
}

// TestBigResult reads 400 MB, of which the engine's process may hold only a few blocks.
func TestBigResult(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir())
	opts := clickhousetest.Config{Addr: p.Addr}.Options()
	opts.Compression = nil
	conn := open(t, opts)
	const rows, size = 200_000, 2000
	read := func(n int) {
		result, err := conn.Query(t.Context(), fmt.Sprintf("SELECT number, leftPad(toString(number), %d, '.') FROM numbers(%d) SETTINGS max_block_size = 5000", size, n))
		require.NoError(t, err)
		var i uint64
		for ; result.Next(); i++ {
			if i%1000 == 0 {
				var number uint64
				var text string
				require.NoError(t, result.Scan(&number, &text))
				require.Equal(t, i, number)
				require.Len(t, text, size)
			}
		}
		require.NoError(t, result.Err())
		require.EqualValues(t, n, i)
	}
	read(rows / 5)
	before := residentPeak(t, p.PID())
	read(rows)
	grown := residentPeak(t, p.PID()) - before
	t.Logf("%d MB went through, %d MB stayed", rows*size>>20, grown>>20)
	require.Less(t, grown, rows*size/4)
}

// TestMemoryLimit asks for more memory than there is for the engine: the query fails, nothing else.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir())
	conn := clickhousetest.Config{Addr: p.Addr}.Open(t)
	requireCode(t, conn.Exec(t.Context(), "SELECT groupArray(number) FROM numbers(1000000000)"), 241)
	require.Equal(t, 10, count(t, conn, "numbers(10)"))
	require.Less(t, residentPeak(t, p.PID()), 800<<20)
}

// residentPeak is the most memory that a process has held.
func residentPeak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, m)
	kb, err := strconv.Atoi(string(m[1]))
	require.NoError(t, err)
	return kb << 10
}

func startProcess(t *testing.T, dir string) *clickhousetest.Process {
	t.Helper()
	p, err := clickhousetest.StartProcess(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Kill() })
	return p
}

// TestCancel stops queries of every kind, while another client goes on working.
func TestCancel(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	require.NoError(t, conn.Exec(t.Context(), "CREATE TABLE sink (n UInt64) ENGINE = Null"))
	tests := map[string]string{
		"sleep":  "SELECT sum(sleepEachRow(0.01)) FROM numbers(100000) SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 10",
		"burn":   "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)",
		"sort":   "SELECT number FROM numbers(10000000000) ORDER BY sipHash64(number) LIMIT 5",
		"stream": "SELECT number FROM numbers(1000000000000)",
		"insert": "INSERT INTO sink SELECT number FROM numbers(1000000000000)",
	}
	for name, query := range tests {
		t.Run(name, func(t *testing.T) {
			mark := "/* cancel " + name + " */ "
			running := func() int {
				return count(t, conn, "system.processes WHERE startsWith(query, '"+mark+"')")
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				done <- drainQuery(ctx, conn, mark+query)
			}()
			require.Eventually(t, func() bool { return running() == 1 }, 10*time.Second, time.Millisecond)
			cancel()
			require.Error(t, <-done)
			cancelled := time.Now()
			require.Eventually(t, func() bool { return running() == 0 }, 10*time.Second, time.Millisecond, "the query burns on")
			t.Logf("gone %v after the cancel", time.Since(cancelled))
		})
	}
}

func drainQuery(ctx context.Context, conn clickhouse.Conn, query string) error {
	if strings.Contains(query, "INSERT") {
		return conn.Exec(ctx, query)
	}
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Err()
}
