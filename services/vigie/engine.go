package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/pkg/wait"
)

const (
	// engineStart is how long the engine may take to answer at first.
	engineStart = 30 * time.Second
	// engineStop is how long it may take to stop.
	engineStop = 12 * time.Second
	// orphanStop is how long an engine whose parent died may take to stop.
	orphanStop = 5 * time.Second
	// engineRest is the pause between two deaths in a row.
	engineRest = 500 * time.Millisecond
	// maxKilled is how often a first start that somebody kills is tried again; an
	// engine that ends by itself will not start at all.
	maxKilled = 3

	// pingEvery is how often the engine is asked whether it answers, pingWait how
	// long an answer may take, maxMisses after how many without one it is killed.
	pingEvery = 2 * time.Second
	pingWait  = 5 * time.Second
	maxMisses = 3
)

// engine keeps the embedded ClickHouse running as a child process: the engine is
// C++, and its death must not be ours.
func (p *process) engine() run.Part {
	return run.Part{Name: "clickhouse", Run: func(ctx context.Context, ready func()) error {
		if err := p.awaitPort(ctx); err != nil {
			return err
		}
		var up bool
		for kills := 0; ; kills++ {
			err := p.engineOnce(ctx, func() {
				up = true
				ready()
			})
			switch {
			case ctx.Err() != nil:
				return nil
			case !up && (!wasKilled(err) || kills >= maxKilled):
				return err
			}
			p.logger.Error("clickhouse: the engine died, starting it again", "err", err)
			if wait.For(ctx, engineRest) != nil {
				return nil
			}
		}
	}}
}

// awaitPort waits until the engine's port is free: that of a `vigie up` that was
// killed takes a moment to notice.
func (p *process) awaitPort(ctx context.Context) error {
	deadline := time.Now().Add(orphanStop)
	for {
		listener, err := obs.Listen(p.config.Get().ClickHouse.Listen, "clickhouse.listen")
		if err == nil {
			return listener.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
		if err := wait.For(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// wasKilled says whether the engine was ended by a signal, not by itself.
func wasKilled(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

var errNeverReady = errors.New("the embedded ClickHouse did not start")

// engineOnce runs the child until it ends or ctx is done.
func (p *process) engineOnce(ctx context.Context, ready func()) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("%w: %w", errNeverReady, err)
	}
	cfg := p.config.Get() // the config in force, which the file may no longer be
	cmd := exec.Command(executable, "clickhouse", "--child", "--listen", cfg.ClickHouse.Listen, "--dir", cfg.Path("clickhouse"), "--log", cfg.Log.Level)
	cmd.SysProcAttr = ownGroup() // Ctrl-C is for us: the store drains first
	said := &lastLines{logger: p.logger}
	cmd.Stderr = said
	lifeline, err := cmd.StdinPipe() // it ends when we do
	if err != nil {
		return fmt.Errorf("%w: %w", errNeverReady, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", errNeverReady, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := p.awaitEngine(ctx, ended); err != nil {
		stopEngine(cmd, lifeline, ended)
		return fmt.Errorf("%w: %w: %s", errNeverReady, err, said)
	}
	ready()
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	select {
	case err := <-ended:
		return fmt.Errorf("%w: %s", err, said)
	case err := <-p.hung(watching):
		_ = cmd.Process.Kill()
		<-ended //nolint:errcheck // a killed process ends with an error
		return err
	case <-ctx.Done():
		stopEngine(cmd, lifeline, ended)
		return nil
	}
}

// hung tells when the engine is alive and answers no more, until ctx is done.
func (p *process) hung(ctx context.Context) <-chan error {
	told := make(chan error, 1)
	go func() {
		for misses := 0; ; {
			if wait.For(ctx, pingEvery) != nil {
				return
			}
			err := p.ping(ctx)
			switch {
			case ctx.Err() != nil:
				return
			case err == nil:
				misses = 0
				continue
			}
			if misses++; misses == maxMisses {
				told <- fmt.Errorf("it lives and does not answer: %w", err)
				return
			}
			p.logger.Warn("clickhouse: the engine does not answer", "times", misses, "err", err)
		}
	}()
	return told
}

// ping asks for an answer on a connection of its own, as any new client would.
// An error of the engine's is an answer.
func (p *process) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingWait)
	defer cancel()
	cfg := p.config.Get()
	options := clickhouse.Options(cfg.ClickHouse, cfg.ClickHouseAddress())
	options.Auth.Database, options.DialTimeout, options.ReadTimeout = "", pingWait, pingWait
	conn, err := clickhousego.Open(options)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Exec(ctx, "SELECT 1")
	if answer := (*clickhousego.Exception)(nil); errors.As(err, &answer) {
		return nil
	}
	return err
}

// awaitEngine waits until the child answers queries.
func (p *process) awaitEngine(ctx context.Context, ended chan error) error {
	answers := make(chan error, 1)
	starting, cancel := context.WithTimeout(ctx, engineStart)
	defer cancel()
	go func() {
		conn, err := clickhouse.Open(starting, p.config.Get(), engineStart)
		if err == nil {
			conn.Close()
		}
		answers <- err
	}()
	select {
	case err := <-answers:
		return err
	case err := <-ended:
		ended <- err
		return fmt.Errorf("it ended: %w", err)
	}
}

func stopEngine(cmd *exec.Cmd, lifeline io.Closer, ended <-chan error) {
	lifeline.Close()
	select {
	case <-ended: //nolint:errcheck // it was asked to end
	case <-time.After(engineStop):
		_ = cmd.Process.Kill()
		<-ended //nolint:errcheck // a killed process ends with an error
	}
}

// lastLines passes the child's words on to the log, and keeps the last ones for
// the error.
type lastLines struct {
	logger *slog.Logger
	mu     sync.Mutex
	last   []byte
}

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, p...)
	if keep := 2 << 10; len(l.last) > keep {
		l.last = l.last[len(l.last)-keep:]
	}
	for line := range bytes.Lines(p) {
		l.logger.Debug("clickhouse: " + strings.TrimSpace(string(line)))
	}
	return len(p), nil
}

// String is the last line said.
func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(l.last)), "\n")
	return strings.TrimPrefix(lines[len(lines)-1], "vigie: ")
}
