package instance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/streams"
)

const (
	// patience is how long a reader may take for one event.
	patience = 5 * time.Second
	// atOnce is how many events are taken from the log at once.
	atOnce = 64
)

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
	defer s.life.Leave()
	name := streamName(r)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "private, no-store")
	s.mu.Lock()
	l := &listener{server: s, name: name, next: s.log.End(), out: http.NewResponseController(w), w: w}
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
	case status != 0:
		s.fail(w, status, http.StatusText(status))
	case s.faults.Revoked || r.Header.Get("Authorization") != "Bearer "+s.options.Token && r.URL.Query().Get("access_token") != s.options.Token:
		s.fail(w, http.StatusUnauthorized, "Error: Invalid access token")
	case streamName(r) == "":
		s.fail(w, http.StatusNotFound, "Not found")
	case !s.life.Join():
		s.fail(w, http.StatusServiceUnavailable, "closed")
	default:
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
	next   int // place in the log
	line   streams.Line
}

// delivery is an event, and the faults that befall it.
type delivery struct {
	event  event
	faults Faults
}

// run sends events and heartbeats until one of the two leaves.
func (l *listener) run(ctx context.Context) {
	heartbeat := time.NewTicker(l.server.options.Heartbeat)
	defer heartbeat.Stop()
	streams.Follow(ctx, l.server.life, l.pending, l.send, heartbeat.C, func() bool {
		return l.server.Faults().Silence || l.write(":thump\n")
	})
}

// pending takes the next few events.
func (l *listener) pending() ([]delivery, <-chan struct{}) {
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Silence {
		return nil, s.log.Fresh()
	}
	var events []delivery
	for after, e := range s.log.From(l.next) {
		if l.next = after; !slices.Contains(e.streams, l.name) || s.faults.Deaf || l.barred(e) {
			continue
		}
		if s.faults.Gap > 0 {
			s.faults.Gap--
			continue
		}
		if events = append(events, delivery{e, s.spend()}); len(events) == atOnce {
			break
		}
	}
	return events, s.log.Fresh()
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
func (l *listener) send(d delivery) bool {
	f := d.faults
	if f.Cut {
		l.cut(d.event.text())
		return false
	}
	text := string(bytes.Join(l.line.Next([]byte(d.event.text()), f.Duplicate, f.Reorder), nil))
	if text == "" {
		return true // it comes after the next one
	}
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
