package instance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// patience is how long a reader may take for one event.
const patience = 5 * time.Second

// event is one event of the streams.
type event struct {
	name    string
	streams []string
	data    string
}

func (e event) text() string { return "event: " + e.name + "\ndata: " + e.data + "\n\n" }

// streamName reads which stream is asked for.
func streamName(r *http.Request) string {
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v1/streaming/"); path {
	case "public", "user":
		return path
	case "public/local", "public/remote", "user/notification":
		return strings.Replace(path, "/", ":", 1)
	case "hashtag":
		if tag := r.URL.Query().Get("tag"); tag != "" {
			return "hashtag:" + strings.ToLower(tag)
		}
	}
	return ""
}

// stream is one stream, from request to end.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if !s.admitStream(w, r) {
		return
	}
	defer s.tasks.Done()
	name := streamName(r)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "private, no-store")
	s.mu.Lock()
	l := &listener{server: s, name: name, next: s.dropped + len(s.log), out: http.NewResponseController(w), w: w}
	s.streams[name]++
	s.opened++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.streams[name]--
		s.mu.Unlock()
	}()
	if l.write(":)\n") {
		l.run(r.Context())
	}
}

// admitStream checks who asks for what. Whoever is admitted is waited for when
// the server closes.
func (s *Server) admitStream(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := max(s.faults.Status, s.faults.StreamStatus)
	switch {
	case s.ended():
		s.fail(w, http.StatusServiceUnavailable, "closed")
	case status != 0:
		s.fail(w, status, http.StatusText(status))
	case s.faults.Revoked || r.Header.Get("Authorization") != "Bearer "+s.options.Token && r.URL.Query().Get("access_token") != s.options.Token:
		s.fail(w, http.StatusUnauthorized, "Error: Invalid access token")
	case streamName(r) == "":
		s.fail(w, http.StatusNotFound, "Not found")
	default:
		s.tasks.Add(1)
		return true
	}
	return false
}

// listener is one open stream.
type listener struct {
	server *Server
	name   string
	out    *http.ResponseController
	w      http.ResponseWriter
	next   int // index of the next event, counted from the first ever
	sent   int
	held   string // an event to send after the next one
}

// run sends events and heartbeats until one of the two leaves.
func (l *listener) run(ctx context.Context) {
	heartbeat := time.NewTicker(l.server.options.Heartbeat)
	defer heartbeat.Stop()
	for {
		events, faults, fresh := l.pending()
		for i, e := range events {
			if !l.send(e, faults[i]) {
				return
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-l.server.done:
			return
		case <-fresh:
		case <-heartbeat.C:
			if !l.server.Faults().Silence && !l.write(":thump\n") {
				return
			}
		}
	}
}

// pending takes the next few events, and the faults that befall each.
func (l *listener) pending() ([]event, []Faults, <-chan struct{}) {
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Silence {
		return nil, nil, s.fresh
	}
	var events []event
	var faults []Faults
	l.next = max(l.next, s.dropped)
	for ; l.next < s.dropped+len(s.log) && len(events) < 64; l.next++ {
		e := s.log[l.next-s.dropped]
		if !slices.Contains(e.streams, l.name) || s.faults.Deaf || l.barred(e) {
			continue
		}
		if s.faults.Gap > 0 {
			s.faults.Gap--
			continue
		}
		events, faults = append(events, e), append(faults, s.spend())
	}
	return events, faults, s.fresh
}

// barred says whether a feed that is closed keeps an event back: it lets
// deletions through.
func (l *listener) barred(e event) bool {
	if e.name == "delete" || strings.HasPrefix(l.name, "user") {
		return false
	}
	if l.server.faults.OnlyDeletes && strings.HasPrefix(l.name, "public") {
		return true
	}
	feed := "live"
	if strings.HasPrefix(l.name, "hashtag:") {
		feed = "hashtag"
	}
	half := "local"
	if slices.Contains(e.streams, "public:remote") {
		half = "remote"
	}
	return l.server.closed(feed, half)
}

// send writes an event with its faults; it answers false when the stream is over.
func (l *listener) send(e event, f Faults) bool {
	text := e.text()
	l.sent++
	switch {
	case f.Cut:
		l.cut(text)
		return false
	case f.Reorder > 0 && l.sent%f.Reorder == 0 && l.held == "":
		l.held = text
		return true
	}
	if f.Duplicate > 0 && l.sent%f.Duplicate == 0 {
		text += text
	}
	text += l.held
	l.held = ""
	if f.Garbage > 0 {
		text += fmt.Sprintf("event: update\ndata: {\"id\":\"%d\",\"content\":\"<p>cou\n\n", f.Garbage)
	}
	return l.write(text) && !f.End
}

func (l *listener) write(text string) bool {
	_ = l.out.SetWriteDeadline(time.Now().Add(patience))
	_, err := l.w.Write([]byte(text))
	return err == nil && l.out.Flush() == nil
}

// cut sends half of an event, then breaks the TCP connection.
func (l *listener) cut(text string) {
	l.write(text[:len(text)/2])
	conn, _, err := l.out.Hijack()
	if err == nil {
		_ = conn.Close()
	}
}
