package nab_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/nab"
)

var start = time.Date(2015, 3, 1, 0, 0, 0, 0, time.UTC)

const step = 5 * time.Minute

// row is the moment of a row, five minutes apart.
func row(i int) time.Time { return start.Add(time.Duration(i) * step) }

func series(rows int) nab.Series {
	s := nab.Series{Values: make([]float64, rows)}
	for i := range rows {
		s.Times = append(s.Times, row(i))
	}
	return s
}

// run flags rows of a series of so many, with windows given as [first, last] rows.
func run(t *testing.T, rows int, windows [][2]int, flags ...int) *nab.Run {
	t.Helper()
	scores := make([]float64, rows)
	for _, i := range flags {
		scores[i] = 1
	}
	var limits []nab.Window
	for _, w := range windows {
		limits = append(limits, nab.Window{From: row(w[0]), To: row(w[1])})
	}
	r, err := nab.NewRun(series(rows), limits, scores)
	require.NoError(t, err)
	return r
}

// By hand. Of 20 rows the first 3 are probation; one window is rows 5 to 8. The
// sigmoid 2/(1+exp(5x))-1 of -1 is 0.986614.
func TestAScoreByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story     string
		flags     []int
		raw       float64 // standard profile
		hit, rows int
	}{
		{"nothing said: one window missed", nil, -1, 0, 0},
		{"on the first row of the window: the whole of it", []int{5}, 1, 1, 0},
		{"on the second: sigmoid(-0.75) = 0.954045 of 0.986614", []int{6}, 0.966989, 1, 0},
		{"on the last: sigmoid(-0.25) = 0.554600 of 0.986614", []int{8}, 0.562125, 1, 0},
		{"the earliest row counts, once", []int{6, 7, 8}, 0.966989, 1, 0},
		{"before any window: wholly false", []int{4}, -1.11, 0, 1},
		{"one row after it, of three: 0.11 sigmoid(1/3) = 0.11 * -0.682262", []int{9}, -1.075049, 0, 1},
		{"four rows after it: 0.11 sigmoid(4/3) = 0.11 * -0.997458", []int{12}, -1.109720, 0, 1},
		{"more than three widths after it: wholly false", []int{18}, -1.11, 0, 1},
		{"in probation: not seen", []int{0, 1, 2}, -1, 0, 0},
		{"all at once", []int{1, 4, 6, 12}, 0.966989 - 0.11 - 0.109720, 1, 2},
	} {
		got := nab.Profiles()[0].Score([]*nab.Run{run(t, 20, [][2]int{{5, 8}}, c.flags...)}, 1, 0)
		require.InDelta(t, c.raw, got.Raw, 1e-6, c.story)
		require.InDelta(t, 100*(c.raw+1)/2, got.Normalised, 1e-4, c.story)
		require.Equal(t, 1, got.Windows, c.story)
		require.Equal(t, c.hit, got.Hit, c.story)
		require.Equal(t, c.rows, got.FalseRows, c.story)
	}
}

func TestProfilesWeighWhatIsFalseAndWhatIsMissed(t *testing.T) {
	t.Parallel()
	runs := []*nab.Run{run(t, 40, [][2]int{{10, 13}, {30, 33}}, 7, 30)}
	for i, want := range []float64{-0.11, -0.22, -1.11} {
		require.InDelta(t, want, nab.Profiles()[i].Score(runs, 1, 0).Raw, 1e-9, nab.Profiles()[i].Name)
	}
}

func TestAWindowWithinProbationIsNotScored(t *testing.T) {
	t.Parallel()
	got := nab.Profiles()[0].Score([]*nab.Run{run(t, 100, [][2]int{{4, 8}, {12, 18}}, 5, 15)}, 1, 0)
	require.Equal(t, 1, got.Windows, "15 rows are probation: the second window reaches beyond them, the first does not")
	require.Equal(t, 1, got.Hit)
	require.Zero(t, nab.Profiles()[0].Score([]*nab.Run{run(t, 100, nil)}, 1, 0).Normalised, "nothing to score")
}

func TestRowsOfOneAlarmCountOnce(t *testing.T) {
	t.Parallel()
	standard := nab.Profiles()[0]
	alarms := []*nab.Run{run(t, 400, [][2]int{{200, 240}}, 100, 101, 124, 149, 190, 205, 300)}
	got := standard.Score(alarms, 1, 2*time.Hour)
	require.Equal(t, 4, got.FalseRows, "two hours are 24 rows: 100 to 124, 149, 190 to 205, 300")
	require.Zero(t, got.Hit, "the alarm of row 190 goes on into the window, and was false")
	require.Equal(t, 1, standard.Score(alarms, 1, 0).Hit)
}

func TestScoresThatDoNotFitTheirSeriesAreRefused(t *testing.T) {
	t.Parallel()
	s := series(10)
	_, err := nab.NewRun(s, nil, make([]float64, 9))
	require.ErrorContains(t, err, "9 scores for the 10 rows")
	_, err = nab.NewRun(s, nil, []float64{0, math.NaN(), 0, 0, 0, 0, 0, 0, 0, 0})
	require.ErrorContains(t, err, "the score of row 2 is not a number")
	_, err = nab.NewRun(s, []nab.Window{{From: row(1).Add(time.Second), To: row(3)}}, make([]float64, 10))
	require.ErrorContains(t, err, "window 1: the series has no row at its start, 2015-03-01 00:05:01")
	_, err = nab.NewRun(s, []nab.Window{{From: row(1), To: row(11)}}, make([]float64, 10))
	require.ErrorContains(t, err, "window 1: the series has no row at its end")
	_, err = nab.NewRun(s, []nab.Window{{From: row(1), To: row(3)}, {From: row(3), To: row(4)}}, make([]float64, 10))
	require.ErrorContains(t, err, "window 2: it begins, at 2015-03-01 00:15:00, before the one before it ends")
}

// Figures of another scorer of the same definition, which reproduces the 45 that
// the benchmark publishes (15 detectors, three profiles), on five of its series,
// for scores made by three formulas.
func TestTheBenchmarksOwnSeriesScoreAsElsewhere(t *testing.T) {
	t.Parallel()
	formulas := map[string]func(i int, values []float64) float64{
		"mixed": func(i int, _ []float64) float64 { return float64(i*7919%10007) / 10007 },
		"value": func(i int, values []float64) float64 { return values[i] },
		"day before": func(i int, values []float64) float64 {
			return values[i] / max(1, values[max(i-288, i%288)])
		},
	}
	runs := map[string][]*nab.Run{}
	for name, formula := range formulas {
		for _, s := range realTweets(t) {
			scores := make([]float64, len(s.Values))
			for i := range scores {
				scores[i] = formula(i, s.Values)
			}
			made, err := nab.NewRun(s.Series, s.windows, scores)
			require.NoError(t, err)
			runs[name] = append(runs[name], made)
		}
	}
	for _, c := range []struct {
		formula         string
		profile         int
		threshold       float64 // in the first row of each profile the one worth most
		raw, normalised float64
		hit, rows       int
	}{
		{"mixed", 0, 0.9989007694613771, -6.8156, 29.95, 11, 74},
		{"mixed", 1, 0.9994004197062056, -14.3457, 7.81, 8, 47},
		{"mixed", 2, 0.9973018886779255, -11.0878, 44.93, 15, 190},
		{"mixed", 0, 0.995, -20.7459, -11.02, 17, 346},
		{"mixed", 1, 0.995, -57.6437, -119.54, 17, 346},
		{"mixed", 2, 0.995, -20.7459, 25.99, 17, 346},
		{"value", 0, 1258, -9.7699, 21.27, 6, 42},
		{"value", 1, 1592, -13.3175, 10.83, 5, 29},
		{"value", 2, 654, -19.7937, 27.86, 8, 88},
		{"value", 0, 150, -85.1006, -200.30, 14, 933},
		{"value", 1, 150, -179.9675, -479.32, 14, 933},
		{"value", 2, 150, -88.1006, -106.08, 14, 933},
		{"day before", 0, 59, -5.9983, 32.36, 15, 160},
		{"day before", 1, 209, -9.3044, 22.63, 5, 6},
		{"day before", 2, 59, -7.9983, 50.98, 15, 160},
		{"day before", 0, 8, -136.9653, -352.84, 17, 1424},
		{"day before", 1, 8, -290.4324, -804.21, 17, 1424},
		{"day before", 2, 8, -136.9653, -201.89, 17, 1424},
	} {
		p := nab.Profiles()[c.profile]
		got := p.Score(runs[c.formula], c.threshold, 0)
		require.InDelta(t, c.raw, got.Raw, 5.1e-5, "%+v", c)
		require.InDelta(t, c.normalised, got.Normalised, 5.1e-3, "%+v", c)
		require.Equal(t, nab.Result{Raw: got.Raw, Normalised: got.Normalised, Windows: 17, Hit: c.hit, FalseRows: c.rows}, got, "%+v", c)
	}
}

type labelled struct {
	nab.Series
	windows []nab.Window
}

// realTweets are the series in VIGIE_DATA, by name.
func realTweets(t *testing.T) []labelled {
	t.Helper()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the benchmark's series are not there")
	}
	file, err := os.Open(filepath.Join(data, "nab", "combined_windows.json"))
	require.NoError(t, err)
	defer file.Close()
	windows, err := nab.ReadWindows(file)
	require.NoError(t, err)
	paths, err := filepath.Glob(filepath.Join(data, "nab", "realTweets", "*.csv"))
	require.NoError(t, err)
	slices.Sort(paths)
	var all []labelled
	for _, path := range paths {
		file, err := os.Open(path)
		require.NoError(t, err)
		s, err := nab.ReadSeries(file)
		file.Close()
		require.NoError(t, err)
		all = append(all, labelled{s, windows["realTweets/"+filepath.Base(path)]})
	}
	require.NotEmpty(t, all)
	return all
}
