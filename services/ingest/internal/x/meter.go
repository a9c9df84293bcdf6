package x

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

const (
	// defaultPrice is what X lists for a post read, in USD. X lists users at 0.010,
	// and does not say whether the author that comes with a post counts as one: the
	// console's bill tells, and then price_per_post_usd is the place to say so.
	defaultPrice = 0.005
	// reserve is how many posts are written down as bought before they are: a fall
	// in between then counts some too many, never too few.
	reserve = 100
	// maxBought bounds the memory of what was bought today.
	maxBought = 500_000
)

// account is what is written down for a month.
type account struct {
	SpentUSD float64 `json:"spent_usd"`
}

// meter counts what the posts cost, and says when the month's budget is used up.
// X counts a post once in a day (UTC) however often it is read; so does the
// meter, as far as it remembers.
type meter struct {
	ledger  jetstream.KeyValue
	price   float64
	budget  float64
	metrics *Metrics

	mu      sync.Mutex
	month   string
	spent   float64
	written float64 // what the ledger says: at least spent
	day     string
	bought  map[string]struct{}
}

// open finds the ledger, once, and reads this month's page.
func (m *meter) open(ctx context.Context, b *bus.Bus) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ledger == nil {
		bucket, err := b.Bucket(ctx, bus.BucketSpend)
		if err != nil {
			return errors.Join(errBus, err)
		}
		m.ledger = bucket
	}
	return m.turn(ctx, time.Now())
}

// turn opens a new day, and a new month, when it has come.
func (m *meter) turn(ctx context.Context, now time.Time) error {
	if day := now.UTC().Format(time.DateOnly); day != m.day {
		m.day, m.bought = day, map[string]struct{}{}
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
		return errors.Join(errBus, fmt.Errorf("x: read what was spent: %w", err))
	default:
		if err := json.Unmarshal(entry.Value(), &a); err != nil {
			return errors.Join(errBus, fmt.Errorf("x: what was spent in %s cannot be read: mend or delete the key %s of the bucket SPEND: %w", month, ledgerKey(month), err))
		}
	}
	m.month, m.spent, m.written = month, a.SpentUSD, a.SpentUSD
	m.metrics.spend(m.spent, m.budget)
	return nil
}

func ledgerKey(month string) string { return "x." + month }

// buy counts a post that X has delivered.
func (m *meter) buy(ctx context.Context, now time.Time, id string, endpoint string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.turn(ctx, now); err != nil {
		return err
	}
	if _, again := m.bought[id]; again {
		return nil
	}
	if len(m.bought) < maxBought {
		m.bought[id] = struct{}{}
	}
	m.spent += m.price
	m.metrics.bought(endpoint)
	m.metrics.spend(m.spent, m.budget)
	if m.spent > m.written {
		return m.write(ctx, m.spent+reserve*m.price)
	}
	return nil
}

func (m *meter) write(ctx context.Context, spent float64) error {
	data, err := json.Marshal(account{spent})
	if err == nil {
		_, err = m.ledger.Put(ctx, ledgerKey(m.month), data)
	}
	if err != nil {
		return errors.Join(errBus, fmt.Errorf("x: write down what was spent: %w", err))
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

// left is how many posts can still be bought this month.
func (m *meter) left(ctx context.Context, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.turn(ctx, now); err != nil {
		return 0, err
	}
	const rounding = 1e-9 // a thousand half cents are not quite five dollars
	return max(0, int((m.budget-m.spent)/m.price+rounding)), nil
}

// nextMonth is when there is money again.
func nextMonth(now time.Time) time.Time {
	now = now.UTC()
	return time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}
