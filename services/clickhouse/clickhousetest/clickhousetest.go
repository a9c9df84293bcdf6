// Package clickhousetest gives tests a real ClickHouse: the embedded engine, in a process of its own.
//
// A test binary that imports it starts one engine, at the first call of [Start], by running itself once
// more; the engine dies with the binary and takes its data folder along. Each test gets a database of its
// own, so tests may run in parallel:
//
//	func TestStore(t *testing.T) {
//		db := clickhousetest.Database(t)
//		conn := db.Open(t)
//		…
//	}
//
// Tests never skip: where the engine's library is missing, they fail with a sentence that says what to do.
package clickhousetest

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	client "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// shared is the engine of this test binary.
var shared struct {
	once    sync.Once
	process *Process // kept: its end of the pipe is the engine's life
	err     error
}

// Start returns the address of the test binary's engine, and starts it if this is the first call.
func Start(t testing.TB) (addr string) {
	t.Helper()
	shared.once.Do(func() {
		shared.process, shared.err = StartProcess("")
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.process.Addr
}

// Config is where a test finds its own database.
type Config struct {
	Addr     string
	Database string
}

// Database makes a database for this test, and drops it at the test's end.
func Database(t testing.TB) Config {
	t.Helper()
	c := Config{Addr: Start(t), Database: databaseName(t.Name())}
	admin := Config{Addr: c.Addr, Database: "default"}.Open(t)
	ctx := context.Background() // t.Context is done when cleanups run
	if err := admin.Exec(ctx, "CREATE DATABASE "+c.Database); err != nil {
		t.Fatalf("clickhousetest: create the database of %s: %v", t.Name(), err)
	}
	t.Cleanup(func() {
		if err := admin.Exec(ctx, "DROP DATABASE "+c.Database+" SYNC"); err != nil {
			t.Errorf("clickhousetest: drop the database of %s: %v", t.Name(), err)
		}
	})
	return c
}

func databaseName(test string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(test))
	return "test_" + name[:min(len(name), 60)] + "_" + strings.ToLower(rand.Text()[:8])
}

// Options is Config for clickhouse-go, with LZ4 as in production.
func (c Config) Options() *client.Options {
	return &client.Options{
		Addr:        []string{c.Addr},
		Auth:        client.Auth{Database: c.Database},
		Compression: &client.Compression{Method: client.CompressionLZ4},
	}
}

// Open connects through clickhouse-go's own interface.
func (c Config) Open(t testing.TB) driver.Conn {
	t.Helper()
	conn, err := client.Open(c.Options())
	if err != nil {
		t.Fatalf("clickhousetest: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// OpenDB connects through database/sql.
func (c Config) OpenDB(t testing.TB) *sql.DB {
	t.Helper()
	db := client.OpenDB(c.Options())
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Process is an engine in a process of its own.
type Process struct {
	Addr string
	cmd  *exec.Cmd
	life *os.File // the child stops when this end of its standard input closes
	out  *os.File
}

// StartProcess starts an engine on a data folder, by running this binary once more. An empty dir means a
// temporary one, removed when the process stops. The process stops at the latest when this one ends.
func StartProcess(dir string, env ...string) (*Process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("clickhousetest: %w", err)
	}
	stdin, life, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("clickhousetest: %w", err)
	}
	defer func() { _ = stdin.Close() }()
	out, stdout, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("clickhousetest: %w", err)
	}
	defer func() { _ = stdout.Close() }()

	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), append(env, serveEnv+"=1", dirEnv+"="+dir)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("clickhousetest: start the engine's process: %w", err)
	}
	_ = stdout.Close()
	p := &Process{cmd: cmd, life: life, out: out}
	line, err := bufio.NewReader(out).ReadString('\n')
	if addr, ok := strings.CutPrefix(strings.TrimSpace(line), readyPrefix); ok {
		p.Addr = addr
		return p, nil
	}
	_ = p.Kill()
	if err == nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(line)) // the child's own sentence
	}
	return nil, fmt.Errorf("clickhousetest: the engine's process died at its start: %w", err)
}

// PID is the engine's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop lets the engine end its queries and waits for its end.
func (p *Process) Stop() error {
	_ = p.life.Close()
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.out.Close()
	return p.cmd.Wait()
}

// Kill ends the process as a crash would.
func (p *Process) Kill() error {
	err := p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.life.Close()
	_ = p.out.Close()
	return err
}
