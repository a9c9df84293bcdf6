package detect_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// written is a snapshot of a brand in the midst of a storm, and when it was taken.
func written(t testing.TB) (data []byte, at time.Time) {
	t.Helper()
	now := start.Add(25 * time.Hour)
	e := aDay()
	for i := range 150 {
		e.Observe("zest", detect.Mention{
			ID: fmt.Sprintf("x:%d", i), Source: "x", Author: fmt.Sprint(i), Handle: fmt.Sprint("author", i), Sentiment: detect.Negative,
			Topics: []string{"safety"}, Risks: []string{"recall"}, Text: "recall of the yoghurt", Followers: uint64(i), Engagement: 3,
			Published: now.Add(time.Duration(i-150) * time.Second), Collected: now, Known: now, Sequence: uint64(i + 1),
		})
	}
	require.NotEmpty(t, e.Advance(now.Add(time.Second)))
	e.Observe("zest", detect.Mention{ID: "pending", Source: "x", Author: "p", Published: now, Collected: now, Known: now.Add(2 * time.Second)})
	data, err := e.Snapshot("zest")
	require.NoError(t, err)
	return data, now.Add(time.Second)
}

// A snapshot that is cut anywhere, that is of another kind or that holds no brand is told.
func TestASnapshotThatIsNoneIsTold(t *testing.T) {
	t.Parallel()
	data, at := written(t)
	_, err := detect.ReadSnapshot(data)
	require.NoError(t, err)
	for n := 0; n < len(data); n += 1 + n/50 {
		_, err := detect.ReadSnapshot(data[:n])
		require.Error(t, err, n)
	}
	var other bytes.Buffer
	require.NoError(t, gob.NewEncoder(&other).Encode(struct {
		Rule string
		Step int64
	}{detect.RuleVersion, at.UnixMilli() / 200}))
	_, err = detect.ReadSnapshot(other.Bytes())
	require.ErrorContains(t, err, "there is none")
	other.Reset()
	require.NoError(t, gob.NewEncoder(&other).Encode(struct{ Rule string }{"another"}))
	_, err = detect.ReadSnapshot(other.Bytes())
	require.ErrorIs(t, err, detect.ErrOtherRule)
}

// Whatever the bytes: an error, or a brand that can be gone on from. Neither takes more
// memory than a few snapshots do.
func FuzzReadSnapshot(f *testing.F) {
	data, at := written(f)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		snapshot, err := detect.ReadSnapshot(data)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
		if err != nil || snapshot.At.Sub(at) > time.Minute || at.Sub(snapshot.At) > 24*time.Hour {
			return // who takes up leaves it alone
		}
		e := detect.New(rule, snapshot.At)
		e.Load(snapshot)
		for i := range 60 {
			now := at.Add(time.Duration(i) * time.Second)
			for brand := range e.Incidents() {
				e.Observe(brand, detect.Mention{ID: fmt.Sprint(i), Source: "x", Author: fmt.Sprint(i), Sentiment: detect.Negative, Published: now, Collected: now, Known: now})
			}
			e.Advance(now)
		}
		e.Advance(at.Add(2 * time.Hour))
	})
}

// A message that the bus delivers after later ones, for its first delivery was lost, counts
// as the others do; one that is delivered again does not.
func TestAMentionDeliveredAfterLaterOnesCounts(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	play := func(order func(batch []detect.Mention)) detect.Incident {
		e := aDay()
		var batch []detect.Mention
		for i := range 200 {
			batch = append(batch, detect.Mention{ID: fmt.Sprint(i), Source: "x", Author: fmt.Sprint(i), Sentiment: detect.Negative,
				Published: now.Add(-time.Duration(i) * time.Second / 2), Collected: now, Known: now, Sequence: uint64(i + 1)})
		}
		order(batch)
		for range 2 {
			for _, m := range batch {
				e.Observe("zest", m)
			}
		}
		changes := e.Advance(now.Add(time.Second))
		require.Len(t, changes, 1)
		return changes[0]
	}
	straight := play(func([]detect.Mention) {})
	require.Equal(t, straight, play(slices.Reverse[[]detect.Mention]))
	require.Equal(t, straight, play(func(batch []detect.Mention) {
		rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}))
}

// A hundred thousand posts of the last weeks that come at once, and as many of this day's
// calm, open nothing, close nothing, and hide nothing that is said meanwhile.
func TestABackfillInBulkTurnsNothingRound(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	fill := func(e *detect.Engine, from time.Time) (changes []detect.Incident) {
		for i := range 100_000 {
			ago := 24*time.Hour + time.Duration(i)*10*time.Second
			known := from.Add(time.Duration(i) * time.Millisecond)
			past := e.Observe("zest", detect.Mention{ID: fmt.Sprint("old", i), Source: "x", Author: fmt.Sprint(i), Sentiment: detect.Negative,
				Published: known.Add(-ago), Collected: known, Known: known, Sequence: uint64(i + 1)})
			require.False(t, past, "to be learnt")
			if i%60_000 == 0 { // live goes on: one a minute
				e.Observe("zest", detect.Mention{ID: fmt.Sprint("live", from, i), Source: "x", Author: fmt.Sprint("live", i), Sentiment: detect.Neutral,
					Published: known, Collected: known, Known: known})
				changes = append(changes, e.Advance(known)...)
			}
		}
		return changes
	}
	calm := aDay()
	require.Empty(t, fill(calm, now))
	storm := now.Add(3 * time.Minute)
	require.Len(t, burst(calm, storm, 200, 150, true), 1, "what is said meanwhile is heard")
	for _, change := range fill(calm, storm.Add(2*time.Second)) {
		require.True(t, change.Resolved.IsZero())
	}
}

// A source that was away for hours brings at once what was said meanwhile: at the rate of
// every day it is no rise, whether it is six hours late or one, in what order it comes, or
// how often. A storm in it that is over wakes nobody; one that goes on does.
func TestWhatComesLateIsHeldAgainstItsTime(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{time.Hour, 6 * time.Hour, 23 * time.Hour} {
		late := func(storm time.Duration) (changes []detect.Incident) {
			e := watching()
			everyMinute(e, start, start.Add(72*time.Hour))
			e.Blind(true)
			now := start.Add(72*time.Hour + away)
			e.Advance(now)
			var batch []detect.Mention
			say := func(at time.Time, negative bool) {
				id := fmt.Sprint(len(batch))
				batch = append(batch, detect.Mention{ID: id, Source: "x", Author: id, Sentiment: felt(negative), Published: at, Collected: now, Known: now})
			}
			for at := now.Add(-away); at.Before(now); at = at.Add(time.Minute) {
				say(at, false)
			}
			for i := 0; storm > 0 && i < 200; i++ {
				say(now.Add(-storm+time.Duration(i)*time.Second/2), true)
			}
			batch = append(batch, batch...)
			rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			for _, m := range batch {
				e.Observe("zest", m)
			}
			return e.Advance(now.Add(time.Second))
		}
		require.Empty(t, late(0), away)
		if away > time.Hour {
			for _, change := range late(away - 10*time.Minute) {
				require.LessOrEqual(t, change.Level, detect.Watch, "it is over: %v", away)
			}
		}
		now := late(100 * time.Second)
		require.NotEmpty(t, now, away)
		require.GreaterOrEqual(t, now[len(now)-1].Level, detect.Alert, away)
	}
}

// What a clock that is ahead says of its receipt is not the receipt that tipped an incident.
func TestAReceiptFromTheFutureTipsNothing(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	e := aDay()
	e.Observe("zest", detect.Mention{ID: "future", Source: "x", Author: "a", Published: now.AddDate(73, 0, 0), Collected: now.AddDate(73, 0, 0), Known: now})
	changes := burst(e, now, 200, 150, true)
	require.Len(t, changes, 1)
	require.Equal(t, now, changes[0].Evidence.Tipping)
}

// What opened before another was resolved, or before the brand was watched, is not told by
// an engine that heard the past anew: it is over, and its revisions are taken.
func TestWhatIsOverIsNotToldAgain(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	heard := func() *detect.Engine {
		e := aDay()
		require.Len(t, burst(e, now, 200, 150, true), 1)
		return e
	}
	resume := func(since time.Time) []detect.Incident {
		e := detect.New(rule, now.Add(5*time.Minute))
		e.Watch(map[string]detect.Terms{"zest": {Since: since}})
		return e.Resume(heard(), nil)
	}
	require.Len(t, resume(start), 1, "one that was not told before its process died")
	require.Empty(t, resume(now.Add(5*time.Minute)), "the brand came back")

	over := heard().Incidents()["zest"]
	over.Opened = over.Opened.Add(-time.Second) // a past heard anew finds it at another moment
	over.Resolved = now.Add(2 * time.Minute)
	died := detect.New(rule, now.Add(5*time.Minute))
	died.Watch(map[string]detect.Terms{"zest": {Since: start}})
	require.Empty(t, died.Resume(heard(), map[string]detect.Incident{"zest": over}), "resolved just before its process died")
	require.Empty(t, died.Incidents())

	live := heard()
	live.Watch(nil)
	require.Len(t, live.Advance(now.Add(2*time.Second)), 1, "resolved")
	live.Watch(map[string]detect.Terms{"zest": {Since: now.Add(3 * time.Minute)}})
	require.Empty(t, live.Resume(heard(), nil))
	later := now.Add(10 * time.Minute)
	live.Advance(later)
	for i := range 300 {
		live.Observe("zest", detect.Mention{ID: fmt.Sprint("again", i), Source: "x", Author: fmt.Sprint("again", i), Sentiment: detect.Negative,
			Published: later.Add(-time.Duration(i) * time.Second / 3), Collected: later, Known: later})
	}
	again := live.Advance(later.Add(time.Second))
	require.Len(t, again, 1)
	require.EqualValues(t, 1, again[0].Revision)
	require.Equal(t, fmt.Sprint("zest@", again[0].Opened.Format(time.RFC3339)), again[0].ID)
}

// storms are posts of a brand on some days with storms, in the order of the stream.
func storms(r *rand.Rand) (posts []detect.Mention) {
	s := &stream{r: r}
	storm := start.Add(26*time.Hour + time.Duration(r.IntN(120))*time.Minute)
	for now := start; now.Before(storm.Add(3 * time.Hour)); now = now.Add(time.Second) {
		perHour, negative := 60.0, 0.1
		if d := now.Sub(storm); d > 0 && d < 15*time.Minute {
			perHour, negative = 900, 0.8
		}
		for range s.poisson(perHour / 3600) {
			known := now.Add(time.Duration(r.IntN(1000)) * time.Millisecond)
			late := time.Duration(r.ExpFloat64() * float64(20*time.Second))
			posts = append(posts, detect.Mention{Source: "x", Author: fmt.Sprint(r.IntN(5000)), Sentiment: felt(r.Float64() < negative),
				Published: known.Add(-late), Collected: known, Known: known})
		}
	}
	slices.SortStableFunc(posts, func(a, b detect.Mention) int { return a.Known.Compare(b.Known) })
	for i := range posts {
		posts[i].ID, posts[i].Sequence = fmt.Sprint("x:", i), uint64(i+1)
	}
	return posts
}

// However posts are shuffled within a step of time, however often they are delivered, and
// wherever the detector dies and takes up from a snapshot of some time before, the
// incidents are those of a straight run: none lost, none repeated, none changed.
func TestAnyDeliveryAndAnyCutTellTheSame(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	for round := range 6 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		posts := storms(r)
		straight := deliver(t, nil, posts)
		require.Equal(t, detect.Crisis, straight[len(straight)-1].Level, "seed %d", seed)
		require.False(t, straight[len(straight)-1].Resolved.IsZero(), "seed %d", seed)
		told := deliver(t, r, posts)
		require.Equal(t, numbers(straight), numbers(told), "seed %d, round %d", seed, round)
	}
}

// numbers are incidents without what a restart leaves out: the evidence, kept elsewhere, of
// one that did not change.
func numbers(changes []detect.Incident) (lines []string) {
	for _, c := range changes {
		e := c.Evidence
		if !c.Resolved.IsZero() {
			e = detect.Evidence{}
		}
		lines = append(lines, fmt.Sprintf("%s r%d %v %v %v %v %+v", c.ID, c.Revision, c.Level, c.Opened, c.LevelAt, c.Resolved, e))
	}
	return lines
}

// deliver plays posts; with a source of chance, in any order, twice, and across restarts.
func deliver(t *testing.T, r *rand.Rand, posts []detect.Mention) (told []detect.Incident) {
	t.Helper()
	e := watching()
	var kept []byte
	keep := func() {
		data, err := e.Snapshot("zest")
		require.NoError(t, err)
		kept = data
	}
	keep()
	step := func(m *detect.Mention) int64 { return m.Known.UnixMilli() / 200 }
	for from, to := 0, 0; from < len(posts); from = to {
		for to = from; to < len(posts) && step(&posts[to]) == step(&posts[from]); to++ {
		}
		batch := slices.Clone(posts[from:to])
		told = append(told, e.Advance(batch[0].Known)...)
		if r != nil {
			r.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			batch = append(batch, batch[:r.IntN(len(batch)+1)]...)
		}
		for _, m := range batch {
			e.Observe("zest", m)
		}
		if r == nil {
			continue
		}
		if from > 0 && r.IntN(50) == 0 {
			e.Observe("zest", posts[r.IntN(from)]) // again, late
		}
		switch r.IntN(400) {
		case 0, 1:
			keep()
		case 2:
			e, told = takeUp(t, kept, posts[:to], told)
		}
	}
	return append(told, e.Advance(posts[len(posts)-1].Known.Add(time.Hour))...)
}

// takeUp is another process: it goes on from a snapshot, hears again what came since, and
// knows which incident was told as open.
func takeUp(t *testing.T, kept []byte, posts []detect.Mention, told []detect.Incident) (*detect.Engine, []detect.Incident) {
	t.Helper()
	snapshot, err := detect.ReadSnapshot(kept)
	require.NoError(t, err)
	now := posts[len(posts)-1].Known
	replayed := detect.New(rule, snapshot.At)
	replayed.Load(snapshot)
	for _, m := range posts {
		if m.Sequence <= snapshot.Sequence {
			replayed.Know("zest", m.ID)
			continue
		}
		replayed.Advance(m.Known)
		replayed.Observe("zest", m)
	}
	replayed.Advance(now)
	e := detect.New(rule, now)
	e.Watch(map[string]detect.Terms{"zest": {Since: start}})
	open := map[string]detect.Incident{}
	if n := len(told); n > 0 && told[n-1].Resolved.IsZero() {
		last := told[n-1]
		last.Evidence = detect.Evidence{}
		open["zest"] = last
	}
	return e, append(told, e.Resume(replayed, open)...)
}

// Sources bring what they hold when a brand is watched for the first time, in any order: it
// teaches what is usual. The same said all at once would rise.
func TestWhatSourcesHoldAtAFirstStartIsNoRise(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	for _, held := range []bool{true, false} {
		e := detect.New(rule, now)
		e.Watch(map[string]detect.Terms{"zest": {Since: now}})
		var told []detect.Incident
		for i := range 600 { // the newest first
			known := now.Add(time.Duration(i) * 10 * time.Millisecond)
			told = append(told, e.Advance(known)...)
			at := now.Add(-time.Duration(i) * 30 * time.Second)
			if i%2 == 1 {
				at = now.Add(-5 * time.Hour)
			}
			e.Observe("zest", detect.Mention{ID: fmt.Sprint("held", i), Source: "x", Author: fmt.Sprint("holder", i), Sentiment: detect.Negative,
				Published: at, Collected: known, Known: known, Backfill: held})
		}
		told = append(told, e.Advance(now.Add(time.Minute))...)
		require.Equal(t, held, len(told) == 0)
		if held {
			require.Len(t, burst(e, now.Add(time.Minute), 200, 150, true), 1, "what breaks out then does rise")
		}
	}
}
