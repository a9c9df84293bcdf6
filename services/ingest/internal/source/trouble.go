package source

import (
	"log/slog"
	"time"
)

// Patience is how long something may go wrong before anybody is told: one
// refused request is no blindness, and one lost acknowledgement no news.
const Patience = 30 * time.Second

// Trouble is a fault that may heal by itself. It is told once, when it outlasts
// Patience. One goroutine may use it; the zero value is no trouble.
type Trouble struct {
	since time.Time
	told  bool
}

// Goes notes that the fault is there, and logs it when the time has come.
func (t *Trouble) Goes(logger *slog.Logger, what string, err error) {
	now := time.Now()
	if t.since.IsZero() {
		t.since = now
	}
	if !t.told && now.Sub(t.since) >= Patience {
		t.told = true
		logger.Warn(what, "for", now.Sub(t.since).Round(time.Second), "err", err)
	}
}

// Over notes that the fault has healed.
func (t *Trouble) Over() { *t = Trouble{} }
