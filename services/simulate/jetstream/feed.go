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
)

// patience is how long a reader may take for one frame.
const patience = 5 * time.Second

// subscribe is one connection, from handshake to close.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) {
	reader, ok := s.welcome(w, r)
	if !ok {
		return
	}
	defer s.tasks.Done()
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
	reader.run(ctx)
}

// reader is what one connection wants, and how far it has got.
type reader struct {
	server      *Server
	conn        *websocket.Conn
	wire        *tapped
	collections []string
	dids        []string
	cursor      int64 // replay from this time, 0 for none
	next        int   // index of the next event, counted from the first ever
	replayUntil int
	sent        int
	held        []byte // an event to send after the next one
}

// welcome reads the question, or refuses it. Whoever is welcome is waited for
// when the server closes.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) (*reader, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed() || s.refuse(w) {
		return nil, false
	}
	q := r.URL.Query()
	live := s.dropped + len(s.log)
	reader := &reader{server: s, collections: q["wantedCollections"], dids: q["wantedDids"], next: live, replayUntil: live}
	cursor := q.Get("cursor")
	if cursor == "" {
		s.tasks.Add(1)
		return reader, true
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
		reader.cursor, reader.next = at, s.dropped
	}
	s.tasks.Add(1)
	return reader, true
}

// refuse answers with the error that is set, if any.
func (s *Server) refuse(w http.ResponseWriter) bool {
	if s.faults.Status == 0 {
		return false
	}
	if s.faults.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(s.faults.RetryAfter.Seconds()+0.999)))
	}
	http.Error(w, http.StatusText(s.faults.Status), s.faults.Status)
	return true
}

// run sends the reader what it wants until one of the two leaves.
func (r *reader) run(ctx context.Context) {
	for {
		events, faults, fresh := r.pending()
		for i, e := range events {
			if !r.send(ctx, e, faults[i]) {
				return
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-r.server.done:
			return
		case <-fresh:
		}
	}
}

// pending takes the next few events, and the faults that befall each.
func (r *reader) pending() ([]event, []Faults, <-chan struct{}) {
	s := r.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Silence {
		return nil, nil, s.fresh
	}
	var events []event
	var faults []Faults
	r.next = max(r.next, s.dropped)
	for ; r.next < s.dropped+len(s.log) && len(events) < 64; r.next++ {
		e := s.log[r.next-s.dropped]
		replayed := r.next < r.replayUntil
		if replayed && e.timeUS < r.cursor || !r.wants(e) {
			continue
		}
		if !replayed && s.faults.Gap > 0 {
			s.faults.Gap--
			continue
		}
		events, faults = append(events, e), append(faults, s.spend())
	}
	return events, faults, s.fresh
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
func (r *reader) send(ctx context.Context, e event, f Faults) bool {
	frame := e.frame
	r.sent++
	switch {
	case f.Cut:
		r.wire.cut(frame)
		return false
	case f.Reorder > 0 && r.sent%f.Reorder == 0 && r.held == nil:
		r.held = frame
		return true
	}
	frames := [][]byte{frame}
	if f.Duplicate > 0 && r.sent%f.Duplicate == 0 {
		frames = append(frames, frame)
	}
	if r.held != nil {
		frames, r.held = append(frames, r.held), nil
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
