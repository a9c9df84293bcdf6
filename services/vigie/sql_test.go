package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// A question changes nothing, unless it is said that it may; what ClickHouse
// answers to a wrong one is told in a line; columns stand in the question's order.
func TestSQLOnlyReadsUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vigie.yaml")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil,
		"brands: [{id: zest, name: Zest, query: zest}]\nclickhouse: {addr: %q, database: default}\n", clickhousetest.Start(t)), 0o600))
	ask := func(args ...string) (string, error) {
		out, _, err := vigie(append([]string{"sql", "--config", path, "--format", "ndjson"}, args...)...)
		return out, err
	}
	out, err := ask("--write", "CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n")
	require.NoError(t, err)
	require.Equal(t, "done\n", out)
	_, err = ask("--write", "INSERT INTO kept VALUES (7)")
	require.NoError(t, err)
	for _, statement := range []string{
		"DROP TABLE kept", "TRUNCATE TABLE kept", "INSERT INTO kept VALUES (8)", "INSERT INTO kept SELECT 8", "DELETE FROM kept WHERE n = 7",
		"ALTER TABLE kept DELETE WHERE 1", "CREATE TABLE other (n UInt8) ENGINE = Memory", "RENAME TABLE kept TO lost", "DROP DATABASE default",
		"SET readonly = 0", "SELECT * FROM kept SETTINGS readonly = 0",
	} {
		_, err := ask(statement)
		require.ErrorContains(t, err, "--write", statement)
	}
	out, err = ask("SELECT n AS zoe, 'a<b' AS ana, nan AS none FROM kept")
	require.NoError(t, err)
	require.Contains(t, out, `{"zoe":7,"ana":"a<b","none":null}`)

	_, err = ask("SELEC 1")
	require.ErrorContains(t, err, "Syntax error")
	require.Less(t, len(err.Error()), 120, err.Error())
	require.NotContains(t, err.Error(), "\n")
	_, err = ask("SELECT nn FROM kept")
	require.ErrorContains(t, err, "nn")
}

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
