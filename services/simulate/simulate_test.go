package simulate

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a simulation that a browser and the connectors' protocols can reach.
func town(t *testing.T) (*simulation, *httptest.Server) {
	t.Helper()
	return townOf(t, t.TempDir())
}

// townOf keeps what it remembers in a folder.
func townOf(t *testing.T, folder string) (*simulation, *httptest.Server) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	cfg := config.Default()
	cfg.DataDir = folder
	cfg.Simulate = &config.Simulate{Listen: server.Listener.Addr().String(), Rate: 0.5, CrisisBrand: "zestaline"}
	s := newSimulation(cfg, slog.New(slog.DiscardHandler))
	server.Config.Handler = s.handler()
	server.Start()
	t.Cleanup(func() {
		s.close()
		http.DefaultClient.CloseIdleConnections()
		server.Close()
	})
	return s, server
}

func get(t *testing.T, address, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// Whoever follows a post's address reads the post, on a page of the simulation's
// own: no address leads to a network that exists.
func TestAPostCanBeOpened(t *testing.T) {
	t.Parallel()
	s, server := town(t)
	now := time.Now()
	author := world.Author{ID: 3, Handle: "ana_roux", Name: "Ana <Roux>", Followers: 10}
	post := func(number int64) world.Post {
		return world.Post{
			Number: number, Time: now.Add(-time.Minute), Author: author, Language: "fr",
			Text: "Zestaline <script>alert(1)</script> & co", Brand: "zestaline", Thread: number,
		}
	}
	s.deal([]world.Post{post(10), post(3), post(5)}) // on X, Mastodon and Bluesky

	var addresses []string
	_, body := get(t, server.URL+"/api/v1/timelines/public", MastodonToken)
	var statuses []struct{ URL string }
	require.NoError(t, json.Unmarshal([]byte(body), &statuses))
	for _, status := range statuses {
		if strings.Contains(status.URL, "/@ana_roux/") {
			addresses = append(addresses, status.URL)
		}
	}

	_, body = get(t, server.URL+"/x"+xapi.PathSearch+"?"+url.Values{"query": {"zestaline"}}.Encode(), XToken)
	var found struct{ Data []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(body), &found))
	require.Len(t, found.Data, 1)
	addresses = append(addresses, server.URL+"/x/ana_roux/status/"+found.Data[0].ID)
	addresses = append(addresses, server.URL+"/bluesky/profile/"+strings.Replace(onBluesky(t, server.URL, "Zestaline"), "/", "/post/", 1))

	require.Len(t, addresses, 3)
	for _, address := range addresses {
		require.True(t, strings.HasPrefix(address, server.URL), address)
		code, page := get(t, address, "")
		require.Equal(t, 200, code, address)
		require.Contains(t, page, "Zestaline &lt;script&gt;alert(1)&lt;/script&gt; &amp; co", address)
		require.Contains(t, page, "Ana &lt;Roux&gt;")
	}
	code, _ := get(t, server.URL+"/x/nobody/status/1", "")
	require.Equal(t, 404, code)
}

// onBluesky reads the feed from its beginning, up to a post that holds a word; it
// answers "<did>/<rkey>".
func onBluesky(t *testing.T, server, word string) string {
	t.Helper()
	conn, _, err := websocket.Dial( //nolint:bodyclose // the library closes it
		t.Context(), server+"/bluesky/subscribe?cursor=1&wantedCollections=app.bsky.feed.post", nil)
	require.NoError(t, err)
	defer func() { _ = conn.CloseNow() }()
	for {
		_, data, err := conn.Read(t.Context())
		require.NoError(t, err)
		var event struct {
			DID    string
			Commit struct {
				RKey   string
				Record struct{ Text string }
			}
		}
		require.NoError(t, json.Unmarshal(data, &event))
		if strings.Contains(event.Commit.Record.Text, word) {
			return event.DID + "/" + event.Commit.RKey
		}
	}
}

func TestOldPostsAreForgotten(t *testing.T) {
	t.Parallel()
	g := newGallery(time.UTC)
	for n := range int64(maxShown + 3) {
		post := world.Post{Number: n, Author: world.Author{Handle: "ana"}, Time: time.UnixMilli(1_700_000_000_000 + n)}
		g.hang(xPath(post), "X", "@ana", post)
	}
	require.Len(t, g.posts, maxShown)
	require.Len(t, g.order, maxShown)
}
