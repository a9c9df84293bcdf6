package rss

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
)

// TestEncodings has the accents of French come through whatever the bytes are
// and whatever is said of them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	owner, bench := t, sourcetest.New(t)
	for name, faults := range map[string]rsssite.Faults{
		"utf-8":                                {},
		"utf-8 said to be latin-1":             {Prolog: "iso-8859-1"},
		"utf-8 said to be latin-1 by header":   {ContentType: "text/xml; charset=iso-8859-1"},
		"latin-1":                              {Charset: "iso-8859-1", Prolog: "iso-8859-1"},
		"windows-1252":                         {Charset: "windows-1252", Prolog: "windows-1252"},
		"windows-1252 said to be utf-8":        {Charset: "windows-1252", Prolog: "utf-8"},
		"windows-1252 said to be it by header": {Charset: "windows-1252", Prolog: "utf-8", ContentType: "text/xml; charset=windows-1252"},
		"windows-1252 said to be nothing":      {Charset: "windows-1252", Prolog: ""},
		"latin-9":                              {Charset: "iso-8859-15", Prolog: "iso-8859-15"},
		"macintosh":                            {Charset: "macintosh", Prolog: "macintosh"},
		"utf-16 with a mark":                   {Charset: "utf-16le", Prolog: "utf-16"},
		"utf-16 without a mark":                {Charset: "utf-16be", Prolog: "utf-16"},
		"an encoding nobody knows":             {Prolog: "x-gazette"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gazetteOn(t, owner, bench)
			g.site.Show(post(1))
			g.site.SetFaults(faults)
			g.Start(t, g.connector(rsssite.RSS))
			m := g.eventually(1)[0]
			require.Equal(t, "Article 1 : l'été à la plage", m.Title)
			require.Equal(t, "Texte de l'article 1.\nOasis & Cie déçoit.", m.Text)
			require.Equal(t, "Amélie Poulain", m.Author.Name)
			require.Empty(t, g.DeadLetters(t))
		})
	}
}

func TestBadCharactersCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	owner, bench := t, sourcetest.New(t)
	for name, faults := range map[string]rsssite.Faults{
		"a byte that is no UTF-8":     {BadByte: true},
		"references to control codes": {BadReferences: true},
	} {
		for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				g := gazetteOn(t, owner, bench)
				g.site.Show(post(1), post(2))
				g.site.SetFaults(faults)
				g.Start(t, g.connector(path))
				for i, m := range g.eventually(2) {
					require.Contains(t, m.Title, post(int64(i+1)).Title)
					require.Contains(t, m.Text, "Oasis & Cie déçoit.")
				}
				require.Empty(t, g.DeadLetters(t))
			})
		}
	}
}

func TestAnErrorPageThatSays200IsNoMention(t *testing.T) {
	t.Parallel()
	g := newGazette(t)
	g.site.Show(post(1))
	g.site.SetFaults(rsssite.Faults{Page: true})
	g.Start(t, g.connector(rsssite.RSS))
	g.readings(4)
	require.Empty(t, g.Mentions(t))
	letters := g.DeadLetters(t)
	require.Len(t, letters, 1, "one for the whole trouble, not one by reading")
	require.Equal(t, bus.ReasonMalformed, letters[0].Reason)
	require.Contains(t, string(letters[0].Payload), "database connection")

	g.site.SetFaults(rsssite.Faults{})
	g.eventually(1)
	t.Log("the next trouble is told again")
	g.site.SetFaults(rsssite.Faults{Page: true})
	g.readings(2)
	require.Len(t, g.Mentions(t), 1)
}

func TestACutDocumentYieldsItsWholeItems(t *testing.T) {
	t.Parallel()
	for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
		for name, cut := range map[string]bool{"in order": false, "by the network": true} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				g := newGazette(t)
				for n := range int64(10) {
					g.site.Show(post(n + 1))
				}
				g.site.SetFaults(rsssite.Faults{Keep: 0.55, Cut: cut})
				g.Start(t, g.connector(path))
				g.eventually(5)
				sourcetest.Eventually(t, "a dead letter", func() bool { return len(g.DeadLetters(t)) > 0 })
				g.readings(3)
				require.Len(t, g.Mentions(t), 5)
				letters := g.DeadLetters(t)
				require.Len(t, letters, 1)
				require.Equal(t, bus.ReasonTruncated, letters[0].Reason)

				t.Log("what was cut off comes once the document is whole, though its ETag is the same")
				g.site.SetFaults(rsssite.Faults{})
				require.Len(t, g.eventually(10), 10)
			})
		}
	}
}

func TestABrokenItemCostsItself(t *testing.T) {
	t.Parallel()
	for _, path := range []string{rsssite.RSS, rsssite.Atom} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			for n := range int64(5) {
				g.site.Show(post(n + 1))
			}
			g.site.SetFaults(rsssite.Faults{BrokenItem: true, Forgetful: true})
			g.Start(t, g.connector(path))
			got := g.eventually(4)
			g.readings(3)
			require.Len(t, got, 4)
			for i, n := range []int64{1, 2, 3, 5} { // the second of the feed is the fourth post
				require.Equal(t, post(n).Title, got[i].Title)
			}
			letters := g.DeadLetters(t)
			require.Len(t, letters, 1, "kept once, though it is read again and again")
			require.Equal(t, bus.ReasonMalformed, letters[0].Reason)
			require.Contains(t, string(letters[0].Payload), "Article 4")
		})
	}
}

func TestABombIsCutAndTheRestIsRead(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]rsssite.Faults{
		"5 MB, zipped":         {Padding: 5 << 20},
		"nested 20,000 levels": {Nested: 20_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.Show(post(1), post(2))
			g.site.SetFaults(faults)
			c := g.connector(rsssite.RSS)
			c.every, c.limits.body = time.Hour, 1<<20
			g.Start(t, c)
			require.Equal(t, post(1).Title, g.eventually(1)[0].Title)
			sourcetest.Eventually(t, "a dead letter", func() bool { return len(g.DeadLetters(t)) > 0 })
			letter := g.DeadLetters(t)[0]
			require.Equal(t, bus.ReasonTooLarge, letter.Reason)
			require.LessOrEqual(t, letter.Size, 1<<20)
		})
	}
}

// TestBombsCostABoundedPrice gives the parser documents made to cost more than
// they weigh. In production a document weighs up to 10 MiB, and takes seconds.
func TestBombsCostABoundedPrice(t *testing.T) {
	t.Parallel()
	in := func(inner string) string {
		return "<rss><channel><item><title>a</title>" + inner + "</item></channel></rss>"
	}
	for name, text := range map[string]string{
		"markup in a text":   in("<description>" + strings.Repeat("&lt;div&gt;&lt;a&gt;", 5_000) + "</description>"),
		"nested elements":    in(strings.Repeat("<div>", 20_000) + strings.Repeat("</div>", 20_000)),
		"nested extensions":  in(strings.Repeat("<x:div>", 50_000)),
		"nested in the head": "<rss><channel>" + strings.Repeat("<x:div>", 50_000) + "<item><title>a</title></item></channel></rss>",
		"many elements":      in(strings.Repeat("<x:b/>", 10_000)),
		"many attributes":    "<rss><channel><item " + strings.Repeat(`a="b" `, 10_000) + "><title>a</title></item></channel></rss>",
		"many namespaces":    "<rss " + strings.Repeat(`xmlns:a="b" `, 50_000) + "><channel><item><title>a</title></item></channel></rss>",
		"many items":         "<rss><channel>" + strings.Repeat("<item><title>a</title></item>", 5_000) + "</channel></rss>",
		"items never closed": "<rss><channel>" + strings.Repeat("<item>", 5_000) + "</channel></rss>",
		"only signs":         "<rss><channel><item>" + strings.Repeat("<", 200_000) + strings.Repeat("</", 200_000) + ">",
		"references":         in(strings.Repeat("&#", 50_000)),
		"nested JSON":        `{"items":[{"title":"x","a":` + strings.Repeat("[", 100_000) + `}]}`,
		"many JSON items":    `{"items":[` + strings.Repeat("{},", 5_000) + "{}]}",
		"latin-1":            in(strings.Repeat("\xe9", 100_000)),
	} {
		began := time.Now()
		f, _ := parse(document{data: []byte(text)}, defaultLimits, began)
		(&memory{}).plan(f, readingAt(began))
		require.Less(t, time.Since(began), defaultLimits.time+20*time.Second, name)
		require.LessOrEqual(t, len(f.items), defaultLimits.items, name)
	}
}
