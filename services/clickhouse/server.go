package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
)

// Options configures a Server.
type Options struct {
	// Addr is a loopback address such as 127.0.0.1:9000; port 0 picks a free one.
	Addr string
	// Dir is the data folder, made if need be.
	Dir string
	// Library is the path of libchdb.so; empty means FindLibrary.
	Library string
	// Logger is where the server logs; nil means slog.Default.
	Logger *slog.Logger
	// MemoryLimit is how many bytes the engine may use before queries fail; 0 means DefaultMemoryLimit.
	MemoryLimit uint64
	// Grace is how long running queries may go on after Run's context is done; 0 means DefaultGrace.
	Grace time.Duration
}

const (
	// DefaultMemoryLimit leaves the rest of Vigie room on a machine of 1 GB.
	DefaultMemoryLimit = 384 << 20
	minMemoryLimit     = 128 << 20
	// DefaultGrace is shorter than the time most supervisors give a process to stop.
	DefaultGrace = 8 * time.Second
	// maxClients is far more than Vigie has; a client that leaks connections meets it before the machine does.
	maxClients = 1000
	// killTime is what a killed query gets to notice.
	killTime = 3 * time.Second
)

// Server serves the embedded ClickHouse. A process can hold one.
type Server struct {
	log      *slog.Logger
	grace    time.Duration
	dir      *dataDir
	engine   *engine
	listener net.Listener

	mutex    sync.Mutex
	sessions map[*session]bool
	draining bool
	ended    sync.WaitGroup // sessions
	tidying  sync.WaitGroup
}

// New locks the data folder, opens the port and starts the engine. Clients can connect from then on; they
// are answered once Run is called, which also stops and releases everything.
func New(opts Options) (*Server, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	s := &Server{
		log:      opts.Logger.With("component", "clickhouse"),
		grace:    opts.Grace,
		sessions: map[*session]bool{},
	}
	if err := s.open(opts); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// complete checks the options and fills in what was left out.
func (o *Options) complete() (err error) {
	if err := checkLoopback(o.Addr); err != nil {
		return err
	}
	if o.Library == "" {
		if o.Library, err = FindLibrary(); err != nil {
			return err
		}
	}
	if o.Library, err = filepath.Abs(o.Library); err != nil { // the loader looks for a bare name elsewhere
		return fmt.Errorf("clickhouse: library %s: %w", o.Library, err)
	}
	if o.MemoryLimit == 0 {
		o.MemoryLimit = DefaultMemoryLimit
	}
	if o.MemoryLimit < minMemoryLimit {
		return fmt.Errorf("clickhouse: a memory limit of %d bytes is too little for the engine: give it at least %d", o.MemoryLimit, minMemoryLimit)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Grace == 0 {
		o.Grace = DefaultGrace
	}
	return nil
}

func (s *Server) open(opts Options) (err error) {
	if s.dir, err = openDataDir(opts.Dir); err != nil {
		return err
	}
	if s.listener, err = listen(opts.Addr); err != nil {
		return err
	}
	if err := libchdb.Load(opts.Library); err != nil {
		return fmt.Errorf("clickhouse: %s is no engine this program can use: %w: run `npm ci --prefix deploy/engine`", opts.Library, err)
	}
	s.engine, err = openEngine(s.dir, opts.MemoryLimit, s.log)
	return err
}

// checkLoopback refuses addresses that other machines can reach: no client is asked for a password.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("clickhouse: address %q: %w: write it like 127.0.0.1:9000", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("clickhouse: address %q can be reached from other machines, and the embedded ClickHouse asks nobody for a password: use 127.0.0.1, or a ClickHouse server", addr)
	}
	return nil
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("clickhouse: port %s is in use by another process: stop that one, or set another port", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("clickhouse: listen on %s: %w", addr, err)
	}
	return l, nil
}

// Addr is the address clients connect to.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves clients until ctx is done. Then it takes no more, lets running queries end for the grace
// period, stops those that have not, and stops the engine. It returns nil if it stopped because of ctx.
func (s *Server) Run(ctx context.Context) error {
	defer s.release()
	s.log.Info("embedded ClickHouse is ready", "addr", s.Addr(), "dir", s.dir.path, "version", fmt.Sprint(s.engine.version))
	// Sessions outlive ctx by the grace period.
	queries, stopQueries := context.WithCancel(context.WithoutCancel(ctx))
	defer stopQueries()
	stopAccepting := context.AfterFunc(ctx, func() { _ = s.listener.Close() })
	defer stopAccepting()
	s.tidying.Go(func() { s.engine.tidy(queries) })

	err := s.accept(queries)
	if ctx.Err() == nil {
		err = fmt.Errorf("clickhouse: accept clients on %s: %w", s.Addr(), err)
	} else {
		err = nil
	}
	err = errors.Join(err, s.drain(stopQueries))
	stopQueries()
	s.tidying.Wait()
	return err
}

func (s *Server) accept(queries context.Context) error {
	var delay time.Duration
	for {
		nc, err := s.listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) {
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			s.log.Warn("cannot accept a client for the moment", "err", err)
			time.Sleep(delay)
			continue
		}
		if err != nil {
			return err
		}
		delay = 0
		s.start(queries, nc)
	}
}

func (s *Server) start(queries context.Context, nc net.Conn) {
	c := newSession(s.engine, s.dir, nc, s.log)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.sessions) >= maxClients {
		s.log.Warn("too many clients, one is turned away", "clients", len(s.sessions))
	}
	if s.draining || len(s.sessions) >= maxClients {
		_ = nc.Close()
		return
	}
	s.sessions[c] = true
	s.ended.Go(func() {
		c.run(queries)
		s.mutex.Lock()
		defer s.mutex.Unlock()
		delete(s.sessions, c)
	})
}

// drain ends all sessions.
func (s *Server) drain(stopQueries func()) error {
	s.mutex.Lock()
	s.draining = true
	for c := range s.sessions {
		c.drain()
	}
	s.mutex.Unlock()

	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ended.Wait()
	}()
	if endsWithin(done, s.grace) {
		return nil
	}
	s.log.Warn("queries still run after the grace period and are stopped", "grace", s.grace)
	stopQueries()
	s.mutex.Lock()
	for c := range s.sessions {
		c.hangUp()
	}
	s.mutex.Unlock()
	if endsWithin(done, killTime) {
		return nil
	}
	return errors.New("clickhouse: a query does not stop; the engine is left as it is, nothing acknowledged is lost")
}

func endsWithin(done <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// release closes what New opened. An engine with sessions still in it cannot be stopped.
func (s *Server) release() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	s.mutex.Lock()
	busy := len(s.sessions) > 0
	s.mutex.Unlock()
	if busy {
		return
	}
	if s.engine != nil {
		s.engine.close()
	}
	if s.dir != nil {
		s.dir.close()
	}
}
