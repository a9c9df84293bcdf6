package xapi

import (
	"net/http"
	"time"
)

// Faults are the ways in which the API can misbehave. The zero value is an API
// that behaves.
type Faults struct {
	// Status answers requests with an error; Times ends that after so many.
	// Endpoint ("GET /2/tweets/search/stream") restricts it to one. Body is what
	// it says, a problem of the status if not set.
	Status   int
	Times    int
	Endpoint string
	Body     string
	// Reset is how far off x-rate-limit-reset is, in answers of status 429.
	Reset time.Duration
	// Linger is how long a closed stream still counts as open.
	Linger time.Duration

	// Of the stream, from the next post on:

	// Silent sends nothing at all, not even keep-alives.
	Silent bool
	// Twice sends each post twice, Reorder the second before the first.
	Twice   bool
	Reorder bool
	// Lose drops each nth post.
	Lose int
	// Cut breaks the connection in the middle of the next post.
	Cut bool
	// Garbage puts a line that is no JSON before each post.
	Garbage bool
	// Slow waits before each post.
	Slow time.Duration
}

// isFaulty answers with the error that the faults demand, if they do.
func (s *Server) isFaulty(w http.ResponseWriter, endpoint string) bool {
	s.mu.Lock()
	f := s.faults
	if f.Status == 0 || f.Endpoint != "" && f.Endpoint != endpoint {
		s.mu.Unlock()
		return false
	}
	if f.Times > 0 {
		if s.faults.Times--; s.faults.Times == 0 {
			s.faults.Status = 0
		}
	}
	s.mu.Unlock()
	if f.Status == http.StatusTooManyRequests && f.Reset > 0 {
		limits(w, s.options.Limits[endpoint], 0, time.Now().Add(f.Reset))
	}
	if f.Body != "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return true
	}
	refuse(w, f.Status, problem{Title: http.StatusText(f.Status), Detail: http.StatusText(f.Status)})
	return true
}

func wait(r *http.Request, d time.Duration) {
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}
