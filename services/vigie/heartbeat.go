package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
)

const (
	// heartbeatTimeout bounds one request, and the checks before it.
	heartbeatTimeout = 10 * time.Second
	// heartbeatBody is how much of an answer is read.
	heartbeatBody = 4 << 10
)

// heartbeat is the dead-man's switch (INVARIANTS 7): as long as every part is
// alive and ready it asks for an address of a watcher outside. When that is asked
// no more, because a part is ill, the process gone or the machine off the net, it
// raises the alarm that Vigie cannot raise itself.
type heartbeat struct {
	address        string
	every, timeout time.Duration
	health         *obs.Health
	logger         *slog.Logger
	beats          *prometheus.CounterVec
	last           beatOutcome // to say only what changes
}

type beatOutcome string

const (
	beatSent     beatOutcome = "sent"
	beatWithheld beatOutcome = "withheld" // a part is not alive or not ready
	beatFailed   beatOutcome = "failed"   // the watcher did not take it
)

// heartbeat is the part that does so; it is none where the config names no
// watcher.
func (p *process) heartbeat() []run.Part {
	cfg := p.config.Get().Heartbeat
	if !cfg.URLFile.IsSet() {
		return nil
	}
	h := newHeartbeat(cfg.URLFile.Value(), cfg.Every.Std(), p.health, p.logger, p.registry)
	return []run.Part{{Name: "heartbeat", Run: h.run}}
}

func newHeartbeat(address string, every time.Duration, health *obs.Health, logger *slog.Logger, registry prometheus.Registerer) *heartbeat {
	return &heartbeat{
		address: address, every: every, timeout: heartbeatTimeout, health: health, logger: logger,
		beats: obs.Labelled(registry, "vigie_heartbeat_beats_total", "Heartbeats to the watcher outside, by outcome.", "outcome",
			[]beatOutcome{beatSent, beatWithheld, beatFailed}),
	}
}

func (h *heartbeat) run(ctx context.Context, ready func()) error {
	ready()
	client := &http.Client{Timeout: h.timeout, Transport: http.DefaultTransport.(*http.Transport).Clone()}
	defer client.CloseIdleConnections()
	ticker := time.NewTicker(h.every)
	defer ticker.Stop()
	for {
		h.beat(ctx, client)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (h *heartbeat) beat(ctx context.Context, client *http.Client) {
	outcome, err := beatSent, h.isWell(ctx)
	if err != nil {
		outcome = beatWithheld
	} else if err = h.send(ctx, client); err != nil {
		outcome = beatFailed
	}
	if ctx.Err() != nil {
		return // it stops: whatever failed is no fault
	}
	h.beats.WithLabelValues(string(outcome)).Inc()
	if outcome == h.last {
		return
	}
	switch h.last = outcome; outcome {
	case beatWithheld:
		h.logger.Error("heartbeat: withheld, so that the watcher outside raises the alarm", "err", err)
	case beatFailed:
		h.logger.Warn("heartbeat: the watcher outside does not take it", "err", err)
	default:
		h.logger.Info("heartbeat: sent")
	}
}

func (h *heartbeat) isWell(ctx context.Context) error {
	if err := h.health.Alive(time.Now()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	return h.health.Ready(ctx)
}

// send asks for the address. Its errors do not name it: whoever knows it could
// keep the alarm silent.
func (h *heartbeat) send(ctx context.Context, client *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address, nil)
	if err != nil {
		return errors.New("heartbeat: the address cannot be asked for")
	}
	request.Header.Set("User-Agent", "vigie")
	response, err := client.Do(request)
	if err != nil {
		var located *url.Error
		if errors.As(err, &located) {
			err = located.Err
		}
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, heartbeatBody)) // so that the connection is used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("HTTP %d", response.StatusCode)
	}
	return nil
}
