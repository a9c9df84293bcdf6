package fetch

import (
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// defaultBackoff, with its jitter, its spread and one more wholeTimeout, is less
	// than source.Patience.
	defaultBackoff = 11 * time.Second
	maxBackoff     = 10 * time.Minute
	jitter         = 0.1
)

// Hosts remembers which hosts asked to be left alone, so that ten feeds of one
// host wait together rather than each learning it anew.
type Hosts struct {
	first time.Duration
	mu    sync.Mutex
	hosts map[string]*restingHost
}

type restingHost struct {
	until    time.Time
	schedule *backoff.ExponentialBackOff
}

// NewHosts makes a memory of hosts; first is the wait after a first refusal, 0
// for the usual one.
func NewHosts(first time.Duration) *Hosts {
	if first == 0 {
		first = defaultBackoff
	}
	return &Hosts{first: first, hosts: map[string]*restingHost{}}
}

// Rest is how long a host must still be left alone.
func (h *Hosts) Rest(host string, now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if resting := h.hosts[host]; resting != nil {
		return max(0, resting.until.Sub(now))
	}
	return 0
}

// Refused notes that a host failed or asked for peace, and answers for how long
// it is left alone: what it asked for, but at least a wait that doubles with
// each refusal, with jitter.
func (h *Hosts) Refused(host string, now time.Time, asked time.Duration) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	resting := h.hosts[host]
	if resting == nil {
		resting = &restingHost{schedule: h.Schedule()}
		h.hosts[host] = resting
	}
	wait := asked
	if !now.Before(resting.until) { // else another page of the host was refused at the same time
		wait = max(asked, resting.schedule.NextBackOff())
	}
	if until := now.Add(wait); until.After(resting.until) {
		resting.until = until
	}
	return resting.until.Sub(now)
}

// Served notes that a host answers again.
func (h *Hosts) Served(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.hosts, host)
}

// Schedule makes the waits between attempts at something that fails: they double,
// with jitter.
func (h *Hosts) Schedule() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: h.first, MaxInterval: max(maxBackoff, h.first), Multiplier: 2, RandomizationFactor: jitter,
	}
}
