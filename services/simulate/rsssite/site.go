package rsssite

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// Paths of the feeds.
const (
	RSS  = "/rss.xml"
	Atom = "/atom.xml"
	JSON = "/feed.json"
)

const (
	defaultItems = 50
	maxHistory   = 5000
	maxRequests  = 10_000
)

// Options of a site.
type Options struct {
	Title    string
	Language string // BCP 47; "en" if not set
	// Items is how many of the newest posts a feed shows; 50 if not set.
	Items int
}

// Site is a website with feeds.
type Site struct {
	options Options

	mu       sync.Mutex
	posts    []world.Post // oldest first, at most maxHistory
	changed  time.Time
	faults   Faults
	requests []Request
}

// Request is what somebody asked, and what was answered.
type Request struct {
	Path        string
	UserAgent   string
	Conditional bool // it named an ETag or a date
	Status      int
}

// New makes a site that shows nothing yet.
func New(o Options) *Site {
	o.Title = cmp.Or(o.Title, "A site that does not exist")
	o.Language = cmp.Or(o.Language, "en")
	o.Items = cmp.Or(o.Items, defaultItems)
	return &Site{options: o, changed: time.Now()}
}

// Show publishes posts.
func (s *Site) Show(posts ...world.Post) {
	s.change(func() { s.posts = append(s.posts, posts...) })
}

// Edit replaces the post of the same number.
func (s *Site) Edit(post world.Post) {
	s.change(func() {
		for i := range s.posts {
			if s.posts[i].Number == post.Number {
				s.posts[i] = post
			}
		}
	})
}

// Remove takes a post off the site.
func (s *Site) Remove(number int64) {
	s.change(func() {
		s.posts = slices.DeleteFunc(s.posts, func(p world.Post) bool { return p.Number == number })
	})
}

// SetFaults changes how the site misbehaves, from the next request on.
func (s *Site) SetFaults(f Faults) {
	s.change(func() { s.faults = f })
}

func (s *Site) change(edit func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit()
	s.posts = s.posts[max(0, len(s.posts)-maxHistory):]
	s.changed = time.Now()
}

// Requests are all that was asked so far, oldest first.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorder := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() { // also when the answer is cut short
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.requests) < maxRequests {
			s.requests = append(s.requests, Request{
				Path: r.URL.Path, UserAgent: r.UserAgent(), Status: recorder.status,
				Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "",
			})
		}
	}()
	s.serve(recorder, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	v := s.view(r)
	switch r.URL.Path {
	case RSS:
		v.feed(w, r, "application/rss+xml", v.rss)
	case Atom:
		v.feed(w, r, "application/atom+xml", v.atom)
	case JSON:
		v.feed(w, r, "application/feed+json", v.json)
	default:
		v.page(w, r)
	}
}

// view is the site as one request sees it.
type view struct {
	Options
	base    string
	posts   []world.Post // newest first
	changed time.Time
	faults  Faults
}

func (s *Site) view(r *http.Request) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	posts := slices.Clone(s.posts[max(0, len(s.posts)-s.options.Items):])
	slices.Reverse(posts)
	v := &view{Options: s.options, base: base(r), posts: posts, changed: s.changed, faults: s.faults}
	if s.faults.Times > 0 {
		if s.faults.Times--; s.faults.Times == 0 {
			s.faults = Faults{}
		}
	}
	return v
}

// base is where the site begins, also behind http.StripPrefix.
func base(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return "http://" + r.Host + strings.TrimSuffix(path, r.URL.Path)
}

// link is where a person reads a post.
func (v *view) link(p world.Post) string {
	if v.faults.NoLinks {
		return ""
	}
	return fmt.Sprintf("%s/posts/%d", v.base, p.Number)
}

// guid is the post's identity in feeds.
func (v *view) guid(p world.Post) string {
	switch {
	case v.faults.NoGUIDs:
		return ""
	case v.faults.SameGUID:
		return "urn:site:item"
	default:
		return fmt.Sprintf("urn:site:post:%d", p.Number)
	}
}

// page shows one post to a person.
func (v *view) page(w http.ResponseWriter, r *http.Request) {
	for _, p := range v.posts {
		if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/posts/%d", p.Number)) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, "<!doctype html>\n<title>%s</title>\n%s\n", escape(p.Title), markup(p))
			return
		}
	}
	http.NotFound(w, r)
}

type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
