package jetstream

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/vigie-monitor/vigie/services/simulate/streams"
)

const (
	// patience is how long a reader may take for one frame.
	patience = 5 * time.Second
	// atOnce is how many events are taken from the log at once.
	atOnce = 64
)

// subscribe is one connection, from handshake to close.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) {
	reader, ok := s.welcome(w, r)
	if !ok {
		return
	}
	defer s.life.Leave()
	wire := &tapped{ResponseWriter: w}
	conn, err := websocket.Accept(wire, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer func() {
		_ = conn.CloseNow()
		s.mu.Lock()
		s.open--
		s.mu.Unlock()
	}()
	s.mu.Lock()
	s.open++
	s.cursors = append(s.cursors, r.URL.Query().Get("cursor"))
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(conn.CloseRead(r.Context())) // answers pings, and ends when the reader leaves
	defer cancel()
	reader.conn, reader.wire = conn, wire
	streams.Follow(ctx, s.life, reader.pending, func(d delivery) bool { return reader.send(ctx, d) }, nil, nil)
}

// reader is what one connection wants, and how far it has got.
type reader struct {
	server      *Server
	conn        *websocket.Conn
	wire        *tapped
	collections []string
	dids        []string
	cursor      int64 // replay from this time, 0 for none
	next        int   // place in the log
	replayUntil int
	line        streams.Line
}

// delivery is an event, and the faults that befall it.
type delivery struct {
	event  event
	faults Faults
}

// welcome reads the question, or refuses it. Whoever is welcome is waited for
// when the server closes.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) (*reader, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse(w) {
		return nil, false
	}
	q := r.URL.Query()
	live := s.log.End()
	reader := &reader{server: s, collections: q["wantedCollections"], dids: q["wantedDids"], next: live, replayUntil: live}
	cursor := q.Get("cursor")
	if cursor == "" {
		return reader, s.life.Join()
	}
	at, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || at < 0 {
		http.Error(w, "invalid cursor", http.StatusBadRequest)
		return nil, false
	}
	if s.faults.RefuseCursor {
		http.Error(w, `{"error":"CursorTooOld","message":"the cursor is below the lookback floor"}`, http.StatusBadRequest)
		return nil, false
	}
	if at <= s.options.Now().UnixMicro() { // the future is live
		reader.cursor, reader.next = at, s.log.First()
	}
	return reader, s.life.Join()
}

// refuse answers with the error that is set, if any.
func (s *Server) refuse(w http.ResponseWriter) bool {
	if s.faults.Status == 0 {
		return false
	}
	streams.RetryAfter(w.Header(), s.faults.RetryAfter)
	http.Error(w, http.StatusText(s.faults.Status), s.faults.Status)
	return true
}

// pending takes the next few events.
func (r *reader) pending() ([]delivery, <-chan struct{}) {
	s := r.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Silence {
		return nil, s.log.Fresh()
	}
	var events []delivery
	for after, e := range s.log.From(r.next) {
		r.next = after
		replayed := after <= r.replayUntil
		if replayed && e.timeUS < r.cursor || !r.wants(e) {
			continue
		}
		if !replayed && s.faults.Gap > 0 {
			s.faults.Gap--
			continue
		}
		if events = append(events, delivery{e, s.spend()}); len(events) == atOnce {
			break
		}
	}
	return events, s.log.Fresh()
}

// spend takes the faults that happen once or a few times off the list.
func (s *Server) spend() Faults {
	now := s.faults
	s.faults.Cut, s.faults.SlowConsumer, s.faults.Oversize = false, false, 0
	s.faults.Garbage = max(0, s.faults.Garbage-1)
	return now
}

// wants says whether a connection asked for an event. Identity and account
// events concern everyone, whatever the collections.
func (r *reader) wants(e event) bool {
	if len(r.dids) > 0 && !slices.Contains(r.dids, e.did) {
		return false
	}
	return e.collection == "" || len(r.collections) == 0 || slices.ContainsFunc(r.collections, func(wanted string) bool {
		matched, err := path.Match(wanted, e.collection)
		return err == nil && matched
	})
}

// send writes an event with its faults; it answers false when the connection is over.
func (r *reader) send(ctx context.Context, d delivery) bool {
	f := d.faults
	if f.Cut {
		r.wire.cut(d.event.frame)
		return false
	}
	frames := r.line.Next(d.event.frame, f.Duplicate, f.Reorder)
	if len(frames) == 0 {
		return true // it comes after the next one
	}
	if f.Garbage > 0 {
		frames = append(frames, []byte(`{"did":"did:plc:broken","time_us":17,"kind":"com`+strconv.Itoa(f.Garbage)))
	}
	if f.Oversize > 0 {
		frames = append(frames, make([]byte, f.Oversize))
	}
	for _, frame := range frames {
		if !r.write(ctx, frame) {
			return false
		}
	}
	if f.SlowConsumer {
		_ = r.conn.Close(websocket.StatusPolicyViolation, "ConsumerTooSlow")
		return false
	}
	return true
}

func (r *reader) write(ctx context.Context, frame []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return r.conn.Write(ctx, websocket.MessageText, frame) == nil
}

// tapped keeps hold of the TCP connection under a WebSocket, to cut it.
type tapped struct {
	http.ResponseWriter
	tcp net.Conn
}

// Hijack hands the connection over, and remembers it.
func (t *tapped) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.tcp = conn
	return conn, buffer, err
}

// cut sends the header of a frame and half of what it promises, then breaks off.
func (t *tapped) cut(frame []byte) {
	const finalText, length64 = 0x81, 127
	header := binary.BigEndian.AppendUint64([]byte{finalText, length64}, uint64(len(frame)))
	_, _ = t.tcp.Write(append(header, frame[:len(frame)/2]...))
	_ = t.tcp.Close()
}
