package contest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

// Ten a row for a fortnight, and two hundred for an hour of the last day.
func TestEverybodyIsScoredOnASeries(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02 15:04:05"
	var text strings.Builder
	text.WriteString("timestamp,value\n")
	rise := from.Add(13 * day)
	for at := from; at.Before(from.Add(14 * day)); at = at.Add(5 * time.Minute) {
		value := 10
		if since := at.Sub(rise); since >= 0 && since < time.Hour {
			value = 200
		}
		fmt.Fprintf(&text, "%s,%d\n", at.Format(layout), value)
	}
	windows := fmt.Sprintf(`{"realTweets/a.csv": [[%q, %q]]}`, rise.Add(-time.Hour).Format(layout), rise.Add(3*time.Hour).Format(layout))
	scores, err := Benchmark(fstest.MapFS{
		"combined_windows.json": {Data: []byte(windows)}, "realTweets/a.csv": {Data: []byte(text.String())},
	})
	require.NoError(t, err)
	require.Len(t, scores, 3+2*len(rival.All()))
	for i, profile := range []string{"standard", "reward_low_FP", "reward_low_FN"} {
		require.Equal(t, "Vigie", scores[i].Name)
		require.Equal(t, profile, scores[i].Profile)
		require.Equal(t, 1, scores[i].Hit, profile)
		require.Zero(t, scores[i].FalseRows)
	}
	hit := 0
	for _, s := range scores[3:] {
		require.NotEmpty(t, s.Source)
		require.Equal(t, 1, s.Windows)
		hit += s.Hit
	}
	require.Greater(t, hit, len(rival.All()), "who looks sees it")
}

func TestAWrongFolderSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const rows = "timestamp,value\n2026-03-02 00:00:00,1\n2026-03-02 00:05:00,1\n"
	for want, folder := range map[string]fstest.MapFS{
		"combined_windows.json":                                  {},
		"windows, line 1":                                        {"combined_windows.json": file("[")},
		"they are looked for as realTweets/*.csv":                {"combined_windows.json": file("{}")},
		"combined_windows.json does not name realTweets/a.csv":   {"combined_windows.json": file("{}"), "realTweets/a.csv": file(rows)},
		"a.csv: two rows at least are needed":                    {"combined_windows.json": file("{}"), "realTweets/a.csv": file("timestamp,value\n2026-03-02 00:00:00,1\n")},
		`a.csv: nab: series, line 2: the value "many"`:           {"combined_windows.json": file("{}"), "realTweets/a.csv": file("timestamp,value\n2026-03-02 00:00:00,many\n")},
		"realTweets/a.csv: nab: window 1: the series has no row": {"combined_windows.json": file(`{"realTweets/a.csv": [["2026-03-03 00:00:00", "2026-03-04 00:00:00"]]}`), "realTweets/a.csv": file(rows)},
	} {
		_, err := Benchmark(folder)
		require.ErrorContains(t, err, want)
	}
}

// The one threshold of the binary, on the benchmark's own series.
func TestOursOnTheBenchmark(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the benchmark's series are not there")
	}
	scores, err := Benchmark(os.DirFS(filepath.Join(data, "nab")))
	require.NoError(t, err)
	require.GreaterOrEqual(t, scores[0].Normalised, 76.0)
	require.LessOrEqual(t, scores[0].FalseRows, 6)
}
