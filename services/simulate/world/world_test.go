package world

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// tuesday is an ordinary working day, at noon in Paris.
var tuesday = time.Date(2026, 10, 13, 10, 0, 0, 0, time.UTC)

func TestAWorldIsTheSameForEveryoneWhoHasItsSeed(t *testing.T) {
	t.Parallel()
	from, to := tuesday, tuesday.Add(10*time.Minute)
	whole := New(7, 2).History(from, to)
	require.NotEmpty(t, whole)
	require.Equal(t, whole, New(7, 2).History(from, to), "the same seed")
	require.NotEqual(t, whole, New(8, 2).History(from, to), "another seed")

	t.Run("in whatever steps it is asked for", func(t *testing.T) {
		stepwise := New(7, 2)
		stepwise.Step(from)
		var posts []Post
		for now := from; now.Before(to); {
			now = now.Add(7 * time.Second)
			posts = append(posts, stepwise.Step(earliest(now, to))...)
		}
		require.Equal(t, whole, posts)
	})
	t.Run("and after a restart in the middle", func(t *testing.T) {
		middle := from.Add(4 * time.Minute)
		again := append(New(7, 2).History(from, middle), New(7, 2).History(middle, to)...)
		require.Equal(t, whole, again)
	})
}

func TestPostsComeInOrderWithNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	posts := New(1, 5).History(tuesday, tuesday.Add(30*time.Minute))
	known := map[int64]Post{}
	var answered, passedOn int
	for i, post := range posts {
		if !post.Time.After(tuesday) || i > 0 && (post.Time.Before(posts[i-1].Time) || post.Number <= posts[i-1].Number) {
			t.Fatalf("post %d of %s is out of order", i, post.Time)
		}
		known[post.Number] = post
		for _, parent := range []int64{post.ReplyTo, post.ShareOf} {
			if before, here := known[parent]; here {
				require.Equal(t, before.Thread, post.Thread, "a conversation stays together")
				require.Equal(t, before.Brand, post.Brand)
			}
		}
		if post.ReplyTo != 0 {
			answered++
		}
		if post.ShareOf != 0 {
			passedOn++
		}
	}
	require.Greater(t, answered, len(posts)/20)
	require.Greater(t, passedOn, len(posts)/60)
}

func TestEveryPostNamesItsBrandAsTheQueryExpects(t *testing.T) {
	t.Parallel()
	brands := Brands()
	queries := make([]*query.Query, len(brands))
	index := map[string]int{}
	for i, brand := range brands {
		parsed, err := query.Parse(brand.Query)
		require.NoError(t, err)
		queries[i], index[brand.ID] = parsed, i
	}
	set := query.NewSet(queries)
	check := func(post Post) {
		for _, text := range []string{post.Text, post.Title} {
			if text != "" && (!slices.Contains(set.Match(nil, text), index[post.Brand]) || strings.ContainsAny(text, "{}")) {
				t.Fatalf("%s is not found in %q", post.Brand, text)
			}
		}
	}
	w := New(3, 1)
	for _, post := range w.History(tuesday, tuesday.Add(time.Hour)) {
		check(post)
	}
	for _, brand := range brands {
		for _, kind := range CrisisKinds {
			_, err := w.Crisis(brand.ID, kind, tuesday.Add(time.Hour))
			require.NoError(t, err)
		}
	}
	for _, post := range w.Step(tuesday.Add(65 * time.Minute)) {
		check(post)
	}
}

func TestItDoesNotReadAsALoop(t *testing.T) {
	t.Parallel()
	posts := New(5, 4).History(tuesday, tuesday.Add(time.Hour))
	texts, authors, languages := map[string]int{}, map[int64]int{}, map[string]int{}
	tones := map[Tone]int{}
	for _, post := range posts {
		texts[post.Text]++
		authors[post.Author.ID]++
		languages[post.Language]++
		tones[post.Tone]++
	}
	require.Greater(t, len(posts), 8000)
	require.Greater(t, float64(len(texts)), 0.9*float64(len(posts)), "distinct texts")
	require.Greater(t, len(authors), 1000)
	require.Greater(t, languages["fr"], languages["en"])
	require.Greater(t, languages["en"], len(posts)/5)
	for _, tone := range []Tone{Negative, Neutral, Positive} {
		require.Greater(t, tones[tone], len(posts)/6)
	}
	most := 0
	for _, n := range authors {
		most = max(most, n)
	}
	require.Greater(t, most, 10*len(posts)/len(authors), "a few write much more than most")
}

func TestNightIsQuiet(t *testing.T) {
	t.Parallel()
	count := func(hour int) int {
		at := time.Date(2026, 10, 13, hour-2, 0, 0, 0, time.UTC) // Paris is two hours ahead
		return len(New(2, 2).History(at, at.Add(time.Hour)))
	}
	night, lunch, evening := count(4), count(12), count(20)
	require.Less(t, night*8, evening)
	require.Greater(t, lunch, night*6)
	require.InDelta(t, 2*3600, evening, 0.12*2*3600, "the rate is that of the busiest hour")
}

func TestACrisisGoesFromSlightlyUnusualToOverwhelming(t *testing.T) {
	t.Parallel()
	w := New(11, 1)
	w.Step(tuesday)
	origin, err := w.Crisis("zestaline", CrisisSafety, tuesday.Add(10*time.Second))
	require.NoError(t, err)
	begun := origin.Time
	var perTen [12]int
	var negative, total, relayed, replied, press int
	authors := map[int64]bool{}
	for _, post := range w.Step(begun.Add(2 * time.Minute)) {
		if post.Brand != "zestaline" || post.Time.Before(begun) {
			continue
		}
		perTen[min(11, int(post.Time.Sub(begun)/(10*time.Second)))]++
		total++
		authors[post.Author.ID] = true
		if post.Tone == Negative {
			negative++
		}
		if post.ShareOf == origin.Number {
			relayed++
		}
		if post.ReplyTo == origin.Number {
			replied++
		}
		if post.Title != "" && post.Topic == Safety {
			press++
			require.Greater(t, post.Time.Sub(begun), 50*time.Second)
		}
	}
	require.LessOrEqual(t, perTen[0], 8, "it begins with little")
	require.Greater(t, perTen[5], 10*max(1, perTen[0]), "a minute later it is overwhelming: %v", perTen)
	require.Greater(t, perTen[5], perTen[3])
	require.Greater(t, float64(negative), 0.85*float64(total))
	require.Greater(t, len(authors), total/2)
	require.Positive(t, relayed)
	require.Positive(t, replied)
	require.Equal(t, 2, press, "a newspaper in each language")

	later := w.Step(begun.Add(20 * time.Minute))
	tail := later[len(later)-40:]
	require.Less(t, tail[0].Time.Sub(begun), 20*time.Minute)
	angry := 0
	for _, post := range tail {
		if post.Topic == Safety && post.Tone == Negative && post.Brand == "zestaline" {
			angry++
		}
	}
	require.Less(t, angry, 8, "it ends")
}

func TestACrisisNeedsABrandAndAKindThatExist(t *testing.T) {
	t.Parallel()
	w := New(1, 1)
	_, err := w.Crisis("nobody", CrisisSafety, tuesday)
	require.ErrorContains(t, err, `"nobody"`)
	_, err = w.Crisis("zestaline", "meteor", tuesday)
	require.ErrorContains(t, err, `"meteor"`)
}

func TestACrisisAskedForTooLateBeginsAtOnce(t *testing.T) {
	t.Parallel()
	w := New(1, 1)
	w.Step(tuesday)
	w.Step(tuesday.Add(time.Minute))
	origin, err := w.Crisis("telemur", CrisisOutage, tuesday)
	require.NoError(t, err)
	require.True(t, origin.Time.After(tuesday.Add(time.Minute)))
	require.Contains(t, w.Step(tuesday.Add(61*time.Second)), origin)
}

func TestBrandsHaveAccountsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := New(4, 1)
	account, known := w.Official("ferrovelle")
	require.True(t, known)
	require.Equal(t, "ferrovelle", account.Handle)
	_, known = w.Official("nobody")
	require.False(t, known)
	written := 0
	for _, post := range w.History(tuesday, tuesday.Add(time.Hour)) {
		if post.Author.ID == account.ID {
			written++
		}
	}
	require.Positive(t, written)
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Whoever remembers when a crisis began has it told again, word for word, while it
// is under way or long after.
func TestACrisisIsToldAgain(t *testing.T) {
	t.Parallel()
	first := New(11, 1)
	first.Step(tuesday)
	origin, err := first.Crisis("zestaline", CrisisSafety, tuesday.Add(90*time.Second))
	require.NoError(t, err)
	told := first.Step(tuesday.Add(20 * time.Minute))

	second := New(11, 1)
	second.Step(tuesday)
	_, err = second.Crisis("zestaline", CrisisSafety, origin.Time)
	require.NoError(t, err)
	require.Equal(t, told, append(second.Step(tuesday.Add(3*time.Minute)), second.Step(tuesday.Add(20*time.Minute))...))

	again, err := New(11, 1).Retell("zestaline", CrisisSafety, origin.Time)
	require.NoError(t, err)
	require.Greater(t, len(again), 100)
	require.Equal(t, origin, again[0])
	require.Subset(t, told, again)
	_, err = first.Retell("zestaline", "meteor", tuesday)
	require.ErrorContains(t, err, "outage")
}

// A page of news has something to read on any day, also at night.
func TestNewspapersWriteOfEveryBrandEveryDay(t *testing.T) {
	t.Parallel()
	written := map[string]int{}
	for _, post := range New(1515, 0.5).History(tuesday.Add(-24*time.Hour), tuesday) {
		if post.Title != "" {
			written[post.Brand]++
			written[post.Language]++
		}
	}
	for _, brand := range Brands() {
		require.Positive(t, written[brand.ID], brand.ID)
	}
	require.Positive(t, written["fr"])
	require.Positive(t, written["en"])
}
