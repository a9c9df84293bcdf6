package config

import (
	"context"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// reloadEvery is how often the file's time is looked at.
const reloadEvery = 2 * time.Second

// Live is the config in force. The live keys of a changed file take their place
// without a restart, the others keep their value until there is one, and both are
// told; a bad file keeps the old one and says so.
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
	l.current.Store(cfg)
	for _, swap := range swaps { // each finds the new one in force
		swap()
	}
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
		waiting, err := l.reload(path)
		switch {
		case err != nil:
			logger.Error("config: not reloaded, the old one stays in force", "err", err)
		case len(waiting) > 0:
			logger.Warn("config: reloaded, but for keys that change at a restart", "file", path, "restart_for", strings.Join(waiting, " "))
		default:
			logger.Info("config: reloaded", "file", path)
		}
		outcome(err)
	}
}

// reload answers the changed keys that wait for a restart.
func (l *Live) reload(path string) (waiting []string, err error) {
	cfg, err := Load(path, os.Environ())
	if err != nil {
		return nil, err
	}
	waiting = holdBack(cfg, l.Get())
	return waiting, l.Replace(cfg)
}

// holdBack gives a new config the old one's values of all keys that are not live:
// half of the process would use the new ones otherwise. It answers which differ.
func holdBack(next, old *Config) []string {
	var changed []string
	to, from := reflect.ValueOf(next).Elem(), reflect.ValueOf(old).Elem()
	for i := range to.NumField() {
		if field := to.Type().Field(i); field.Tag.Get("reload") != "live" {
			changed = differences(changed, yamlKey(field), to.Field(i), from.Field(i))
			to.Field(i).Set(from.Field(i))
		}
	}
	return changed
}

// differences adds the paths at which two values differ, down to single keys.
func differences(changed []string, path string, a, b reflect.Value) []string {
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return changed
	}
	if a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil() {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() != reflect.Struct || isScalar(a.Type()) {
		return append(changed, path)
	}
	for i := range a.NumField() {
		changed = differences(changed, join(path, yamlKey(a.Type().Field(i))), a.Field(i), b.Field(i))
	}
	return changed
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
