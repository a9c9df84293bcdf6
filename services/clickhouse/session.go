package clickhouse

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/native"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/sqltext"
)

// handshakeTimeout bounds how long a silent connection costs anything.
const handshakeTimeout = 10 * time.Second

// session is one client and its connection to the engine.
type session struct {
	engine *engine
	dir    *dataDir
	log    *slog.Logger
	net    net.Conn
	conn   *native.Conn

	db       *libchdb.Conn
	mark     string
	database string
	settings sessionSettings

	mutex    sync.Mutex
	busy     bool // between a query's packet and its answer
	draining bool
}

func newSession(e *engine, dir *dataDir, nc net.Conn, log *slog.Logger) *session {
	return &session{
		engine: e, dir: dir, net: nc, conn: native.NewConn(nc), mark: e.newMark(),
		log: log.With("client", nc.RemoteAddr().String()),
	}
}

// run serves the client until it leaves, breaks the protocol, or the server drains.
func (s *session) run(ctx context.Context) {
	defer func() { _ = s.net.Close() }()
	err := s.serve(ctx)
	if s.db != nil {
		s.db.Close()
	}
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		s.log.Debug("client left")
	case errors.Is(err, native.ErrMalformed):
		s.log.Warn("client does not speak the native protocol and is dropped", "err", err)
	default:
		s.log.Debug("client lost", "err", err)
	}
}

func (s *session) serve(ctx context.Context) error {
	if err := s.handshake(); err != nil {
		return s.refuse(err)
	}
	for s.end() {
		code, err := s.conn.NextPacket()
		if err != nil {
			return err
		}
		if !s.begin() {
			return nil
		}
		if err := s.handle(ctx, code); err != nil {
			return s.refuse(err)
		}
	}
	return nil
}

// begin and end frame the work on a packet; they report whether the session goes on.
func (s *session) begin() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.busy = true
	return !s.draining
}

func (s *session) end() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.busy = false
	return !s.draining
}

// drain ends the session now if it is idle, else after the query it works on.
func (s *session) drain() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.draining = true
	if !s.busy {
		_ = s.net.Close()
	}
}

// hangUp ends the session whatever it does.
func (s *session) hangUp() { _ = s.net.Close() }

func (s *session) handshake() error {
	hello, err := s.conn.ReadHello(handshakeTimeout)
	if err != nil {
		return err
	}
	s.database = hello.Database
	if err := s.openDB(); err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	v := s.engine.version
	return s.conn.Welcome(proto.ServerHello{
		Name: "ClickHouse", Major: v[0], Minor: v[1], Patch: v[2],
		Timezone: s.engine.timezone, DisplayName: host,
	})
}

// openDB gives the session a connection to the engine, in the client's database.
func (s *session) openDB() error {
	db, err := s.engine.connect(s.mark)
	if err != nil {
		return libchdb.Exceptionf(libchdb.CodeNoFreeConnection, "NO_FREE_CONNECTION", "The embedded engine gives no connection: %v", err)
	}
	s.db, s.settings = db, newSessionSettings()
	if s.database != "" {
		_, _, err = db.Query("USE "+sqltext.QuoteName(s.database), "Null")
	}
	return err
}

// replaceDB gives the session a new connection to the engine, in the state of the old one but for the
// settings of queries, and for temporary tables.
func (s *session) replaceDB() error {
	database, _, err := s.db.Query("SELECT currentDatabase()", "RowBinary")
	if err != nil {
		return err
	}
	names, err := readStrings(database)
	if err != nil {
		return err
	}
	own := s.settings.own
	s.db.Close()
	s.db, s.database = nil, strings.Join(names, "")
	if err := s.openDB(); err != nil {
		return err
	}
	s.settings.own = own
	return set(s.db, assignments(own)...)
}

// handle answers one packet. An error ends the session.
func (s *session) handle(ctx context.Context, code proto.ClientCode) error {
	switch code {
	case proto.ClientCodePing:
		return s.conn.SendPong()
	case proto.ClientCodeCancel: // the query it meant has ended
		return nil
	case proto.ClientCodeQuery:
		return s.query(ctx)
	}
	return libchdb.Exceptionf(libchdb.CodeUnexpectedPacket, "UNEXPECTED_PACKET_FROM_CLIENT", "Unexpected packet %d from client.", code)
}

// query reads a query and answers it. The engine's errors are part of the answer.
func (s *session) query(ctx context.Context) error {
	q, err := s.conn.ReadQuery()
	if err != nil {
		return err
	}
	s.engine.used.Store(true)
	external, err := s.readExternalTables(q.Compressed)
	if err != nil {
		return err
	}
	if external {
		err = libchdb.Exceptionf(libchdb.CodeNotImplemented, "NOT_IMPLEMENTED", "The embedded ClickHouse takes no external tables: put the rows in a temporary table, or in the query.")
	} else {
		err = s.execute(ctx, q)
	}
	if e, ok := exception(err); ok {
		s.log.Debug("query failed", "code", e.Code, "name", e.Name)
		return s.sendException(e)
	}
	return err
}

// readExternalTables reads the blocks that follow each query, up to the empty one.
func (s *session) readExternalTables(compressed bool) (found bool, err error) {
	for {
		code, err := s.conn.NextPacket()
		if err != nil {
			return found, err
		}
		if code != proto.ClientCodeData {
			return found, libchdb.Exceptionf(libchdb.CodeUnexpectedPacket, "UNEXPECTED_PACKET_FROM_CLIENT", "Unexpected packet %d from client.", code)
		}
		_, header, err := s.conn.ReadData(io.Discard, compressed)
		if err != nil {
			return found, err
		}
		if len(header.Columns) == 0 {
			return found, nil
		}
		found = true
	}
}

// refuse tells the client why its session ends, if there is something to tell.
func (s *session) refuse(err error) error {
	if e, ok := exception(err); ok {
		_ = s.sendException(e)
	} else if unsupported, ok := errors.AsType[*native.UnsupportedTypeError](err); ok {
		_ = s.sendException(notImplemented(unsupported))
	} else if errors.Is(err, native.ErrMalformed) {
		_ = s.sendException(libchdb.Exceptionf(libchdb.CodeIncorrectData, "INCORRECT_DATA", "%v", err))
	}
	return err
}

func (s *session) sendException(e *libchdb.Exception) error {
	message := e.Message
	if e.Name != "" {
		message += " (" + e.Name + ")"
	}
	return s.conn.SendException(e.Code, message)
}

func notImplemented(err error) *libchdb.Exception {
	return libchdb.Exceptionf(libchdb.CodeNotImplemented, "NOT_IMPLEMENTED", "%v", err)
}
