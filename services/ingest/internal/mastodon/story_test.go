package mastodon

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/instance"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestAPostThatNamesABrandIsBroughtWithAllThereIsToKnow(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 30})
	s.start("public")
	at := time.Now().Truncate(time.Millisecond)
	post := world.Post{
		Number: 1, Time: at, Author: ana, Language: "fr", Hashtags: []string{"avis"}, Likes: 3, Shares: 2, Replies: 1,
		Title: "Boisson", Text: "@zestaline la Zestaline <3 & moi\nlire https://zestaline.example/rappel-de-lots #avis",
	}
	uri := s.inst.Show(post)
	m := s.Brought(s.t, "la Zestaline")
	require.Equal(t, "mastodon:"+uri, m.MentionId)
	require.Equal(t, "Boisson\n@zestaline la Zestaline <3 & moi\nlire https://zestaline.example/rappel-de-lots #avis", m.Text)
	require.Equal(t, "mastodon.example", m.Page)
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, m.Ownership)
	require.Equal(t, vigiev1.Kind_KIND_POST, m.Kind)
	require.Regexp(t, `^https://mastodon\.example/@ana/\d+$`, m.Url)
	require.Equal(t, "fr", m.LanguageHint)
	require.Equal(t, "https://mastodon.example/@ana", m.Author.AuthorId)
	require.Equal(t, "ana@mastodon.example", m.Author.Handle)
	require.Equal(t, "Ana Morvan", m.Author.Name)
	require.Equal(t, uint64(1234), m.Author.Followers)
	require.Equal(t, at.UTC(), m.PublishedTime.AsTime())
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, m.Origin)
	require.Equal(t, uint64(3), m.Engagement.Likes)
	require.Equal(t, []string{"zestaline@mastodon.example"}, m.AddressedPages)

	s.sayAs(tom, "zestaline d'ailleurs", time.Now())
	require.Equal(t, "tom@loin.example", s.Brought(s.t, "d'ailleurs").Author.Handle)
	s.sayAs(brandOwn, "bonjour à tous", time.Now())
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_OFFICIAL, s.Brought(s.t, "bonjour à tous").Ownership)
	require.Len(t, s.Mentions(t), 3, "what concerns no brand stays outside")
	require.Empty(t, s.DeadLetters(t))
	reason, _ := sourcetest.Verdict(s.sink, 0)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
}

func TestRepliesQuotesAndBoosts(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	first := s.say("zestaline un")
	m := s.Brought(s.t, "un")
	s.inst.Show(world.Post{Number: 50, Time: time.Now(), Author: ana, Text: "zestaline suite", ReplyTo: first.Number})
	reply := s.Brought(s.t, "suite")
	require.Equal(t, vigiev1.Kind_KIND_COMMENT, reply.Kind)
	require.Equal(t, m.MentionId, reply.InReplyTo)

	s.inst.Show(world.Post{Number: 51, Time: time.Now(), Author: tom, Text: "zestaline, je cite", ShareOf: first.Number})
	quote := s.Brought(s.t, "je cite")
	require.Equal(t, vigiev1.Kind_KIND_SHARE, quote.Kind)
	require.Equal(t, m.MentionId, quote.Shares)

	uri := s.inst.Boost(tom, first.Number, time.Now())
	sourcetest.Eventually(t, "boosted", func() bool {
		for _, boost := range s.Mentions(t) {
			if boost.MentionId == "mastodon:"+uri+"/activity" {
				return boost.Kind == vigiev1.Kind_KIND_SHARE && boost.Shares == m.MentionId && boost.Text == "zestaline un"
			}
		}
		return false
	})
}

func TestStreamsShowWhatTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string][]string{
		"public":         {"zestaline ici", "zestaline là-bas", "zestaline #bulles"},
		"public:local":   {"zestaline ici", "zestaline #bulles"},
		"public:remote":  {"zestaline là-bas"},
		"hashtag:bulles": {"zestaline #bulles", "sans la nommer #bulles"},
	} {
		t.Run(stream, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{})
			s.start(stream)
			s.say("zestaline ici")
			s.sayAs(tom, "zestaline là-bas", time.Now())
			s.say("zestaline #bulles", "bulles")
			s.say("sans la nommer #bulles", "bulles")
			s.OnceEach(s.t, want)
			s.stop()
			s.say("rien")
			s.start(stream)
			s.OnceEach(s.t, want)
		})
	}
}

// TestStreamsThatOverlapBringAPostOnce: the public stream, a hashtag and the
// brand's notifications all show it.
func TestStreamsThatOverlapBringAPostOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.sink, s.stop = s.Start(t, s.connector("public"), s.connector("hashtag:bulles"), s.connector("user:notification"))
	sourcetest.Eventually(t, "all open", func() bool { return s.inst.Opened() == 3 })
	counted := func(name string, labels ...string) float64 {
		return sourcetest.Counted(t, s.Registry, "vigie_ingest_mentions_"+name+"_total", append(labels, "mastodon")...)
	}
	post := s.say("@zestaline zestaline #bulles", "bulles")
	sourcetest.Eventually(t, "three streams have brought it", func() bool {
		return counted("published")+counted("duplicate") >= 3 // a reading of the timeline may show it too
	})
	require.InDelta(t, 1, counted("published", "first"), 0)

	t.Log("its edit goes through, once")
	post.Text, post.Edited = "@zestaline zestaline #bulles (corrigé)", time.Now()
	s.inst.Edit(post)
	edited := s.Brought(t, "(corrigé)")
	sourcetest.Eventually(t, "by two", func() bool { return counted("duplicate") >= 3 && counted("published", "later") >= 1 })
	require.InDelta(t, 1, counted("published", "later"), 0)
	require.Equal(t, 2, s.Amount(t))

	t.Log("and so does its deletion")
	s.inst.Delete(post.Number)
	sourcetest.Eventually(t, "deleted", func() bool { return s.Deleted(t, edited.MentionId) })
	require.Len(t, s.Deletions(t), 1)
}

func TestNotificationsReachTheBrandThatIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("user:notification")
	s.say("pour les amis seulement")
	s.number++
	s.inst.ShowAs(world.Post{Number: s.number, Time: time.Now(), Author: ana, Text: "@zestaline secret"}, "direct")
	post := s.sayAs(tom, "@zestaline remboursez-moi", time.Now())
	m := s.Brought(s.t, "remboursez-moi")
	require.Equal(t, []string{"zestaline@mastodon.example"}, m.AddressedPages)
	require.Equal(t, []string{"@zestaline remboursez-moi"}, s.Texts(s.t), "what only some may read stays there")

	s.inst.Delete(post.Number)
	sourcetest.Eventually(t, "deletions reach the user stream", func() bool { return s.Deleted(s.t, m.MentionId) })

	s.stop()
	s.sayAs(tom, "@zestaline pendant ce temps", time.Now())
	s.start("user:notification")
	s.Brought(s.t, "pendant ce temps")
}

func TestTheFirstStartLearnsFromTheLookback(t *testing.T) {
	t.Parallel()
	for _, stream := range []string{"public", "user:notification"} {
		t.Run(stream, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{})
			s.config.Lookback = 3_600_000_000_000
			s.sayAs(ana, "@zestaline trop vieux", time.Now().Add(-2*time.Hour))
			var want []string
			for i := range 100 { // several pages
				text := fmt.Sprintf("@zestaline il y a longtemps %d", i)
				s.sayAs(ana, text, time.Now().Add(-50*time.Minute+time.Duration(i)*time.Second))
				want = append(want, text)
			}
			s.start(stream)
			s.OnceEach(s.t, want)
			require.Equal(t, want, s.Texts(s.t), "oldest first")
			for _, m := range s.Mentions(t) {
				require.Equal(t, vigiev1.Origin_ORIGIN_BACKFILL, m.Origin)
			}
		})
	}
}

func TestWithoutLookbackItBeginsNow(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.sayAs(ana, "zestaline hier", time.Now().Add(-time.Hour))
	s.start("public")
	s.say("zestaline maintenant")
	s.Brought(s.t, "maintenant")
	require.Equal(t, []string{"zestaline maintenant"}, s.Texts(s.t))
}

func TestARestartLosesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 30})
	s.start("public")
	s.say("zestaline un")
	s.Brought(s.t, "un")
	s.stop()
	s.say("zestaline deux")
	s.say("zestaline trois")
	s.start("public")
	s.Brought(s.t, "trois")
	s.say("zestaline quatre")
	s.Brought(s.t, "quatre")
	require.Equal(t, []string{"zestaline un", "zestaline deux", "zestaline trois", "zestaline quatre"}, s.Texts(s.t))
}

func TestEditsAreNewRevisionsOfTheSamePost(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	post := s.say("zestaline, quelle horreur")
	first := s.Brought(s.t, "horreur")
	post.Text = "je retire ce que j'ai dit"
	s.inst.Edit(post)
	second := s.Brought(s.t, "je retire")
	require.Equal(t, first.MentionId, second.MentionId, "even when the words that named the brand are taken back")
	require.Greater(t, second.Revision, first.Revision)
	require.Equal(t, first.PublishedTime.AsTime(), second.PublishedTime.AsTime())

	other := s.say("rien à voir")
	other.Text = "toujours rien"
	s.inst.Edit(other)
	s.say("zestaline, la suite")
	s.Brought(s.t, "la suite")
	require.NotContains(t, s.Texts(s.t), "toujours rien", "edits of what was never brought stay outside")
}

func TestDeletionsNameAnIdOfTheInstanceAndFindTheMention(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 30})
	s.start("public")
	kept, post := s.say("zestaline reste"), s.say("zestaline s'en va")
	m := s.Brought(s.t, "s'en va")
	other := s.Brought(s.t, "reste")
	s.stop()
	s.start("public") // the memory outlives a restart
	s.inst.Delete(post.Number)
	sourcetest.Eventually(t, "deleted", func() bool { return s.Deleted(s.t, m.MentionId) })
	require.Len(t, s.Deletions(t), 1, "deletions of what we never brought are nobody's business")

	t.Log("deletions and edits while we are away are asked for")
	s.stop()
	s.inst.Delete(kept.Number)
	s.start("public")
	sourcetest.Eventually(t, "deleted", func() bool { return s.Deleted(s.t, other.MentionId) })
}

func TestEditsWhileAwayAreAskedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	post := s.say("zestaline, avant")
	s.Brought(s.t, "avant")
	s.stop()
	post.Text = "zestaline, corrigé"
	s.inst.Edit(post)
	s.timing.overlap = 0
	s.start("public")
	s.Brought(s.t, "corrigé")
}

func TestAWholeWorldIsBroughtByTheCount(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 50})
	s.config.Lookback = 7_200_000_000_000
	now := time.Now()
	w := world.New(2, 0.5, world.Brands()[0]) // every post names the brand
	shown := func(posts []world.Post) (n int) {
		authors := map[int64]int64{}
		for _, post := range posts {
			authors[post.Number] = post.Author.ID
			if post.ReplyTo == 0 || authors[post.ReplyTo] == post.Author.ID { // replies to others stay out of public streams
				n++
			}
		}
		return n
	}
	posts := w.History(now.Add(-4*time.Minute), now)
	for _, post := range posts {
		s.inst.Show(post)
	}
	s.inst.SetFaults(instance.Faults{Duplicate: 7, Reorder: 11})
	s.start("public")
	_, err := w.Crisis("zestaline", world.CrisisSafety, now)
	require.NoError(t, err)
	for _, post := range w.Step(now.Add(45 * time.Second)) {
		post.Time = time.Now()
		s.inst.Show(post)
		posts = append(posts, post)
	}
	want := shown(posts)
	sourcetest.Eventually(t, "all are there", func() bool { return s.Amount(s.t) >= want })
	require.Len(t, s.Mentions(t), want, "none lost, none twice")
}
