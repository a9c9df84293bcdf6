package obs

import (
	"io"
	"log/slog"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// Buckets for histograms of seconds: one set for work inside a process, one for
// what people wait for.
var (
	WorkSeconds  = []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5}
	DelaySeconds = []float64{.05, .1, .25, .5, 1, 2, 5, 10, 30, 60, 300, 900, 3600}
)

// Logger makes the process's logger as the config says.
func Logger(w io.Writer, cfg config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Version is the module's version or the commit it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value[:min(12, len(setting.Value))]
		}
	}
	if info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}

// NewRegistry makes the process's registry, with what Go and the system tell of
// the process.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "vigie_build_info", Help: "Always 1; the label tells what is running.",
	}, []string{"version"})
	build.WithLabelValues(Version()).Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// Labelled makes a counter vector with every value of its one label created, so
// that a rate exists before the first event.
func Labelled[T ~string](registry prometheus.Registerer, name, help, label string, values []T) *prometheus.CounterVec {
	vector := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	for _, value := range values {
		vector.WithLabelValues(string(value))
	}
	registry.MustRegister(vector)
	return vector
}
