package instance

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/streams"
)

// Faults are what goes wrong, as readers of real instances have met it. The zero
// value is an instance without fault.
type Faults struct {
	// Duplicate sends every n-th event of a stream twice.
	Duplicate int
	// Reorder sends every n-th event of a stream after the one that follows it.
	Reorder int
	// Gap withholds the next n events from the streams; the timelines have them.
	// It counts down to zero.
	Gap int
	// Garbage follows each of the next n events by one whose data is not JSON. It
	// counts down to zero.
	Garbage int
	// Cut breaks the TCP connection in the middle of the next event, once.
	Cut bool
	// End ends the stream in good order after the next event, once.
	End bool
	// Silence keeps streams open and sends nothing, no heartbeat either.
	Silence bool
	// Deaf keeps streams open with their heartbeat and sends no events, as an
	// instance does that has lost its Redis.
	Deaf bool
	// OnlyDeletes lets nothing but deletions through on the public streams, without
	// saying so in the instance's description.
	OnlyDeletes bool
	// Omit leaves the next n statuses out of answers to what several were asked for
	// by id, though they exist. It counts down to zero.
	Omit int
	// Status answers every request with an error: 429, 503.
	Status int
	// StreamStatus answers the opening of streams with an error.
	StreamStatus int
	// RetryAfter is said along with Status and StreamStatus.
	RetryAfter time.Duration
	// Revoked refuses the token.
	Revoked bool
}

// SetFaults replaces the faults.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	s.log.Wake()
}

// Faults are those still to come.
func (s *Server) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// spend takes the faults that happen once or a few times off the list.
func (s *Server) spend() Faults {
	now := s.faults
	s.faults.Cut, s.faults.End = false, false
	s.faults.Garbage = max(0, s.faults.Garbage-1)
	return now
}

// admit checks faults, rate limit and token, and answers the request itself
// where one of them forbids it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, needsToken bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.faults.Status != 0:
		s.fail(w, s.faults.Status, http.StatusText(s.faults.Status))
	case !s.withinLimit(w):
		s.fail(w, http.StatusTooManyRequests, "Too many requests")
	case needsToken && (s.faults.Revoked || r.Header.Get("Authorization") != "Bearer "+s.options.Token):
		s.fail(w, http.StatusUnauthorized, "The access token is invalid")
	default:
		return true
	}
	return false
}

func (s *Server) fail(w http.ResponseWriter, status int, message string) {
	streams.RetryAfter(w.Header(), s.faults.RetryAfter)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"error":` + strconv.Quote(message) + `}`))
}

// withinLimit counts a request against the limit, and says in its headers what
// remains.
func (s *Server) withinLimit(w http.ResponseWriter) bool {
	now := s.options.Now()
	if now.Sub(s.window) >= s.options.LimitWindow {
		s.window, s.spent = now, 0
	}
	s.spent++
	header := w.Header()
	header.Set("X-RateLimit-Limit", strconv.Itoa(s.options.Limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, s.options.Limit-s.spent)))
	header.Set("X-RateLimit-Reset", s.window.Add(s.options.LimitWindow).UTC().Format("2006-01-02T15:04:05.000000Z"))
	return s.spent <= s.options.Limit
}
