package bluesky

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const sourceName = "bluesky"

// Connector reads one feed.
type Connector struct {
	feed     url.URL
	appView  string
	web      string // in place of site, where it is set
	lookback time.Duration
	client   *fetch.Client
	metrics  *Metrics
	timing   timing
}

// timing is what tests shorten.
type timing struct {
	silence time.Duration // no event for so long: the connection is dead
	ping    time.Duration // between pings, which keep middle boxes awake
	rewind  time.Duration // how far before the cursor to ask again
	save    time.Duration // between two saves of the cursor
	retry   source.Pace
	jump    time.Duration // of the feed's time that is taken for a loss
	fresh   time.Duration // how old an event may be at connection and still be live
	lookup  time.Duration // for who the authors are
	bus     time.Duration // for acknowledgements: one that got lost never comes
}

var usualTiming = timing{
	silence: 20 * time.Second, ping: 10 * time.Second, rewind: 5 * time.Second, save: time.Second,
	retry: source.Pace{First: 500 * time.Millisecond, Last: time.Minute, Steady: 30 * time.Second, TooMany: time.Minute},
	jump:  time.Minute, fresh: time.Minute, lookup: 2 * time.Second, bus: 20 * time.Second,
}

// maxLookback is how far back the public feeds go.
const maxLookback = 36 * time.Hour

// New makes the connector of a feed. A nil *Metrics counts nothing.
func New(cfg config.Bluesky, client *fetch.Client, metrics *Metrics) (*Connector, error) {
	feed, err := url.Parse(cfg.URL)
	if err != nil || feed.Host == "" || feed.Scheme != "ws" && feed.Scheme != "wss" {
		return nil, fmt.Errorf("bluesky: %q is not the address of a feed: write wss://host/subscribe", cfg.URL)
	}
	if feed.Path == "" || feed.Path == "/" {
		feed.Path = "/subscribe"
	}
	return &Connector{
		feed: *feed, appView: appViewOf(feed), web: cfg.WebURL, lookback: min(cfg.Lookback.Std(), maxLookback),
		client: client, metrics: metrics, timing: usualTiming,
	}, nil
}

// appViewOf is where to ask who an author is: Bluesky's public view for its own
// feeds; for any other beside the feed, at its host and below the same path.
func appViewOf(feed *url.URL) string {
	if strings.HasSuffix(feed.Hostname(), ".bsky.network") {
		return "https://public.api.bsky.app"
	}
	return strings.Replace(feed.Scheme, "ws", "http", 1) + "://" + feed.Host + strings.TrimSuffix(feed.Path, "/subscribe")
}

// Describe implements source.Connector.
func (c *Connector) Describe() source.Description {
	return source.Description{Source: sourceName, Page: c.feed.Host, Silence: 45 * time.Second}
}

// Run implements source.Connector. The feed asks for no password: there is no
// error after which trying again could not help.
func (c *Connector) Run(ctx context.Context, sink *source.Sink) error {
	reader, retry := newReader(c, sink), source.NewRetry(c.timing.retry, sink)
	return source.Repeat(ctx, reader.session, func(err error, lasted time.Duration) (time.Duration, error) {
		c.metrics.ended(err)
		return retry.Ended(err, lasted), nil
	})
}
