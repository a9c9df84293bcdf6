package rss

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	defaultEvery = 10 * time.Minute
	minEvery     = time.Second
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

	memory *memory // nil until it is loaded
}

// New makes the connector of a feed, read every so often unless the feed has a
// rhythm of its own. A nil *Metrics counts nothing.
func New(feed config.Feed, every time.Duration, client *fetch.Client, metrics *Metrics) *Connector {
	every = feed.Every.Or(every)
	if every == 0 {
		every = defaultEvery
	}
	return &Connector{
		url: feed.URL, every: max(every, minEvery), client: client, metrics: metrics,
		limits: defaultLimits, retry: busRetry,
	}
}

// Describe implements source.Connector. A feed has no heartbeat: it is silent
// when two readings in a row did not come about.
func (c *Connector) Describe() source.Description {
	return source.Description{Source: "rss", Page: c.url, Silence: 2*c.every + 2*time.Minute}
}

// Run implements source.Connector.
func (c *Connector) Run(ctx context.Context, sink *source.Sink) error {
	for {
		wait, err := c.poll(ctx, sink)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// poll reads the feed once and answers how long to wait. An error is final.
func (c *Connector) poll(ctx context.Context, sink *source.Sink) (time.Duration, error) {
	if err := c.load(ctx, sink); err != nil {
		sink.Logger().Warn("rss: cannot read the cursor, trying again", "err", err)
		return c.retry, nil
	}
	address, host := c.address()
	if rest := c.client.Hosts().Rest(host, time.Now()); rest > 0 {
		sink.Failing(fmt.Errorf("rss: %s is left alone for another %s", host, rest.Round(time.Second)))
		return spread(rest), nil
	}
	err := c.read(ctx, sink, address)
	if ctx.Err() != nil {
		return 0, nil
	}
	c.metrics.read(err)
	var refusal *refusedError
	switch {
	case err == nil:
		c.client.Hosts().Served(host)
		return c.usual(), nil
	case errors.Is(err, ErrGone):
		return 0, fmt.Errorf("rss: %s: %w: take it out of sources.rss.feeds", c.url, err)
	case errors.Is(err, errBus):
		sink.Logger().Warn("rss: cannot hand over what was read, trying again", "err", err)
		return c.retry, nil
	}
	c.memory.Moved = "" // if the new address was at fault, the old one gets its chance
	sink.Failing(err)
	sink.Logger().Debug("rss: reading failed", "err", err)
	if !errors.As(err, &refusal) {
		return c.usual(), nil
	}
	rest := c.client.Hosts().Refused(host, time.Now(), refusal.wait)
	if refusal.quota {
		sink.Exhausted(time.Now().Add(rest), err)
	}
	return max(c.usual(), spread(rest)), nil
}

func (c *Connector) load(ctx context.Context, sink *source.Sink) error {
	if c.memory != nil {
		return nil
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
	if c.memory.Moved != "" {
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
