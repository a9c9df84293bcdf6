// Package natsd owns the embedded NATS server: JetStream on disk, on a loopback
// port, in the process. It does not own what is on it (bus).
package natsd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

const (
	// syncInterval bounds what a power cut (not a crash of ours) can take.
	syncInterval = 5 * time.Second
	startTimeout = 15 * time.Second
	maxPayload   = 2 << 20
	// dying is how long a process that was killed may hold its folder: a child it was
	// starting has it too, for a moment.
	dying = 2 * time.Second
)

// ErrInUse means that another process has the port or the folder.
var ErrInUse = errors.New("in use by another process")

// Server is a running NATS server.
type Server struct {
	server *server.Server
	lock   *os.File
}

// Start runs a server on address (host:port, port 0 picks one) with its streams
// in dir. It returns once clients can connect.
func Start(address, dir string) (*Server, error) {
	host, port, err := split(address)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("natsd: cannot write the streams: choose another data_dir: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s, err := start(host, port, dir)
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &Server{server: s, lock: lock}, nil
}

// start runs the server until it takes clients.
func start(host string, port int, dir string) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "vigie", Host: host, Port: port, MaxPayload: maxPayload,
		JetStream: true, StoreDir: dir, SyncInterval: syncInterval, NoSigs: true, NoLog: true,
		NoSublistCache: true, // most subjects are acknowledgements, each seen once
	})
	if err != nil {
		return nil, fmt.Errorf("natsd: %w", err)
	}
	go s.Start()
	if !s.ReadyForConnections(startTimeout) {
		s.Shutdown()
		return nil, fmt.Errorf("natsd: not listening on %s after %s: is the port in use? set nats.listen", net.JoinHostPort(host, strconv.Itoa(port)), startTimeout)
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("natsd: the streams in %s cannot be opened: is the folder writable, and used by no other vigie?", dir)
	}
	return s, nil
}

// lockFolder keeps other processes out of the streams until it is closed, or the
// process dies.
func lockFolder(dir string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("natsd: cannot write the streams: choose another data_dir: %w", err)
	}
	late := time.Now().Add(dying)
	for err = lockNow(lock); err != nil && time.Now().Before(late); err = lockNow(lock) {
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("natsd: the folder %s is %w: is another Vigie running here? stop it, or change data_dir", dir, ErrInUse)
	}
	return lock, nil
}

func lockNow(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// Address is where clients of other processes connect.
func (s *Server) Address() string { return s.server.Addr().String() }

// Stop closes the server once everything it holds is on disk.
func (s *Server) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
	s.lock.Close()
}

func split(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("natsd: %q is not host:port: %w", address, err)
	}
	port, err = strconv.Atoi(text)
	if err != nil {
		return "", 0, fmt.Errorf("natsd: %q is not host:port: %w", address, err)
	}
	if port == 0 {
		port = server.RANDOM_PORT
		return host, port, nil
	}
	// The server only logs that a port is taken; asking first gives a sentence.
	probe, err := obs.Listen(address, "nats.listen")
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "", 0, fmt.Errorf("natsd: %w (%w)", err, ErrInUse)
	case err != nil:
		return "", 0, fmt.Errorf("natsd: %w", err)
	}
	return host, port, probe.Close()
}
