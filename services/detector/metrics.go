package detector

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

type metrics struct {
	observed prometheus.Counter
	changes  *prometheus.CounterVec
	blind    prometheus.Gauge
	learnt   prometheus.Gauge
}

var levelNames = map[detect.Level]string{detect.Watch: "watch", detect.Alert: "alert", detect.Crisis: "crisis"}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		observed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vigie_detector_mentions_observed_total", Help: "Scored mentions read.",
		}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_detector_incidents_changed_total", Help: "Incidents that reached a level, or were resolved from it.",
		}, []string{"level", "change"}),
		blind: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vigie_detector_sources_blind", Help: "Pages that cannot be seen now.",
		}),
		learnt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vigie_detector_past_learnt_timestamp_seconds", Help: "When the past of the brands was last read, since 1970.",
		}),
	}
	for _, level := range levelNames {
		m.changes.WithLabelValues(level, "reached")
		m.changes.WithLabelValues(level, "resolved")
	}
	registry.MustRegister(m.observed, m.changes, m.blind, m.learnt)
	return m
}

func (m *metrics) changed(incident detect.Incident) {
	change := "reached"
	if !incident.Resolved.IsZero() {
		change = "resolved"
	}
	m.changes.WithLabelValues(levelNames[incident.Level], change).Inc()
}
