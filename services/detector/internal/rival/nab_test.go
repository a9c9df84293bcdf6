package rival_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/nab"
	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

// TestRivalsOnTheBenchmark prints what each rival is worth on the benchmark's
// series, standard profile, by row as the benchmark counts and with one flag an
// alarm: what reaches the bound within two hours, the slowest look, is one. So
// counted each must at its best be worth more than scores that say nothing of the
// counts, which get 30 at theirs.
func TestRivalsOnTheBenchmark(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the benchmark's series are not there")
	}
	windows := read(t, filepath.Join(data, "nab", "combined_windows.json"), nab.ReadWindows)
	paths, err := filepath.Glob(filepath.Join(data, "nab", "realTweets", "*.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var series []nab.Series
	for _, path := range paths {
		series = append(series, read(t, path, nab.ReadSeries))
	}
	standard := nab.Profiles()[0]
	table := strings.Builder{}
	fmt.Fprintf(&table, "\n%-22s%-38s%-38s%-38s%s", "", "by row, at its bound", "by row, at the best", "by alarm, at its bound", "by alarm, at the best")
	for _, entry := range rival.All() {
		var runs []*nab.Run
		var all []float64
		for i, s := range series {
			detector := entry.New(5 * time.Minute)
			scores := make([]float64, len(s.Values))
			for row, value := range s.Values {
				scores[row] = detector.Observe(s.Times[row], value)
			}
			run, err := nab.NewRun(s, windows["realTweets/"+filepath.Base(paths[i])], scores)
			require.NoError(t, err)
			runs, all = append(runs, run), append(all, scores...)
		}
		fmt.Fprintf(&table, "\n%-20s", entry.Name)
		for _, quiet := range []time.Duration{0, 2 * hour} {
			for _, threshold := range []float64{entry.Bound, best(runs, all, quiet)} {
				got := standard.Score(runs, threshold, quiet)
				fmt.Fprintf(&table, "%9.2f (%2d hit,%5d false, ≥%6.4g)", got.Normalised, got.Hit, got.FalseRows, threshold)
				if quiet > 0 && threshold != entry.Bound {
					require.Greater(t, got.Normalised, 30.0, entry.Name)
				}
			}
		}
	}
	t.Log(table.String())
}

// best is the threshold that is worth most over runs, of some between the highest score and
// the lowest, chosen with the labels known: it flatters.
func best(runs []*nab.Run, scores []float64, quiet time.Duration) (threshold float64) {
	slices.Sort(scores)
	most := math.Inf(-1)
	for rank := 1; rank <= len(scores); rank += 1 + rank/8 {
		bound := scores[len(scores)-rank]
		if worth := nab.Profiles()[0].Score(runs, bound, quiet).Raw; worth > most {
			threshold, most = bound, worth
		}
	}
	return threshold
}

func read[T any](t *testing.T, path string, parse func(io.Reader) (T, error)) T {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	parsed, err := parse(file)
	require.NoError(t, err)
	return parsed
}
