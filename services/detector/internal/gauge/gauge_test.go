package gauge_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/gauge"
	"github.com/vigie-monitor/vigie/services/detector/internal/nab"
)

const head = "timestamp,value\n"

var start = time.Date(2026, 3, 2, 0, 0, 7, 0, time.UTC)

// rows are so many at a step, of about ten mentions an hour, and more between two rows.
func rows(n int, step time.Duration, from, to int, more float64) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		value := float64(r.IntN(21)) * step.Hours()
		if i >= from && i < to {
			value += more
		}
		fmt.Fprintf(&b, "%s,%g\n", start.Add(time.Duration(i)*step).Format(time.DateTime), value)
	}
	return b.String()
}

// scored are the scores of a text, which is passed through otherwise.
func scored(t *testing.T, text string) (scores []float64) {
	t.Helper()
	var out strings.Builder
	require.NoError(t, gauge.ScoreCSV(strings.NewReader(text), &out))
	return scoresOf(t, text, out.String())
}

func scoresOf(t *testing.T, text, out string) (scores []float64) {
	t.Helper()
	in, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"timestamp", "value", "anomaly_score"}, rows[0])
	require.Len(t, rows, len(in))
	for i, row := range rows[1:] {
		require.Equal(t, in[i+1], row[:2])
		score, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		require.True(t, score >= 0 && score <= 1, row)
		scores = append(scores, score)
	}
	return scores
}

func TestARiseIsToldOnceAndCalmIsNot(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
		day := int(24 * time.Hour / step)
		rise := rows(15*day, step, 12*day, 12*day+int(3*time.Hour/step), 300*step.Hours())
		told := slices.DeleteFunc(told(scored(t, rise)), func(row int) bool { return row < day }) // nothing is known of the first
		require.Len(t, told, 1, step)
		require.InDelta(t, 12*day, told[0], float64(3*time.Hour/step), step)
	}
}

// What comes later changes nothing of what was said: each beginning of a series is
// scored as the whole is.
func TestNothingLooksAhead(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(rows(600, 5*time.Minute, 400, 420, 50), "\n")
	lines = append(lines[:300], lines[330:]...) // some are missing
	whole := scored(t, strings.Join(lines, ""))
	for n := 1; n+1 < len(lines); n += 17 {
		require.Equal(t, whole[:n], scored(t, strings.Join(lines[:n+1], "")))
	}
}

// Each row is answered before the next is written.
func TestARowIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	in, feed := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- gauge.ScoreCSV(in, out) }()
	answer := func(line string) string {
		_, err := feed.Write([]byte(line + "\n"))
		require.NoError(t, err)
		read := make([]byte, 200)
		n, err := answers.Read(read)
		require.NoError(t, err)
		return string(read[:n])
	}
	require.Equal(t, "timestamp,value,anomaly_score\n", answer("timestamp,value"))
	for i := range 5 {
		line := start.Add(time.Duration(i)*time.Hour).Format(time.RFC3339) + ",0012.50"
		require.True(t, strings.HasPrefix(answer(line), line+","), "as it was written")
	}
	require.NoError(t, feed.Close())
	require.NoError(t, <-done)
}

// A series may be short, have gaps, or come in steps that are no whole minutes: it is
// scored, and a gap of months is a new beginning.
func TestSeriesThatAreNotRegular(t *testing.T) {
	t.Parallel()
	require.Equal(t, []float64{0}, scored(t, head+"2026-03-02 00:00:00,5\n"))
	require.Empty(t, scored(t, head))
	for _, step := range []time.Duration{time.Second, 40 * time.Second, 90 * time.Second, 7 * time.Hour, 24 * time.Hour, 72 * time.Hour} {
		require.Len(t, scored(t, rows(60, step, 0, 0, 0)), 60, step)
	}

	// The first two rows are hours apart, the others minutes: the step is theirs.
	regular := rows(4000, 5*time.Minute, 3900, 3910, 100)
	lines := strings.SplitAfter(regular, "\n")
	without := append([]string{lines[0], lines[1]}, lines[40:]...)
	require.Contains(t, told(scored(t, strings.Join(without, ""))), 3900-38)

	late := strings.ReplaceAll(strings.TrimPrefix(rows(2000, 5*time.Minute, 1900, 1910, 100), head), "2026-", "9026-")
	again := scored(t, rows(2000, 5*time.Minute, 0, 0, 0)+late)
	require.Len(t, again, 4000)
	require.NotEmpty(t, told(again[2000:]))
}

func told(scores []float64) (rows []int) {
	for i, score := range scores {
		if score >= detect.MeterThreshold {
			rows = append(rows, i)
		}
	}
	return rows
}

func TestABadSeriesSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	const first = head + "2026-03-02 00:00:00,5\n"
	for text, want := range map[string]string{
		"":                                      "there is no row",
		"time,count\n":                          `line 1: "time", "count" where timestamp,value is expected`,
		"2026-03-02 00:00:00,5\n":               "line 1:",
		"timestamp\n":                           "line 1: wrong number of fields",
		first + "2026-03-02 00:05:00,1,2\n":     "line 3: wrong number of fields",
		first + "2026-03-02 00:05:00,\"1\n":     "line 3",
		first + "2026-03-02,1\n":                `line 3: the time "2026-03-02" is written neither as 2006-01-02 15:04:05 nor as 2006-01-02T15:04:05Z07:00`,
		first + "1970-12-31 23:59:59,1\n":       "line 3: the time \"1970-12-31 23:59:59\" is before 1971",
		first + "2026-03-02 00:00:00,1\n":       `line 3: the time "2026-03-02 00:00:00" does not come after the one before it`,
		first + "2026-03-01T23:00:00-02:00,1\n": "",
		first + "\n\n2026-03-01 23:00:00,1\n":   "line 5: the time",
		first + "2026-03-02 00:05:00,many\n":    `line 3: the value "many" is not a number`,
		first + "2026-03-02 00:05:00,\n":        `line 3: the value "" is not a number`,
		first + "2026-03-02 00:05:00,NaN\n":     `line 3: the value "NaN" is not a number`,
		first + "2026-03-02 00:05:00,-1\n":      `line 3: the value "-1" is negative`,
		first + "2026-03-02 00:05:00,1e400\n":   `line 3: the value "1e400" is above 1e+12`,
		"\ufeff" + first:                        "",
		"\ufeff\"timestamp\",\"value\"\r\n\"2026-03-02 00:00:00\",\"5\"\r\n": "",
		"\ufeff":                "there is no row",
		"\n\nvalue,timestamp\n": `line 3: "value", "timestamp" where timestamp,value is expected`,
		first + "\n\r\n2026-03-02 00:05:00,1\r\n": "",
		first + "1772409600,1\n":                  `line 3: the time "1772409600" is written neither as`,
		first + "2026-03-02 00:05:00+01:00,1\n":   "line 3: the time \"2026-03-02 00:05:00+01:00\" is written neither as",
		first + "2026-03-02 00:05:00,1e308\n":     `line 3: the value "1e308" is above 1e+12`,
		first + "2026-03-02 00:05:00,-Inf\n":      `line 3: the value "-Inf" is negative`,
		first + "2026-03-02 00:05:00,1,5\n":       "line 3: wrong number of fields",
		first + "2026-03-02 00:05:00,\"1,5\"\n":   `line 3: the value "1,5" is not a number`,
	} {
		var out strings.Builder
		err := gauge.ScoreCSV(strings.NewReader(text), &out)
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, want, text)
		if strings.HasPrefix(text, first) {
			require.Contains(t, out.String(), "2026-03-02 00:00:00,5,0\n", "what comes before is scored")
		}
	}
}

// Whatever the bytes: an error, or a score for each row.
func FuzzScoreCSV(f *testing.F) {
	f.Add(head + "2026-03-02 00:00:00,5\n2026-03-02T00:05:00+02:00,1e3\r\n\n")
	f.Add(head + "2026-03-02 00:00:00.5,5\n2026-03-02 00:00:01,0\n2026-03-02 00:03:01,1e12\n9999-12-31 23:59:59,0")
	f.Add(head + "1971-01-01 00:00:00,0.1\n1971-01-09 00:00:00,\"7\"\n1971-01-10 12:00:00,1e-320\n1971-01-10 12:00:01,9")
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		if gauge.ScoreCSV(strings.NewReader(text), &out) == nil {
			scoresOf(t, strings.TrimPrefix(text, "\ufeff"), out.String())
		}
	})
}

// The benchmark's series, through the file format: what the meter gives, and what that
// is worth at the one threshold.
func TestTheBenchmarkThroughTheFileFormat(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the benchmark's series are not there")
	}
	labels, err := os.ReadFile(filepath.Join(data, "nab", "combined_windows.json"))
	require.NoError(t, err)
	windows, err := nab.ReadWindows(strings.NewReader(string(labels)))
	require.NoError(t, err)
	paths, err := filepath.Glob(filepath.Join(data, "nab", "realTweets", "*.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var runs []*nab.Run
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		series, err := nab.ReadSeries(strings.NewReader(string(text)))
		require.NoError(t, err)
		meter := detect.NewMeter(series.Times[0])
		var want []float64
		for i, value := range series.Values {
			want = append(want, meter.Observe(series.Times[i], 5, value))
		}
		scores := scored(t, string(text))
		require.Equal(t, want, scores, path)
		run, err := nab.NewRun(series, windows["realTweets/"+filepath.Base(path)], scores)
		require.NoError(t, err)
		runs = append(runs, run)
	}
	result := nab.Profiles()[0].Score(runs, detect.MeterThreshold, 0)
	t.Logf("%d series: %.2f, %d of %d windows, %d false rows", len(runs), result.Normalised, result.Hit, result.Windows, result.FalseRows)
	require.GreaterOrEqual(t, result.Normalised, 76.0)
	require.LessOrEqual(t, result.FalseRows, 6)
}
