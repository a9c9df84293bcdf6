package rss

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Metrics of all feeds. A nil *Metrics measures nothing.
type Metrics struct {
	readsTotal *prometheus.CounterVec
	itemsTotal *prometheus.CounterVec
}

// Outcomes of a reading, and what becomes of the items of a document: "seen" are
// all of them, so that what is neither new nor edited nor repeated nor refused
// was known.
var (
	readOutcomes = []string{"read", "failed", "refused", "gone", "bus"}
	itemOutcomes = []string{"seen", "new", "edited", "repeated", "refused"}
)

// NewMetrics registers the metrics, every label pre-created.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	return &Metrics{
		readsTotal: obs.Labelled(registry, "vigie_ingest_rss_reads_total",
			"Readings of feeds, by outcome.", "outcome", readOutcomes),
		itemsTotal: obs.Labelled(registry, "vigie_ingest_rss_items_total",
			"Items in the feeds read, by what became of them.", "outcome", itemOutcomes),
	}
}

func (m *Metrics) read(err error) {
	if m == nil {
		return
	}
	var refusal *refusedError
	outcome := "failed"
	switch {
	case err == nil:
		outcome = "read"
	case errors.As(err, &refusal):
		outcome = "refused"
	case errors.Is(err, ErrGone):
		outcome = "gone"
	case errors.Is(err, source.ErrBus):
		outcome = "bus"
	}
	m.readsTotal.WithLabelValues(outcome).Inc()
}

func (m *Metrics) items(p plan, refused int) {
	if m == nil {
		return
	}
	for outcome, n := range map[string]int{
		"seen": p.seen + refused, "new": p.fresh, "edited": p.edited, "repeated": p.repeated, "refused": refused,
	} {
		m.itemsTotal.WithLabelValues(outcome).Add(float64(n))
	}
}
