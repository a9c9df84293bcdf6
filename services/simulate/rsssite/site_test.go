package rsssite_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// page is an answer of the site.
type page struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, address, etag string) page {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	request.Header.Set("If-None-Match", etag)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return page{response.StatusCode, response.Header, string(body)}
}

// TestFeedsAreRead has the feeds read by a parser that is not ours.
func TestFeedsAreRead(t *testing.T) {
	t.Parallel()
	site := rsssite.New(rsssite.Options{Title: "La Gazette", Language: "fr", Items: 2})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for n := range int64(3) {
		site.Show(world.Post{Number: n, Time: at.Add(time.Duration(n) * time.Hour), Title: "L'été & co", Text: "a < b", Author: world.Author{Name: "Léa"}})
	}
	for path, kind := range map[string]string{rsssite.RSS: "rss", rsssite.Atom: "atom", rsssite.JSON: "json"} {
		first := get(t, server.URL+path, "")
		feed, err := gofeed.NewParser().ParseString(first.body)
		require.NoError(t, err)
		require.Equal(t, kind, feed.FeedType)
		require.Equal(t, "La Gazette", feed.Title)
		require.Len(t, feed.Items, 2, "the newest")
		require.Equal(t, "L'été & co", feed.Items[0].Title)
		require.Equal(t, at.Add(2*time.Hour), feed.Items[0].PublishedParsed.UTC())
		require.Equal(t, server.URL+"/posts/2", feed.Items[0].Link)

		require.Equal(t, http.StatusNotModified, get(t, server.URL+path, first.header.Get("ETag")).status)
	}
	require.Contains(t, get(t, server.URL+"/posts/2", "").body, "a &lt; b")
	require.Equal(t, http.StatusNotFound, get(t, server.URL+"/posts/77", "").status)

	site.Remove(2)
	require.NotContains(t, get(t, server.URL+rsssite.RSS, "").body, "/posts/2<")
}

func TestASiteCanStandInAFolder(t *testing.T) {
	t.Parallel()
	site := rsssite.New(rsssite.Options{})
	site.Show(world.Post{Number: 7, Time: time.Now(), Title: "a"})
	server := httptest.NewServer(http.StripPrefix("/gazette", site))
	t.Cleanup(server.Close)
	feed, err := gofeed.NewParser().ParseString(get(t, server.URL+"/gazette"+rsssite.RSS, "").body)
	require.NoError(t, err)
	require.Equal(t, server.URL+"/gazette/posts/7", feed.Items[0].Link)
	require.Equal(t, http.StatusOK, get(t, feed.Items[0].Link, "").status)
}

func TestFaultsEnd(t *testing.T) {
	t.Parallel()
	site := rsssite.New(rsssite.Options{})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	site.SetFaults(rsssite.Faults{Status: http.StatusTooManyRequests, RetryAfter: "7", Times: 1})
	refused := get(t, server.URL+rsssite.RSS, "")
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	require.Equal(t, "7", refused.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, get(t, server.URL+rsssite.RSS, "").status)
	require.Len(t, site.Requests(), 2)
}
