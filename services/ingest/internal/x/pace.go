package x

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// pace is every length of time that the connector lives by. Tests live faster.
type pace struct {
	silence time.Duration // without a byte, after which a stream is dead: X sends one every 20 s
	steady  time.Duration // that a stream must last for earlier failures to be forgotten
	look    time.Duration // between looks whether the brands, or the cursor, have changed

	// overlap is how far behind the newest post older ones may still come, and
	// indexing how old a post must be for search to find it.
	overlap  time.Duration
	indexing time.Duration

	network  steps // TCP errors: linear
	server   steps // HTTP errors: doubling
	limited  steps // too many requests: doubling
	bankrupt time.Duration
}

// steps are waits that grow from first to last.
type steps struct {
	first, last time.Duration
	linear      bool
}

// documented is what X asks of its clients ("Handling disconnections").
var documented = pace{
	silence: 30 * time.Second, steady: time.Minute, look: 5 * time.Second,
	overlap: 2 * time.Minute, indexing: 45 * time.Second,
	network:  steps{first: 250 * time.Millisecond, last: 16 * time.Second, linear: true},
	server:   steps{first: 5 * time.Second, last: 320 * time.Second},
	limited:  steps{first: time.Minute, last: 15 * time.Minute},
	bankrupt: time.Hour,
}

// after is the wait after so many failures in a row, from 1.
func (s steps) after(failures int) time.Duration {
	if s.linear {
		return min(s.last, time.Duration(failures)*s.first)
	}
	return min(s.last, s.first<<min(failures-1, 30))
}

// class is what kind of failure ended a session: each has a pace of its own.
type class uint8

const (
	network  class = iota // the connection: refused, cut, silent
	server                // an HTTP error, or X closing the stream for its own reasons
	limited               // too many requests, or connections
	bankrupt              // X says that our account has nothing left to spend
	spent                 // our own budget is used up
	ours                  // the bus does not take what we bring
	final                 // trying again cannot help
)

var (
	errSilent  = errors.New("x: the stream fell silent")
	errEnded   = errors.New("x: the stream ended")
	errBudget  = errors.New("x: the month's budget is used up: raise sources.x.monthly_budget_usd, or narrow the brands' queries")
	errNoRules = errors.New("x: there is nothing to watch: no brand's query can be put to X")
)

func classify(err error) class {
	var status *statusError
	var stream *streamError
	switch {
	case errors.Is(err, errBudget):
		return spent
	case errors.Is(err, source.ErrBus):
		return ours
	case errors.As(err, &stream):
		if stream.problem.Issue == "TooManyConnections" {
			return limited
		}
		return server
	case !errors.As(err, &status):
		return network
	case status.code == http.StatusPaymentRequired || status.problem.isUsageCap():
		return bankrupt
	case status.code == http.StatusTooManyRequests:
		return limited
	case status.code == http.StatusUnauthorized || status.code == http.StatusForbidden:
		return final
	default:
		return server
	}
}

// backoff counts the failures in a row, by class.
type backoff struct {
	pace     pace
	failures map[class]int
}

func newBackoff(p pace) *backoff { return &backoff{pace: p, failures: map[class]int{}} }

// recovered forgets the failures: a stream has stood for long enough.
func (b *backoff) recovered() { clear(b.failures) }

// wait is how long to wait after one more failure. A stream that stood and then
// broke is opened again at once, as X wants.
func (b *backoff) wait(c class, stood bool) time.Duration {
	b.failures[c]++
	n := b.failures[c]
	switch c {
	case network:
		if stood && n == 1 {
			return 0
		}
		return b.pace.network.after(n)
	case server:
		if stood && n == 1 {
			return 0
		}
		return uneven(b.pace.server.after(n))
	case limited:
		return uneven(b.pace.limited.after(n))
	case bankrupt, final:
		return b.pace.bankrupt
	default:
		return b.pace.network.after(n)
	}
}

// uneven lengthens a wait by up to a tenth, so that clients that were refused
// together do not come back together.
func uneven(d time.Duration) time.Duration {
	return d + rand.N(d/10+1)
}
