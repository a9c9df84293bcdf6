package xapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// Paths of the API.
const (
	PathRules  = "/2/tweets/search/stream/rules"
	PathStream = "/2/tweets/search/stream"
	PathSearch = "/2/tweets/search/recent"
)

// maxHistory bounds the posts kept for search.
const maxHistory = 100_000

// Options of a server. The zero value is X as documented, for any token.
type Options struct {
	// Token is the bearer token that is let in; "" lets in any.
	Token string
	// KeepAlive is the time between signs of life in the stream; 20 s if not set.
	KeepAlive time.Duration
	// Indexing is how old a post must be to be found by search; 30 s if not set,
	// none if negative.
	Indexing time.Duration
	// Limits are requests in a Window, by endpoint; X's own if not set.
	Limits map[string]int
	Window time.Duration
}

// documented are X's limits in 15 minutes.
var documented = map[string]int{
	"GET " + PathRules: 450, "POST " + PathRules: 100, "GET " + PathStream: 50, "GET " + PathSearch: 450,
}

// searchWindow is how far back search sees.
const searchWindow = 7 * 24 * time.Hour

// Server is the API.
type Server struct {
	options Options
	closed  chan struct{}
	closing sync.Once

	mu        sync.Mutex
	faults    Faults
	rules     []Rule
	lastRule  int64
	posts     []*tweet // the newest version of each, in the order they were shown
	numbers   map[int64]*tweet
	streams   map[*stream]bool
	lingering time.Time // until then a closed stream counts as open
	windows   map[string]*window
	requests  []Request
	delivered int
}

// Request is what a client asked, and what it was answered.
type Request struct {
	Endpoint string // "GET /2/tweets/search/recent"
	Query    string
	Status   int
	Time     time.Time
}

// New makes an API without posts or rules.
func New(o Options) *Server {
	o.KeepAlive = cmp.Or(o.KeepAlive, 20*time.Second)
	o.Indexing = cmp.Or(o.Indexing, 30*time.Second)
	o.Window = cmp.Or(o.Window, 15*time.Minute)
	if o.Limits == nil {
		o.Limits = documented
	}
	return &Server{options: o, closed: make(chan struct{}), numbers: map[int64]*tweet{}, streams: map[*stream]bool{}, windows: map[string]*window{}}
}

// Show publishes posts: those who stream get them at once, search finds them
// when they are indexed.
func (s *Server) Show(posts ...world.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range posts {
		s.publish(newTweet(p, nil))
	}
}

// Edit publishes a new version of the post of the same number, with an id of its
// own and the ids of the versions before it. Its Edited says when.
func (s *Server) Edit(p world.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(newTweet(p, s.numbers[p.Number]))
}

func (s *Server) publish(t *tweet) {
	if before := s.numbers[t.post.Number]; before != nil {
		s.posts = slices.DeleteFunc(s.posts, func(other *tweet) bool { return other == before })
	}
	t.refer(s.numbers)
	s.numbers[t.post.Number] = t
	s.posts = append(s.posts, t)
	for len(s.posts) > maxHistory {
		delete(s.numbers, s.posts[0].post.Number)
		s.posts = s.posts[1:]
	}
	for stream := range s.streams {
		stream.offer(t, s.rules, s.faults)
	}
}

// SetFaults changes how the server misbehaves.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Rules are those in force.
func (s *Server) Rules() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rules)
}

// Requests are all that were asked, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Delivered is how many posts were handed out, over the stream and by search: what
// a client pays for, but for X's discount on the same post within a day.
func (s *Server) Delivered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delivered
}

// Streams is how many streams are open.
func (s *Server) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	endpoint := r.Method + " " + r.URL.Path
	handle, known := map[string]http.HandlerFunc{
		"GET " + PathRules: s.getRules, "POST " + PathRules: s.postRules,
		"GET " + PathStream: s.getStream, "GET " + PathSearch: s.getSearch,
	}[endpoint]
	answer := &answer{ResponseWriter: w, note: func(status int) { s.note(endpoint, r.URL.RawQuery, status) }}
	switch {
	case !known:
		refuse(answer, http.StatusNotFound, problem{Title: "Not Found", Detail: "No such endpoint."})
	case !s.isAllowed(r):
		refuse(answer, http.StatusUnauthorized, problem{Title: "Unauthorized", Detail: "Unauthorized"})
	case s.isFaulty(answer, endpoint):
	case !s.isWithinLimit(answer, endpoint):
		refuse(answer, http.StatusTooManyRequests, problem{Title: "Too Many Requests", Detail: "Too Many Requests"})
	default:
		handle(answer, r)
	}
}

func (s *Server) isAllowed(r *http.Request) bool {
	token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return isBearer && token != "" && (s.options.Token == "" || token == s.options.Token)
}

func (s *Server) note(endpoint, query string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{endpoint, query, status, time.Now()})
}

// window counts the requests of an endpoint.
type window struct {
	reset time.Time
	used  int
}

// isWithinLimit counts a request, and tells in headers how many are left.
func (s *Server) isWithinLimit(w http.ResponseWriter, endpoint string) bool {
	limit, limited := s.options.Limits[endpoint]
	if !limited {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	current := s.windows[endpoint]
	if current == nil || now.After(current.reset) {
		current = &window{reset: now.Add(s.options.Window)}
		s.windows[endpoint] = current
	}
	current.used++
	limits(w, limit, max(0, limit-current.used), current.reset)
	return current.used <= limit
}

// limits writes the headers. The reset is in whole seconds, rounded up.
func limits(w http.ResponseWriter, limit, remaining int, reset time.Time) {
	w.Header().Set("x-rate-limit-limit", strconv.Itoa(limit))
	w.Header().Set("x-rate-limit-remaining", strconv.Itoa(remaining))
	w.Header().Set("x-rate-limit-reset", strconv.FormatInt(reset.Add(time.Second-1).Unix(), 10))
}

// problem is how X tells an error.
type problem struct {
	Title      string              `json:"title"`
	Detail     string              `json:"detail,omitempty"`
	Details    []string            `json:"details,omitempty"`
	Type       string              `json:"type"`
	Status     int                 `json:"status,omitempty"`
	Value      string              `json:"value,omitempty"`
	ID         string              `json:"id,omitempty"`
	Issue      string              `json:"connection_issue,omitempty"`
	Disconnect string              `json:"disconnect_type,omitempty"`
	Message    string              `json:"message,omitempty"`
	Parameters map[string][]string `json:"parameters,omitempty"`
	Errors     []problem           `json:"errors,omitempty"`
}

func problemType(name string) string { return "https://api.x.com/2/problems/" + name }

// invalid is the answer to a request with a wrong parameter.
func invalid(parameter, value, message string) problem {
	return problem{
		Title: "Invalid Request", Detail: "One or more parameters to your request was invalid.", Type: problemType("invalid-request"),
		Errors: []problem{{Parameters: map[string][]string{parameter: {value}}, Message: message}},
	}
}

func refuse(w http.ResponseWriter, status int, p problem) {
	p.Type, p.Status = cmp.Or(p.Type, "about:blank"), status
	reply(w, status, p)
}

func reply(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("xapi: an answer that cannot be JSON: %v", err)) // strings and numbers always encode
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// answer notes the status with which a request was answered.
type answer struct {
	http.ResponseWriter
	note func(status int)
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	a.note(status)
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
