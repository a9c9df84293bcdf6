package escalation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A page is Sending only when it is about to be sent: before that nobody need ask
// whether it may have arrived.
func TestAPageWaitsForRoomAsWaiting(t *testing.T) {
	story(t, func(t *testing.T) {
		room := 0
		sender := Sender{Lease: 1, UnderWay: func(string) bool { return true }, Room: func(string) int { return room }}
		n := newNight(t, Alert)
		require.Empty(t, n.course.Next(time.Now(), n.duty, sender))
		require.Equal(t, Waiting, n.course.Pages[0].State)
		require.Zero(t, n.course.Pages[0].Attempts)

		n.course.Observe(News{Revision: 2, Level: Crisis})
		due := n.course.Next(time.Now(), n.duty, sender)
		require.Len(t, due, 1, "the call of a crisis takes no room")
		n.attempt(due)

		n.course.Told = append(n.course.Told, Told{"bruno", "push", Crisis}, Told{"bruno", "bruno", Crisis})
		n.course.Told[0].Channel = "push"
		n.course.Observe(News{Revision: 3, Level: Crisis, Over: time.Now()})
		room = 1
		require.Len(t, n.course.Next(time.Now(), n.duty, sender), 1+1, "the ends go by two channels, each with room for one")
	})
}
