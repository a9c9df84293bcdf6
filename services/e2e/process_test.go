package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// binary builds vigie once for all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "vigie-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "vigie")
	cmd := exec.Command("go", "build", "-o", path, "./services/vigie")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as `make build` does: the compiler's cache is shared
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build vigie: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// machine is a folder, a config and ports of a test's own, on which processes of
// the real binary run.
type machine struct {
	t      testing.TB
	binary string
	folder string
	config *config.Config
}

func newMachine(t testing.TB, adapt func(*config.Config)) *machine {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	m := &machine{t: t, binary: path, folder: t.TempDir(), config: config.Default()}
	ports := freePorts(t, 4)
	m.config.DataDir = filepath.Join(m.folder, "var")
	m.config.NATS.Listen, m.config.ClickHouse.Listen = ports[0], ports[1]
	m.config.Desk.Listen, m.config.Metrics.Listen = ports[2], ports[3]
	m.config.Log.Level = "warn"
	adapt(m.config)
	m.writeConfig()
	return m
}

// secretFile is a secret in a file beside the config.
func secretFile(t testing.TB, name string) (secret config.Secret) {
	t.Helper()
	require.NoError(t, secret.UnmarshalText([]byte(name)))
	return secret
}

func (m *machine) path() string { return filepath.Join(m.folder, "vigie.yaml") }

func (m *machine) writeConfig() {
	m.t.Helper()
	data, err := yaml.Marshal(m.config)
	require.NoError(m.t, err)
	require.NoError(m.t, os.WriteFile(m.path(), data, 0o600))
}

// nextPort is below the ports that systems give to whoever asks for any: a server that is
// killed finds its own free when it starts again.
var nextPort = func() *atomic.Int64 {
	var next atomic.Int64
	next.Store(20_000 + rand.Int64N(8_000))
	return &next
}()

func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var addresses []string
	for len(addresses) < n {
		address := fmt.Sprint("127.0.0.1:", nextPort.Add(1))
		listener, err := net.Listen("tcp", address)
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		require.NoError(t, err)
		require.NoError(t, listener.Close())
		addresses = append(addresses, address)
	}
	return addresses
}

// process is one running process; output is what it said on both of its outputs.
type process struct {
	cmd    *exec.Cmd
	stdout *safeBuffer
	output *safeBuffer
	done   chan struct{}
	err    error
}

// start runs a vigie command; the process dies with the test at the latest.
func (m *machine) start(args ...string) *process {
	m.t.Helper()
	p := &process{stdout: &safeBuffer{}, output: &safeBuffer{}, done: make(chan struct{})}
	p.cmd = exec.Command(m.binary, append(args, "--config", m.path())...)
	p.cmd.Stdout, p.cmd.Stderr = io.MultiWriter(p.stdout, p.output), p.output
	library, err := filepath.Abs(root)
	require.NoError(m.t, err)
	p.cmd.Dir = library // the engine is looked for from here upward
	p.cmd.Env = append(os.Environ(), "VIGIE_METRICS_LISTEN="+m.metricsOf(args[0]))
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(m.t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	m.t.Cleanup(func() { p.kill() })
	return p
}

// metricsOf gives each single role a metrics port of its own.
func (m *machine) metricsOf(command string) string {
	if command == "up" {
		return m.config.Metrics.Listen
	}
	return "127.0.0.1:0"
}

// kill ends the process as a crash would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// stop ends the process as Ctrl-C does, and returns its exit code.
func (p *process) stop(t testing.TB) int {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(40 * time.Second):
		t.Fatalf("it does not stop:\n%s", p.output)
	}
	return p.cmd.ProcessState.ExitCode()
}

// run runs a command to its end and returns what it printed on both outputs.
func (m *machine) run(args ...string) (string, int) {
	m.t.Helper()
	p := m.start(args...)
	select {
	case <-p.done:
	case <-time.After(2 * time.Minute):
		m.t.Fatalf("vigie %v does not end:\n%s", args, p.output)
	}
	return p.output.String(), p.cmd.ProcessState.ExitCode()
}

// ready waits until /readyz of a running `vigie up` says so.
func (m *machine) ready(p *process) {
	m.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.config.Metrics.Listen+"/readyz", nil)
		require.NoError(m.t, err)
		response, err := http.DefaultClient.Do(request)
		cancel()
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK && strings.Contains(p.output.String(), "http://") {
				return
			}
		}
		select {
		case <-p.done:
			m.t.Fatalf("vigie ended before it was ready:\n%s", p.output)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("vigie is not ready:\n%s", p.output)
		}
	}
}

// sql asks a running machine for one number.
func (m *machine) sql(query string) uint64 {
	m.t.Helper()
	out, code := m.run("sql", "--format", "csv", query)
	require.Zero(m.t, code, out)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	number, err := strconv.ParseUint(lines[len(lines)-1], 10, 64)
	require.NoError(m.t, err, out)
	return number
}

// metric reads one metric without labels of a running `vigie up`.
func (m *machine) metric(name string) float64 {
	m.t.Helper()
	response, err := http.Get("http://" + m.config.Metrics.Listen + "/metrics")
	require.NoError(m.t, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	require.NoError(m.t, err)
	for line := range strings.Lines(string(page)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			number, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			require.NoError(m.t, err)
			return number
		}
	}
	m.t.Fatalf("no metric %s", name)
	return 0
}

// child finds the process id of the embedded ClickHouse of a running `vigie up`,
// 0 while there is none.
func (p *process) child() int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.cmd.Process.Pid))
	for _, task := range tasks {
		data, _ := os.ReadFile(task) // a thread may end meanwhile
		for _, field := range strings.Fields(string(data)) {
			if pid, err := strconv.Atoi(field); err == nil {
				return pid
			}
		}
	}
	return 0
}

// safeBuffer can be written by a process while a test reads it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
