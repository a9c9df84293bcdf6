package source

import (
	"fmt"
	"sync"
	"time"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Signs are the signs of life of one connector.
type Signs struct {
	mu        sync.Mutex
	seen      time.Time // last sign of life
	failing   time.Time // first failure since; zero when none
	fault     error
	exhausted time.Time // quota used up until then
	quota     error
	fatal     error // it gave up
}

func newSigns(now time.Time) *Signs { return &Signs{seen: now} }

// Alive notes a sign of life: a heartbeat, an answer, a post.
func (s *Sink) Alive() {
	s.signs.alive(time.Now())
	s.metrics.alive(s.description.Source)
}

// Failing notes that the source answers with errors, or not at all.
func (s *Sink) Failing(err error) { s.signs.failed(time.Now(), err) }

// Exhausted notes that our quota or budget there is used up until a moment.
func (s *Sink) Exhausted(until time.Time, err error) { s.signs.exhaust(until, err) }

func (s *Signs) alive(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.failing, s.fault = now, time.Time{}, nil
}

func (s *Signs) failed(now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing.IsZero() {
		s.failing = now
	}
	s.fault = err
}

func (s *Signs) exhaust(until time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exhausted, s.quota = until, err
}

// GaveUp notes that the connector ended for good.
func (s *Signs) GaveUp(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fatal = err
}

// Verdict says whether a connector sees at a moment, why not, and since when it
// was last known to see.
func (s *Signs) Verdict(now time.Time, silence time.Duration) (reason vigiev1.BlindReason, detail string, seen time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fatal != nil:
		return vigiev1.BlindReason_BLIND_REASON_ERRORING, "it gave up, mend its config and restart: " + s.fatal.Error(), s.seen
	case now.Before(s.exhausted):
		return vigiev1.BlindReason_BLIND_REASON_QUOTA,
			fmt.Sprintf("%v; it resumes at %s", s.quota, s.exhausted.UTC().Format(time.RFC3339)), s.seen
	case !s.failing.IsZero() && now.Sub(s.failing) >= Patience:
		return vigiev1.BlindReason_BLIND_REASON_ERRORING,
			fmt.Sprintf("errors for %s, the last: %v", now.Sub(s.failing).Round(time.Second), s.fault), s.seen
	case now.Sub(s.seen) > silence:
		return vigiev1.BlindReason_BLIND_REASON_SILENT,
			fmt.Sprintf("no sign of life for %s", now.Sub(s.seen).Round(time.Second)), s.seen
	default:
		return vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, "", s.seen
	}
}
