package xapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client speaks to a server as any client would.
type client struct {
	*testing.T
	base string
	http *http.Client
}

func serve(t *testing.T, options xapi.Options) (*xapi.Server, *client) {
	t.Helper()
	api := xapi.New(options)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return api, &client{t, server.URL, server.Client()}
}

// send sends a request; hear closes its answer's body.
func (c *client) send(method, path, token, body string, hear func(*http.Response)) {
	c.Helper()
	ctx, hangUp := context.WithCancel(c.Context())
	defer hangUp()
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	require.NoError(c, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := c.http.Do(request)
	require.NoError(c, err)
	defer response.Body.Close()
	hear(response)
}

// status sends a GET and answers its status.
func (c *client) status(path, token string) (status int) {
	c.Helper()
	c.send(http.MethodGet, path, token, "", func(r *http.Response) { status = r.StatusCode })
	return status
}

// ask sends a request and answers its status and body.
func (c *client) ask(method, path, body string) (status int, answer map[string]any) {
	c.Helper()
	c.send(method, path, "secret", body, func(r *http.Response) {
		data, err := io.ReadAll(r.Body)
		require.NoError(c, err)
		require.NoError(c, json.Unmarshal(data, &answer), string(data))
		status = r.StatusCode
	})
	return status, answer
}

func TestOnlyTheTokenIsLetIn(t *testing.T) {
	t.Parallel()
	_, c := serve(t, xapi.Options{Token: "secret"})
	require.Equal(t, http.StatusUnauthorized, c.status(xapi.PathRules, "wrong"))
	require.Equal(t, http.StatusOK, c.status(xapi.PathRules, "secret"))
	require.Equal(t, http.StatusNotFound, c.status("/2/users", "secret"))
}

func TestRulesAreAddedAndDeleted(t *testing.T) {
	t.Parallel()
	api, c := serve(t, xapi.Options{})
	status, answer := c.ask(http.MethodPost, xapi.PathRules, `{"add":[{"value":"cat","tag":"a"},{"value":"dog"}]}`)
	require.Equal(t, http.StatusCreated, status)
	require.Len(t, answer["data"], 2)

	t.Log("a duplicate is told, and harms nobody")
	status, answer = c.ask(http.MethodPost, xapi.PathRules, `{"add":[{"value":"cat"},{"value":"bird"}]}`)
	require.Equal(t, http.StatusCreated, status)
	require.Contains(t, fmt.Sprint(answer["errors"]), "DuplicateRule")

	t.Log("one that is wrong makes all fail")
	status, answer = c.ask(http.MethodPost, xapi.PathRules, `{"add":[{"value":"fish"},{"value":"-fish"}]}`)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, fmt.Sprint(answer["errors"]), "positive")
	require.Len(t, api.Rules(), 3)

	status, answer = c.ask(http.MethodPost, xapi.PathRules, fmt.Sprintf(`{"delete":{"ids":[%q,"7"]}}`, api.Rules()[0].ID))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, fmt.Sprint(answer["meta"]), "deleted:1 not_deleted:1")

	status, _ = c.ask(http.MethodPost, xapi.PathRules, `{"add":[],"delete":{"ids":[]}}`)
	require.Equal(t, http.StatusBadRequest, status)

	var many []string
	for i := range 999 {
		many = append(many, fmt.Sprintf(`{"value":"n%d"}`, i))
	}
	status, answer = c.ask(http.MethodPost, xapi.PathRules, `{"add":[`+strings.Join(many, ",")+`]}`)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, answer["type"], "rule-cap")
}

func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	_, c := serve(t, xapi.Options{Limits: map[string]int{"GET " + xapi.PathRules: 2}, Window: time.Hour})
	for i, want := range []struct {
		status    int
		remaining string
	}{{200, "1"}, {200, "0"}, {429, "0"}} {
		c.send(http.MethodGet, xapi.PathRules, "any", "", func(r *http.Response) {
			require.Equal(t, want.status, r.StatusCode, i)
			require.Equal(t, "2", r.Header.Get("x-rate-limit-limit"))
			require.Equal(t, want.remaining, r.Header.Get("x-rate-limit-remaining"))
			require.NotEmpty(t, r.Header.Get("x-rate-limit-reset"))
		})
	}
}

func TestTheStreamSendsWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	api, c := serve(t, xapi.Options{KeepAlive: 20 * time.Millisecond})
	require.Equal(t, http.StatusConflict, c.status(xapi.PathStream, "any"), "without rules")
	c.ask(http.MethodPost, xapi.PathRules, `{"add":[{"value":"oasis","tag":"a brand"}]}`)
	at := time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)
	id := xapi.ID(world.Post{Number: 2, Time: at})
	c.send(http.MethodGet, xapi.PathStream+"?tweet.fields=author_id,created_at&expansions=author_id", "any", "", func(r *http.Response) {
		require.Equal(t, http.StatusOK, r.StatusCode)
		status, answer := c.ask(http.MethodGet, xapi.PathStream, "")
		require.Equal(t, http.StatusTooManyRequests, status, "there is one stream for all")
		require.Equal(t, "TooManyConnections", answer["connection_issue"])

		lines := bufio.NewReader(r.Body)
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "\r\n", line, "a keep-alive")

		api.Show(world.Post{Number: 1, Time: at, Text: "rien"},
			world.Post{Number: 2, Time: at, Text: "oasis & co", Author: world.Author{ID: 7, Handle: "Lea"}})
		for line == "\r\n" {
			line, err = lines.ReadString('\n')
			require.NoError(t, err)
		}
		require.JSONEq(t, `{"data":{"id":"`+id+`","text":"oasis &amp; co","edit_history_tweet_ids":["`+id+`"],"author_id":"7",`+
			`"created_at":"2026-03-01T12:00:00.000Z"},"includes":{"users":[{"id":"7","name":"","username":"Lea"}]},`+
			`"matching_rules":[{"id":"1600000000000000001","tag":"a brand"}]}`, line)
	})
	require.Equal(t, 1, api.Delivered())
}

func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	api, c := serve(t, xapi.Options{})
	c.ask(http.MethodPost, xapi.PathRules, `{"add":[{"value":"oasis"}]}`)
	c.send(http.MethodGet, xapi.PathStream, "any", "", func(r *http.Response) {
		api.Close()
		api.Close()
		rest, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Empty(t, rest)
	})
	require.Zero(t, api.Streams())
}

func TestSearchChecksItsParametersAndTurnsPages(t *testing.T) {
	t.Parallel()
	api, c := serve(t, xapi.Options{Indexing: time.Minute})
	now := time.Now()
	for i := range 25 {
		api.Show(world.Post{Number: int64(i), Time: now.Add(-time.Hour + time.Duration(i)*time.Second), Text: fmt.Sprint("oasis ", i)})
	}
	api.Show(world.Post{Number: 99, Time: now, Text: "oasis, not yet indexed"}, world.Post{Number: 98, Time: now.Add(-8 * 24 * time.Hour), Text: "oasis, too old"})

	var texts []string
	next := ""
	for pages := 0; pages == 0 || next != ""; pages++ {
		_, answer := c.ask(http.MethodGet, xapi.PathSearch+"?query=oasis&max_results=10"+next, "")
		for _, p := range answer["data"].([]any) {
			texts = append(texts, p.(map[string]any)["text"].(string))
		}
		meta := answer["meta"].(map[string]any)
		next = ""
		if token, more := meta["next_token"].(string); more {
			next = "&next_token=" + token
		}
	}
	require.Len(t, texts, 25)
	require.Equal(t, "oasis 24", texts[0], "the newest first")

	old := xapi.ID(world.Post{Time: now.Add(-8 * 24 * time.Hour)})
	young := xapi.ID(world.Post{Time: now.Add(-time.Hour)})
	for parameters, want := range map[string]string{
		"":                                  "query",
		"query=" + strings.Repeat("a", 513): "too long",
		"query=a&max_results=5":             "max_results",
		"query=a&max_results=101":           "max_results",
		"query=a&since_id=" + old:           "since_id",
		"query=a&since_id=" + young + "&start_time=" + url.QueryEscape(now.Format(time.RFC3339)): "in conjunction",
		"query=a&start_time=2006-01-01T00:00:00Z":                                                "start_time",
		"query=a&next_token=***": "next_token",
	} {
		status, answer := c.ask(http.MethodGet, xapi.PathSearch+"?"+parameters, "")
		require.Equal(t, http.StatusBadRequest, status, parameters)
		require.Contains(t, fmt.Sprint(answer["errors"]), want, parameters)
	}
	_, answer := c.ask(http.MethodGet, xapi.PathSearch+"?query=nothing", "")
	require.NotContains(t, answer, "data")
}
