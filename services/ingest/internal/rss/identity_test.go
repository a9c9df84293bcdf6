package rss

import (
	"fmt"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
)

// TestRepeatedGUIDsLoseNothing: readers that key by GUID alone lose nine of ten.
func TestRepeatedGUIDsLoseNothing(t *testing.T) {
	t.Parallel()
	owner, bench := t, sourcetest.New(t)
	for name, faults := range map[string]rsssite.Faults{
		"the same for all":      {SameGUID: true},
		"none":                  {NoGUIDs: true},
		"the same, and no link": {SameGUID: true, NoLinks: true},
		"none, and no link":     {NoGUIDs: true, NoLinks: true},
	} {
		for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				g := gazetteOn(t, owner, bench)
				faults := faults
				faults.Forgetful = true
				g.site.SetFaults(faults)
				for n := range int64(10) {
					g.site.Show(post(n + 1))
				}
				g.Start(t, g.connector(path))
				g.eventually(10)
				g.site.Show(post(11))
				g.eventually(11)
				g.readings(2)
				ids := map[string]bool{}
				for _, m := range g.Mentions(t) {
					ids[m.MentionId] = true
				}
				require.Len(t, ids, 11)
				require.Len(t, g.Mentions(t), 11, "and none came twice")
			})
		}
	}
}

func TestAnEditIsARevisionOfTheSameMention(t *testing.T) {
	t.Parallel()
	for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.SetFaults(rsssite.Faults{DatesMove: true})
			original := post(1)
			g.site.Show(original)
			g.Start(t, g.connector(path))
			first := g.eventually(1)[0]

			edited := original
			edited.Title, edited.Edited = "Article 1, corrigé", original.Time.Add(time.Hour)
			g.site.Edit(edited)
			second := g.eventually(2)[1]
			edited.Text, edited.Edited = "Tout est faux.", time.Time{} // an edit that the feed does not date
			g.site.Edit(edited)
			third := g.eventually(3)[2]

			for _, m := range []*vigiev1.Mention{second, third} {
				require.Equal(t, first.MentionId, m.MentionId)
				require.Equal(t, original.Time, m.PublishedTime.AsTime(), "although the feed moved its date")
			}
			require.Equal(t, "Article 1, corrigé", second.Title)
			require.Equal(t, "Tout est faux.", third.Text)
			require.Less(t, first.Revision, second.Revision)
			require.Less(t, second.Revision, third.Revision)
		})
	}
}

func TestAnItemWithoutDateKeepsTheFirstItWasGiven(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.SetFaults(rsssite.Faults{NoDates: true})
	g.site.Show(post(1))
	before := time.Now().Truncate(time.Millisecond)
	_, stop := g.Start(t, g.connector(rsssite.RSS))
	first := g.eventually(1)[0]
	require.WithinRange(t, first.PublishedTime.AsTime(), before, time.Now())
	stop()

	t.Log("after a restart, an edit, and a date that comes late")
	edited := post(1)
	edited.Title = "Corrigé"
	g.site.Edit(edited)
	g.site.SetFaults(rsssite.Faults{})
	g.Start(t, g.connector(rsssite.RSS))
	second := g.eventually(2)[1]
	require.Equal(t, "Corrigé", second.Title)
	require.Equal(t, first.MentionId, second.MentionId)
	require.Equal(t, first.PublishedTime.AsTime(), second.PublishedTime.AsTime())
}

// TestAFallWhileBringing: what was announced is on the bus, perhaps.
func TestAFallWhileBringing(t *testing.T) {
	t.Parallel()
	item := func(title string) feed { return feed{items: []*gofeed.Item{{GUID: "http://g.fr/1", Title: title}}} }
	for name, brought := range map[string][]string{"a new item": nil, "an edit": {"a"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := &memory{}
			for _, title := range brought {
				before.plan(item(title), readingAt(start)).changes[0].settle()
			}
			fell := before.plan(item("b"), readingAt(start)).changes[0]
			fell.announce()

			again := before.clone().plan(item("b"), readingAt(start)).changes
			require.Len(t, again, 1, "brought again")
			require.Equal(t, fell.revision, again[0].revision, "and the bus knows that it has it")
			for _, title := range []string{"a", "c"} {
				edited := before.clone().plan(item(title), readingAt(start)).changes
				require.Len(t, edited, 1)
				require.Greater(t, edited[0].revision, fell.revision, "it says %s now, and the bus may have b", title)
			}
		})
	}
}

func TestARestartGoesOn(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.Show(post(1), post(2))
	_, stop := g.Start(t, g.connector(rsssite.RSS))
	g.eventually(2)
	stop()
	g.site.Show(post(3))
	g.Start(t, g.connector(rsssite.RSS))
	all := g.eventually(3)
	g.readings(2)
	require.Len(t, g.Mentions(t), 3)
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, all[2].Origin)
}

// TestWhatTheBusRefusesIsBroughtAgain takes the stream away for a while.
func TestWhatTheBusRefusesIsBroughtAgain(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	restore := takeAway(t, g.Bus, bus.StreamMentions)
	g.site.SetFaults(rsssite.Faults{NoDates: true})
	g.site.Show(post(1))
	_, stop := g.Start(t, g.connector(rsssite.RSS))
	g.readings(3)
	for _, request := range g.site.Requests() {
		require.False(t, request.Conditional, "the cursor has not moved")
	}
	stop()
	fell := time.Now()

	t.Log("we fall and come back: the date given before the fall is still the date")
	restore()
	g.Start(t, g.connector(rsssite.RSS))
	m := g.eventually(1)[0]
	require.True(t, m.PublishedTime.AsTime().Before(fell))
	require.Equal(t, vigiev1.Origin_ORIGIN_BACKFILL, m.Origin)
}

// takeAway deletes a stream; restore brings it back, empty.
func takeAway(t *testing.T, b *bus.Bus, name string) (restore func()) {
	t.Helper()
	stream, err := b.JetStream().Stream(t.Context(), name)
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	require.NoError(t, b.JetStream().DeleteStream(t.Context(), name))
	return func() {
		_, err := b.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{
			Name: config.Name, Subjects: config.Subjects, Storage: config.Storage, Duplicates: config.Duplicates, MaxMsgSize: config.MaxMsgSize,
		})
		require.NoError(t, err)
	}
}

// TestRecognition follows one item through edits, one reading after the other.
func TestRecognition(t *testing.T) {
	t.Parallel()
	item := func(guid, link, title string) *gofeed.Item { return &gofeed.Item{GUID: guid, Link: link, Title: title} }
	for name, readings := range map[string][][]*gofeed.Item{
		"the title is edited":      {{item("g", "l", "a")}, {item("g", "l", "b")}},
		"the link is edited":       {{item("g", "l", "a")}, {item("g", "m", "a")}},
		"the GUID is edited":       {{item("g", "l", "a")}, {item("h", "l", "a")}},
		"one after the other":      {{item("g", "l", "a")}, {item("h", "l", "a")}, {item("h", "m", "a")}, {item("h", "m", "b")}, {item("i", "m", "b")}},
		"its GUID is then shared":  {{item("g", "l", "a")}, {item("g", "l", "a"), item("g", "m", "b")}, {item("g", "l", "a")}},
		"it appears twice":         {{item("g", "l", "a")}, {item("g", "l", "a"), item("g", "l", "a")}},
		"only a title":             {{item("", "", "a")}, {item("", "", "a")}},
		"it gains a GUID":          {{item("", "l", "a")}, {item("g", "l", "a")}},
		"it leaves and comes back": {{item("g", "l", "a")}, {item("x", "y", "z")}, {item("g", "l", "a")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &memory{}
			var id string
			for i, items := range readings {
				p := m.plan(feed{items: items}, readingAt(start))
				for _, change := range p.changes {
					change.known.Words = change.words
				}
				if i == 0 {
					id = m.Known[0].ID
				}
				require.Contains(t, fmt.Sprint(idsOf(m)), id)
			}
			require.Equal(t, id, mentionOf(m, readings[len(readings)-1][0]), "the same mention from the first reading to the last")
		})
	}
}

func idsOf(m *memory) (ids []string) {
	for _, k := range m.Known {
		ids = append(ids, k.ID)
	}
	return ids
}

// mentionOf is the id under which an item is known.
func mentionOf(m *memory, item *gofeed.Item) string {
	for _, k := range m.Known {
		if k.GUID == hashOf(item.GUID) && k.Link == hashOf(item.Link) {
			return k.ID
		}
	}
	return ""
}

func TestIdsAreOfTheSiteAndLast(t *testing.T) {
	t.Parallel()
	require.Equal(t, hostOfFeed("https://www.gazette.fr/feed/"), hostOfFeed("http://gazette.fr/comments/feed?format=atom"))
	require.NotEqual(t, hostOfFeed("https://gazette.fr/feed"), hostOfFeed("https://blog.gazette.fr/feed"))
	require.Equal(t, "696576db75ae64a55eab3ca9ca717742", nativeID("gazette.fr", namesOf(&gofeed.Item{GUID: "http://www.gazette.fr/1"}, "")[0]),
		"an id that changes counts all mentions anew")
}

// TestTheSameArticleInTwoFeeds says what is the same, and what only looks so.
func TestTheSameArticleInTwoFeeds(t *testing.T) {
	t.Parallel()
	item := func(guid, link, text string) *gofeed.Item {
		return &gofeed.Item{GUID: guid, Link: link, Title: "Titre", Content: text}
	}
	const words = "Oasis déçoit."
	for name, c := range map[string]struct {
		first, second *gofeed.Item
		same          bool
	}{
		"one permalink":                      {item("https://g.fr/1", "https://g.fr/1", words), item("https://g.fr/1", "https://g.fr/1", words), true},
		"one GUID, links that tell the feed": {item("https://g.fr/?p=1", "https://g.fr/a?from=rss", words), item("https://g.fr/?p=1", "https://g.fr/a?from=atom", words), true},
		"one link, GUIDs of each format":     {item("https://g.fr/?p=1", "https://g.fr/a", words), item("tag:g.fr,2026:1", "https://www.g.fr/a?utm_source=atom", words), true},
		"a link and no GUID in the second":   {item("1", "https://g.fr/a", words), item("", "http://g.fr/a", words), true},
		"a number and a link":                {item("1", "https://g.fr/a", words), item("1", "https://g.fr/a", words), true},
		"a number, and other links":          {item("1", "https://g.fr/a", words), item("1", "https://g.fr/a#comment-1", words), false},
		"a number and no link":               {item("1", "", words), item("1", "", words), false},
		"a title alone":                      {item("", "", words), item("", "", words), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newSites([]string{"https://g.fr/rss", "https://www.g.fr/atom"})["g.fr"]
			one, two := &memory{}, &memory{}
			p := g.plan("https://g.fr/rss", one, feed{items: []*gofeed.Item{c.first}}, start)
			require.Equal(t, 1, p.fresh)
			p.changes[0].settle()
			g.saved("https://g.fr/rss", one)
			p = g.plan("https://www.g.fr/atom", two, feed{items: []*gofeed.Item{c.second}}, start.Add(time.Hour))
			require.Equal(t, c.same, one.Known[0].ID == two.Known[0].ID)
			if c.same {
				require.Empty(t, p.changes, "it says no more")
				require.Equal(t, one.Known[0].Published, two.Known[0].Published, "the second feed has no date, and takes that of the first")
			}
		})
	}
}

func TestAFeedThatSaysMoreOfAnArticleBringsItAgain(t *testing.T) {
	t.Parallel()
	g := newSites([]string{"https://g.fr/rss", "https://g.fr/atom"})["g.fr"]
	one, two := &memory{}, &memory{}
	short := &gofeed.Item{GUID: "https://g.fr/1", Title: "Titre", Content: "Le début…"}
	long := &gofeed.Item{GUID: "https://g.fr/1", Title: "Titre", Content: "Le début, puis la marque dont il s'agit."}
	p := g.plan("https://g.fr/rss", one, feed{items: []*gofeed.Item{short}}, start)
	p.changes[0].settle()
	g.saved("https://g.fr/rss", one)

	p = g.plan("https://g.fr/atom", two, feed{items: []*gofeed.Item{long}}, start)
	require.Len(t, p.changes, 1)
	require.Greater(t, p.changes[0].revision, one.Known[0].Revision)
	p.changes[0].settle()
	g.saved("https://g.fr/atom", two)

	t.Log("neither answers the other for ever")
	for name, f := range map[string]struct {
		m    *memory
		item *gofeed.Item
	}{"https://g.fr/rss": {one, short}, "https://g.fr/atom": {two, long}} {
		require.Empty(t, g.plan(name, f.m, feed{items: []*gofeed.Item{f.item}}, start).changes)
	}
}

func TestTwoFeedsOfASiteBringEachArticleOnce(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.SetFaults(rsssite.Faults{NoDates: true})
	g.site.Show(post(1), post(2))
	all := g.connectors(rsssite.RSS, rsssite.Atom, rsssite.JSON)
	_, stop := g.Start(t, all[0], all[1], all[2])
	g.eventually(2)
	g.readings(6)
	g.site.Show(post(3))
	g.eventually(3)
	g.readings(6)
	stop()

	t.Log("a restart, and another feed that sees a new article first")
	g.site.Show(post(4))
	all = g.connectors(rsssite.JSON, rsssite.Atom, rsssite.RSS)
	g.Start(t, all[0], all[1], all[2])
	g.eventually(4)
	g.readings(6)
	dates := map[string]time.Time{}
	for _, m := range g.Mentions(t) {
		if date, again := dates[m.MentionId]; again {
			require.Equal(t, date, m.PublishedTime.AsTime())
		}
		dates[m.MentionId] = m.PublishedTime.AsTime()
	}
	require.Len(t, dates, 4)
}

func TestTheMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := &memory{}
	for round := range 4 {
		var items []*gofeed.Item
		for i := range 2000 {
			items = append(items, &gofeed.Item{GUID: fmt.Sprint(round, "-", i), Title: "t"})
		}
		p := m.plan(feed{items: items}, readingAt(start))
		require.Equal(t, 2000, p.fresh)
	}
	require.Len(t, m.Known, maxKnown)
	for i := range 2 * maxRefused {
		require.False(t, m.refused([]byte(fmt.Sprint(i))))
	}
	require.Len(t, m.Refused, maxRefused)
	require.True(t, m.refused([]byte(fmt.Sprint(2*maxRefused-1))))
}
