package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
)

const (
	// grace bounds how long each part may take to stop.
	grace = 15 * time.Second
	// busWait is how long a role waits for a bus that is starting.
	busWait = 30 * time.Second
)

// app is what the commands share.
type app struct {
	configPath string
}

// load reads the config. One that cannot be read is a fault of the command line.
func (a *app) load() (*config.Config, error) {
	cfg, err := config.Load(a.configPath, os.Environ())
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// process is one running process: its config, logs, metrics and health.
type process struct {
	config   *config.Live
	path     string
	logger   *slog.Logger
	registry *prometheus.Registry
	health   *obs.Health
	metrics  *bus.Metrics
}

func (a *app) process(cfg *config.Config) *process {
	registry := obs.NewRegistry()
	return &process{
		config: config.NewLive(cfg), path: a.configPath, logger: obs.Logger(os.Stderr, cfg.Log),
		registry: registry, health: obs.NewHealth(), metrics: bus.NewMetrics(registry),
	}
}

// connect reaches the bus and gives what a service needs to run.
func (p *process) connect(ctx context.Context) (run.Env, error) {
	b, err := bus.Connect(ctx, p.config.Get(), p.logger, p.metrics, busWait)
	if err != nil {
		return run.Env{}, err
	}
	b.BeatOn(p.health)
	return run.Env{Config: p.config, Bus: b, Logger: p.logger, Registry: p.registry, Health: p.health}, nil
}

// open reaches the bus as a tool does: services made it, and a tool changes
// nothing of it.
func (a *app) open(ctx context.Context) (*bus.Bus, error) {
	cfg, err := a.load()
	if err != nil {
		return nil, err
	}
	return bus.Open(ctx, cfg, obs.Logger(os.Stderr, cfg.Log), nil, runningWait)
}

// admin serves /metrics, /healthz and /readyz.
func (p *process) admin() run.Part {
	return run.Part{Name: "admin", Run: func(ctx context.Context, ready func()) error {
		listener, err := obs.Listen(p.config.Get().Metrics.Listen, "metrics.listen")
		if err != nil {
			return err
		}
		ready()
		return obs.Serve(ctx, listener, obs.Admin(p.registry, p.health))
	}}
}

// reload watches the config file, and SIGHUP.
func (p *process) reload() run.Part {
	succeeded := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "vigie_config_last_reload_successful", Help: "1 if the config file was last loaded without a problem.",
	})
	succeeded.Set(1)
	p.registry.MustRegister(succeeded)
	return run.Part{Name: "config", Run: func(ctx context.Context, ready func()) error {
		hup := make(chan os.Signal, 1)
		signal.Notify(hup, syscall.SIGHUP)
		defer signal.Stop(hup)
		ready()
		p.config.Watch(ctx, p.path, hup, p.logger, func(err error) {
			if err != nil {
				succeeded.Set(0)
				return
			}
			succeeded.Set(1)
		})
		return nil
	}}
}

// service wraps a service's Run as a part of the process.
func service(env run.Env, name string, serve func(context.Context, run.Env, func()) error) run.Part {
	return run.Part{Name: name, Run: func(ctx context.Context, ready func()) error { return serve(ctx, env, ready) }}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
