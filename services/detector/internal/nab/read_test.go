package nab_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/nab"
)

func TestASeriesIsReadAsTheBenchmarkStoresIt(t *testing.T) {
	t.Parallel()
	series, err := nab.ReadSeries(strings.NewReader("timestamp,value\n2015-02-26 21:42:53,104\n2015-02-26 21:47:53.000000,99.5\n"))
	require.NoError(t, err)
	require.Equal(t, []float64{104, 99.5}, series.Values)
	require.Equal(t, time.Date(2015, 2, 26, 21, 42, 53, 0, time.UTC), series.Times[0])
	require.Equal(t, 5*time.Minute, series.Times[1].Sub(series.Times[0]))
}

func TestABadSeriesSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	const head = "timestamp,value\n2015-02-26 21:42:53,104\n"
	for text, want := range map[string]string{
		"":                                       "the series is empty",
		"time,count":                             `line 1: "time", "count" where timestamp,value`,
		head + "2015-02-26T21:47:53,1\n":         `line 3: the time "2015-02-26T21:47:53" is not written as`,
		head + "2015-02-26 21:47:53,many\n":      `line 3: the value "many" is not a number`,
		head + "2015-02-26 21:47:53,NaN\n":       `line 3: the value "NaN" is not a number`,
		head + "2015-02-26 21:42:53,1\n":         `line 3: the time "2015-02-26 21:42:53" does not come after`,
		head + "2015-02-26 21:47:53,1,2\n":       "line 3: wrong number of fields",
		head + "2015-02-26 21:47:53,\"1\n":       `line 3, column`,
		head + "\n\n2015-02-26 21:47:53,1e400\n": `line 5: the value "1e400"`,
	} {
		_, err := nab.ReadSeries(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}

func TestWindowsAreReadByTheNameOfTheirSeries(t *testing.T) {
	t.Parallel()
	windows, err := nab.ReadWindows(strings.NewReader(`{"realTweets/a.csv": [
		["2015-03-02 11:17:53.000000", "2015-03-03 13:37:53.000000"],
		["2015-03-03 21:57:53.000000", "2015-03-05 00:17:53.000000"]], "b.csv": []}`))
	require.NoError(t, err)
	require.Len(t, windows["realTweets/a.csv"], 2)
	require.Equal(t, time.Date(2015, 3, 5, 0, 17, 53, 0, time.UTC), windows["realTweets/a.csv"][1].To)
	require.Empty(t, windows["b.csv"])
}

func TestBadWindowsSayWhereAndWhat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                      "windows, line 1:",
		"{\n\"a\": [\n[1, 2]]}":                 "windows, line 3:",
		"{\n\"a\": [[]]\n\n}}":                  "windows, line 4:",
		`{"a": [["2015-03-02"]]}`:               `window 1 of "a": 1 times where [from, to]`,
		`{"a": [["2015-03-02", "2015-03-03"]]}`: `window 1 of "a": the times ["2015-03-02" "2015-03-03"] are not written as`,
		`{"a": [["2015-03-03 00:00:00", "2015-03-02 00:00:00"]]}`:                                                 `window 1 of "a": it ends before it begins`,
		`{"a": [["2015-03-02 00:00:00", "2015-03-03 00:00:00"], ["2015-03-03 00:00:00", "2015-03-04 00:00:00"]]}`: `window 2 of "a": it does not come after`,
	} {
		_, err := nab.ReadWindows(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}

// Whatever the bytes, a series that is read is one: in order, of numbers, and it
// reads back the same.
func FuzzReadSeries(f *testing.F) {
	f.Add("timestamp,value\n2015-02-26 21:42:53,104\n2015-02-26 21:47:53.5,1e3\n")
	f.Add("timestamp,value\n2015-02-26 21:42:53,\"104\"\r\n\r\n2015-02-26 21:42:52,1")
	f.Add("timestamp,value\n0000-01-01 00:00:00,-0\n")
	f.Fuzz(func(t *testing.T, text string) {
		series, err := nab.ReadSeries(strings.NewReader(text))
		if err != nil {
			return
		}
		require.Len(t, series.Values, len(series.Times))
		var again strings.Builder
		again.WriteString("timestamp,value\n")
		for i, at := range series.Times {
			require.False(t, math.IsNaN(series.Values[i]) || math.IsInf(series.Values[i], 0))
			require.True(t, i == 0 || at.After(series.Times[i-1]))
			fmt.Fprintf(&again, "%s,%s\n", at.Format("2006-01-02 15:04:05.999999999"), strconv.FormatFloat(series.Values[i], 'g', -1, 64))
		}
		read, err := nab.ReadSeries(strings.NewReader(again.String()))
		require.NoError(t, err)
		require.Equal(t, series, read)
	})
}

// Whatever the bytes, windows that are read end after they begin, in order.
func FuzzReadWindows(f *testing.F) {
	f.Add(`{"a": [["2015-03-02 11:17:53.000000", "2015-03-03 13:37:53.000000"]]}`)
	f.Add(`{"a": [["2015-03-02 00:00:00", "2015-03-02 00:00:00"]], "a": null, "b": [[]]}`)
	f.Add("{\n\n\"a\": 1")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := nab.ReadWindows(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, windows := range all {
			for i, w := range windows {
				require.False(t, w.To.Before(w.From))
				require.True(t, i == 0 || w.From.After(windows[i-1].To))
			}
		}
	})
}
