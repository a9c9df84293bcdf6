package streams

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sent(line *Line, duplicate, reorder int, frames string) string {
	var out []string
	for _, frame := range strings.Fields(frames) {
		for _, f := range line.Next([]byte(frame), duplicate, reorder) {
			out = append(out, string(f))
		}
	}
	return strings.Join(out, " ")
}

func TestTheOrderOfALine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b c d", sent(&Line{}, 0, 0, "a b c d"))
	require.Equal(t, "a b b c d d", sent(&Line{}, 2, 0, "a b c d"))
	require.Equal(t, "a c b e d", sent(&Line{}, 0, 2, "a b c d e"))
	require.Equal(t, "b a d c", sent(&Line{}, 0, 1, "a b c d"), "one is held at a time")
}

func TestPlacesHoldWhenOldEventsAreDropped(t *testing.T) {
	t.Parallel()
	log := NewLog[string]()
	read := func(from int) (all string, next int) {
		next = from
		for after, e := range log.From(from) {
			all, next = all+e, after
		}
		return all, next
	}
	log.Add("a")
	log.Add("c")
	log.Insert(1, "b")
	all, next := read(0)
	require.Equal(t, "abc", all)
	log.Drop(2)
	log.Add("d")
	require.Equal(t, []int{2, 4}, []int{log.First(), log.End()})
	all, _ = read(next)
	require.Equal(t, "d", all)
	all, _ = read(0)
	require.Equal(t, "cd", all, "who is late has missed something")
	fresh := log.Fresh()
	log.Add("e")
	<-fresh
}

// Events made while connections follow reach each of them in order; a close ends
// them all, and lets no new one in.
func TestALifeEndsEveryConnection(t *testing.T) {
	t.Parallel()
	life, log := NewLife(), NewLog[int]()
	var mu sync.Mutex
	const connections, events = 4, 200
	reached := make(chan bool, connections)
	for range connections {
		require.True(t, life.Join())
		go func() {
			defer life.Leave()
			next, last := 0, -1
			pending := func() ([]int, <-chan struct{}) {
				mu.Lock()
				defer mu.Unlock()
				var out []int
				for after, e := range log.From(next) {
					out, next = append(out, e), after
				}
				return out, log.Fresh()
			}
			Follow(context.Background(), life, pending, func(e int) bool {
				if e != last+1 {
					reached <- false
					return false
				}
				if last = e; last == events-1 {
					reached <- true
				}
				return true
			}, nil, nil)
		}()
	}
	for e := range events {
		mu.Lock()
		log.Add(e)
		mu.Unlock()
	}
	for range connections {
		require.True(t, <-reached)
	}
	life.Close()
	life.Close()
	require.False(t, life.Join())
}

func TestFollowBeatsAndEnds(t *testing.T) {
	t.Parallel()
	life := NewLife()
	never := func() ([]int, <-chan struct{}) { return nil, nil }
	beats := make(chan time.Time, 2)
	beats <- time.Time{}
	beats <- time.Time{}
	thumps := 0
	Follow(t.Context(), life, never, nil, beats, func() bool { thumps++; return thumps < 2 })
	require.Equal(t, 2, thumps)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	Follow(ctx, life, never, nil, nil, nil)
	done := make(chan struct{})
	life.Often(1000, func(n int64) {
		if n == 3 {
			close(done)
		}
	})
	<-done
	life.Close()
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	RetryAfter(header, 0)
	require.Empty(t, header)
	RetryAfter(header, 1100*time.Millisecond)
	require.Equal(t, "2", header.Get("Retry-After"))
}
