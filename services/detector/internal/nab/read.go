package nab

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// timeLayout is how the benchmark writes times, with or without a fraction of a
// second; it names no zone.
const timeLayout = "2006-01-02 15:04:05"

// Series is a value at each moment, the oldest first.
type Series struct {
	Times  []time.Time
	Values []float64
}

// ReadSeries reads a series as the benchmark stores it: lines of
// `timestamp,value` under a header that says so.
func ReadSeries(r io.Reader) (Series, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.ReuseRecord = 2, true
	header, err := rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return Series{}, errors.New("nab: the series is empty: it begins with a line timestamp,value")
	case err != nil:
		return Series{}, fmt.Errorf("nab: series: %w", err)
	case header[0] != "timestamp" || header[1] != "value":
		return Series{}, fmt.Errorf("nab: series, line 1: %q, %q where timestamp,value is expected", header[0], header[1])
	}
	var s Series
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return Series{}, fmt.Errorf("nab: series: %w", err) // names the line
		}
		if err := s.add(record[0], record[1]); err != nil {
			line, _ := rows.FieldPos(0)
			return Series{}, fmt.Errorf("nab: series, line %d: %w", line, err)
		}
	}
}

func (s *Series) add(at, value string) error {
	t, err := time.Parse(timeLayout, at)
	if err != nil {
		return fmt.Errorf("the time %q is not written as %s", at, timeLayout)
	}
	if len(s.Times) > 0 && !t.After(s.Times[len(s.Times)-1]) {
		return fmt.Errorf("the time %q does not come after the one before it", at)
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("the value %q is not a number", value)
	}
	s.Times, s.Values = append(s.Times, t), append(s.Values, v)
	return nil
}

// Window is a labelled anomaly, from its first row to its last, both included.
type Window struct{ From, To time.Time }

// ReadWindows reads labelled windows by the name of their series: a JSON object
// of lists of [from, to], in order and apart.
func ReadWindows(r io.Reader) (map[string][]Window, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("nab: reading the windows: %w", err)
	}
	var written map[string][][]string
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, fmt.Errorf("nab: windows, line %d: %w", lineOf(text, err), err)
	}
	windows := make(map[string][]Window, len(written))
	for _, name := range slices.Sorted(maps.Keys(written)) {
		for i, pair := range written[name] {
			window, err := parseWindow(pair)
			if err == nil && i > 0 && !window.From.After(windows[name][i-1].To) {
				err = errors.New("it does not come after the one before it")
			}
			if err != nil {
				return nil, fmt.Errorf("nab: window %d of %q: %w", i+1, name, err)
			}
			windows[name] = append(windows[name], window)
		}
	}
	return windows, nil
}

// lineOf is the line of a JSON text at which an error is.
func lineOf(text []byte, err error) int {
	offset := int64(len(text))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	} else if errors.As(err, &kind) {
		offset = kind.Offset
	}
	return 1 + bytes.Count(text[:min(offset, int64(len(text)))], []byte("\n"))
}

func parseWindow(pair []string) (Window, error) {
	if len(pair) != 2 {
		return Window{}, fmt.Errorf("%d times where [from, to] is expected", len(pair))
	}
	from, errFrom := time.Parse(timeLayout, pair[0])
	to, errTo := time.Parse(timeLayout, pair[1])
	if errFrom != nil || errTo != nil {
		return Window{}, fmt.Errorf("the times %q are not written as %s", pair, timeLayout)
	}
	if to.Before(from) {
		return Window{}, errors.New("it ends before it begins")
	}
	return Window{from, to}, nil
}
