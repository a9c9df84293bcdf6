package detector

import (
	"context"
	"errors"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

const (
	// tickEvery is how often time passes for the engine when nobody writes, and
	// idleEvery how often when that cannot change anything.
	tickEvery = 200 * time.Millisecond
	idleEvery = 5 * time.Second
	// lag is how far behind the clock time passes then, so that a mention under
	// way is counted in the second it was collected.
	lag = 700 * time.Millisecond
	// behindAfter is how long what was collected may wait to be scored before quiet proves
	// nothing.
	behindAfter = time.Minute
	// blindHolds is how long a page that went blind keeps incidents from being
	// resolved: after that its silence is part of what is usual lately.
	blindHolds = 6 * time.Hour
)

// tick lets time pass, and sends again what could not be sent.
func (s *service) tick(ctx context.Context) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	var passed time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case at := <-ticker.C:
			if s.idle() && at.Sub(passed) < idleEvery {
				continue
			}
			passed = at
			until, behind := s.counted(ctx, at.Add(-lag))
			s.mu.Lock()
			s.advance(until)
			s.behind = behind
			err := s.flush(ctx)
			s.mu.Unlock()
			switch {
			case errors.Is(err, bus.ErrLeaseLost):
				return err
			case err != nil && ctx.Err() == nil:
				s.logger.Warn("detector: an incident could not be written, trying again", "err", err)
			}
		}
	}
}

func (s *service) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unsent) == 0 && s.engine.Idle()
}

// counted is up to when, at most until, all that was scored has been counted, and
// whether what was collected long before waits to be scored. While some waits to be
// counted, time passes no further: after a stop, what happened meanwhile is decided on
// in its own time.
func (s *service) counted(ctx context.Context, until time.Time) (time.Time, bool) {
	mine, err := s.bus.Reached(ctx, bus.Detector)
	if err != nil {
		return time.Time{}, false
	}
	scored, err := s.bus.Reached(ctx, bus.Scorer)
	if err != nil {
		return time.Time{}, false
	}
	behind := scored != nil && until.Sub(scored.Time) > behindAfter
	if mine != nil && mine.Time.Before(until) {
		until = mine.Time
	}
	return until, behind
}

// advance lets the engine decide up to a moment; time never goes back.
func (s *service) advance(now time.Time) {
	if now.Before(s.now) {
		return
	}
	s.now = now
	s.engine.Blind(s.behind || s.blindLately(now))
	s.tell(s.engine.Advance(now))
}

// tell has incidents that changed written.
func (s *service) tell(changes []detect.Incident) {
	for _, incident := range changes {
		s.metrics.changed(incident)
		s.unsent = append(s.unsent, s.spike(incident))
	}
}
