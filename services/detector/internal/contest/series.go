package contest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/gauge"
	"github.com/vigie-monitor/vigie/services/detector/internal/nab"
	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

// oneAlarm is how far apart a rival's rows at its bound are two alarms: its rules look
// every two hours at the slowest. The benchmark itself counts each row.
const oneAlarm = 2 * time.Hour

// Scored is what a detector is worth on the benchmark's series.
type Scored struct {
	Name       string  `json:"name"`
	Source     string  `json:"source,omitempty"`
	Profile    string  `json:"profile"`
	Bound      float64 `json:"bound"`    // fixed, or as published: never chosen on the series
	ByAlarm    bool    `json:"by_alarm"` // rows less than two hours apart are one
	Raw        float64 `json:"raw"`
	Normalised float64 `json:"normalised"`
	Windows    int     `json:"windows"`
	Hit        int     `json:"hit"`
	FalseRows  int     `json:"false_rows"`
}

// benchmark is what stands in its folder.
type benchmark struct {
	series  []nab.Series
	windows [][]nab.Window
	names   []string
}

// readBenchmark reads combined_windows.json and the series of realTweets beside it.
func readBenchmark(folder fs.FS) (b benchmark, err error) {
	labels, err := fs.ReadFile(folder, "combined_windows.json")
	if err != nil {
		return b, fmt.Errorf("contest: %w", err)
	}
	windows, err := nab.ReadWindows(bytes.NewReader(labels))
	if err != nil {
		return b, fmt.Errorf("contest: %w", err)
	}
	b.names, err = fs.Glob(folder, "realTweets/*.csv")
	if err != nil || len(b.names) == 0 {
		return b, errors.Join(err, errors.New("contest: there is no series: they are looked for as realTweets/*.csv"))
	}
	for _, name := range b.names {
		series, err := readSeries(folder, name)
		if err != nil {
			return b, err
		}
		in, known := windows[name]
		if !known {
			return b, fmt.Errorf("contest: combined_windows.json does not name %s", name)
		}
		b.series, b.windows = append(b.series, series), append(b.windows, in)
	}
	return b, nil
}

func readSeries(folder fs.FS, name string) (nab.Series, error) {
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nab.Series{}, fmt.Errorf("contest: %w", err)
	}
	series, err := nab.ReadSeries(bytes.NewReader(text))
	if err == nil && len(series.Times) < 2 {
		err = errors.New("two rows at least are needed")
	}
	if err != nil {
		return nab.Series{}, fmt.Errorf("contest: %s: %w", path.Base(name), err)
	}
	return series, nil
}

// runs scores every series, each by a detector of its own.
func (b *benchmark) runs(fresh func(step time.Duration) func(time.Time, float64) float64) ([]*nab.Run, error) {
	var runs []*nab.Run
	for i, s := range b.series {
		observe := fresh(s.Times[1].Sub(s.Times[0]))
		scores := make([]float64, len(s.Values))
		for row, value := range s.Values {
			scores[row] = observe(s.Times[row], value)
		}
		run, err := nab.NewRun(s, b.windows[i], scores)
		if err != nil {
			return nil, fmt.Errorf("contest: %s: %w", b.names[i], err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// Benchmark scores everybody on the series of a folder: ours as `vigie detect` does, in
// every profile, the rivals in the standard one, by row and by alarm.
func Benchmark(folder fs.FS) ([]Scored, error) {
	b, err := readBenchmark(folder)
	if err != nil {
		return nil, err
	}
	runs, err := b.runs(func(time.Duration) func(time.Time, float64) float64 { return new(gauge.Gauge).Observe })
	if err != nil {
		return nil, err
	}
	var all []Scored
	for _, profile := range nab.Profiles() {
		all = append(all, scored("Vigie", runs, profile, detect.MeterThreshold, false))
	}
	for _, entry := range rival.All() {
		runs, err := b.runs(func(step time.Duration) func(time.Time, float64) float64 { return entry.New(step).Observe })
		if err != nil {
			return nil, err
		}
		for _, byAlarm := range []bool{false, true} {
			s := scored(entry.Name, runs, nab.Profiles()[0], entry.Bound, byAlarm)
			s.Source = entry.Source
			all = append(all, s)
		}
	}
	return all, nil
}

func scored(name string, runs []*nab.Run, profile nab.Profile, bound float64, byAlarm bool) Scored {
	var together time.Duration
	if byAlarm {
		together = oneAlarm
	}
	r := profile.Score(runs, bound, together)
	return Scored{
		Name: name, Profile: profile.Name, Bound: bound, ByAlarm: byAlarm,
		Raw: r.Raw, Normalised: r.Normalised, Windows: r.Windows, Hit: r.Hit, FalseRows: r.FalseRows,
	}
}
