package clickhouse_test

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// open connects with options of a test's own.
func open(t *testing.T, opts *clickhouse.Options) clickhouse.Conn {
	t.Helper()
	conn, err := clickhouse.Open(opts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// openQuietly connects where no test is to fail.
func openQuietly(db clickhousetest.Config) (clickhouse.Conn, error) {
	return clickhouse.Open(db.Options())
}

// requireCode checks that err is the engine's exception with the given code.
func requireCode(t *testing.T, err error, code int32) {
	t.Helper()
	var e *clickhouse.Exception
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, e.Message)
}
