package jetstream

import "time"

// Faults are what goes wrong, as readers of the real feed have met it. The zero
// value is a feed without fault.
type Faults struct {
	// Duplicate sends every n-th event twice.
	Duplicate int
	// Reorder sends every n-th event after the one that follows it.
	Reorder int
	// Gap withholds the next n events from those who are connected; a replay from
	// before them has them. It counts down to zero.
	Gap int
	// Garbage follows each of the next n events by a frame that is not JSON. It
	// counts down to zero.
	Garbage int
	// Oversize follows the next event by a frame of that many bytes, once.
	Oversize int
	// Cut breaks the TCP connection in the middle of the next frame, once.
	Cut bool
	// SlowConsumer closes the connection after the next event, as the feed does
	// with those who read too slowly, once.
	SlowConsumer bool
	// Silence keeps connections open and sends nothing.
	Silence bool
	// Status answers handshakes with an error: 429, 503.
	Status int
	// RetryAfter is said along with Status.
	RetryAfter time.Duration
	// RefuseCursor answers handshakes that carry a cursor with 400.
	RefuseCursor bool
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
