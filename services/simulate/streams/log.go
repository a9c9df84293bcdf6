package streams

import (
	"iter"
	"slices"
)

// Log holds the events of a server in order. Places are counted from the first
// event ever, so that they hold when old ones are dropped. The server's lock
// guards it.
type Log[E any] struct {
	events  []E
	dropped int
	fresh   chan struct{}
}

// NewLog makes one without events.
func NewLog[E any]() *Log[E] { return &Log[E]{fresh: make(chan struct{})} }

// First is the place of the oldest event that is still there.
func (l *Log[E]) First() int { return l.dropped }

// End is the place of the next event.
func (l *Log[E]) End() int { return l.dropped + len(l.events) }

// Events are those still there.
func (l *Log[E]) Events() []E { return l.events }

// Add appends an event, and wakes those who wait for one.
func (l *Log[E]) Add(e E) { l.Insert(l.End(), e) }

// Insert puts an event at a place, and wakes those who wait for one.
func (l *Log[E]) Insert(place int, e E) {
	l.events = slices.Insert(l.events, place-l.dropped, e)
	l.Wake()
}

// Drop forgets the oldest n.
func (l *Log[E]) Drop(n int) { l.events, l.dropped = l.events[n:], l.dropped+n }

// From goes over the events from a place on, each with the place after it.
func (l *Log[E]) From(place int) iter.Seq2[int, E] {
	return func(yield func(int, E) bool) {
		for at := max(place, l.dropped); at < l.End(); at++ {
			if !yield(at+1, l.events[at-l.dropped]) {
				return
			}
		}
	}
}

// Wake tells those who wait to look again.
func (l *Log[E]) Wake() {
	close(l.fresh)
	l.fresh = make(chan struct{})
}

// Fresh is closed at the next wake.
func (l *Log[E]) Fresh() <-chan struct{} { return l.fresh }

// Line is the order in which one connection is sent its frames.
type Line struct {
	sent int
	held []byte
}

// Next answers what to send now that a frame's turn has come. Every n-th frame
// comes twice where duplicate is n, and after the one that follows it where
// reorder is.
func (l *Line) Next(frame []byte, duplicate, reorder int) [][]byte {
	l.sent++
	if reorder > 0 && l.sent%reorder == 0 && l.held == nil {
		l.held = frame
		return nil
	}
	frames := [][]byte{frame}
	if duplicate > 0 && l.sent%duplicate == 0 {
		frames = append(frames, frame)
	}
	if l.held != nil {
		frames, l.held = append(frames, l.held), nil
	}
	return frames
}
