package detector

import (
	"context"
	"errors"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

const (
	// tickEvery is how often time passes for the engine when nobody writes, and
	// idleEvery how often when that cannot change anything.
	tickEvery = 200 * time.Millisecond
	idleEvery = 5 * time.Second
	// lag is how far behind the clock time passes then, so that a mention under
	// way is counted in the second it was collected.
	lag = 700 * time.Millisecond
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
			until := s.counted(ctx, at.Add(-lag))
			s.mu.Lock()
			s.advance(until)
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

// counted is up to when, at most until, every mention collected has been counted.
// While some wait, time passes no further than what is done with: after a stop,
// what happened meanwhile is decided on in its own time.
func (s *service) counted(ctx context.Context, until time.Time) time.Time {
	for _, consumer := range []bus.Consumer{bus.Scorer, bus.Detector} {
		done, err := s.bus.Reached(ctx, consumer)
		if err != nil {
			return time.Time{}
		}
		if done != nil && done.Time.Before(until) {
			until = done.Time
		}
	}
	return until
}

// advance lets the engine decide up to a moment; time never goes back.
func (s *service) advance(now time.Time) {
	if now.Before(s.now) {
		return
	}
	s.now = now
	s.engine.Blind(s.blindLately(now))
	for _, incident := range s.engine.Advance(now) {
		s.metrics.changed(incident)
		s.unsent = append(s.unsent, s.spike(incident))
	}
}
