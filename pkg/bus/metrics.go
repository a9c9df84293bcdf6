package bus

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what passes. A nil *Metrics counts nothing.
type Metrics struct {
	handledTotal *prometheus.CounterVec
	deadTotal    *prometheus.CounterVec
}

// NewMetrics registers the bus's metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		handledTotal: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_bus_messages_handled_total", Help: "Messages handled, by consumer and outcome (ack, retry, dead).",
		}, []string{"consumer", "outcome"}),
		deadTotal: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_bus_dead_letters_total", Help: "Dead letters kept, by reason.",
		}, []string{"reason"}),
	}
	for _, consumer := range allConsumers {
		for _, outcome := range []string{"ack", "retry", "dead"} {
			m.handledTotal.WithLabelValues(consumer.Durable, outcome)
		}
	}
	for _, reason := range Reasons {
		m.deadTotal.WithLabelValues(string(reason))
	}
	registry.MustRegister(m.handledTotal, m.deadTotal)
	return m
}

func (m *Metrics) handled(consumer, outcome string) {
	if m != nil {
		m.handledTotal.WithLabelValues(consumer, outcome).Inc()
	}
}

func (m *Metrics) dead(reason Reason) {
	if m != nil {
		m.deadTotal.WithLabelValues(string(reason)).Inc()
	}
}
