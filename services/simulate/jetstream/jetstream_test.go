package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ana = world.Author{ID: 1, Handle: "ana_morvan", Name: "Ana Morvan", Followers: 12}

// client reads a feed as any program would.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

type line struct {
	DID    string `json:"did"`
	TimeUS int64  `json:"time_us"`
	Kind   string `json:"kind"`
	Commit struct {
		Revision   string         `json:"rev"`
		Operation  string         `json:"operation"`
		Collection string         `json:"collection"`
		Key        string         `json:"rkey"`
		CID        string         `json:"cid"`
		Record     map[string]any `json:"record"`
	} `json:"commit"`
	Identity map[string]any `json:"identity"`
	Account  map[string]any `json:"account"`
}

func serve(t *testing.T, options Options) (*Server, string) {
	t.Helper()
	feed := New(options)
	server := httptest.NewServer(feed)
	t.Cleanup(func() {
		feed.Close()
		server.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return feed, server.URL
}

func connect(t *testing.T, address string, q url.Values) *client {
	t.Helper()
	//nolint:bodyclose // the library closes it
	conn, _, err := websocket.Dial(t.Context(), address+"/subscribe?"+q.Encode(), nil)
	require.NoError(t, err)
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t: t, conn: conn}
}

func (c *client) frame() ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	return data, err
}

func (c *client) line() line {
	c.t.Helper()
	data, err := c.frame()
	require.NoError(c.t, err)
	var l line
	require.NoError(c.t, json.Unmarshal(data, &l), "%q", data)
	return l
}

// texts reads the texts of the next posts.
func (c *client) texts(n int) []string {
	c.t.Helper()
	var texts []string
	for range n {
		texts = append(texts, fmt.Sprint(c.line().Commit.Record["text"]))
	}
	return texts
}

func say(feed *Server, number int64, text string, at time.Time) {
	feed.Show(world.Post{Number: number, Time: at, Author: ana, Text: text, Language: "fr"})
}

func TestTheWireIsJetstreams(t *testing.T) {
	t.Parallel()
	feed, address := serve(t, Options{})
	c := connect(t, address, nil)
	at := time.Now().Truncate(time.Microsecond)
	post := world.Post{Number: 1, Time: at, Author: ana, Text: "bonjour @ana_morvan #été", Language: "fr", Hashtags: []string{"été"}}
	feed.Introduce(ana)
	uri := feed.Show(post)
	l := c.line()
	require.Equal(t, "commit", l.Kind)
	require.Equal(t, "create", l.Commit.Operation)
	require.Equal(t, uri, "at://"+l.DID+"/"+l.Commit.Collection+"/"+l.Commit.Key)
	require.Regexp(t, `^did:plc:[a-z2-7]{24}$`, l.DID)
	require.Regexp(t, `^[2-7a-j][2-7a-z]{12}$`, l.Commit.Key)
	require.Regexp(t, `^bafyrei[a-z2-7]{52}$`, l.Commit.CID)
	require.Equal(t, at.UnixMicro(), l.TimeUS)
	require.Equal(t, "app.bsky.feed.post", l.Commit.Record["$type"])
	require.Equal(t, []any{"fr"}, l.Commit.Record["langs"])
	facets, _ := json.Marshal(l.Commit.Record["facets"])
	require.Contains(t, string(facets), `"tag":"été"`)
	require.Contains(t, string(facets), `"did":"`+DID(ana)+`"`)
	require.Contains(t, string(facets), `"byteEnd":26`, "facets count bytes")

	post.Text = "bonsoir"
	feed.Edit(post)
	l = c.line()
	require.Equal(t, "update", l.Commit.Operation)
	require.Equal(t, "bonsoir", l.Commit.Record["text"])
	feed.Delete(1)
	l = c.line()
	require.Equal(t, "delete", l.Commit.Operation)
	require.Nil(t, l.Commit.Record)
	feed.Rename(ana, "ana.example")
	require.Equal(t, "ana.example", c.line().Identity["handle"])
	feed.Gone(ana, "deleted")
	l = c.line()
	require.Equal(t, false, l.Account["active"])
	require.Equal(t, "deleted", l.Account["status"])
}

func TestConversationsAndQuotesPointAtEachOther(t *testing.T) {
	t.Parallel()
	feed, address := serve(t, Options{})
	c := connect(t, address, nil)
	root := feed.Show(world.Post{Number: 1, Time: time.Now(), Author: ana, Text: "un"})
	feed.Show(world.Post{Number: 2, Time: time.Now(), Author: ana, Text: "deux", ReplyTo: 1, Thread: 1})
	feed.Show(world.Post{Number: 3, Time: time.Now(), Author: ana, Text: "trois", ShareOf: 1})
	c.line()
	reply, _ := json.Marshal(c.line().Commit.Record["reply"])
	require.Contains(t, string(reply), root)
	quote, _ := json.Marshal(c.line().Commit.Record["embed"])
	require.Contains(t, string(quote), root)
}

func TestCursorsReplayThePast(t *testing.T) {
	t.Parallel()
	feed, address := serve(t, Options{History: time.Hour})
	now := time.Now()
	say(feed, 1, "oublié", now.Add(-2*time.Hour))
	say(feed, 2, "vieux", now.Add(-30*time.Minute))
	say(feed, 3, "récent", now.Add(-time.Minute))
	cursor := func(at time.Time) url.Values { return url.Values{"cursor": {strconv.FormatInt(at.UnixMicro(), 10)}} }

	require.Equal(t, []string{"récent"}, connect(t, address, cursor(now.Add(-5*time.Minute))).texts(1))
	require.Equal(t, []string{"vieux", "récent"}, connect(t, address, cursor(now.Add(-24*time.Hour))).texts(2), "too old: moved up in silence")
	live, ahead := connect(t, address, nil), connect(t, address, cursor(now.Add(time.Hour)))
	say(feed, 4, "maintenant", time.Now())
	require.Equal(t, []string{"maintenant"}, live.texts(1))
	require.Equal(t, []string{"maintenant"}, ahead.texts(1), "the future is live")

	response, err := http.Get(address + "/subscribe?cursor=hier")
	require.NoError(t, err)
	_ = response.Body.Close()
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
	require.Len(t, feed.Cursors(), 4)
}

func TestCollectionsAreFilteredAndAccountsAreNot(t *testing.T) {
	t.Parallel()
	_, address := serve(t, Options{Noise: 2000})
	c := connect(t, address, url.Values{"wantedCollections": {"app.bsky.feed.post"}})
	kinds := map[string]int{}
	for range 400 {
		l := c.line()
		kinds[l.Kind+l.Commit.Collection]++
	}
	require.Positive(t, kinds["commitapp.bsky.feed.post"])
	require.Positive(t, kinds["identity"])
	require.Positive(t, kinds["account"])
	require.Zero(t, kinds["commitapp.bsky.feed.like"])
	require.Positive(t, func() (likes int) {
		c := connect(t, address, url.Values{"wantedCollections": {"app.bsky.feed.*"}})
		for range 400 {
			if c.line().Commit.Collection == "app.bsky.feed.like" {
				likes++
			}
		}
		return likes
	}())
}

func TestFaultsHappenOnTheWire(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, f Faults) (*Server, *client) {
		t.Parallel()
		feed, address := serve(t, Options{})
		c := connect(t, address, nil)
		require.Eventually(t, func() bool { return feed.Connections() == 1 }, 5*time.Second, time.Millisecond)
		feed.SetFaults(f)
		return feed, c
	}
	sayAll := func(feed *Server, texts ...string) {
		for i, text := range texts {
			say(feed, int64(i+1), text, time.Now())
		}
	}
	t.Run("duplicates", func(t *testing.T) {
		feed, c := start(t, Faults{Duplicate: 2})
		sayAll(feed, "a", "b", "c")
		require.Equal(t, []string{"a", "b", "b", "c"}, c.texts(4))
	})
	t.Run("disorder", func(t *testing.T) {
		feed, c := start(t, Faults{Reorder: 2})
		sayAll(feed, "a", "b", "c", "d", "e")
		require.Equal(t, []string{"a", "c", "b", "e", "d"}, c.texts(5))
	})
	t.Run("a gap", func(t *testing.T) {
		feed, c := start(t, Faults{Gap: 2})
		sayAll(feed, "a", "b", "c")
		require.Equal(t, []string{"c"}, c.texts(1))
		require.Zero(t, feed.Faults().Gap)
	})
	t.Run("garbage and a frame too large", func(t *testing.T) {
		feed, c := start(t, Faults{Garbage: 1, Oversize: 100_000})
		sayAll(feed, "a", "b")
		require.Equal(t, []string{"a"}, c.texts(1))
		garbage, err := c.frame()
		require.NoError(t, err)
		require.False(t, json.Valid(garbage))
		large, err := c.frame()
		require.NoError(t, err)
		require.Len(t, large, 100_000)
		require.Equal(t, []string{"b"}, c.texts(1))
	})
	t.Run("a connection cut in the middle of a frame", func(t *testing.T) {
		feed, c := start(t, Faults{Cut: true})
		sayAll(feed, "a")
		_, err := c.frame()
		require.ErrorContains(t, err, "EOF")
	})
	t.Run("a slow consumer", func(t *testing.T) {
		feed, c := start(t, Faults{SlowConsumer: true})
		sayAll(feed, "a")
		require.Equal(t, []string{"a"}, c.texts(1))
		_, err := c.frame()
		require.Equal(t, websocket.StatusPolicyViolation, websocket.CloseStatus(err))
	})
	t.Run("silence, with pongs", func(t *testing.T) {
		feed, c := start(t, Faults{Silence: true})
		sayAll(feed, "a")
		read := make(chan string, 1)
		go func() {
			_, data, err := c.conn.Read(t.Context())
			read <- fmt.Sprint(string(data), err)
		}()
		require.NoError(t, c.conn.Ping(t.Context()))
		require.Empty(t, read)
		feed.SetFaults(Faults{})
		require.Contains(t, <-read, `"a"`)
	})
}

func TestHandshakesAreRefused(t *testing.T) {
	t.Parallel()
	feed, address := serve(t, Options{})
	get := func(query string) (status int, wait string) {
		response, err := http.Get(address + "/subscribe" + query)
		require.NoError(t, err)
		_ = response.Body.Close()
		return response.StatusCode, response.Header.Get("Retry-After")
	}
	feed.SetFaults(Faults{Status: http.StatusTooManyRequests, RetryAfter: 90 * time.Second})
	status, wait := get("")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Equal(t, "90", wait)
	feed.SetFaults(Faults{RefuseCursor: true})
	status, _ = get("?cursor=1700000000000000")
	require.Equal(t, http.StatusBadRequest, status)
	require.Empty(t, feed.Cursors())
}

func TestItTellsWhoPeopleAre(t *testing.T) {
	t.Parallel()
	feed, address := serve(t, Options{})
	feed.Introduce(ana)
	response, err := http.Get(address + "/xrpc/app.bsky.actor.getProfiles?actors=" + DID(ana) + "&actors=" + Handle(ana) + "&actors=did:plc:nobody")
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	var answer struct{ Profiles []profile }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	want := profile{DID: DID(ana), Handle: "ana-morvan.bsky.example", DisplayName: "Ana Morvan", Followers: 12}
	require.Equal(t, []profile{want, want}, answer.Profiles)
}

// The past of the network has no hole that a reader of posts would take for a
// loss: on the real one somebody always posts.
func TestThePastHasNoHoles(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := New(Options{})
	defer s.Close()
	s.Murmur(now.Add(-24*time.Hour), now)
	last := now.Add(-24 * time.Hour)
	for _, e := range s.log.Events() {
		if e.collection != postCollection {
			continue
		}
		at := time.UnixMicro(e.timeUS)
		require.LessOrEqual(t, at.Sub(last), murmurEvery+time.Second)
		last = at
	}
	require.WithinDuration(t, now, last, murmurEvery+time.Second)
}
