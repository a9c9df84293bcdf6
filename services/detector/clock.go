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
	// leap is how long a step of time is that nobody lived through: the clock was put on,
	// or the machine or the bus stood still. A clock that is put back by as much is
	// another time.
	leap = time.Minute
)

// errPutBack has everything taken up anew, in the time that is now.
var errPutBack = errors.New("the clock of the bus was put back")

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
			reached, known := s.counted(ctx)
			s.mu.Lock()
			var err error
			if known {
				err = s.pass(reached)
			}
			if err == nil {
				err = s.flush(ctx)
			}
			s.mu.Unlock()
			switch {
			case errors.Is(err, bus.ErrLeaseLost), errors.Is(err, errPutBack):
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

// reach is how far the detector has come, by the one clock there is: the bus's.
type reach struct {
	now    time.Time
	until  time.Time // up to when all that was scored has been counted
	waits  bool      // something waits to be counted
	behind bool      // what was collected long before waits to be scored
}

// counted asks how far it has come. While something waits to be counted, time passes no
// further: after a stop, what happened meanwhile is decided on in its own time.
func (s *service) counted(ctx context.Context) (reach, bool) {
	mine, now, err := s.bus.Reached(ctx, bus.Detector)
	if err != nil {
		return reach{}, false
	}
	scored, _, err := s.bus.Reached(ctx, bus.Scorer)
	if err != nil {
		return reach{}, false
	}
	r := reach{now: now, until: now.Add(-lag), waits: mine != nil}
	r.behind = scored != nil && r.until.Sub(scored.Time) > behindAfter
	if mine != nil && mine.Time.Before(r.until) {
		r.until = mine.Time
	}
	return r, true
}

// pass lets time pass without a mention.
func (s *service) pass(r reach) error {
	if s.now.Sub(r.now) > leap {
		s.logger.Warn("detector: the clock of the bus was put back, all is taken up anew", "by", s.now.Sub(r.now).Round(time.Second))
		return errPutBack
	}
	s.asked, s.answered = time.Now(), r.now
	s.present = s.present || !r.waits
	s.behind = r.behind
	s.advance(r.until)
	return nil
}

// known is when the bus took a message: now, where it did so by a clock that was ahead and
// was put back since.
func (s *service) known(taken time.Time) time.Time {
	if taken.After(s.answered.Add(time.Since(s.asked) + leap)) {
		return s.now
	}
	return taken
}

// advance lets the engine decide up to a moment; time never goes back. Quiet is no calm
// while something cannot be seen, nor in a time that nobody lived through.
func (s *service) advance(now time.Time) {
	if now.Before(s.now) {
		return
	}
	leapt := s.present && now.Sub(s.now) > leap
	if leapt {
		s.logger.Warn("detector: time went on at once, quiet in it is no calm", "by", now.Sub(s.now).Round(time.Second))
	}
	s.now = now
	s.engine.Blind(leapt || s.behind || now.After(s.listened) || s.blindLately(now))
	s.tell(s.engine.Advance(now))
}

// tell has incidents that changed written.
func (s *service) tell(changes []detect.Incident) {
	for _, incident := range changes {
		s.metrics.changed(incident)
		s.unsent = append(s.unsent, s.spike(incident))
	}
}
