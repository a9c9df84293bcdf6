package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASeriesIsScored(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "series.csv")
	require.NoError(t, os.WriteFile(path, []byte("timestamp,value\n2026-03-02 00:00:00,5\n2026-03-02 01:00:00,007\n"), 0o600))
	out, _, err := vigie("detect", "--csv", path)
	require.NoError(t, err)
	lines := strings.Split(out, "\n")
	require.Equal(t, []string{"timestamp,value,anomaly_score", "2026-03-02 00:00:00,5,0"}, lines[:2])
	require.Regexp(t, `^2026-03-02 01:00:00,007,0`, lines[2])

	out, _, err = vigie("detect", "--threshold")
	require.NoError(t, err)
	require.Equal(t, "0.5\n", out)

	require.NoError(t, os.WriteFile(path, []byte("timestamp,value\n2026-03-02 00:00:00,-5\n"), 0o600))
	_, _, err = vigie("detect", "--csv", path)
	require.ErrorContains(t, err, `line 2: the value "-5" is negative`)
	require.NotErrorAs(t, err, &usageError{})
	_, _, err = vigie("detect", "--csv", filepath.Join(t.TempDir(), "nowhere.csv"))
	require.ErrorAs(t, err, &usageError{})
	for line, want := range map[string]string{
		"detect":                         "at least one of the flags in the group [csv threshold] is required",
		"detect --csv a.csv --threshold": "were all set",
		"detect a.csv":                   "`vigie detect` takes its file by a flag: vigie detect --csv a.csv",
		"detect --csv a.csv other.csv":   "vigie detect --csv other.csv",
	} {
		_, begun, err := vigie(strings.Fields(line)...)
		require.ErrorContains(t, err, want, line)
		require.False(t, begun, line)
	}
}
