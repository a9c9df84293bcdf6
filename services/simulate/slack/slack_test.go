package slack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const path = "/services/T1/B1/secret"

// post answers as a client sees it.
func post(t *testing.T, f *Fake, at, body string) (int, string, http.Header) {
	t.Helper()
	recorded := httptest.NewRecorder()
	f.ServeHTTP(recorded, httptest.NewRequest(http.MethodPost, at, strings.NewReader(body)))
	return recorded.Code, strings.TrimSpace(recorded.Body.String()), recorded.Header()
}

func TestItTakesAndRefusesAsSlackDoes(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	long := strings.Repeat("a", 151)
	for _, row := range []struct {
		name, path, body string
		code             int
		answer           string
	}{
		{"a text", path, `{"text": "hello"}`, 200, "ok"},
		{"blocks", path, `{"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a"}}, {"type": "divider"}]}`, 200, "ok"},
		{"nothing to say", path, `{}`, 400, "no_text"},
		{"no JSON", path, `hello`, 400, "invalid_payload"},
		{"no such hook", "/services/nowhere", `{"text": "hello"}`, 404, "no_service"},
		{"a header that is too long", path, `{"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "` + long + `"}}]}`, 400, "invalid_blocks"},
		{"a header of markup", path, `{"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]}`, 400, "invalid_blocks"},
		{"an empty section", path, `{"blocks": [{"type": "section", "text": {"type": "plain_text", "text": ""}}]}`, 400, "invalid_blocks"},
		{"an unknown block", path, `{"blocks": [{"type": "fireworks"}]}`, 400, "invalid_blocks"},
		{"a button to nowhere", path, `{"blocks": [{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "a"}, "url": "javascript:x"}]}]}`, 400, "invalid_blocks"},
		{"too many blocks", path, `{"blocks": [` + strings.Repeat(`{"type": "divider"},`, 50) + `{"type": "divider"}]}`, 400, "invalid_blocks"},
		{"too much", path, strings.Repeat(" ", maxBody+1), 400, "invalid_payload"},
	} {
		code, answer, _ := post(t, f, row.path, row.body)
		require.Equal(t, row.code, code, row.name)
		require.Equal(t, row.answer, answer, row.name)
	}
	require.Len(t, f.Messages(), 2)
	require.Equal(t, 12, f.Requests())
}

func TestItFailsOnCommand(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	f.Fail(RateLimited(7*time.Second), ServerError)
	code, answer, header := post(t, f, path, `{"text": "a"}`)
	require.Equal(t, 429, code)
	require.Equal(t, "rate_limited", answer)
	require.Equal(t, "7", header.Get("Retry-After"))
	code, _, _ = post(t, f, path, `{"text": "a"}`)
	require.Equal(t, 500, code)
	code, _, _ = post(t, f, path, `{"text": "a"}`)
	require.Equal(t, 200, code, "and then no more")

	f.FailAlways(NoService)
	for range 3 {
		code, _, _ = post(t, f, path, `{"text": "a"}`)
		require.Equal(t, 404, code)
	}
	f.Recover()
	arrived := f.Arrived()
	code, _, _ = post(t, f, path, `{"text": "b"}`)
	require.Equal(t, 200, code)
	<-arrived
	require.Len(t, f.Messages(), 2)

	f.Fail(TakenMute, Timeout)
	for i := range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		f.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"text": "c"}`)).WithContext(ctx))
		cancel()
		require.Len(t, f.Messages(), 3, "the first was shown, the second was not (%d)", i)
	}
}

func TestThePageShowsWhatAChannelWould(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	server := httptest.NewServer(http.StripPrefix("/slack", f))
	defer server.Close()
	_, _, _ = post(t, f, path, `{"text": "<script>alert(1)</script>"}`)
	_, _, _ = post(t, f, path, `{"blocks": [
		{"type": "section", "text": {"type": "plain_text", "text": "a < b"}},
		{"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "</blockquote>"}, {"type": "link", "url": "https://x.example/", "text": "Open"}]}]},
		{"type": "actions", "elements": [{"type": "button", "style": "primary", "text": {"type": "plain_text", "text": "Go"}, "url": "https://y.example/"}]}]}`)
	get := func(path string) string {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		require.NoError(t, err)
		response, err := server.Client().Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		require.Equal(t, 200, response.StatusCode, path)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(body)
	}
	body := get("/slack/")
	require.NotContains(t, body, "<script")
	require.Contains(t, body, "a &lt; b")
	require.Contains(t, body, "&lt;/blockquote&gt;")
	require.Contains(t, body, `class="primary" href="https://y.example/"`)
	require.Contains(t, get("/slack/style.css"), "prefers-color-scheme")
	var listed []Message
	require.NoError(t, json.Unmarshal([]byte(get("/slack/api/messages")), &listed))
	require.Len(t, listed, 2)
}

func TestFaultsAreSetFromThePage(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	command := func(form url.Values) int {
		request := httptest.NewRequest(http.MethodPost, "/faults", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		recorded := httptest.NewRecorder()
		f.ServeHTTP(recorded, request)
		return recorded.Code
	}
	require.Equal(t, 303, command(url.Values{"kind": {"server_error"}, "count": {"2"}}))
	code, _, _ := post(t, f, path, `{"text": "a"}`)
	require.Equal(t, 500, code)
	require.Equal(t, 303, command(url.Values{"kind": {"none"}}))
	code, _, _ = post(t, f, path, `{"text": "a"}`)
	require.Equal(t, 200, code)
	require.Equal(t, 400, command(url.Values{"kind": {"fire"}}))
}

func TestOldMessagesAreForgotten(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	for range maxKept + 10 {
		_, _, _ = post(t, f, path, `{"text": "a"}`)
	}
	require.Len(t, f.Messages(), maxKept)
	require.Equal(t, maxKept+10, f.Messages()[maxKept-1].Number)
}

func FuzzPayload(f *testing.F) {
	for _, seed := range []string{`{"text":"a"}`, `{"blocks":[{"type":"actions","elements":[{"type":"button","text":1}]}]}`, `{"blocks":null}`, `[`} {
		f.Add([]byte(seed))
	}
	fake := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if fake.take(path, body) == "" {
			recorded := httptest.NewRecorder()
			fake.ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, "/", nil))
			require.Equal(t, 200, recorded.Code)
		}
	})
}
