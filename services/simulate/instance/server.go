package instance

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/streams"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// Options say what instance to pretend to be.
type Options struct {
	// Domain is the instance's name, "mastodon.example" where empty.
	Domain string
	// Web is where a browser finds a status, "https://" and its author's instance
	// where empty. A status's uri, which is its identity, does not depend on it.
	Web string
	// Token is the one access token that is taken.
	Token string
	// Account is whose token it is; posts that name it become notifications.
	Account world.Author
	// Heartbeat is the time between two thumps, 15 s where zero.
	Heartbeat time.Duration
	// Limit is how many requests are answered in LimitWindow: 300 in 5 minutes.
	Limit       int
	LimitWindow time.Duration
	// Closed feeds are described as disabled: "live" or "hashtag", with ":local"
	// or ":remote" for a half of them. Their timelines are empty, and their streams
	// yield only deletions.
	Closed []string
	// Noise is how many statuses a second everyone else writes.
	Noise float64
	// Now is the server's clock, time.Now where nil.
	Now func() time.Time
}

// maxStatuses bounds what is remembered.
const (
	maxStatuses = 100_000
	maxEvents   = 20_000
)

// Server is a pretended instance. It is an http.Handler.
type Server struct {
	options Options
	mux     *http.ServeMux
	life    *streams.Life

	mu       sync.Mutex
	faults   Faults
	window   time.Time // of the rate limit
	spent    int
	statuses []*status // by id, oldest first
	byNumber map[int64]*status
	notices  []notice
	noticeID int64
	log      *streams.Log[event]
	streams  map[string]int // open now, by name
	opened   int            // ever
	requests []string       // of the REST API: path and query
}

// New starts an instance. Close it when done.
func New(options Options) *Server {
	if options.Domain == "" {
		options.Domain = "mastodon.example"
	}
	if options.Heartbeat == 0 {
		options.Heartbeat = 15 * time.Second
	}
	if options.Limit == 0 {
		options.Limit, options.LimitWindow = 300, 5*time.Minute
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Server{
		options: options, mux: http.NewServeMux(), byNumber: map[int64]*status{},
		life: streams.NewLife(), log: streams.NewLog[event](), streams: map[string]int{},
	}
	s.routes()
	if options.Noise > 0 {
		s.makeNoise()
	}
	return s
}

// Close ends the instance and every stream.
func (s *Server) Close() { s.life.Close() }

// ServeHTTP answers the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Streams is how many streams are open now.
func (s *Server) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := 0
	for _, n := range s.streams {
		open += n
	}
	return open
}

// Opened is how many streams were opened so far.
func (s *Server) Opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Requests are the requests answered so far, but for streams.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Show makes a post appear, public; it answers its uri.
func (s *Server) Show(post world.Post) string { return s.ShowAs(post, "public") }

// ShowAs makes a post appear as "public", "unlisted", "private" or "direct". One
// of the past is in the timelines and not in the streams, which were past it.
func (s *Server) ShowAs(post world.Post, visibility string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.add(post, visibility)
	if s.options.Now().Sub(post.Time) < time.Minute {
		s.emit("update", st.streams, s.render(st))
	}
	s.notify(st)
	return st.uri
}

// Boost passes a post on. Mastodon shows boosts on no public stream; some other
// servers that speak its protocol do.
func (s *Server) Boost(by world.Author, number int64, at time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	original, shown := s.byNumber[number]
	if !shown {
		return ""
	}
	st := s.add(world.Post{Number: at.UnixNano(), Time: at, Author: by}, "public")
	st.boosted = original
	s.emit("update", st.streams, s.render(st))
	return st.uri
}

// Edit changes a post that was shown, now or when the post says it was edited.
func (s *Server) Edit(post world.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, shown := s.byNumber[post.Number]
	if !shown {
		return
	}
	if post.Edited.IsZero() {
		post.Edited = s.options.Now()
	}
	st.post = post
	s.emit("status.update", st.streams, s.render(st))
}

// Delete removes a post that was shown.
func (s *Server) Delete(number int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, shown := s.byNumber[number]
	if !shown {
		return
	}
	delete(s.byNumber, number)
	s.statuses = slices.DeleteFunc(s.statuses, func(other *status) bool { return other == st })
	s.notices = slices.DeleteFunc(s.notices, func(n notice) bool { return n.status == st })
	streams := st.streams
	if s.names(st) {
		streams = append(slices.Clone(streams), "user") // not user:notification, which has notifications alone
	}
	s.emit("delete", streams, st.id())
}

// Restore puts the instance back to a backup: it has forgotten what was written
// after that moment, and no stream says so.
func (s *Server) Restore(backup time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses = slices.DeleteFunc(s.statuses, func(st *status) bool {
		lost := st.post.Time.After(backup)
		if lost {
			delete(s.byNumber, st.post.Number)
		}
		return lost
	})
	s.notices = slices.DeleteFunc(s.notices, func(n notice) bool { return n.at.After(backup) })
}

// add stores a status where its id belongs.
func (s *Server) add(post world.Post, visibility string) *status {
	st := &status{post: post, visibility: visibility, number: snowflake(post)}
	for s.find(st.number) != nil {
		st.number++
	}
	s.describe(st)
	at, _ := slices.BinarySearchFunc(s.statuses, st.number, byID)
	s.statuses = slices.Insert(s.statuses, at, st)
	s.byNumber[post.Number] = st
	if len(s.statuses) > maxStatuses {
		delete(s.byNumber, s.statuses[0].post.Number)
		s.statuses = s.statuses[1:]
	}
	return st
}

func (s *Server) find(id int64) *status {
	at, found := slices.BinarySearchFunc(s.statuses, id, byID)
	if !found {
		return nil
	}
	return s.statuses[at]
}

func byID(st *status, id int64) int { return cmp.Compare(st.number, id) }

// notify tells the token's owner of a post that names them.
func (s *Server) notify(st *status) {
	if !s.names(st) {
		return
	}
	s.noticeID++
	s.notices = append(s.notices, notice{id: s.noticeID, status: st, at: st.post.Time})
	if s.options.Now().Sub(st.post.Time) < time.Minute {
		s.emit("notification", []string{"user", "user:notification"}, s.renderNotice(s.notices[len(s.notices)-1]))
	}
}

// names says whether a post names the token's owner.
func (s *Server) names(st *status) bool {
	handle := "@" + s.options.Account.Handle
	return s.options.Account.Handle != "" && slices.ContainsFunc(strings.Fields(st.post.Text), func(word string) bool {
		return strings.EqualFold(word, handle) || strings.EqualFold(word, handle+"@"+s.options.Domain)
	})
}

// emit adds an event to the streams.
func (s *Server) emit(name string, streams []string, data string) {
	s.log.Add(event{name: name, streams: streams, data: data})
	s.log.Drop(max(0, len(s.log.Events())-maxEvents))
}
