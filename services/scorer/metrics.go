package scorer

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
)

type metrics struct {
	scored  *prometheus.CounterVec
	dropped *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	return &metrics{
		scored: obs.Labelled(registry, "vigie_scorer_mentions_scored_total",
			"Mentions that concern a brand, by language.", "language", append(language.All(), language.Undetermined)),
		dropped: obs.Labelled(registry, "vigie_scorer_mentions_dropped_total",
			"Mentions that concern no brand, by reason.", "reason", []string{reasonNoBrand}),
	}
}
