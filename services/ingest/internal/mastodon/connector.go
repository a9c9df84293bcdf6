package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const sourceName = "mastodon"

// Connector reads one stream of one instance.
type Connector struct {
	server   url.URL
	token    string
	stream   stream
	lookback time.Duration
	client   *fetch.Client
	metrics  *Metrics
	timing   timing
}

// timing is what tests shorten.
type timing struct {
	silence time.Duration // no byte for so long: the connection is dead
	save    time.Duration // between two saves of the cursor
	retry   source.Pace
	overlap time.Duration // how far before the cursor the timeline is read again
	check   time.Duration // between two looks at the timeline for what the stream missed
	settled time.Duration // how old a status must be before the stream should have brought it
	fresh   time.Duration // how old a status of the timeline may be and still be live
	barren  time.Duration // deletions and no post for so long: the feed is closed
	bus     time.Duration // for acknowledgements: one that got lost never comes
}

var usualTiming = timing{
	silence: 30 * time.Second, save: time.Second,
	retry:   source.Pace{First: time.Second, Last: 2 * time.Minute, Steady: time.Minute, TooMany: 5 * time.Minute},
	overlap: time.Minute, check: 2 * time.Minute, settled: 30 * time.Second, fresh: 5 * time.Minute,
	barren: 10 * time.Minute, bus: 20 * time.Second,
}

// New makes the connector of one of the streams that cfg names. A nil *Metrics
// counts nothing.
func New(cfg config.Mastodon, streamName string, client *fetch.Client, metrics *Metrics) (*Connector, error) {
	server, err := url.Parse(cfg.Server)
	if err != nil || server.Host == "" || server.Scheme != "http" && server.Scheme != "https" {
		return nil, fmt.Errorf("mastodon: %q is not the address of an instance: write https://host", cfg.Server)
	}
	stream, err := parseStream(streamName)
	if err != nil {
		return nil, err
	}
	return &Connector{
		server: url.URL{Scheme: server.Scheme, Host: server.Host}, token: cfg.TokenFile.Value(), stream: stream,
		lookback: cfg.Lookback.Std(), client: client, metrics: metrics, timing: usualTiming,
	}, nil
}

// Describe implements source.Connector. The heartbeat comes every 15 s.
func (c *Connector) Describe() source.Description {
	return source.Description{Source: sourceName, Page: c.server.Host + " " + c.stream.name, Silence: 45 * time.Second}
}

// Run implements source.Connector. It gives up when the instance refuses the token.
func (c *Connector) Run(ctx context.Context, sink *source.Sink) error {
	reader, retry := newReader(c, sink), source.NewRetry(c.timing.retry, sink)
	return source.Repeat(ctx, reader.session, func(err error, lasted time.Duration) (time.Duration, error) {
		c.metrics.ended(err)
		if errors.Is(err, errToken) {
			return 0, err
		}
		return retry.Ended(err, lasted), nil
	})
}

// stream is one of the streams of an instance.
type stream struct {
	name     string // as the config writes it
	path     string // under /api/v1/streaming/
	query    url.Values
	timeline string // under /api/v1/
	filter   url.Values
	feed     string // that must be open: "live_feeds", "hashtag_feeds" or ""
	halves   []string
	filtered bool // everything flows by: only what a brand wants is brought
}

func parseStream(name string) (stream, error) {
	both := []string{"local", "remote"}
	public := stream{name: name, timeline: "timelines/public", feed: "live_feeds", halves: both, filtered: true}
	switch {
	case name == "public":
		public.path = "public"
		return public, nil
	case name == "public:local" || name == "public:remote":
		half := strings.TrimPrefix(name, "public:")
		public.path, public.filter, public.halves = "public/"+half, url.Values{half: {"true"}}, []string{half}
		return public, nil
	case name == "user:notification":
		return stream{name: name, path: "user", timeline: "notifications", filter: url.Values{"types[]": {"mention"}}}, nil
	case strings.HasPrefix(name, "hashtag:") && len(name) > len("hashtag:"):
		tag := strings.TrimPrefix(strings.TrimPrefix(name, "hashtag:"), "#")
		return stream{
			name: name, path: "hashtag", query: url.Values{"tag": {tag}},
			timeline: "timelines/tag/" + url.PathEscape(tag), feed: "hashtag_feeds", halves: both,
		}, nil
	default:
		return stream{}, fmt.Errorf("mastodon: %q is no stream: write public, public:local, public:remote, user:notification or hashtag:<tag>", name)
	}
}

// notifies says whether the stream is of notifications.
func (s stream) notifies() bool { return s.timeline == "notifications" }
