package mastodon

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Metrics count what passes on all streams of all instances. A nil *Metrics
// counts nothing.
type Metrics struct {
	eventsTotal *prometheus.CounterVec
	endsTotal   *prometheus.CounterVec
	missedTotal prometheus.Counter
}

var eventNames = []string{"update", "status.update", "delete", "notification", "heartbeat"}

// NewMetrics registers the metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	counter := func(name, help, label string, values ...string) *prometheus.CounterVec {
		vector := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "vigie_ingest_mastodon_" + name, Help: help}, []string{label})
		registry.MustRegister(vector)
		for _, value := range values {
			vector.WithLabelValues(value)
		}
		return vector
	}
	m := &Metrics{
		eventsTotal: counter("events_total", "Events of the streams, by name.", "name", append([]string{"other"}, eventNames...)...),
		endsTotal:   counter("sessions_ended_total", "Streams that ended, by reason.", "reason", "silent", "deaf", "token", "too_many", "refused", "bus", "broken"),
		missedTotal: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vigie_ingest_mastodon_missed_total", Help: "Posts that a stream missed and the timeline had.",
		}),
	}
	registry.MustRegister(m.missedTotal)
	return m
}

func (m *Metrics) event(name string) {
	if m == nil {
		return
	}
	label := "other"
	if name == "" {
		name = "heartbeat"
	}
	for _, known := range eventNames {
		if name == known {
			label = known
		}
	}
	m.eventsTotal.WithLabelValues(label).Inc()
}

func (m *Metrics) missed(n int) {
	if m != nil {
		m.missedTotal.Add(float64(n))
	}
}

func (m *Metrics) ended(err error) {
	if m == nil {
		return
	}
	reason := "broken"
	var refusal *source.RefusedError
	switch {
	case errors.Is(err, errSilent):
		reason = "silent"
	case errors.Is(err, errDeaf):
		reason = "deaf"
	case errors.Is(err, errToken):
		reason = "token"
	case errors.Is(err, source.ErrBus):
		reason = "bus"
	case errors.As(err, &refusal) && refusal.TooMany():
		reason = "too_many"
	case refusal != nil:
		reason = "refused"
	}
	m.endsTotal.WithLabelValues(reason).Inc()
}
