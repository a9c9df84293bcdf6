package pager

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
)

// outcomes of an attempt: the channel took the page; it did not and will be
// tried again; it was given up.
const (
	outcomeSent    = "sent"
	outcomeRetried = "retried"
	outcomeFailed  = "failed"
)

type metrics struct {
	pages   *prometheus.CounterVec
	ends    *prometheus.CounterVec
	delay   prometheus.Histogram
	unacked prometheus.Gauge
}

func newMetrics(registry prometheus.Registerer, channels []config.Channel) *metrics {
	m := &metrics{
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_pager_pages_total", Help: "Attempts to send a page, by channel and outcome (sent, retried, failed).",
		}, []string{"channel", "outcome"}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_pager_ends_total", Help: "Attempts to tell those paged that it is over, by channel and outcome.",
		}, []string{"channel", "outcome"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "vigie_pager_page_delay_seconds",
			Help:    "From receipt of the mention that tipped an incident to its first page accepted by a channel.",
			Buckets: obs.DelaySeconds,
		}),
		unacked: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vigie_pager_unacked_crises", Help: "Crises that go on and nobody took in charge; 0 on a pager that stands by.",
		}),
	}
	m.know(channels)
	registry.MustRegister(m.pages, m.ends, m.delay, m.unacked)
	return m
}

// know makes the series of channels before anything passes.
func (m *metrics) know(channels []config.Channel) {
	for _, c := range channels {
		for _, outcome := range []string{outcomeSent, outcomeRetried, outcomeFailed} {
			m.pages.WithLabelValues(c.ID, outcome)
			m.ends.WithLabelValues(c.ID, outcome)
		}
	}
}
