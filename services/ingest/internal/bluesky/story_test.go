package bluesky

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestAPostThatNamesABrandIsBroughtWithAllThereIsToKnow(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	at := time.Now().Truncate(time.Microsecond)
	first := world.Post{Number: 1, Time: at, Author: ana, Text: "la nouvelle Zestaline ? Bof #avis", Language: "fr", Hashtags: []string{"avis"}}
	uri := s.feed.Show(first)
	s.feed.Show(world.Post{Number: 2, Time: time.Now(), Author: ana, Text: "il pleut", Language: "fr"})
	reply := world.Post{Number: 3, Time: time.Now(), Author: brandOwn, Text: "Bonjour ! Dites-nous tout en privé.", Language: "fr", ReplyTo: 1, Thread: 1}
	s.feed.Show(reply)
	share := world.Post{Number: 4, Time: time.Now(), Author: world.Author{ID: 9, Handle: "tom", Name: "Tom"}, Text: "agreed on zestaline", Language: "en", ShareOf: 1}
	s.feed.Show(share)

	m := s.Brought(s.t, "la nouvelle Zestaline")
	require.Equal(t, "bluesky:"+uri, m.MentionId)
	require.Equal(t, uint64(0), m.Revision)
	require.Equal(t, "ana-morvan."+jetstream.Domain, m.Page)
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, m.Ownership)
	require.Equal(t, vigiev1.Kind_KIND_POST, m.Kind)
	require.Equal(t, "https://bsky.app/profile/"+strings.Replace(strings.TrimPrefix(uri, "at://"), "app.bsky.feed.post", "post", 1), m.Url)
	require.Equal(t, "fr", m.LanguageHint)
	require.Equal(t, jetstream.DID(ana), m.Author.AuthorId)
	require.Equal(t, "ana-morvan."+jetstream.Domain, m.Author.Handle)
	require.Equal(t, "Ana Morvan", m.Author.Name)
	require.Equal(t, uint64(1234), m.Author.Followers)
	require.Equal(t, at.UTC(), m.PublishedTime.AsTime())
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, m.Origin)

	answer := s.Brought(s.t, "Dites-nous tout")
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_OFFICIAL, answer.Ownership, "the brand's own account is read whatever it says")
	require.Equal(t, vigiev1.Kind_KIND_COMMENT, answer.Kind)
	require.Equal(t, m.MentionId, answer.InReplyTo)

	quote := s.Brought(s.t, "agreed on zestaline")
	require.Equal(t, vigiev1.Kind_KIND_SHARE, quote.Kind)
	require.Equal(t, m.MentionId, quote.Shares)

	require.Len(t, s.Mentions(t), 3, "what concerns no brand stays outside")
	require.Empty(t, s.DeadLetters(t))
	reason, _ := sourcetest.Verdict(s.sink, 0)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
}

func TestWhoeverAnswersTheBrandNeedNotNameIt(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.feed.Show(world.Post{Number: 1, Time: time.Now(), Author: brandOwn, Text: "bonjour à tous", Language: "fr"})
	s.feed.Show(world.Post{Number: 2, Time: time.Now(), Author: ana, Text: "remboursez-moi", Language: "fr", ReplyTo: 1, Thread: 1})
	m := s.Brought(s.t, "remboursez-moi")
	require.Equal(t, []string{"zestaline." + jetstream.Domain}, m.AddressedPages)
}

func TestTheFirstStartLearnsFromTheLookback(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.lookback = time.Hour
	s.sayAs(ana, "zestaline, trop vieux", time.Now().Add(-2*time.Hour))
	s.sayAs(ana, "zestaline, hier", time.Now().Add(-30*time.Minute))
	s.start()
	require.Equal(t, vigiev1.Origin_ORIGIN_BACKFILL, s.Brought(s.t, "hier").Origin, "what is learnt afterwards wakes nobody")
	s.say("zestaline, maintenant")
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, s.Brought(s.t, "maintenant").Origin)
	require.NotContains(t, s.Texts(s.t), "zestaline, trop vieux")
}

func TestARestartLosesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.say("zestaline un")
	s.Brought(s.t, "un")
	s.stop()
	s.say("zestaline deux")
	s.say("zestaline trois")
	s.start()
	s.Brought(s.t, "trois")
	s.say("zestaline quatre")
	s.Brought(s.t, "quatre")
	require.Equal(t, []string{"zestaline un", "zestaline deux", "zestaline trois", "zestaline quatre"}, s.Texts(s.t))
	cursors := s.feed.Cursors()
	require.Empty(t, cursors[0], "without lookback the first start is live")
	require.NotEmpty(t, cursors[len(cursors)-1])
}

func TestEditsAreNewRevisionsOfTheSamePost(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	post := s.say("zestaline, quelle horreur")
	first := s.Brought(s.t, "horreur")
	post.Text = "zestaline, je me suis trompée"
	s.feed.Edit(post)
	second := s.Brought(s.t, "trompée")
	require.Equal(t, first.MentionId, second.MentionId)
	require.Greater(t, second.Revision, first.Revision)
	require.Equal(t, first.PublishedTime.AsTime(), second.PublishedTime.AsTime())

	t.Log("the words that named the brand are taken back: what is held must change too")
	post.Text = "je retire ce que j'ai dit"
	s.feed.Edit(post)
	third := s.Brought(s.t, "je retire")
	require.Greater(t, third.Revision, second.Revision)

	t.Log("edits of what was never brought stay outside")
	other := s.say("rien à voir")
	other.Text = "toujours rien"
	s.feed.Edit(other)
	s.say("zestaline, la suite")
	s.Brought(s.t, "la suite")
	require.NotContains(t, s.Texts(s.t), "toujours rien")
}

func TestDeletionsArePassedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	post := s.say("zestaline, à supprimer")
	m := s.Brought(s.t, "à supprimer")
	s.stop()
	s.feed.Delete(post.Number)
	s.start()
	sourcetest.Eventually(t, "deleted", func() bool { return s.Deleted(s.t, m.MentionId) })
}

func TestAnAccountThatEndsTakesItsPostsWithIt(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	bob := world.Author{ID: 77, Handle: "bob", Name: "Bob"}
	s.sayAs(ana, "zestaline, premier", time.Now())
	s.sayAs(ana, "zestaline, second", time.Now())
	s.sayAs(bob, "zestaline, autre", time.Now())
	first, second, other := s.Brought(s.t, "premier"), s.Brought(s.t, "second"), s.Brought(s.t, "autre")
	s.stop()
	s.feed.Gone(bob, "deactivated")
	s.feed.Gone(ana, "deleted")
	s.start()
	sourcetest.Eventually(t, "both posts are deleted, after a restart", func() bool {
		return s.Deleted(s.t, first.MentionId) && s.Deleted(s.t, second.MentionId)
	})
	require.False(t, s.Deleted(s.t, other.MentionId), "who only pauses may come back")
	require.InDelta(t, 1, sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_accounts_ended_total", "deleted"), 0)
}

func TestANewHandleIsUsedFromThenOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.say("zestaline avant")
	require.Equal(t, "ana-morvan."+jetstream.Domain, s.Brought(s.t, "avant").Page)
	s.feed.Rename(ana, "ana.example")
	s.say("zestaline après")
	require.Equal(t, "ana.example", s.Brought(s.t, "après").Page)
}

func TestAMentionGoesOutWithoutItsAuthorsNameRatherThanLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.feed.Create(ana, "3l3qo2vuowo2b", map[string]any{"text": "zestaline anonyme", "createdAt": "2024-09-09T19:46:02.102Z"})
	m := s.Brought(s.t, "anonyme")
	require.Equal(t, "did:plc:", m.Page[:8])
	require.Empty(t, m.Author.Handle)
}

func TestAWholeWorldIsBroughtByTheCount(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{Noise: 200})
	s.lookback = 2 * time.Hour
	now := time.Now()
	w := world.New(1, 0.5, world.Brands()[0]) // every post names the brand
	posts := w.History(now.Add(-4*time.Minute), now)
	for _, post := range posts {
		s.feed.Show(post)
	}
	s.feed.SetFaults(jetstream.Faults{Duplicate: 7, Reorder: 11})
	s.start()
	_, err := w.Crisis("zestaline", world.CrisisSafety, now)
	require.NoError(t, err)
	for _, post := range w.Step(now.Add(50 * time.Second)) {
		post.Time = time.Now()
		s.feed.Show(post)
		posts = append(posts, post)
	}
	s.feed.SetFaults(jetstream.Faults{SlowConsumer: true}) // the one who is held back by disorder comes again
	sourcetest.Eventually(t, "all are there", func() bool { return s.Amount(s.t) >= len(posts) })
	mentions := s.Mentions(t)
	require.Len(t, mentions, len(posts), "none lost, none twice")
	answers := map[vigiev1.Kind]int{}
	for _, m := range mentions {
		answers[m.Kind]++
	}
	require.Positive(t, answers[vigiev1.Kind_KIND_COMMENT])
	require.Positive(t, answers[vigiev1.Kind_KIND_SHARE])
}
