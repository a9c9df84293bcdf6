package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// town is a brand of which people speak every day, until something happens.
type town struct {
	e   *detect.Engine
	now time.Time
	n   int
}

// small talk of a calm day: words that are usual of the brand.
var smallTalk = []string{
	"Mon yaourt Zest du matin, toujours aussi bon", "Livraison Zest en retard, service client injoignable", "Zest yogurt for breakfast again",
	"Nouveau parfum chez Zest, le magasin en a reçu", "Le service client de Zest répond enfin", "Zest prices went up, the store says",
}

// calmTown has had three calm days.
func calmTown() *town {
	c := &town{e: watching(), now: start}
	r := rand.New(rand.NewPCG(3, 3))
	for c.now.Before(start.Add(72 * time.Hour)) {
		c.now = c.now.Add(time.Duration(60+r.IntN(120)) * time.Second)
		felt := detect.Neutral
		if r.IntN(6) == 0 {
			felt = detect.Negative
		}
		c.say(detect.Mention{Source: []string{"x", "bluesky", "mastodon"}[r.IntN(3)], Author: fmt.Sprint("regular", r.IntN(400)), Handle: "regular",
			Text: smallTalk[r.IntN(len(smallTalk))], Sentiment: felt, Followers: uint64(r.IntN(300))})
	}
	return c
}

// say has something said now.
func (c *town) say(m detect.Mention) (changes []detect.Incident) {
	c.n++
	if m.ID == "" {
		m.ID = fmt.Sprintf("%s:%d", m.Source, c.n)
	}
	m.Published, m.Collected, m.Known = c.now, c.now, c.now
	c.e.Observe("zest", m)
	return c.e.Advance(c.now.Add(200 * time.Millisecond))
}

// angry is what people say of what happened.
var angry = []string{
	"Rappel des yaourts @zest: des enfants malades, c'est honteux #BoycottZest https://zest.example/rappel-urgent",
	"#BoycottZest encore des malades à l'école, où est le rappel ?",
	"Ma fille est malade après un yaourt, et aucun rappel ! #boycottzest",
}

// outrage plays some minutes of it, eight posts a minute.
func (c *town) outrage(minutes int, change func(i int, m *detect.Mention)) (changes []detect.Incident) {
	for i := range 8 * minutes {
		c.now = c.now.Add(7500 * time.Millisecond)
		m := detect.Mention{Source: "bluesky", Author: fmt.Sprint("angry", c.n), Handle: fmt.Sprint("angry", c.n), Text: angry[i%len(angry)],
			Sentiment: detect.Negative, Followers: 50, URL: fmt.Sprint("https://bsky.example/", c.n)}
		change(i, &m)
		changes = append(changes, c.say(m)...)
	}
	return changes
}

func asIs(int, *detect.Mention) {}

func whys(posts []detect.Post) map[detect.Why]string {
	found := map[detect.Why]string{}
	for _, p := range posts {
		found[p.Why] = p.ID
	}
	return found
}

// What happened is told by its words, its first post and the way it took, and by posts
// that show it, each for a reason.
func TestARiseExplainsItself(t *testing.T) {
	t.Parallel()
	c := calmTown()
	c.say(detect.Mention{ID: "x:calm", Source: "x", Author: "star", Handle: "star", Text: "Zest, service en retard", Sentiment: detect.Negative, Followers: 5e6, Engagement: 900})
	c.now = c.now.Add(20 * time.Minute)
	began := c.now
	changes := c.outrage(6, func(i int, m *detect.Mention) {
		switch i {
		case 0:
			m.ID = "bluesky:first"
		case 3:
			m.Text, m.Sentiment = "Beau temps aujourd'hui, un yaourt Zest au soleil", detect.Neutral
			m.Source = "mastodon"
		case 4:
			m.ID, m.Risks = "bluesky:injury", []string{"injury"}
		case 5:
			m.ID, m.Engagement = "bluesky:loud", 300
		case 6:
			m.Source, m.Share = "x", true
		case 9:
			m.Source, m.Handle, m.Followers, m.Verified = "mastodon", "doctor", 90_000, true
		}
	})
	changes = slices.DeleteFunc(changes, func(i detect.Incident) bool { return i.Level == detect.Watch }) // of the star alone
	require.NotEmpty(t, changes)
	e := changes[0].Evidence
	require.Equal(t, map[detect.Why]string{
		detect.WhyRisk: "bluesky:injury", detect.WhyMostEngaged: "bluesky:loud", detect.WhyFirst: "bluesky:first",
	}, whys(e.Posts))
	require.Equal(t, "injury", e.Posts[0].Risk)

	var words []string
	for _, w := range e.Words {
		words = append(words, w.Text)
		require.Greater(t, w.Share, 2*w.Usual, w.Text)
	}
	require.Subset(t, words, []string{"rappel", "#boycottzest"})
	for _, never := range []string{"zest", "yaourt", "https", "example", "urgent", "est", "une"} {
		require.NotContains(t, words, never)
	}

	require.Equal(t, "bluesky:first", e.Path[0].ID)
	require.WithinDuration(t, began, e.Path[0].Published, 10*time.Second)
	var path []string
	for _, step := range e.Path {
		path = append(path, fmt.Sprint(step.Source, step.Share))
	}
	require.Equal(t, []string{"bluesky" + "false", "xtrue", "mastodonfalse"}, path, "fine weather is no part of it")

	require.Equal(t, "doctor", e.TopAuthors[0].Name)
	require.True(t, e.TopAuthors[0].Verified)
	require.Zero(t, e.TopAuthors[0].Known, "nobody knew them")
	require.Len(t, e.TopAuthors, 5)
	for _, a := range e.TopAuthors {
		require.NotEqual(t, "star", a.Name, "they wrote before")
		require.Subset(t, e.IDs, a.IDs)
	}
	require.Len(t, e.IDs, e.Mentions)
	require.False(t, e.IDsTruncated)
	require.GreaterOrEqual(t, e.Reach, uint64(90_000))
	require.InDelta(t, 1, e.NegativeShare.Is, 0.2)
	require.LessOrEqual(t, e.NegativeShare.From, e.NegativeShare.Is)
	require.Equal(t, 3, e.KnownDays)
	require.Equal(t, 2, e.RarityDays, "on the first of them all was new")
}

// The press takes it up long after the first posts were forgotten: the path goes on, and
// keeps how it began.
func TestThePathGoesOnWhileAnIncidentDoes(t *testing.T) {
	t.Parallel()
	c := calmTown()
	c.now = c.now.Add(10 * time.Minute)
	first := c.outrage(2, asIs)
	require.Len(t, first, 1)
	require.Less(t, first[0].Level, detect.Crisis)
	path := first[0].Evidence.Path
	require.Len(t, path, 1)
	article := detect.Mention{ID: "rss:article", Source: "rss", Page: "https://news.example/feed", Author: "https://news.example/feed",
		Text: "Zest annonce le rappel de ses yaourts après plusieurs enfants malades", Sentiment: detect.Neutral}
	c.say(article)
	c.say(detect.Mention{Source: "reddit", Author: "r", Text: "Livraison en retard", Sentiment: detect.Negative})
	var crisis detect.Incident
	for range 40 {
		for _, change := range c.outrage(1, asIs) {
			crisis = change
		}
		if crisis.Level == detect.Crisis {
			break
		}
	}
	require.Equal(t, detect.Crisis, crisis.Level)
	require.Len(t, crisis.Evidence.Path, 2)
	require.Equal(t, path[0], crisis.Evidence.Path[0])
	require.Equal(t, "rss:article", crisis.Evidence.Path[1].ID)
	require.Equal(t, article.Page, crisis.Evidence.Path[1].Page)
}

// Who spoke of the brand before is known since then; who speaks for the first time is not.
func TestAuthorsAreKnownOrNew(t *testing.T) {
	t.Parallel()
	c := calmTown()
	since := c.now.Truncate(time.Minute)
	c.say(detect.Mention{Source: "x", Author: "critic", Handle: "critic", Text: "Zest encore en retard", Sentiment: detect.Neutral, Followers: 10_000})
	c.now = c.now.Add(2 * time.Hour)
	changes := c.outrage(6, func(i int, m *detect.Mention) {
		if i == 2 {
			m.Source, m.Author, m.Handle, m.Followers = "x", "critic", "critic", 10_000
		}
	})
	authors := changes[len(changes)-1].Evidence.TopAuthors
	require.Equal(t, "critic", authors[0].Name)
	require.Equal(t, 2, authors[0].Mentions)
	require.True(t, since.Equal(authors[0].Known))
	require.Zero(t, authors[1].Known)
}

// Copies of a story are not counted, and it is said how many there were.
func TestCopiesAreLeftOutAndTold(t *testing.T) {
	t.Parallel()
	c := calmTown()
	changes := c.outrage(6, func(i int, m *detect.Mention) {
		if i%2 == 1 && i < 20 {
			m.Story = "bluesky:original"
		}
	})
	for _, change := range changes {
		require.LessOrEqual(t, change.Evidence.Copies, 10)
		require.Positive(t, change.Evidence.Copies)
		require.Len(t, change.Evidence.IDs, change.Evidence.Mentions)
	}
}

func TestAnOccasionUnderWayIsTold(t *testing.T) {
	t.Parallel()
	c := calmTown()
	c.e.Watch(map[string]detect.Terms{"zest": {Since: start, Occasions: []detect.Occasion{
		{Name: "fête des mères", From: c.now.Add(-time.Hour), To: c.now.Add(time.Hour)},
		{Name: "another", From: c.now.Add(time.Hour), To: c.now.Add(2 * time.Hour)},
	}}})
	changes := c.outrage(4, asIs)
	require.NotEmpty(t, changes)
	require.Equal(t, "fête des mères", changes[0].Evidence.Occasion)
}

// Praise that spreads shows those who praise.
func TestAnOpportunityShowsPraise(t *testing.T) {
	t.Parallel()
	c := calmTown()
	changes := c.outrage(10, func(i int, m *detect.Mention) {
		m.Text, m.Sentiment = "Le nouveau parfum citron de Zest est une merveille", detect.Positive
		if i%10 == 9 {
			m.Text, m.Sentiment, m.Followers = "Bof ce parfum citron", detect.Negative, 4000
		}
	})
	require.NotEmpty(t, changes)
	last := changes[len(changes)-1]
	require.Equal(t, detect.Opportunity, last.Kind)
	for _, post := range last.Evidence.Posts {
		require.Equal(t, detect.Positive, post.Sentiment)
	}
	require.True(t, slices.ContainsFunc(last.Evidence.Words, func(w detect.Word) bool { return w.Text == "citron" }))
}

// In what order the mentions of a moment are delivered, and whether another took over in
// between, changes nothing of what is told.
func TestEvidenceDoesNotDependOnDelivery(t *testing.T) {
	t.Parallel()
	play := func(shuffle, takeOver bool) (changes []detect.Incident) {
		c := calmTown()
		for minute := range 12 {
			var batch []detect.Mention
			for i := range 60 {
				batch = append(batch, detect.Mention{ID: fmt.Sprintf("x:%d-%d", minute, i), Source: []string{"x", "bluesky"}[i%2], Share: i%7 == 0,
					Author: fmt.Sprint(minute, i), Handle: fmt.Sprint("a", i), Text: angry[i%3], Sentiment: detect.Negative, Followers: uint64(i % 9), Engagement: uint64(i % 4),
					Published: c.now.Add(-time.Duration(i%20) * time.Second), Collected: c.now, Known: c.now})
			}
			if shuffle {
				rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			}
			for _, m := range batch {
				c.e.Observe("zest", m)
			}
			changes = append(changes, c.e.Advance(c.now.Add(time.Second))...)
			c.now = c.now.Add(time.Minute)
			if takeOver {
				c.e = handOver(t, c.e, c.now)
			}
		}
		return changes
	}
	want := play(false, false)
	require.NotEmpty(t, want[len(want)-1].Evidence.Words)
	require.Equal(t, want, play(true, false))
	require.Equal(t, want, play(false, true))
}

// handOver is another engine that goes on from what one knows.
func handOver(t *testing.T, e *detect.Engine, now time.Time) *detect.Engine {
	t.Helper()
	e.Advance(now)
	data, err := e.Snapshot("zest")
	require.NoError(t, err)
	snapshot, err := detect.ReadSnapshot(data)
	require.NoError(t, err)
	next := detect.New(rule, now)
	next.Load(snapshot)
	return next
}

// What a brand publishes makes people talk: a burst of its own posts makes an incident one
// level lower, and it says so. Its answers to people do not, nor do posts of who was heard for
// less than a day: nobody knows how much it publishes.
func TestABurstOfTheBrandsOwnPostsLowersTheLevel(t *testing.T) {
	t.Parallel()
	now := start.Add(25 * time.Hour)
	for name, of := range map[string]struct {
		own     int
		replies bool
		since   time.Time
		level   detect.Level
		why     string
	}{
		"none":    {0, false, start, detect.Crisis, ""},
		"posts":   {6, false, start, detect.Alert, detect.OwnPosts},
		"answers": {60, true, start, detect.Crisis, ""},
		"new":     {6, false, now.Add(-20 * time.Hour), detect.Crisis, ""},
	} {
		e := detect.New(rule, of.since)
		e.Watch(map[string]detect.Terms{"zest": {Since: of.since}})
		everyMinute(e, of.since, now)
		for i := range of.own {
			at := now.Add(-time.Duration(i) * time.Minute)
			e.Observe("zest", detect.Mention{ID: fmt.Sprint("own", i), Source: "x", Author: "zest", Official: true, Reply: of.replies,
				Published: at, Collected: now, Known: now})
		}
		told := burst(e, now, 200, 150, true)
		require.Len(t, told, 1, name)
		require.Equal(t, of.level, told[0].Level, name)
		require.Equal(t, of.why, told[0].Evidence.Occasion, name)
		require.LessOrEqual(t, told[0].Evidence.Authors, told[0].Evidence.Mentions, name)
		if of.why == "" {
			require.Equal(t, told[0].Evidence.KnownDays, told[0].Evidence.RarityDays, "nothing like it")
		}
	}
}
