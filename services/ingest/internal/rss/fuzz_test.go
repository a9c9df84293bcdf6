package rss

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// FuzzParse gives the parser anything. Whatever comes out can be published or is
// refused with a reason, has an id of its own, and is the same at the next reading.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", " ", "<", "{", "[]", "\xff\xfe<\x00", "<html><body>502</body></html>",
		`<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><item><title>` + "\xe9t\xe9" + `</title></item></channel></rss>`,
		`<rss version="2.0"><channel><title>t</title><item><guid>1</guid><link>javascript:alert(1)</link><title>a</title></item><item><guid>1</guid>`,
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="x"><title>a</title></item></rdf:RDF>`,
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><entry><id>1</id><title type="xhtml"><div>a<br></div></title><updated>2026-01-01T00:00:00Z</updated></entry></feed>`,
		`<feed><entry><title>a</title><entry><title><![CDATA[b</entry>]]></title></entry></feed>`,
		`<rss><channel><item><title>a</title><pubDate>Mon, 99 Foo 20261 00:00:00 +9999</pubDate></item></channel></rss>`,
		`{"version":"https://jsonfeed.org/version/1","title":"t","items":[{"id":5,"content_text":"a <3 b"},{"id":"x"`,
		`{"error":"rate limited"}`, `{"items":{}}`, `{"items":[[[[[`, `{"items":[{"title":"` + "\\ud800" + `"}]}`,
		"<rss><channel><item><title>&#0;&#xD800;&#1114112;&#x1F600;</title></item></channel></rss>",
	} {
		f.Add([]byte(seed), "text/xml; charset=utf-8")
	}
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		read, found := parse(document{data: data, contentType: contentType}, defaultLimits, time.Now())
		if !read.recognised {
			require.NotNil(t, found.whole, "what is no feed is kept as a dead letter")
			require.Empty(t, read.items)
		}
		m := &memory{}
		first := m.plan(read, readingAt(now))
		ids := map[string]bool{}
		for _, change := range first.changes {
			mention := mention(change, read, "https://gazette.fr/feed", "https://gazette.fr/feed", vigiev1.Origin_ORIGIN_LIVE)
			source.Tidy(mention)
			require.True(t, utf8.ValidString(mention.Title+mention.Text+mention.Url+mention.Author.Name+mention.LanguageHint))
			require.False(t, ids[mention.MentionId], "each has an id of its own")
			ids[mention.MentionId] = true
			if _, err := source.Validate(mention, now); err != nil {
				require.ErrorContains(t, err, "says nothing")
			}
			change.known.Words, change.known.Revision = change.words, change.revision
		}
		again := m.plan(read, readingAt(now))
		require.Empty(t, again.changes, "what did not change is not brought again")
		require.Equal(t, first.repeated, again.repeated)
	})
}
