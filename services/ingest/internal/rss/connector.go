package rss

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	minEvery = time.Second
	// busRetry is the wait after our own bus refused something.
	busRetry = 2 * time.Second
)

// ErrGone means that a site took its feed away for good.
var ErrGone = errors.New("the site says that this feed is gone for good (410)")

// Connector polls one feed.
type Connector struct {
	url     string
	every   time.Duration
	client  *fetch.Client
	metrics *Metrics
	limits  limits
	retry   time.Duration // after our own bus refused something
	site    *site

	memory  *memory                     // nil until it is loaded
	again   *backoff.ExponentialBackOff // after a reading that failed
	trouble source.Trouble              // our own bus refuses
}

// New makes the connectors of feeds, each read every so often unless it has a
// rhythm of its own. A nil *Metrics counts nothing.
func New(cfg config.RSS, client *fetch.Client, metrics *Metrics) []*Connector {
	var addresses []string
	for _, feed := range cfg.Feeds {
		addresses = append(addresses, feed.URL)
	}
	sites := newSites(addresses)
	connectors := make([]*Connector, len(cfg.Feeds))
	for i, feed := range cfg.Feeds {
		every := max(feed.Every.Or(cfg.Every.Or(config.DefaultFeedEvery)), minEvery)
		again := client.Hosts().Schedule()
		again.MaxInterval = max(every, again.InitialInterval)
		connectors[i] = &Connector{
			url: feed.URL, every: every, client: client, metrics: metrics, site: sites[hostOfFeed(feed.URL)],
			limits: defaultLimits, retry: busRetry, again: again,
		}
	}
	return connectors
}

// Describe implements source.Connector. A feed has no heartbeat: one that answers
// no more is found out at the next reading, and a reading that failed is tried
// again at once enough that it is told within a minute, whatever the rhythm
// (source.Patience after the first failure). Silence is for what should not
// happen: that no reading comes about.
func (c *Connector) Describe() source.Description {
	return source.Description{Source: "rss", Page: c.url, Silence: 2*c.every + 2*time.Minute}
}

// Run implements source.Connector.
func (c *Connector) Run(ctx context.Context, sink *source.Sink) error {
	poll := func(ctx context.Context) error { return c.poll(ctx, sink) }
	return source.Repeat(ctx, poll, func(err error, _ time.Duration) (time.Duration, error) { return c.rest(sink, err) })
}

// restingError means that the host was not asked, because it wants peace.
type restingError struct {
	host string
	rest time.Duration
}

func (e *restingError) Error() string {
	return fmt.Sprintf("rss: %s is left alone for another %s", e.host, e.rest.Round(time.Second))
}

// poll reads the feed once.
func (c *Connector) poll(ctx context.Context, sink *source.Sink) error {
	if err := c.load(ctx, sink); err != nil {
		return errors.Join(source.ErrBus, err)
	}
	address, host := c.address()
	if rest := c.client.Hosts().Rest(host, time.Now()); rest > 0 {
		return &restingError{host, rest}
	}
	err := c.read(ctx, sink, address)
	if ctx.Err() == nil {
		c.metrics.read(err)
	}
	return err
}

// rest says how long to wait after a reading, and tells what its end means. An
// error is final.
func (c *Connector) rest(sink *source.Sink, err error) (time.Duration, error) {
	_, host := c.address()
	var resting *restingError
	var refusal *refusedError
	switch {
	case err == nil:
		c.client.Hosts().Served(host)
		c.again.Reset()
		c.trouble.Over()
		return c.usual(), nil
	case errors.Is(err, ErrGone):
		return 0, fmt.Errorf("rss: %s: %w: take it out of sources.rss.feeds", c.url, err)
	case errors.Is(err, source.ErrBus):
		c.trouble.Goes(sink.Logger(), "rss: cannot hand over what was read, trying again", err)
		return c.retry, nil
	case errors.As(err, &resting):
		sink.Failing(err)
		return spread(resting.rest), nil
	}
	c.memory.Moved = "" // if the new address was at fault, the old one gets its chance
	sink.Failing(err)
	sink.Logger().Debug("rss: reading failed", "err", err)
	if !errors.As(err, &refusal) {
		return spread(c.again.NextBackOff()), nil
	}
	rest := c.client.Hosts().Refused(host, time.Now(), refusal.wait)
	if refusal.quota && rest >= source.Patience {
		sink.Exhausted(time.Now().Add(rest), err)
	}
	return spread(rest), nil
}

func (c *Connector) load(ctx context.Context, sink *source.Sink) error {
	if c.memory != nil {
		return nil
	}
	if err := c.site.load(ctx, sink); err != nil {
		return err
	}
	var m memory
	if _, err := sink.LoadCursor(ctx, c.url, &m); err != nil {
		return err
	}
	c.memory = &m
	return nil
}

// address is where the feed is read: where it was found for good at the last
// reading, or where the config says.
func (c *Connector) address() (address, host string) {
	address = c.url
	if c.memory != nil && c.memory.Moved != "" {
		address = c.memory.Moved
	}
	if parsed, err := url.Parse(address); err == nil {
		host = parsed.Host
	}
	return address, host
}

// usual is the rhythm, a little uneven, so that the feeds of one host do not
// stay in step.
func (c *Connector) usual() time.Duration {
	return c.every - c.every/20 + rand.N(c.every/10+1)
}

// spread adds a little to a wait that others share.
func spread(d time.Duration) time.Duration {
	return d + rand.N(d/10+time.Millisecond)
}
