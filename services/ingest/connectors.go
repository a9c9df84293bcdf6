package ingest

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/bluesky"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/mastodon"
	"github.com/vigie-monitor/vigie/services/ingest/internal/rss"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/x"
)

// build makes the connectors that the config names: the one place that knows
// them all.
func build(cfg *config.Config, b *bus.Bus, registry prometheus.Registerer) ([]source.Connector, error) {
	client := fetch.New(fetch.Options{AllowPrivate: cfg.Sources.AllowPrivateAddresses})
	var connectors []source.Connector
	if feeds := cfg.Sources.RSS; feeds != nil {
		for _, connector := range rss.New(*feeds, client, rss.NewMetrics(registry)) {
			connectors = append(connectors, connector)
		}
	}
	if feed := cfg.Sources.Bluesky; feed != nil {
		connector, err := bluesky.New(*feed, client, bluesky.NewMetrics(registry))
		if err != nil {
			return nil, err
		}
		connectors = append(connectors, connector)
	}
	if len(cfg.Sources.Mastodon) > 0 {
		metrics := mastodon.NewMetrics(registry)
		for _, server := range cfg.Sources.Mastodon {
			for _, stream := range server.Streams {
				connector, err := mastodon.New(server, stream, client, metrics)
				if err != nil {
					return nil, err
				}
				connectors = append(connectors, connector)
			}
		}
	}
	if account := cfg.Sources.X; account != nil {
		connectors = append(connectors, x.New(*account, client, b, x.NewMetrics(registry)))
	}
	return connectors, nil
}
