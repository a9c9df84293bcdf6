// Package streams owns what the streams of the pretended networks have in common,
// whatever their protocol: the log that connections read on from where they are,
// the order in which a faulty one sends, and the end of a server, which waits for
// every connection. Protocols, and when a fault strikes, belong to the servers.
package streams

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Life is that of a server: its connections and its noise end with it.
type Life struct {
	done  chan struct{}
	mu    sync.Mutex
	tasks sync.WaitGroup
}

// NewLife begins one.
func NewLife() *Life { return &Life{done: make(chan struct{})} }

// Done is closed with the server.
func (l *Life) Done() <-chan struct{} { return l.done }

// Join says that a connection begins, which Close waits for until it leaves. It
// answers false where the server is closed.
func (l *Life) Join() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.done:
		return false
	default:
		l.tasks.Add(1)
		return true
	}
}

// Leave says that a connection that joined has ended.
func (l *Life) Leave() { l.tasks.Done() }

// Close ends it, once, and waits for all that joined.
func (l *Life) Close() {
	l.mu.Lock()
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	l.mu.Unlock()
	l.tasks.Wait()
}

// Often does something so many times a second until the server closes; it is
// given how often it was done, this time included.
func (l *Life) Often(perSecond float64, do func(number int64)) {
	l.tasks.Go(func() {
		ticker := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
		defer ticker.Stop()
		for number := int64(1); ; number++ {
			select {
			case <-l.done:
				return
			case <-ticker.C:
				do(number)
			}
		}
	})
}

// Follow sends a connection what is pending for it, and what becomes so, until
// send answers false or one of the two leaves. At each beat it calls thump, which
// may end it too; beats may be nil.
func Follow[E any](ctx context.Context, l *Life, pending func() ([]E, <-chan struct{}), send func(E) bool,
	beats <-chan time.Time, thump func() bool,
) {
	for {
		events, fresh := pending()
		for _, e := range events {
			if !send(e) {
				return
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-l.done:
			return
		case <-fresh:
		case <-beats:
			if !thump() {
				return
			}
		}
	}
}

// RetryAfter says in a header when to come back, in whole seconds, rounded up.
func RetryAfter(header http.Header, after time.Duration) {
	if after > 0 {
		header.Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
}
