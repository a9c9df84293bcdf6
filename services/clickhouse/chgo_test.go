package clickhouse_test

import (
	"context"
	"testing"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// dial connects with ch-go, a second and stricter client, which keeps its connection after an exception.
func dial(t *testing.T, db clickhousetest.Config) *ch.Client {
	t.Helper()
	client, err := ch.Dial(t.Context(), ch.Options{Address: db.Addr, Database: db.Database, Compression: ch.CompressionZSTD})
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// requireCHCode is requireCode for ch-go.
func requireCHCode(t *testing.T, err error, code int) {
	t.Helper()
	var e *ch.Exception
	require.ErrorAs(t, err, &e)
	require.Equal(t, proto.Error(code), e.Code, e.Message)
}

// maxBlockSize reads that setting of a session.
func maxBlockSize(t *testing.T, client *ch.Client, settings ...ch.Setting) string {
	t.Helper()
	var values proto.ColStr
	require.NoError(t, client.Do(context.Background(), ch.Query{
		Body:     "SELECT toString(getSetting('max_block_size')) AS v",
		Result:   proto.Results{{Name: "v", Data: &values}},
		Settings: settings,
	}))
	return values.Row(0)
}
