package bluesky

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Metrics count what passes on the feed. A nil *Metrics counts nothing.
type Metrics struct {
	eventsTotal   *prometheus.CounterVec
	endsTotal     *prometheus.CounterVec
	lostSeconds   prometheus.Counter
	accountsTotal *prometheus.CounterVec
	lookupsTotal  *prometheus.CounterVec
}

// NewMetrics registers the metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	counter := func(name, help, label string, values ...string) *prometheus.CounterVec {
		vector := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "vigie_ingest_bluesky_" + name, Help: help}, []string{label})
		registry.MustRegister(vector)
		for _, value := range values {
			vector.WithLabelValues(value)
		}
		return vector
	}
	m := &Metrics{
		eventsTotal:   counter("events_total", "Events received, by kind.", "kind", "create", "update", "delete", "identity", "account", "other"),
		endsTotal:     counter("sessions_ended_total", "Connections that ended, by reason.", "reason", "silent", "too_slow", "refused", "too_many", "bus", "broken"),
		accountsTotal: counter("accounts_ended_total", "Accounts of the network that ended, by status.", "status", "deleted", "takendown"),
		lookupsTotal:  counter("lookups_total", "Questions who authors are, by outcome.", "outcome", "answered", "failed"),
		lostSeconds: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vigie_ingest_bluesky_lost_seconds_total", Help: "Time on the feed that it left out: what was said then is lost.",
		}),
	}
	registry.MustRegister(m.lostSeconds)
	return m
}

func (m *Metrics) event(e *event) {
	if m == nil {
		return
	}
	kind := "other"
	switch {
	case e.isPost() && (e.Commit.Operation == "create" || e.Commit.Operation == "update" || e.Commit.Operation == "delete"):
		kind = e.Commit.Operation
	case e.Kind == "identity" || e.Kind == "account":
		kind = e.Kind
	}
	m.eventsTotal.WithLabelValues(kind).Inc()
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
	case errors.Is(err, errTooSlow):
		reason = "too_slow"
	case errors.Is(err, source.ErrBus):
		reason = "bus"
	case errors.As(err, &refusal) && refusal.TooMany():
		reason = "too_many"
	case refusal != nil:
		reason = "refused"
	}
	m.endsTotal.WithLabelValues(reason).Inc()
}

func (m *Metrics) lost(d time.Duration) {
	if m != nil {
		m.lostSeconds.Add(d.Seconds())
	}
}

func (m *Metrics) accountEnded(status string) {
	if m != nil {
		m.accountsTotal.WithLabelValues(status).Inc()
	}
}

func (m *Metrics) lookedUp(err error) {
	switch {
	case m == nil || errors.Is(err, context.Canceled):
	case err != nil:
		m.lookupsTotal.WithLabelValues("failed").Inc()
	default:
		m.lookupsTotal.WithLabelValues("answered").Inc()
	}
}
