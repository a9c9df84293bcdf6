package x

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// Connector reads the filtered stream of X, and searches for what it missed.
type Connector struct {
	cfg     config.X
	api     *api
	bus     *bus.Bus
	metrics *Metrics
	pace    pace

	meter    *meter
	progress *progress
	recent   *recent

	wished    wish // of wishedOf, so that a brand that X cannot watch is told once
	wishedOf  *source.Interests
	told      told
	trouble   source.Trouble // our own bus does not take what we bring
	unsettled source.Trouble // nor where we stand
}

// told is what needs saying once, not at each connection.
type told struct {
	clock, foreignRules bool
	refused             map[string]bool // rules
}

// New makes the connector. The bus is for the ledger of what is spent. A nil
// *Metrics counts nothing.
func New(cfg config.X, client *fetch.Client, b *bus.Bus, metrics *Metrics) *Connector {
	return &Connector{
		cfg: cfg, api: newAPI(cfg, client), bus: b, metrics: metrics, pace: documented,
		meter:    &meter{prices: pricesOf(cfg), budget: cfg.MonthlyBudgetUSD, metrics: metrics},
		progress: &progress{}, recent: newRecent(maxRecent), told: told{refused: map[string]bool{}},
	}
}

// Describe implements source.Connector. The stream has a heartbeat of 20 s: two
// of them missed, and it is silent.
func (c *Connector) Describe() source.Description {
	host := c.api.base
	if parsed, err := url.Parse(c.api.base); err == nil {
		host = parsed.Host
	}
	return source.Description{Source: "x", Page: host + " filtered stream", Silence: 50 * time.Second}
}

// Run implements source.Connector. Its pace is not that of other streams: X has
// one for each kind of failure.
func (c *Connector) Run(ctx context.Context, sink *source.Sink) error {
	backoff := newBackoff(c.pace)
	var stood bool // the session that ended had a stream
	session := func(ctx context.Context) (err error) {
		stood, err = c.session(ctx, sink)
		return err
	}
	return source.Repeat(ctx, session, func(err error, lasted time.Duration) (time.Duration, error) {
		if stood && lasted >= c.pace.steady {
			backoff.recovered()
		}
		kind := classify(err)
		c.metrics.disconnected(kind)
		if kind == final {
			return 0, fmt.Errorf("%w: check sources.x.bearer_token_file, and what the app may do in X's developer console", err)
		}
		pause := c.report(sink, err, kind, backoff.wait(kind, stood))
		sink.Logger().Info("x: away from the stream", "reason", classes[kind], "wait", pause.Round(time.Millisecond), "err", err)
		return pause, nil
	})
}

// report tells why the connector does not see, and answers how long it waits.
func (c *Connector) report(sink *source.Sink, err error, kind class, wait time.Duration) time.Duration {
	now := time.Now()
	if kind != ours {
		c.trouble.Over()
	}
	switch kind {
	case ours:
		c.trouble.Goes(sink.Logger(), "x: cannot hand over what was read, reading it again", err)
		return wait // X is not at fault, and not blind
	case spent:
		until := nextMonth(now)
		sink.Exhausted(until, err)
		return until.Sub(now)
	case bankrupt:
		sink.Exhausted(now.Add(wait), err)
	case limited:
		var status *statusError
		if errors.As(err, &status) && !status.reset.IsZero() {
			wait = max(wait, status.reset.Sub(now))
			sink.Exhausted(now.Add(wait), err)
			break
		}
		sink.Failing(err)
	default:
		sink.Failing(err)
	}
	return wait
}

// session opens the stream and reads it until it ends. It answers whether the
// stream was open, and always why it ended.
func (c *Connector) session(ctx context.Context, sink *source.Sink) (stood bool, err error) {
	if err := c.prepare(ctx, sink); err != nil {
		return false, err
	}
	defer c.settle(ctx, sink)
	if left, err := c.meter.left(ctx, time.Now()); err != nil || left == 0 {
		return false, cmp.Or(err, errBudget)
	}
	wanted := c.wishes(sink)
	if len(wanted.rules) == 0 {
		return false, errNoRules
	}
	if err := c.synchronise(ctx, wanted, sink.Logger()); err != nil {
		return false, err
	}
	return c.follow(ctx, sink, wanted)
}

// prepare reads what the bus remembers: what was spent, and where we stood.
func (c *Connector) prepare(ctx context.Context, sink *source.Sink) error {
	if err := c.meter.open(ctx, c.bus); err != nil {
		return err
	}
	if err := c.progress.load(ctx, sink, time.Now().Add(-c.cfg.Lookback.Std())); err != nil {
		return errors.Join(source.ErrBus, err)
	}
	return nil
}

// settle writes down where we stand and what was spent. It does so on shutdown
// too, when ctx is already done.
func (c *Connector) settle(ctx context.Context, sink *source.Sink) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := errors.Join(c.progress.save(ctx, sink), c.meter.settle(ctx)); err != nil {
		c.unsettled.Goes(sink.Logger(), "x: cannot write down where we stand: some posts will be read, and paid for, again", err)
		return
	}
	c.unsettled.Over()
}

const settleTimeout = 2 * time.Second
