package escalation

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// night is a course that is gone through every second, against channels that
// answer as the test says. What reached someone is written down with its time.
type night struct {
	t       *testing.T
	began   time.Time
	course  *Course
	duty    Duty
	answers func(channel string, at time.Duration) Outcome // nil: every channel works
	heard   []string
	tried   int
}

// company: alice is on call, then bruno, then chloe; alice has two channels.
func company() Duty {
	return Duty{
		Order: []string{"alice", "bruno", "chloe"}, After: 5 * time.Minute,
		People: map[string]Person{
			"alice": {Channels: []string{"push", "mail"}, Urgent: []string{"push", "mail"}},
			"bruno": {Channels: []string{"bruno"}, Urgent: []string{"bruno"}},
			"chloe": {Channels: []string{"chloe"}, Urgent: []string{"chloe"}},
		},
	}
}

func newNight(t *testing.T, level Level) *night {
	n := &night{t: t, began: time.Now(), course: &Course{IncidentID: "acme@1"}, duty: company()}
	n.course.Observe(News{Revision: 1, Level: level, Tipped: n.began})
	return n
}

// sleep lets time pass, a second at a time.
func (n *night) sleep(d time.Duration) {
	for range int(d / time.Second) {
		n.step()
		time.Sleep(time.Second)
	}
	n.step()
}

// step does what is due, and what follows from it at once.
func (n *night) step() {
	sender := Sender{Lease: 1, UnderWay: func(string) bool { return false }, Room: wide}
	for {
		due := n.course.Next(time.Now(), n.duty, sender)
		if len(due) == 0 {
			return
		}
		n.attempt(due)
	}
}

func (n *night) attempt(due []Page) {
	at := time.Since(n.began)
	for _, p := range due {
		n.tried++
		var outcome Outcome
		if n.answers != nil {
			outcome = n.answers(p.Channel, at)
		}
		if outcome.Error == "" {
			n.heard = append(n.heard, fmt.Sprintf("%s %s %s by %s", at, p.Kind, p.Person, p.Channel))
		}
		n.course.Settle(p.ID, outcome, time.Now())
	}
	for _, p := range n.course.Unreported() {
		n.course.Report(p.ID)
	}
}

// wide is a channel that takes all there is.
func wide(string) int { return 100 }

// story runs a test on a clock that waits for nobody.
func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, tell)
}

func TestNobodyAnswersACrisis(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		n.sleep(55 * time.Minute)
		require.Equal(t, []string{
			"0s call alice by push", "5m0s call bruno by bruno", "10m0s call chloe by chloe",
			"15m0s call alice by push", "20m0s call bruno by bruno", "25m0s call chloe by chloe",
			"30m0s call alice by push", "35m0s call bruno by bruno", "40m0s call chloe by chloe",
			"45m0s call chloe by chloe", "50m0s call chloe by chloe", "55m0s call chloe by chloe",
		}, n.heard, "three rounds, then the last person until someone answers")
		require.Less(t, len(n.course.Pages), 5, "what is settled is forgotten")

		n.course.Ack(Crisis, "Chloé", time.Now())
		n.sleep(time.Hour)
		require.Len(t, n.heard, 12)
		require.False(t, n.course.Done(), "it goes on")
		n.course.Observe(News{Revision: 2, Level: Crisis, Over: time.Now()})
		n.sleep(time.Hour)
		require.Equal(t, []string{"1h55m0s end alice by push", "1h55m0s end bruno by bruno", "1h55m0s end chloe by chloe"}, n.heard[12:])
		require.True(t, n.course.Done())
	})
}

func TestAnAlertIsToldOnceAndACrisisStartsAgain(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Alert)
		n.sleep(time.Hour)
		require.Equal(t, []string{"0s call alice by push"}, n.heard)
		n.course.Ack(Alert, "Alice", time.Now())
		n.course.Observe(News{Revision: 2, Level: Crisis})
		n.sleep(time.Second)
		require.Len(t, n.heard, 2, "an ack of the alert does not answer for the crisis")
		require.Equal(t, "acme@1/crisis/0/alice/push", n.course.Pages[0].ID)
		n.course.Ack(Alert, "Alice", time.Now())
		n.sleep(5 * time.Minute)
		require.Len(t, n.heard, 3)
		n.course.Observe(News{Revision: 3, Level: Crisis, Over: time.Now()})
		n.sleep(time.Hour)
		require.Len(t, n.heard, 5, "alice and bruno hear the end, once each")
	})
}

func TestAWatchAndABlindSourceWakeNobody(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Watch)
		n.sleep(time.Hour)
		require.Empty(t, n.heard)

		n = newNight(t, 0)
		n.course.Observe(News{Revision: 2, Level: Crisis, Blind: true})
		n.sleep(time.Hour)
		require.Equal(t, []string{"0s call alice by push"}, n.heard)
		require.Equal(t, "acme@1/alert/0/alice/push", n.course.Pages[0].ID)
	})
}

func TestQuietHours(t *testing.T) {
	story(t, func(t *testing.T) {
		asleep := func(n *night, yes bool) {
			p := n.duty.People["alice"]
			p.Asleep = yes
			n.duty.People["alice"] = p
		}
		n := newNight(t, Alert)
		asleep(n, true)
		n.sleep(3 * time.Hour)
		require.Empty(t, n.heard)
		asleep(n, false)
		n.sleep(time.Minute)
		require.Equal(t, []string{"3h0m0s call alice by push"}, n.heard, "held, and not lost")

		n = newNight(t, Crisis)
		asleep(n, true)
		n.sleep(time.Second)
		require.Equal(t, []string{"0s call alice by push"}, n.heard, "a crisis does not wait")

		n = newNight(t, Alert)
		asleep(n, true)
		n.sleep(time.Hour)
		n.course.Observe(News{Revision: 2, Level: Alert, Over: time.Now()})
		n.sleep(time.Hour)
		require.Empty(t, n.heard)
		asleep(n, false)
		n.sleep(time.Hour)
		require.Equal(t, []string{"2h0m0s late alice by push"}, n.heard, "in the morning: it was, and is over")
		require.True(t, n.course.Done())

		n = newNight(t, Alert)
		n.sleep(time.Second)
		asleep(n, true)
		n.course.Observe(News{Revision: 2, Level: Alert, Over: time.Now()})
		n.sleep(time.Hour)
		require.Len(t, n.heard, 1, "the end of an alert wakes nobody")
		asleep(n, false)
		n.sleep(time.Second)
		require.Len(t, n.heard, 2)
	})
}

func TestWhatWasOverBeforeAnyoneWasTold(t *testing.T) {
	story(t, func(t *testing.T) {
		over := func(level Level, blind bool, ago time.Duration) *night {
			n := newNight(t, 0)
			n.course.Observe(News{Revision: 2, Level: level, Blind: blind})
			n.course.Observe(News{Revision: 3, Level: level, Blind: blind, Over: time.Now().Add(-ago)})
			n.sleep(time.Hour)
			require.True(t, n.course.Done())
			return n
		}
		require.Equal(t, []string{"0s late alice by push"}, over(Crisis, false, time.Hour).heard)
		require.Equal(t, []string{"0s late alice by push"}, over(Alert, false, time.Hour).heard)
		require.Empty(t, over(Alert, true, time.Hour).heard, "a source that sees again is no news")
		require.Empty(t, over(Crisis, false, 48*time.Hour).heard, "nor is the day before yesterday")
	})
}

func TestATeamThatSharesAChannelHearsTheEndOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		for id := range n.duty.People {
			n.duty.People[id] = Person{Channels: []string{"room"}, Urgent: []string{"room"}}
		}
		n.sleep(11 * time.Minute)
		require.Len(t, n.heard, 3, "each of them is called there")
		n.course.Observe(News{Revision: 2, Level: Crisis, Over: time.Now()})
		n.sleep(time.Minute)
		require.Len(t, n.heard, 4)
	})
}
