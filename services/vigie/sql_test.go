package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// A tool that is given the wrong database says so, and makes none.
func TestAToolMakesNoDatabase(t *testing.T) {
	t.Parallel()
	address := clickhousetest.Start(t)
	ask := func(database, query string) (string, error) {
		path := filepath.Join(t.TempDir(), "vigie.yaml")
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil,
			"brands: [{id: zest, name: Zest, query: zest}]\nclickhouse: {addr: %q, database: %s}\n", address, database), 0o600))
		out, _, err := vigie("sql", "--format", "csv", "--config", path, query)
		return out, err
	}
	_, err := ask("nowhere", "SELECT 1")
	require.ErrorContains(t, err, "start `vigie up` first")
	out, err := ask("default", "SELECT count() FROM system.databases WHERE name = 'nowhere'")
	require.NoError(t, err)
	require.Contains(t, out, "\n0\n")
}
