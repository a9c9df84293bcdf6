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
	bench := sourcetest.New(t)
	for name, faults := range map[string]rsssite.Faults{
		"the same for all":      {SameGUID: true},
		"none":                  {NoGUIDs: true},
		"the same, and no link": {SameGUID: true, NoLinks: true},
		"none, and no link":     {NoGUIDs: true, NoLinks: true},
	} {
		for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				g := gazetteOn(t, bench)
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
				p := m.plan(feed{items: items}, "gazette", start)
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

func TestIdsAreOfTheFeedAndLast(t *testing.T) {
	t.Parallel()
	require.Equal(t, scope("https://www.gazette.fr/feed/"), scope("http://gazette.fr/feed"))
	require.NotEqual(t, scope("https://gazette.fr/feed"), scope("https://gazette.fr/comments/feed"))
	require.NotEqual(t, scope("https://gazette.fr/?feed=a"), scope("https://gazette.fr/?feed=b"))
	require.Equal(t, "12f133a328fd18ba216df8ae870157d1", nativeID(scope("https://gazette.fr/feed"), "urn:1"),
		"an id that changes counts all mentions anew")
}

func TestTheMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := &memory{}
	for round := range 4 {
		var items []*gofeed.Item
		for i := range 2000 {
			items = append(items, &gofeed.Item{GUID: fmt.Sprint(round, "-", i), Title: "t"})
		}
		p := m.plan(feed{items: items}, "gazette", start)
		require.Equal(t, 2000, p.fresh)
	}
	require.Len(t, m.Known, maxKnown)
	for i := range 2 * maxRefused {
		require.False(t, m.refused([]byte(fmt.Sprint(i))))
	}
	require.Len(t, m.Refused, maxRefused)
	require.True(t, m.refused([]byte(fmt.Sprint(2*maxRefused-1))))
}
