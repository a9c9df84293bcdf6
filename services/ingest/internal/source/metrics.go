package source

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/obs"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Names are the sources there are connectors for.
var Names = []string{"rss", "bluesky", "mastodon", "x"}

// versions are the label values of published mentions. A later version counts as
// a first one once its mention is forgotten: when maxBrought others came since, or
// after a restart.
var versions = []string{"first", "later"}

// Metrics of all connectors. A nil *Metrics measures nothing.
type Metrics struct {
	receivedTotal  *prometheus.CounterVec
	publishedTotal *prometheus.CounterVec
	duplicateTotal *prometheus.CounterVec
	deletedTotal   *prometheus.CounterVec
	refusedTotal   *prometheus.CounterVec
	lagSeconds     *prometheus.HistogramVec
	lastSign       *prometheus.GaugeVec
}

// NewMetrics registers the metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		vector := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "vigie_ingest_" + name, Help: help}, labels)
		registry.MustRegister(vector)
		return vector
	}
	m := &Metrics{
		receivedTotal:  counter("mentions_received_total", "Versions of mentions read and not known to be on the bus, by source.", "source"),
		publishedTotal: counter("mentions_published_total", "Versions of mentions that the bus took, by source: the first of a mention, or a later one.", "source", "version"),
		duplicateTotal: counter("mentions_duplicate_total", "Versions of mentions read again although the bus had them, by source.", "source"),
		deletedTotal:   counter("mentions_deleted_total", "Deletions announced, by source.", "source"),
		refusedTotal:   counter("mentions_refused_total", "Input kept as dead letters, by source and reason.", "source", "reason"),
		lagSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vigie_ingest_source_lag_seconds", Help: "From published to received, live mentions, by source.",
			Buckets: obs.DelaySeconds,
		}, []string{"source"}),
		lastSign: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "vigie_ingest_last_sign_timestamp_seconds", Help: "Last sign of life, by source.",
		}, []string{"source"}),
	}
	registry.MustRegister(m.lagSeconds, m.lastSign)
	for _, source := range Names {
		m.receivedTotal.WithLabelValues(source)
		m.duplicateTotal.WithLabelValues(source)
		for _, version := range versions {
			m.publishedTotal.WithLabelValues(source, version)
		}
		m.deletedTotal.WithLabelValues(source)
		for _, reason := range bus.Reasons {
			m.refusedTotal.WithLabelValues(source, string(reason))
		}
	}
	return m
}

func (m *Metrics) received(mention *vigiev1.Mention, now time.Time) {
	if m == nil {
		return
	}
	m.receivedTotal.WithLabelValues(mention.Source).Inc()
	if mention.Origin == vigiev1.Origin_ORIGIN_LIVE {
		m.lagSeconds.WithLabelValues(mention.Source).Observe(now.Sub(mention.PublishedTime.AsTime()).Seconds())
	}
}

func (m *Metrics) published(mention *vigiev1.Mention, later bool) {
	if m == nil {
		return
	}
	version := versions[0]
	if later {
		version = versions[1]
	}
	m.publishedTotal.WithLabelValues(mention.Source, version).Inc()
}

func (m *Metrics) duplicate(mention *vigiev1.Mention) {
	if m != nil {
		m.duplicateTotal.WithLabelValues(mention.Source).Inc()
	}
}

func (m *Metrics) deleted(source string) {
	if m != nil {
		m.deletedTotal.WithLabelValues(source).Inc()
	}
}

func (m *Metrics) refused(source string, reason bus.Reason) {
	if m != nil {
		m.refusedTotal.WithLabelValues(source, string(reason)).Inc()
	}
}

func (m *Metrics) alive(source string) {
	if m != nil {
		m.lastSign.WithLabelValues(source).SetToCurrentTime()
	}
}
