package x

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

// Metrics of the connector. A nil *Metrics measures nothing.
type Metrics struct {
	spendUSD        prometheus.Gauge
	budgetUSD       prometheus.Gauge
	boughtTotal     *prometheus.CounterVec
	reconnectsTotal *prometheus.CounterVec
	refusedTotal    prometheus.Counter
	gapsTotal       *prometheus.CounterVec
}

// Labels: where posts are bought, why streams end, what becomes of gaps.
const (
	byStream = "stream"
	bySearch = "search"
)

var (
	endpoints = []string{byStream, bySearch}
	classes   = map[class]string{
		network: "network", server: "server", limited: "limited", bankrupt: "bankrupt", spent: "budget", ours: "bus", final: "final",
	}
	gapOutcomes = []string{"opened", "filled"}
)

// NewMetrics registers the metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		registry.MustRegister(g)
		return g
	}
	var reasons []string
	for _, name := range classes {
		reasons = append(reasons, name)
	}
	m := &Metrics{
		spendUSD:  gauge("vigie_ingest_x_spend_usd", "Spent at X this month (UTC), in US dollars."),
		budgetUSD: gauge("vigie_ingest_x_budget_usd", "What may be spent at X in a month, in US dollars."),
		boughtTotal: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_ingest_x_bought_total", Help: "What was read at X and paid for: posts and their authors, by endpoint.",
		}, []string{"goods", "endpoint"}),
		reconnectsTotal: obs.Labelled(registry, "vigie_ingest_x_disconnects_total",
			"Streams that ended or could not be opened, by reason.", "reason", reasons),
		refusedTotal: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vigie_ingest_x_rules_refused_total", Help: "Rules that X did not take: brands not seen there.",
		}),
		gapsTotal: obs.Labelled(registry, "vigie_ingest_x_gaps_total",
			"Times the stream was away and search had to fill the gap, by outcome.", "outcome", gapOutcomes),
	}
	registry.MustRegister(m.refusedTotal, m.boughtTotal)
	for sold := range prices {
		for _, endpoint := range endpoints {
			m.boughtTotal.WithLabelValues(string(sold), endpoint)
		}
	}
	return m
}

func (m *Metrics) spend(spent, budget float64) {
	if m != nil {
		m.spendUSD.Set(spent)
		m.budgetUSD.Set(budget)
	}
}

func (m *Metrics) bought(sold goods, endpoint string) {
	if m != nil {
		m.boughtTotal.WithLabelValues(string(sold), endpoint).Inc()
	}
}

func (m *Metrics) disconnected(c class) {
	if m != nil {
		m.reconnectsTotal.WithLabelValues(classes[c]).Inc()
	}
}

func (m *Metrics) refusedRules(n int) {
	if m != nil {
		m.refusedTotal.Add(float64(n))
	}
}

func (m *Metrics) gap(outcome string) {
	if m != nil {
		m.gapsTotal.WithLabelValues(outcome).Inc()
	}
}
