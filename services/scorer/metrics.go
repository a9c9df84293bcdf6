package scorer

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

// languages are the label values of scored mentions; any other is "other".
var languages = []string{"fr", "en", "und", "other"}

type metrics struct {
	scored  *prometheus.CounterVec
	dropped *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	return &metrics{
		scored: obs.Labelled(registry, "vigie_scorer_mentions_scored_total",
			"Mentions that concern a brand, by language.", "language", languages),
		dropped: obs.Labelled(registry, "vigie_scorer_mentions_dropped_total",
			"Mentions that concern no brand, by reason.", "reason", []string{reasonNoBrand}),
	}
}

func languageLabel(language string) string {
	switch language {
	case "fr", "en", "und":
		return language
	default:
		return "other"
	}
}
