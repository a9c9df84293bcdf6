package detector

import (
	"context"
	"errors"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

const (
	// tickEvery is how often time passes for the engine when nobody writes.
	tickEvery = 200 * time.Millisecond
	// lag is how far behind the clock time passes then, so that a mention under
	// way is counted in the second it was collected.
	lag = 700 * time.Millisecond
)

// tick lets time pass, and sends again what could not be sent.
func (s *service) tick(ctx context.Context) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case at := <-ticker.C:
			drained := s.drained(ctx)
			s.mu.Lock()
			if drained {
				s.advance(at.Add(-lag))
			}
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

// drained says whether every mention collected has been counted. As long as some
// wait, time passes by their receipt alone: after a stop, what happened meanwhile
// is decided on in its own time.
func (s *service) drained(ctx context.Context) bool {
	for _, consumer := range []bus.Consumer{bus.Scorer, bus.Detector} {
		progress, err := s.bus.Progress(ctx, consumer)
		if err != nil || progress.Pending > 0 {
			return false
		}
	}
	return true
}

// advance lets the engine decide up to a moment; time never goes back.
func (s *service) advance(now time.Time) {
	if now.Before(s.now) {
		return
	}
	s.now = now
	for _, incident := range s.engine.Advance(now) {
		s.metrics.changed(incident)
		s.unsent = append(s.unsent, s.spike(incident))
	}
}
