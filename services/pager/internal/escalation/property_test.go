package escalation

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tries = 80

// dice makes a repeatable chance; its seed is in every failure.
func dice(t *testing.T, try int) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(uint64(try), 2026))
}

// world is a random company with random troubles: who can be reached by what is
// decided once, and holds for its whole story.
type world struct {
	duty  Duty
	alive map[string]bool
}

func newWorld(r *rand.Rand) world {
	w := world{duty: Duty{After: time.Duration(1+r.IntN(10)) * time.Minute, People: map[string]Person{}}, alive: map[string]bool{}}
	for _, id := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
		p := Person{Asleep: r.IntN(3) == 0}
		for _, kind := range []string{"-push", "-mail"}[:1+r.IntN(2)] {
			p.Channels = append(p.Channels, id+kind)
			w.alive[id+kind] = r.IntN(3) > 0
		}
		p.Urgent = slices.Clone(p.Channels)
		if r.IntN(2) == 0 {
			p.Urgent = append([]string{id + "-siren"}, p.Urgent...)
			w.alive[id+"-siren"] = r.IntN(2) == 0
		}
		w.duty.Order, w.duty.People[id] = append(w.duty.Order, id), p
	}
	return w
}

func (w world) answer(p Page) Outcome {
	if w.alive[p.Channel] {
		return Outcome{}
	}
	return Outcome{Error: "HTTP 500"}
}

// firstHeard is after how long a level reaches anyone, and whether it does in ten
// minutes.
func (w world) firstHeard(t *testing.T, level Level, blind bool) (time.Duration, bool) {
	t.Helper()
	began := time.Unix(0, 0)
	c := &Course{IncidentID: "i"}
	c.Observe(News{Revision: 1, Level: level, Blind: blind})
	for at := time.Duration(0); at <= 10*time.Minute; at += time.Second {
		now := began.Add(at)
		for due := w.next(c, now); len(due) > 0; due = w.next(c, now) {
			for _, p := range due {
				outcome := w.answer(p)
				c.Settle(p.ID, outcome, now)
				if outcome.Error == "" {
					return at, true
				}
			}
		}
	}
	return 0, false
}

func (w world) next(c *Course, now time.Time) []Page {
	return c.Next(now, w.duty, Sender{Lease: 1, UnderWay: func(string) bool { return false }, Room: wide})
}

// INVARIANTS 8: whatever the hour, the rota and the troubles, whoever would hear
// of something at a level hears of it at any higher one, and as soon.
func TestLowerSeverityNeverNotifiesWhereHigherWouldNot(t *testing.T) {
	t.Parallel()
	quiet := 0
	for try := range tries {
		w := newWorld(dice(t, try))
		_, watch := w.firstHeard(t, Watch, false)
		_, blind := w.firstHeard(t, Crisis, true)
		alertAt, alert := w.firstHeard(t, Alert, false)
		crisisAt, crisis := w.firstHeard(t, Crisis, false)
		require.False(t, watch, "seed %d: a watch wakes nobody", try)
		require.Equal(t, alert, blind, "seed %d: a blind source is as loud as an alert", try)
		if alert {
			require.True(t, crisis, "seed %d", try)
			// the siren it has more may be dead, which takes its tries to find out
			require.LessOrEqual(t, crisisAt, alertAt+8*time.Second, "seed %d", try)
		} else if crisis {
			quiet++
		}
	}
	require.Positive(t, quiet, "and some of these worlds have quiet hours that only a crisis breaks")
}

// The pager dies at random moments: before it sent, between sending and writing
// so, after. Whoever goes on has only what was stored. Nobody is told twice of an
// alert; a crisis reaches someone, and what is sent again has the id it had.
func TestDyingAtAnyMoment(t *testing.T) {
	t.Parallel()
	died := 0
	for try := range tries / 2 {
		r := dice(t, try)
		level := Alert + Level(r.IntN(2))
		w := newWorld(r).awake()
		stored := store(t, &Course{IncidentID: "i"})
		delivered := map[string]int{}
		lease := uint64(1)
		now := time.Unix(0, 0)
		for second := range 240 {
			now = now.Add(time.Second)
			c := load(t, stored)
			for _, p := range c.Unreported() {
				c.Report(p.ID)
			}
			c.Observe(News{Revision: 1, Level: level}) // delivered until it is stored, and then some
			pages := c.Next(now, w.duty, Sender{Lease: lease, UnderWay: func(string) bool { return false }, Room: wide})
			if die(r, second) {
				lease, died = lease+1, died+1
				continue // before anything was stored
			}
			stored = store(t, c)
			for _, p := range pages {
				if die(r, second) {
					lease, died = lease+1, died+1
					break // stored as sending, and not sent
				}
				outcome := w.answer(p)
				if outcome.Error == "" {
					delivered[p.ID]++
				}
				if die(r, second) {
					lease, died = lease+1, died+1
					break // sent, and not stored as such
				}
				c.Settle(p.ID, outcome, now)
				stored = store(t, c)
			}
		}
		if level == Alert {
			require.LessOrEqual(t, len(delivered), 1, "seed %d: %v", try, delivered)
			for id, n := range delivered {
				require.Equal(t, 1, n, "seed %d: %s", try, id)
			}
		} else if w.reachable() {
			require.NotEmpty(t, delivered, "seed %d: a crisis is never dropped", try)
		}
	}
	require.Greater(t, died, tries/2)
}

// die is likely in the first seconds, when everything happens.
func die(r *rand.Rand, second int) bool { return second < 30 && r.IntN(6) == 0 }

// awake ends all quiet hours.
func (w world) awake() world {
	for id, p := range w.duty.People {
		p.Asleep = false
		w.duty.People[id] = p
	}
	return w
}

// reachable says whether a crisis can reach anyone.
func (w world) reachable() bool {
	for _, alive := range w.alive {
		if alive {
			return true
		}
	}
	return false
}

func store(t *testing.T, c *Course) []byte {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	return data
}

func load(t *testing.T, data []byte) *Course {
	t.Helper()
	c := &Course{}
	require.NoError(t, json.Unmarshal(data, c))
	return c
}

// Revisions come in any order, each as often as it likes: what was told in the
// end is what the newest says, and nothing is told twice.
func TestRevisionsInAnyOrder(t *testing.T) {
	t.Parallel()
	for try := range tries {
		r := dice(t, try)
		w := newWorld(r).awake()
		revisions := []News{{Revision: 1, Level: Watch}, {Revision: 2, Level: Alert}, {Revision: 3, Level: Crisis}}
		for range 6 {
			revisions = append(revisions, revisions[r.IntN(3)])
		}
		r.Shuffle(len(revisions), func(i, j int) { revisions[i], revisions[j] = revisions[j], revisions[i] })
		c := &Course{IncidentID: "i"}
		now := time.Unix(0, 0)
		told := map[string]int{}
		for _, news := range revisions {
			c.Observe(news)
			for due := w.next(c, now); len(due) > 0; due = w.next(c, now) {
				for _, p := range due {
					outcome := w.answer(p)
					if outcome.Error == "" {
						told[p.ID]++
					}
					c.Settle(p.ID, outcome, now)
				}
			}
		}
		require.Equal(t, Crisis, c.Level, "seed %d", try)
		for id, n := range told {
			require.Equal(t, 1, n, "seed %d: %s", try, id)
		}
	}
}

// An attempt that was stored and then not begun, because the answer to storing
// it was lost, is begun later, for an alert too: it cannot have arrived.
func TestAnAttemptThatWasNeverBegunIsBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(dice(t, 0)).awake()
	c := &Course{IncidentID: "i"}
	c.Observe(News{Revision: 1, Level: Alert})
	now := time.Unix(0, 0)
	first := w.next(c, now)
	require.Len(t, first, 1)
	again := w.next(c, now)
	require.Equal(t, first[0].ID, again[0].ID)
	require.Equal(t, 1, again[0].Attempts)

	underWay := c.Next(now, w.duty, Sender{Lease: 1, UnderWay: func(string) bool { return true }, Room: wide})
	require.Empty(t, underWay, "one that is under way is left alone")
	after := c.Next(now, w.duty, Sender{Lease: 2, UnderWay: func(string) bool { return false }, Room: wide})
	require.Empty(t, after, "one that another may have made is not made again")
	require.Equal(t, Failed, c.Pages[0].State)
	require.True(t, c.Pages[0].Unsure)
}
