package x

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// reserve is how many posts, with their authors, are written down as bought
	// before they are: a fall in between then counts some too many, never too few.
	reserve = 100
	// maxBought bounds the memory of what was bought today.
	maxBought = 500_000
)

// goods are what X sells to us.
type goods string

const (
	postRead goods = "post"
	userRead goods = "user"
)

// prices of a piece in US dollars, as X lists them: "charged per resource returned
// in the response" (docs.x.com/x-api/getting-started/pricing, "Read operations",
// read in October 2026). The authors that we ask for beside the posts are
// resources too. Rules and requests cost nothing.
var prices = map[goods]float64{postRead: config.DefaultPricePerPostUSD, userRead: 0.010}

// pricesOf are the prices of an account: posts may be cheaper by contract.
func pricesOf(cfg config.X) map[goods]float64 {
	agreed := maps.Clone(prices)
	if cfg.PricePerPostUSD > 0 {
		agreed[postRead] = cfg.PricePerPostUSD
	}
	return agreed
}

// account is what is written down for a month.
type account struct {
	SpentUSD float64 `json:"spent_usd"`
}

// piece is one thing that is paid for.
type piece struct {
	goods goods
	id    string
}

// meter counts what X's answers cost, and says when the month's budget is used up.
// X counts a post, and a user, once in a day (UTC) however often it is read; so
// does the meter, as far as it remembers.
type meter struct {
	ledger  jetstream.KeyValue
	prices  map[goods]float64
	budget  float64
	metrics *Metrics

	mu      sync.Mutex
	month   string
	spent   float64
	written float64 // what the ledger says: at least spent
	day     string
	bought  map[piece]struct{}
}

// open finds the ledger, once, and reads this month's page.
func (m *meter) open(ctx context.Context, b *bus.Bus) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ledger == nil {
		bucket, err := b.Bucket(ctx, bus.BucketSpend)
		if err != nil {
			return errors.Join(source.ErrBus, err)
		}
		m.ledger = bucket
	}
	return m.turn(ctx, time.Now())
}

// turn opens a new day, and a new month, when it has come.
func (m *meter) turn(ctx context.Context, now time.Time) error {
	if day := now.UTC().Format(time.DateOnly); day != m.day {
		m.day, m.bought = day, map[piece]struct{}{}
	}
	month := now.UTC().Format("2006-01")
	if month == m.month {
		return nil
	}
	var a account
	entry, err := m.ledger.Get(ctx, ledgerKey(month))
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return errors.Join(source.ErrBus, fmt.Errorf("x: read what was spent: %w", err))
	default:
		if err := json.Unmarshal(entry.Value(), &a); err != nil {
			return errors.Join(source.ErrBus, fmt.Errorf("x: what was spent in %s cannot be read: mend or delete the key %s of the bucket SPEND: %w", month, ledgerKey(month), err))
		}
	}
	m.month, m.spent, m.written = month, a.SpentUSD, a.SpentUSD
	m.metrics.spend(m.spent, m.budget)
	return nil
}

func ledgerKey(month string) string { return "x." + month }

// buyLine counts all that X has delivered with a line.
func (m *meter) buyLine(ctx context.Context, now time.Time, l *line, endpoint string) error {
	if l.Data != nil && l.Data.ID != "" {
		if err := m.buy(ctx, now, piece{postRead, l.Data.ID}, endpoint); err != nil {
			return err
		}
	}
	for _, u := range l.Includes.Users {
		if err := m.buy(ctx, now, piece{userRead, u.ID}, endpoint); err != nil {
			return err
		}
	}
	return nil
}

// buy counts a piece that X has delivered.
func (m *meter) buy(ctx context.Context, now time.Time, p piece, endpoint string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.turn(ctx, now); err != nil {
		return err
	}
	if _, again := m.bought[p]; again {
		return nil
	}
	if len(m.bought) < maxBought {
		m.bought[p] = struct{}{}
	}
	m.spent += m.prices[p.goods]
	m.metrics.bought(p.goods, endpoint)
	m.metrics.spend(m.spent, m.budget)
	if m.spent > m.written {
		return m.write(ctx, m.spent+reserve*m.whole())
	}
	return nil
}

// whole is what a post costs whose author X has not counted today.
func (m *meter) whole() float64 { return m.prices[postRead] + m.prices[userRead] }

func (m *meter) write(ctx context.Context, spent float64) error {
	data, err := json.Marshal(account{spent})
	if err == nil {
		_, err = m.ledger.Put(ctx, ledgerKey(m.month), data)
	}
	if err != nil {
		return errors.Join(source.ErrBus, fmt.Errorf("x: write down what was spent: %w", err))
	}
	m.written = spent
	return nil
}

// settle writes down what was really spent, when nothing more is being bought.
func (m *meter) settle(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.written == m.spent {
		return nil
	}
	return m.write(ctx, m.spent)
}

// left is how many posts, each with an author, can still be bought this month.
func (m *meter) left(ctx context.Context, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.turn(ctx, now); err != nil {
		return 0, err
	}
	const rounding = 1e-9 // a thousand half cents are not quite five dollars
	return max(0, int((m.budget-m.spent)/m.whole()+rounding)), nil
}

// nextMonth is when there is money again.
func nextMonth(now time.Time) time.Time {
	now = now.UTC()
	return time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}
