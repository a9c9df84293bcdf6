package xapi

import (
	"encoding/json"
	"net/http"
	"time"
)

// backlog is how many posts wait for a slow reader before it is disconnected.
const backlog = 1000

// stream is an open connection.
type stream struct {
	posts chan delivery
	end   chan problem // a last word before the end
	drop  chan bool    // an end without a word
	held  *delivery    // a post that waits to come after the next
	sent  int
}

// delivery is a post on its way, and the rules that let it through.
type delivery struct {
	tweet *tweet
	rules []Rule
	fault Faults
}

var (
	tooMany = problem{
		Title: "ConnectionException", Detail: "This stream is currently at the maximum allowed connection limit.",
		Issue: "TooManyConnections", Type: problemType("streaming-connection"),
	}
	noRules = problem{
		Title: "ConnectionException", Detail: "You must define rules before connecting to the stream.",
		Issue: "RuleConfigurationIssue", Type: problemType("streaming-connection"),
	}
	operational = problem{
		Title: "operational-disconnect", Disconnect: "UpstreamOperationalDisconnect",
		Detail: "This stream has been disconnected upstream for operational reasons.", Type: problemType("operational-disconnect"),
	}
)

// Disconnect ends all streams as X does for its own reasons: with a last word.
func (s *Server) Disconnect() {
	s.each(func(st *stream) { offer(st.end, problem{Errors: []problem{operational}}) })
}

// Crowd ends all streams with the word that there are too many.
func (s *Server) Crowd() { s.each(func(st *stream) { offer(st.end, tooMany) }) }

// Break ends all streams without a word.
func (s *Server) Break() { s.each(func(st *stream) { offer(st.drop, true) }) }

// Close ends all streams in order, and lets no new one in: a server that stops
// would wait for them.
func (s *Server) Close() {
	s.closing.Do(func() { close(s.closed) })
}

func (s *Server) each(visit func(*stream)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.streams {
		visit(st)
	}
}

func offer[T any](channel chan T, value T) {
	select {
	case channel <- value:
	default:
	}
}

// getStream is the endpoint. There is one connection for all.
func (s *Server) getStream(w http.ResponseWriter, r *http.Request) {
	st := &stream{posts: make(chan delivery, backlog), end: make(chan problem, 1), drop: make(chan bool, 1)}
	s.mu.Lock()
	crowded := len(s.streams) > 0 || time.Now().Before(s.lingering)
	empty := len(s.rules) == 0
	if !crowded && !empty {
		s.streams[st] = true
	}
	s.mu.Unlock()
	switch {
	case crowded:
		reply(w, http.StatusTooManyRequests, tooMany)
		return
	case empty:
		reply(w, http.StatusConflict, noRules)
		return
	}
	defer s.close(st)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	s.run(w, r, st)
}

func (s *Server) close(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, st)
	s.lingering = time.Now().Add(s.faults.Linger)
}

// run writes what comes until the stream ends.
func (s *Server) run(w http.ResponseWriter, r *http.Request, st *stream) {
	chosen := selectionOf(r.URL.Query().Get)
	wire := &wire{w: w, controller: http.NewResponseController(w)}
	alive := time.NewTicker(s.options.KeepAlive)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		case <-st.drop:
			wire.abort()
		case last := <-st.end:
			data, _ := json.Marshal(last)
			wire.line(data)
			return
		case <-alive.C:
			if !s.isSilent() {
				wire.line(nil)
			}
		case d := <-st.posts:
			s.count(1)
			if d.fault.Slow > 0 {
				wait(r, d.fault.Slow)
			}
			wire.post(d, chosen)
		}
	}
}

func (s *Server) isSilent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Silent
}

func (s *Server) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered += n
}

// offer puts a post on its way if a rule lets it through; the server is locked.
func (st *stream) offer(t *tweet, rules []Rule, f Faults) {
	var matching []Rule
	for _, rule := range rules {
		if rule.parsed.matches(t, true) {
			matching = append(matching, rule)
		}
	}
	if st.sent++; len(matching) == 0 || f.Silent || f.Lose > 0 && st.sent%f.Lose == 0 {
		return
	}
	out := []delivery{{t, matching, f}}
	if f.Twice {
		out = append(out, out[0])
	}
	if f.Reorder && st.held == nil {
		st.held = &out[0]
		return
	}
	if st.held != nil {
		out = append(out, *st.held)
		st.held = nil
	}
	for _, d := range out {
		select {
		case st.posts <- d:
		default: // the reader is too slow: X forgets what was waiting
			offer(st.drop, true)
		}
	}
}

// wire is the connection.
type wire struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

func (c *wire) line(data []byte) {
	_, _ = c.w.Write(append(data, '\r', '\n'))
	_ = c.controller.Flush()
}

// abort ends the connection in the middle.
func (c *wire) abort() {
	_ = c.controller.Flush()
	panic(http.ErrAbortHandler)
}

// post writes a post, with the faults it left with.
func (c *wire) post(d delivery, chosen selection) {
	var tags []map[string]string
	for _, rule := range d.rules {
		tags = append(tags, map[string]string{"id": rule.ID, "tag": rule.Tag})
	}
	object := map[string]any{"data": d.tweet.object(chosen.tweet), "matching_rules": tags}
	if includes := chosen.includes([]*tweet{d.tweet}); includes != nil {
		object["includes"] = includes
	}
	data, _ := json.Marshal(object)
	if d.fault.Garbage {
		c.line([]byte("\x00\xff}{ <html>502 Bad Gateway</html>"))
	}
	if d.fault.Cut {
		_, _ = c.w.Write(data[:len(data)/2])
		c.abort()
	}
	c.line(data)
}
