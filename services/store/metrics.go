package store

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

type metrics struct {
	rows     *prometheus.CounterVec
	failures *prometheus.CounterVec
	amended  *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		rows: obs.Labelled(registry, "vigie_store_rows_inserted_total",
			"Rows inserted, by table.", "table", tables),
		failures: obs.Labelled(registry, "vigie_store_inserts_failed_total",
			"Inserts that failed and will be tried again, by table.", "table", tables),
		amended: obs.Labelled(registry, "vigie_store_mentions_amended_total",
			"Mentions not written as they came: deleted, outdated (neither is written), other_time.", "reason", amendments),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vigie_store_insert_duration_seconds", Help: "Duration of an insert, by table.",
			Buckets: obs.WorkSeconds,
		}, []string{"table"}),
	}
	registry.MustRegister(m.seconds)
	return m
}
