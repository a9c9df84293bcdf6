package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

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
	silence    time.Duration // no byte for so long: the connection is dead
	save       time.Duration // between two saves of the cursor
	steady     time.Duration // a session this long earns a fresh back-off
	firstRetry time.Duration
	lastRetry  time.Duration
	tooMany    time.Duration // wait after a 429 that says no time
	overlap    time.Duration // how far before the cursor the timeline is read again
	check      time.Duration // between two looks at the timeline for what the stream missed
	settled    time.Duration // how old a status must be before the stream should have brought it
	fresh      time.Duration // how old a status of the timeline may be and still be live
	barren     time.Duration // deletions and no post for so long: the feed is closed
	bus        time.Duration // for acknowledgements: one that got lost never comes
}

var usualTiming = timing{
	silence: 30 * time.Second, save: time.Second, steady: time.Minute,
	firstRetry: time.Second, lastRetry: 2 * time.Minute, tooMany: 5 * time.Minute,
	overlap: time.Minute, check: 2 * time.Minute, settled: 30 * time.Second, fresh: 5 * time.Minute,
	barren: 10 * time.Minute, bus: 20 * time.Second,
}

// worthSaying is a wait that makes the instance blind, rather than a hiccup.
const worthSaying = 30 * time.Second

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
	reader := newReader(c, sink)
	retry := c.newRetry()
	for {
		began := time.Now()
		err := reader.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c.metrics.ended(err)
		if errors.Is(err, errToken) {
			return err
		}
		if time.Since(began) >= c.timing.steady {
			retry.Reset()
		}
		wait := c.complain(sink, err, retry.NextBackOff())
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

func (c *Connector) newRetry() *backoff.ExponentialBackOff {
	retry := backoff.NewExponentialBackOff() // with jitter: an instance that restarts is not stormed
	retry.InitialInterval, retry.MaxInterval, retry.Multiplier = c.timing.firstRetry, c.timing.lastRetry, 2
	retry.Reset()
	return retry
}

// complain says why a session ended, and answers how long to wait.
func (c *Connector) complain(sink *source.Sink, err error, wait time.Duration) time.Duration {
	if errors.Is(err, errBus) {
		sink.Logger().Warn("mastodon: cannot hand over what was read, reading it again", "err", err, "in", wait)
		return wait // our own fault: the instance is not blind
	}
	sink.Failing(err)
	var refusal *refusedError
	if errors.As(err, &refusal) {
		wait = max(wait, c.rest(sink, refusal))
	}
	sink.Logger().Info("mastodon: the stream ended, opening it again", "err", err, "in", wait.Round(time.Millisecond))
	return wait
}

// rest is how long to leave an instance alone that asked for it, and notes a
// quota that is used up.
func (c *Connector) rest(sink *source.Sink, refusal *refusedError) time.Duration {
	wait := refusal.wait
	if refusal.tooMany() && wait == 0 {
		wait = c.timing.tooMany
	}
	if refusal.tooMany() && wait >= worthSaying {
		sink.Exhausted(time.Now().Add(wait), refusal)
	}
	return wait
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
