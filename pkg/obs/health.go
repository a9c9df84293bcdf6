package obs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Check answers nil when a part can do its work now.
type Check func(ctx context.Context) error

// Health knows what must hold for the process to be alive and to be ready.
type Health struct {
	mu     sync.Mutex
	checks map[string]Check
	beats  map[string]*beat
}

type beat struct {
	last  time.Time
	limit time.Duration
}

// NewHealth makes a Health that is ready as long as nothing is asked of it.
func NewHealth() *Health {
	return &Health{checks: map[string]Check{}, beats: map[string]*beat{}}
}

// Require adds a check that must pass for the process to be ready.
func (h *Health) Require(name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks[name] = check
}

// Beat says that a loop is going round. It must do so again within limit, or
// the process is not alive any more.
func (h *Health) Beat(name string, limit time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.beats[name] = &beat{last: time.Now(), limit: limit}
}

// Rest says that a loop has ended on purpose.
func (h *Health) Rest(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.beats, name)
}

// Alive is nil as long as every loop goes round.
func (h *Health) Alive(now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var stuck []string
	for name, b := range h.beats {
		if silence := now.Sub(b.last); silence > b.limit {
			stuck = append(stuck, fmt.Sprintf("%s: stuck for %s", name, silence.Round(time.Second)))
		}
	}
	return joined(stuck)
}

// Ready is nil when every check passes.
func (h *Health) Ready(ctx context.Context) error {
	h.mu.Lock()
	checks := make(map[string]Check, len(h.checks))
	for name, check := range h.checks {
		checks[name] = check
	}
	h.mu.Unlock()
	var failing []string
	for name, check := range checks {
		if err := check(ctx); err != nil {
			failing = append(failing, name+": "+err.Error())
		}
	}
	return joined(failing)
}

func joined(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	return errors.New(strings.Join(lines, "; "))
}
