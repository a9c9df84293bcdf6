// Package run owns the life of a process: its parts are started from the end of
// the flow to its beginning, and stopped the other way round, so that intake
// ends first, what is under way is drained, and clients are closed last.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
)

// Env is what every service is given to run.
type Env struct {
	Config   *config.Live
	Bus      *bus.Bus
	Logger   *slog.Logger
	Registry prometheus.Registerer
	Health   *obs.Health
}

// Part is something that runs until its context is done. It calls ready once it
// can do its work, and returns when it has drained. An error stops the process.
type Part struct {
	Name string
	Run  func(ctx context.Context, ready func()) error
}

// ErrNotStopped means that a part was still busy when its time to stop was over.
var ErrNotStopped = errors.New("did not stop in time")

type started struct {
	name   string
	cancel context.CancelFunc
	done   chan error
	end    error
	over   bool
}

// Parts runs parts, each started when the one before it is ready. When ctx is
// done, or a part ends, they are stopped in reverse order, each within grace.
// It returns what went wrong, nil for an orderly stop.
func Parts(ctx context.Context, logger *slog.Logger, grace time.Duration, parts ...Part) error {
	ended := make(chan *started, len(parts))
	var running []*started
	var failure error
	for _, part := range parts {
		s, ready := launch(ctx, part, ended)
		running = append(running, s)
		select {
		case <-ready:
			logger.Debug("ready", "part", part.Name)
			continue
		case <-ctx.Done():
		case first := <-ended:
			failure = first.failure()
		}
		return errors.Join(failure, stop(running, grace))
	}
	select {
	case <-ctx.Done():
	case first := <-ended:
		failure = first.failure()
	}
	return errors.Join(failure, stop(running, grace))
}

// launch runs a part in a context of its own: it must go on while those after it
// are stopped.
func launch(ctx context.Context, part Part, ended chan<- *started) (*started, <-chan struct{}) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &started{name: part.Name, cancel: cancel, done: make(chan error, 1)}
	ready := make(chan struct{})
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				s.done <- fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
			}
			ended <- s
		}()
		var once bool
		s.done <- part.Run(own, func() {
			if !once {
				once = true
				close(ready)
			}
		})
	}()
	return s, ready
}

// failure is why a part ended that nobody had asked to.
func (s *started) failure() error {
	s.end, s.over = <-s.done, true
	if s.end == nil {
		return fmt.Errorf("%s: ended by itself", s.name)
	}
	err := fmt.Errorf("%s: %w", s.name, s.end)
	s.end = nil
	return err
}

func stop(running []*started, grace time.Duration) error {
	var failures []error
	for i := len(running) - 1; i >= 0; i-- {
		s := running[i]
		s.cancel()
		if s.over {
			continue
		}
		select {
		case err := <-s.done:
			if err != nil && !errors.Is(err, context.Canceled) {
				failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
			}
		case <-time.After(grace):
			failures = append(failures, fmt.Errorf("%s: %w (%s)", s.name, ErrNotStopped, grace))
		}
	}
	return errors.Join(failures...)
}
