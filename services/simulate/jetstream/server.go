package jetstream

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/streams"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// Options say what feed to pretend to be.
type Options struct {
	// Noise is how many events a second everyone else makes.
	Noise float64
	// History is how far back a cursor may go; older ones are silently moved up,
	// as the real feed does. 36 hours where zero.
	History time.Duration
	// Now is the server's clock, time.Now where nil.
	Now func() time.Time
}

// maxEvents bounds the history's memory.
const maxEvents = 400_000

// Server is a pretended Jetstream. It is an http.Handler.
type Server struct {
	options Options
	mux     *http.ServeMux
	life    *streams.Life

	mu      sync.Mutex
	faults  Faults
	log     *streams.Log[event]
	lastUS  int64
	posts   map[int64]reference // by world.Post.Number
	people  map[string]profile  // by DID
	handles map[string]string   // DIDs by handle
	cursors []string            // of each handshake that was accepted
	open    int
}

// New starts a feed. Close it when done.
func New(options Options) *Server {
	if options.History == 0 {
		options.History = 36 * time.Hour
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Server{
		options: options, mux: http.NewServeMux(), life: streams.NewLife(), log: streams.NewLog[event](),
		posts: map[int64]reference{}, people: map[string]profile{}, handles: map[string]string{},
	}
	s.mux.HandleFunc("GET /subscribe", s.subscribe)
	s.mux.HandleFunc("GET /xrpc/app.bsky.actor.getProfiles", s.getProfiles)
	if options.Noise > 0 {
		s.makeNoise()
	}
	return s
}

// Close ends the feed and every connection.
func (s *Server) Close() { s.life.Close() }

// ServeHTTP answers /subscribe and the query of profiles.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Cursors are the cursors of the handshakes accepted so far, "" where none was given.
func (s *Server) Cursors() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.cursors)
}

// Connections is how many are connected now.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Show makes a post appear; it answers its at-uri. A post of the past becomes
// part of the history, for those whose cursor is old enough.
func (s *Server) Show(post world.Post) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref := s.refer(post)
	s.append(post.Time, commitEvent(ref, "create", s.record(post)))
	return ref.uri()
}

// Edit changes a post that was shown, now or when the post says it was edited.
func (s *Server) Edit(post world.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	edited := post.Edited
	if edited.IsZero() {
		edited = now
	}
	ref := s.refer(post)
	ref.rev = tid(edited, 1)
	s.append(now, commitEvent(ref, "update", s.record(post)))
}

// Delete removes a post that was shown.
func (s *Server) Delete(number int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref, shown := s.posts[number]
	if !shown {
		return
	}
	delete(s.posts, number)
	ref.rev = tid(s.options.Now(), 2)
	s.append(s.options.Now(), commitEvent(ref, "delete", nil))
}

// Create makes a record appear as it is, under a key of the caller's choosing,
// for what no honest client would write. It makes the author known to nobody.
func (s *Server) Create(author world.Author, rkey string, record map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref := reference{did: DID(author), rkey: rkey, rev: tid(s.options.Now(), 3)}
	s.append(s.options.Now(), commitEvent(ref, "create", record))
	return ref.uri()
}

// Rename gives an author another handle.
func (s *Server) Rename(author world.Author, handle string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	did := s.introduce(author)
	person := s.people[did]
	delete(s.handles, person.Handle)
	person.Handle = handle
	s.people[did], s.handles[handle] = person, did
	s.append(s.options.Now(), identityEvent(did, handle, s.options.Now()))
}

// Gone ends an account: "deleted", "takendown", "suspended" or "deactivated".
func (s *Server) Gone(author world.Author, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	did := s.introduce(author)
	if status == "deleted" || status == "takendown" {
		delete(s.handles, s.people[did].Handle)
		delete(s.people, did)
	}
	s.append(s.options.Now(), accountEvent(did, status, s.options.Now()))
}

// append adds an event to the history and wakes the connections. Event times
// are the server's: never ahead of its clock, and no two alike. What is over a
// minute old goes where it belongs, so that a replay is in order; those who are
// connected and past it do not see it.
func (s *Server) append(at time.Time, e event) {
	now := s.options.Now()
	if at.After(now) {
		at = now
	}
	timeUS := at.UnixMicro()
	if timeUS == s.lastUS {
		timeUS++
	}
	s.lastUS = timeUS
	e.stamp(timeUS)
	place := s.log.End()
	if now.Sub(at) > time.Minute {
		among, _ := slices.BinarySearchFunc(s.log.Events(), timeUS, func(e event, us int64) int { return cmp.Compare(e.timeUS, us) })
		place = s.log.First() + among
	}
	s.log.Insert(place, e)
	events, oldest := s.log.Events(), now.Add(-s.options.History).UnixMicro()
	cut := max(0, len(events)-maxEvents)
	for cut < len(events) && events[cut].timeUS < oldest {
		cut++
	}
	s.log.Drop(cut)
}
