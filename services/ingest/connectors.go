package ingest

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/bluesky"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/rss"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// build makes the connectors that the config names: the one place that knows
// them all.
func build(cfg *config.Config, _ *bus.Bus, registry prometheus.Registerer) ([]source.Connector, error) {
	client := fetch.New(fetch.Options{AllowPrivate: cfg.Sources.AllowPrivateAddresses})
	var connectors []source.Connector
	if feeds := cfg.Sources.RSS; feeds != nil {
		metrics := rss.NewMetrics(registry)
		for _, feed := range feeds.Feeds {
			connectors = append(connectors, rss.New(feed, feeds.Every.Std(), client, metrics))
		}
	}
	if feed := cfg.Sources.Bluesky; feed != nil {
		connector, err := bluesky.New(*feed, client, bluesky.NewMetrics(registry))
		if err != nil {
			return nil, err
		}
		connectors = append(connectors, connector)
	}
	return connectors, nil
}
