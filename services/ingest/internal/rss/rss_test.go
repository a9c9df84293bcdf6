package rss

import (
	"testing"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
)

func TestAFeedBecomesMentions(t *testing.T) {
	t.Parallel()
	for _, path := range []string{rsssite.RSS, rsssite.Atom, rsssite.JSON} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			g := newGazette(t)
			g.site.Show(post(1), post(2))
			c := g.connector(path)
			g.Start(t, c)

			t.Log("what the feed shows at the first reading is the past")
			got := g.eventually(2)
			require.Len(t, got, 2)
			m := got[0]
			require.Equal(t, "Article 1 : l'été à la plage", m.Title)
			require.Equal(t, "Texte de l'article 1.\nOasis & Cie déçoit.", m.Text)
			require.Equal(t, start.Add(60e9), m.PublishedTime.AsTime())
			require.Equal(t, g.server.URL+"/posts/1", m.Url)
			require.Equal(t, g.server.URL+path, m.Page)
			require.Equal(t, "Amélie Poulain", m.Author.Name)
			require.Equal(t, "127.0.0.1/amélie poulain", m.Author.AuthorId)
			require.Equal(t, "fr", m.LanguageHint)
			require.Equal(t, vigiev1.Kind_KIND_ARTICLE, m.Kind)
			require.Equal(t, vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, m.Ownership)
			require.Equal(t, vigiev1.Origin_ORIGIN_BACKFILL, m.Origin)
			require.Zero(t, m.Revision)

			t.Log("what appears afterwards is live")
			g.site.Show(post(3))
			live := g.eventually(3)[2]
			require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, live.Origin)
			require.Equal(t, "Article 3 : l'été à la plage", live.Title)
			require.Empty(t, g.DeadLetters(t))
		})
	}
}
