package instance

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-mastodon"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ana   = world.Author{ID: 3, Handle: "ana", Name: "Ana Morvan", Followers: 12}
	tom   = world.Author{ID: 4, Handle: "tom", Name: "Tom Hale"}
	owner = world.Author{ID: 6, Handle: "zestaline", Name: "Zestaline"}
)

// serve starts an instance, and a client that knows nothing of this project.
func serve(t *testing.T, options Options) (*Server, *mastodon.Client, string) {
	t.Helper()
	options.Token, options.Account = "token", owner
	inst := New(options)
	server := httptest.NewServer(inst)
	client := mastodon.NewClient(&mastodon.Config{Server: server.URL, AccessToken: "token"})
	client.Transport = &http.Transport{}
	t.Cleanup(func() {
		inst.Close()
		client.CloseIdleConnections()
		server.Close()
	})
	return inst, client, server.URL
}

func show(inst *Server, number int64, author world.Author, text string, tags ...string) world.Post {
	post := world.Post{Number: number, Time: time.Now(), Author: author, Text: text, Language: "fr", Hashtags: tags}
	inst.Show(post)
	return post
}

func contents(statuses []*mastodon.Status) (texts []string) {
	for _, s := range statuses {
		texts = append(texts, s.Content)
	}
	return texts
}

func TestAnotherProjectsClientReadsTheTimelines(t *testing.T) {
	t.Parallel()
	inst, client, _ := serve(t, Options{})
	for i := range 50 {
		inst.Show(world.Post{Number: int64(i + 1), Time: time.Now().Add(time.Duration(i-60) * time.Second), Author: ana, Text: fmt.Sprint("n", i)})
	}
	show(inst, 100, tom, "d'ailleurs #été", "été")
	statuses, err := client.GetTimelinePublic(t.Context(), false, &mastodon.Pagination{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, "tom@loin.example", statuses[0].Account.Acct)
	require.Contains(t, statuses[0].Content, `class="mention hashtag" rel="tag">#<span>été</span>`)
	require.Equal(t, []string{"<p>n49</p>"}, contents(statuses[1:]), "newest first")

	forward, err := client.GetTimelinePublic(t.Context(), true, &mastodon.Pagination{Limit: 3, MinID: mastodon.ID(inst.byNumber[10].id())})
	require.NoError(t, err)
	require.Equal(t, []string{"<p>n12</p>", "<p>n11</p>", "<p>n10</p>"}, contents(forward), "min_id goes forward, page by page")

	tagged, err := client.GetTimelineHashtag(t.Context(), "été", false, nil)
	require.NoError(t, err)
	require.Len(t, tagged, 1)
	show(inst, 101, ana, "@zestaline bonjour")
	for n, err := range client.Notifications(t.Context(), nil, nil) {
		require.NoError(t, err)
		require.Equal(t, "mention", n.Type)
		require.Contains(t, n.Status.Content, "bonjour")
		break
	}
}

func TestAnotherProjectsClientReadsTheStreams(t *testing.T) {
	t.Parallel()
	inst, client, _ := serve(t, Options{Heartbeat: 10 * time.Millisecond})
	ctx, leave := context.WithCancel(t.Context())
	events, err := client.StreamingPublic(ctx, false)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return inst.Streams() == 1 }, 5*time.Second, time.Millisecond)
	post := show(inst, 1, ana, "bonjour")
	created := (<-events).(*mastodon.UpdateEvent)
	require.Equal(t, "<p>bonjour</p>", created.Status.Content)
	post.Text = "bonsoir"
	inst.Edit(post)
	edited := (<-events).(*mastodon.UpdateEditEvent)
	require.Equal(t, "<p>bonsoir</p>", edited.Status.Content)
	require.False(t, edited.Status.EditedAt.IsZero())
	inst.Delete(1)
	require.Equal(t, created.Status.ID, (<-events).(*mastodon.DeleteEvent).ID)
	leave()
	for range events { // until the client has noticed
	}
	require.Eventually(t, func() bool { return inst.Streams() == 0 }, 5*time.Second, time.Millisecond)
}

// stream reads a stream line by line.
func stream(t *testing.T, address, path string) *bufio.Scanner {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/api/v1/streaming/"+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer token")
	transport := &http.Transport{}
	response, err := transport.RoundTrip(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	t.Cleanup(func() {
		_ = response.Body.Close()
		transport.CloseIdleConnections()
	})
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	require.Equal(t, ":)", lines.Text())
	return lines
}

// events reads the names of events, "thump" for a heartbeat, until n are there.
func events(lines *bufio.Scanner, n int) (names []string) {
	for len(names) < n && lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			names = append(names, name)
		}
		if lines.Text() == ":thump" {
			names = append(names, "thump")
		}
	}
	return names
}

func TestStreamsBeatWithoutPosts(t *testing.T) {
	t.Parallel()
	_, _, address := serve(t, Options{Heartbeat: 5 * time.Millisecond})
	require.Equal(t, []string{"thump", "thump", "thump"}, events(stream(t, address, "public"), 3))
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	inst, _, address := serve(t, Options{Heartbeat: time.Hour})
	local, remote := stream(t, address, "public/local"), stream(t, address, "public/remote")
	user, notices := stream(t, address, "user"), stream(t, address, "user/notification")
	tag := stream(t, address, "hashtag?tag=Bulles")
	first := show(inst, 1, ana, "@zestaline bonjour")
	inst.Show(world.Post{Number: 2, Time: time.Now(), Author: tom, Text: "réponse #bulles", ReplyTo: 1, Hashtags: []string{"Bulles"}})
	inst.ShowAs(world.Post{Number: 3, Time: time.Now(), Author: tom, Text: "@zestaline secret"}, "direct")
	show(inst, 4, tom, "au loin")
	inst.Delete(first.Number)
	require.Equal(t, []string{"update", "delete"}, events(local, 2))
	require.Equal(t, []string{"update"}, events(remote, 1), "a reply to somebody else is not shown")
	require.Equal(t, []string{"update"}, events(tag, 1), "but under its hashtag it is")
	require.Equal(t, []string{"notification", "notification", "delete"}, events(user, 3))
	require.Equal(t, []string{"notification", "notification"}, events(notices, 2))
}

func TestTokensAreAskedFor(t *testing.T) {
	t.Parallel()
	inst, _, address := serve(t, Options{})
	get := func(path, token string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		transport := &http.Transport{DisableKeepAlives: true}
		response, err := transport.RoundTrip(request)
		require.NoError(t, err)
		_ = response.Body.Close()
		return response.StatusCode
	}
	for _, path := range []string{"/api/v1/streaming/public", "/api/v1/timelines/public", "/api/v1/notifications", "/api/v1/timelines/tag/x"} {
		require.Equal(t, http.StatusUnauthorized, get(path, "wrong"), path)
	}
	require.Equal(t, http.StatusOK, get("/api/v2/instance", ""))
	require.Equal(t, http.StatusNotFound, get("/api/v1/streaming/nothing", "token"))
	require.Equal(t, http.StatusNotFound, get("/api/v1/nothing", "token"))
	inst.SetFaults(Faults{Revoked: true})
	require.Equal(t, http.StatusUnauthorized, get("/api/v1/timelines/public", "token"))
	inst.SetFaults(Faults{StreamStatus: http.StatusBadGateway})
	require.Equal(t, http.StatusBadGateway, get("/api/v1/streaming/public", "token"))
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	inst := New(Options{Token: "token", Limit: 2, LimitWindow: 5 * time.Minute, Now: func() time.Time { return now }})
	t.Cleanup(inst.Close)
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		inst.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v2/instance", nil))
		return w
	}
	first := ask()
	require.Equal(t, "1", first.Header().Get("X-RateLimit-Remaining"))
	require.Equal(t, "2026-11-01T12:05:00.000000Z", first.Header().Get("X-RateLimit-Reset"))
	require.Equal(t, http.StatusOK, ask().Code)
	require.Equal(t, http.StatusTooManyRequests, ask().Code)
	now = now.Add(5 * time.Minute)
	require.Equal(t, http.StatusOK, ask().Code)
}

func TestFaultsHappenOnTheWire(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, f Faults) (*Server, *bufio.Scanner) {
		t.Parallel()
		inst, _, address := serve(t, Options{Heartbeat: time.Hour})
		lines := stream(t, address, "public")
		inst.SetFaults(f)
		return inst, lines
	}
	texts := func(lines *bufio.Scanner, n int) (texts []string) {
		for len(texts) < n && lines.Scan() {
			if _, rest, found := strings.Cut(lines.Text(), `"content":"\u003cp\u003e`); found {
				text, _, _ := strings.Cut(rest, `\u003c`)
				texts = append(texts, text)
			}
		}
		return texts
	}
	say := func(inst *Server, said ...string) {
		for i, text := range said {
			show(inst, int64(i+1), ana, text)
		}
	}
	t.Run("duplicates", func(t *testing.T) {
		inst, lines := start(t, Faults{Duplicate: 2})
		say(inst, "a", "b", "c")
		require.Equal(t, []string{"a", "b", "b", "c"}, texts(lines, 4))
	})
	t.Run("disorder", func(t *testing.T) {
		inst, lines := start(t, Faults{Reorder: 2})
		say(inst, "a", "b", "c", "d", "e")
		require.Equal(t, []string{"a", "c", "b", "e", "d"}, texts(lines, 5))
	})
	t.Run("a gap", func(t *testing.T) {
		inst, lines := start(t, Faults{Gap: 2})
		say(inst, "a", "b", "c")
		require.Equal(t, []string{"c"}, texts(lines, 1))
	})
	t.Run("a stream cut in the middle of an event", func(t *testing.T) {
		inst, lines := start(t, Faults{Cut: true})
		say(inst, "a")
		require.Equal(t, []string{"update"}, events(lines, 2))
		require.ErrorContains(t, lines.Err(), "EOF")
	})
	t.Run("an end in good order", func(t *testing.T) {
		inst, lines := start(t, Faults{End: true})
		say(inst, "a")
		require.Equal(t, []string{"a"}, texts(lines, 2))
		require.NoError(t, lines.Err())
	})
	t.Run("garbage", func(t *testing.T) {
		inst, lines := start(t, Faults{Garbage: 1})
		say(inst, "a", "b")
		require.Equal(t, []string{"update", "update", "update"}, events(lines, 3))
	})
	t.Run("deletions alone", func(t *testing.T) {
		inst, lines := start(t, Faults{OnlyDeletes: true})
		say(inst, "a", "b")
		inst.Delete(1)
		require.Equal(t, []string{"delete"}, events(lines, 1))
	})
}
