package config

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// reloadEvery is how often the file's time is looked at.
const reloadEvery = 2 * time.Second

// Live is the config in force. Brands, rules and rotas of a changed file take
// its place without a restart; a bad file keeps the old one and says so.
type Live struct {
	current atomic.Pointer[Config]

	mu       sync.Mutex
	prepares []func(*Config) (swap func(), err error)
}

// NewLive puts a config in force.
func NewLive(cfg *Config) *Live {
	l := &Live{}
	l.current.Store(cfg)
	return l
}

// Get is the config in force now.
func (l *Live) Get() *Config { return l.current.Load() }

// OnReload registers what a service builds from a new config. All services
// build first; only when every one succeeded do they swap.
func (l *Live) OnReload(prepare func(*Config) (swap func(), err error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.prepares = append(l.prepares, prepare)
}

// Replace puts a new config in force, or none of it.
func (l *Live) Replace(cfg *Config) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	swaps := make([]func(), 0, len(l.prepares))
	for _, prepare := range l.prepares {
		swap, err := prepare(cfg)
		if err != nil {
			return err
		}
		swaps = append(swaps, swap)
	}
	for _, swap := range swaps {
		swap()
	}
	l.current.Store(cfg)
	return nil
}

// Watch reloads the file when it changes or hup is signalled, until ctx is done.
// outcome is told of each attempt.
func (l *Live) Watch(ctx context.Context, path string, hup <-chan os.Signal, logger *slog.Logger, outcome func(error)) {
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	last := stamp(path)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		case <-ticker.C:
			now := stamp(path)
			if now == last {
				continue
			}
			last = now
		}
		err := l.reload(path)
		if err != nil {
			logger.Error("config: not reloaded, the old one stays in force", "err", err)
		} else {
			logger.Info("config: reloaded", "file", path)
		}
		outcome(err)
	}
}

func (l *Live) reload(path string) error {
	cfg, err := Load(path, os.Environ())
	if err != nil {
		return err
	}
	return l.Replace(cfg)
}

type fileStamp struct {
	time int64
	size int64
}

func stamp(path string) fileStamp {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}
	}
	return fileStamp{info.ModTime().UnixNano(), info.Size()}
}
