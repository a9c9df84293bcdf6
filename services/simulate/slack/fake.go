// Package slack is a Slack that does not exist: a server of incoming webhooks
// that takes what Slack takes, refuses what Slack refuses, in its words, fails on
// command, and shows on a web page what a channel would have shown.
//
// It reads the payload on its own, without the library that wrote it, so that it
// can disagree with it.
package slack

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

const (
	// maxKept is how many messages are shown; older ones are forgotten.
	maxKept = 200
	maxBody = 1 << 20
)

// hook is the path of an incoming webhook: a workspace, an app and a secret.
var hook = regexp.MustCompile(`^/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+$`)

// Message is a message that was taken.
type Message struct {
	Number  int             `json:"number"`
	Time    time.Time       `json:"time"`
	Hook    string          `json:"hook"`
	Text    string          `json:"text"` // of the notification, as sent
	Payload json.RawMessage `json:"payload"`

	blocks []block
}

// Fake is the server. Its zero value is not ready: use New.
type Fake struct {
	mux  *http.ServeMux
	now  func() time.Time
	zone *time.Location

	mu       sync.Mutex
	messages []Message
	requests int
	faults   []Fault
	always   *Fault
	arrived  chan struct{} // closed and renewed at each message
}

// Options of a Slack.
type Options struct {
	// Zone is whose times the page shows, UTC where nil.
	Zone *time.Location
	// Messages are what it took before it was started, oldest first.
	Messages []Message
}

// New makes a Slack. It can be mounted under a prefix with http.StripPrefix.
func New(options Options) *Fake {
	f := &Fake{mux: http.NewServeMux(), now: time.Now, zone: cmp.Or(options.Zone, time.UTC), arrived: make(chan struct{})}
	for _, m := range options.Messages {
		_, m.blocks, _ = read(m.Payload)
		f.messages = append(f.messages, m)
	}
	f.mux.HandleFunc("POST /services/", f.receive)
	f.mux.HandleFunc("GET /{$}", f.show)
	f.mux.HandleFunc("GET /style.css", style)
	f.mux.HandleFunc("GET /api/messages", f.list)
	f.mux.HandleFunc("POST /faults", f.command)
	return f
}

// ServeHTTP answers as Slack, and as the page that shows it.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

// Messages are those taken, oldest first.
func (f *Fake) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.messages)
}

// Requests counts the attempts to send, those that failed included.
func (f *Fake) Requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

// Arrived is closed when the next message is taken.
func (f *Fake) Arrived() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.arrived
}

func (f *Fake) receive(w http.ResponseWriter, r *http.Request) {
	fault := f.next()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	if fault != nil {
		fault.answer(w, r, func() { f.take(r.URL.Path, body) })
		return
	}
	if !hook.MatchString(r.URL.Path) {
		http.Error(w, "no_service", http.StatusNotFound)
		return
	}
	if refusal := f.take(r.URL.Path, body); refusal != "" {
		http.Error(w, refusal, http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

// take keeps a message, or answers why Slack would refuse it.
func (f *Fake) take(path string, body []byte) (refusal string) {
	text, blocks, refusal := read(body)
	if refusal != "" {
		return refusal
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	number := 1
	if n := len(f.messages); n > 0 {
		number = f.messages[n-1].Number + 1
	}
	f.messages = append(f.messages, Message{
		Number: number, Time: f.now(), Hook: path, Text: text, Payload: body, blocks: blocks,
	})
	if len(f.messages) > maxKept {
		f.messages = slices.Delete(f.messages, 0, len(f.messages)-maxKept)
	}
	close(f.arrived)
	f.arrived = make(chan struct{})
	return ""
}

func (f *Fake) list(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	messages := f.Messages()
	if messages == nil {
		messages = []Message{}
	}
	_ = json.NewEncoder(w).Encode(messages)
}
