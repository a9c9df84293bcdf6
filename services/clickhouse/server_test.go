package clickhouse_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ClickHouse/ch-go/proto"
	client "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/clickhouse"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open connects with options of a test's own.
func open(t *testing.T, opts *client.Options) client.Conn {
	t.Helper()
	conn, err := client.Open(opts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// requireCode checks that err is the engine's exception with the given code.
func requireCode(t *testing.T, err error, code int32) {
	t.Helper()
	var e *client.Exception
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, e.Message)
}

// TestServer runs the server in this process, twice on one folder.
func TestServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for round := range 2 {
		server, err := clickhouse.New(clickhouse.Options{Addr: "127.0.0.1:0", Dir: dir})
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- server.Run(ctx) }()

		conn := open(t, clickhousetest.Config{Addr: server.Addr()}.Options())
		require.NoError(t, conn.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS t (id UInt64) ENGINE = MergeTree ORDER BY id"))
		require.NoError(t, conn.Exec(t.Context(), "INSERT INTO t VALUES (1)"))
		require.Equal(t, round+1, count(t, conn, "t"))

		stop()
		require.NoError(t, <-done)
		require.Error(t, conn.Ping(t.Context()), "an idle client is sent away")
		require.NoError(t, conn.Close())
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	busyPort, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = busyPort.Close() }()
	busyDir := t.TempDir()
	startProcess(t, busyDir)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	tests := map[string]struct {
		opts clickhouse.Options
		want string
	}{
		"all interfaces": {clickhouse.Options{Addr: "0.0.0.0:0", Dir: t.TempDir()}, "can be reached from other machines"},
		"no host":        {clickhouse.Options{Addr: ":9000", Dir: t.TempDir()}, "can be reached from other machines"},
		"no port":        {clickhouse.Options{Addr: "127.0.0.1", Dir: t.TempDir()}, "write it like 127.0.0.1:9000"},
		"port in use":    {clickhouse.Options{Addr: busyPort.Addr().String(), Dir: t.TempDir()}, "is in use by another process"},
		"folder in use":  {clickhouse.Options{Addr: "127.0.0.1:0", Dir: busyDir}, "is in use by process "},
		"no folder":      {clickhouse.Options{Addr: "127.0.0.1:0"}, "no data folder"},
		"folder is none": {clickhouse.Options{Addr: "127.0.0.1:0", Dir: file}, "cannot be used"},
		"little memory":  {clickhouse.Options{Addr: "127.0.0.1:0", Dir: t.TempDir(), MemoryLimit: 1 << 20}, "too little"},
		"no library":     {clickhouse.Options{Addr: "127.0.0.1:0", Dir: t.TempDir(), Library: file}, "npm ci --prefix deploy/engine"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := clickhouse.New(tt.opts)
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, "clickhouse: ")
		})
	}
}

func TestFindLibrary(t *testing.T) {
	t.Setenv(clickhouse.LibraryEnv, filepath.Join(t.TempDir(), "nothing"))
	_, err := clickhouse.FindLibrary()
	require.ErrorContains(t, err, clickhouse.LibraryEnv)

	t.Setenv(clickhouse.LibraryEnv, "")
	t.Chdir(t.TempDir())
	_, err = clickhouse.FindLibrary()
	require.ErrorContains(t, err, "run `make run`")

	path := filepath.Join("deploy", "engine", "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.MkdirAll("below/here", 0o700))
	t.Chdir("below/here")
	found, err := clickhouse.FindLibrary()
	require.NoError(t, err)
	require.Equal(t, "libchdb.so", filepath.Base(found))
}

// TestStopWaitsForQueries stops the server under a query that ends in time and under one that never would.
func TestStopWaitsForQueries(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir())
	db := clickhousetest.Config{Addr: p.Addr}
	watcher := db.Open(t)
	short, endless := make(chan error, 1), make(chan error, 1)
	for query, done := range map[string]chan error{
		"SELECT sleep(0.6)": short,
		"SELECT sum(sipHash64(number)) FROM numbers(1000000000000)": endless,
	} {
		conn := db.Open(t)
		go func() { done <- conn.Exec(context.Background(), query) }()
	}
	require.Eventually(t, func() bool { return count(t, watcher, "system.processes") == 3 }, 5*time.Second, time.Millisecond)
	started := time.Now()
	require.NoError(t, p.Stop())
	require.NoError(t, <-short, "a query that ends within the grace period is answered")
	require.Error(t, <-endless)
	require.Less(t, time.Since(started), time.Minute, "that query has hours to go")
}

// TestGarbage lets clients in that speak no protocol, and one that does.
func TestGarbage(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	noise := make([]byte, 100_000)
	_, err := rand.Read(noise)
	require.NoError(t, err)
	var hello proto.Buffer
	proto.ClientHello{Name: "x", ProtocolVersion: 54459, Database: db.Database}.Encode(&hello)
	hello.PutString("")
	after := func(b ...byte) []byte { return append(append([]byte(nil), hello.Buf...), b...) }

	tests := map[string][]byte{
		"noise":                noise,
		"HTTP":                 []byte("GET /?query=SELECT+1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		"nothing":              {},
		"half a hello":         hello.Buf[:5],
		"an endless name":      {0, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"noise after hello":    after(noise...),
		"an unknown packet":    after(77),
		"a block unasked":      after(2, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0),
		"half a query":         after(1, 0, 1, 0),
		"an endless query id":  after(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
		"a cancel of nothing":  after(3),
		"an ancient revision":  {0, 1, 'x', 1, 1, 1, 0, 0, 0},
		"a database of binary": {0, 1, 'x', 1, 1, 0xbb, 0xa9, 3, 3, '`', 0, '\'', 0, 0},
	}
	for name, bytes := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nc, err := net.Dial("tcp", db.Addr)
			require.NoError(t, err)
			defer func() { _ = nc.Close() }()
			require.NoError(t, nc.SetDeadline(time.Now().Add(10*time.Second)))
			_, _ = nc.Write(bytes) // the server may hang up amid it
			_ = nc.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, nc) // until the server hangs up
			require.NoError(t, db.Open(t).Ping(t.Context()))
		})
	}
}

// TestSilentClient checks that a client which says nothing is not waited for, and disturbs nobody.
func TestSilentClient(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	for range 50 {
		nc, err := net.Dial("tcp", db.Addr)
		require.NoError(t, err)
		t.Cleanup(func() { _ = nc.Close() })
	}
	require.NoError(t, db.Open(t).Ping(t.Context()))
}

// TestServerLooksReal compares what clients learn about the server with what it is.
func TestServerLooksReal(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	version, err := conn.ServerVersion()
	require.NoError(t, err)
	var full, zone string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT version(), timezone()").Scan(&full, &zone))
	require.Equal(t, "ClickHouse", version.Name)
	require.Regexp(t, fmt.Sprintf(`^%d\.%d\.%d\.`, version.Version.Major, version.Version.Minor, version.Version.Patch), full)
	require.Equal(t, zone, version.Timezone.String())
}
