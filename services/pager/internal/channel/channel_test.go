package channel

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
	"github.com/vigie-monitor/vigie/services/simulate/slack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var night = time.Date(2026, 11, 21, 3, 13, 0, 0, time.UTC)

// hostile is what a stranger writes who knows Slack, HTML and mail.
const hostile = "<!channel> <!here|x> <@U1|bob> @everyone *bold* `code` <https://evil.example|your bank> &amp; </pre><script>alert(1)</script>\r\nBcc: x@evil.example\r\n\r\n.\r\n=1+1"

func page() message.Page {
	return message.Page{
		ID: "acme@2026-11-21T02:12:00Z/crisis/0/alice/slack", IncidentID: "acme@2026-11-21T02:12:00Z",
		About: message.Call, Level: "crisis", Person: "Alice", Language: "fr", Zone: time.UTC, Now: night,
		Brand: "Acme", Opened: night.Add(-time.Minute),
		Figures: wording.Figures{Window: 10 * time.Minute, Mentions: 84, ExpectedMentions: 6, Negative: 52, Authors: 41},
		Posts: []message.Post{
			{Source: "bluesky", Author: "ana", Text: "Trois enfants malades", URL: "https://bsky.example/1", Published: night},
			{Source: "rss", Author: hostile, Text: hostile, URL: "javascript:alert(1)", Published: night},
		},
		AckURL: "https://desk.example.org/ack?t=a.b", DeskURL: "https://desk.example.org/", RuleVersion: "r1", ModelVersion: "m1",
	}
}

func send(t *testing.T, cfg config.Channel, p message.Page) error {
	t.Helper()
	channel, err := New(cfg)
	require.NoError(t, err)
	return channel(t.Context(), p, message.Write(p))
}

// fault is the error as the pager reads it.
func fault(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return e
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

const secretPath = "/services/T1/B1/secret"

func TestSlackTakesAPage(t *testing.T) {
	t.Parallel()
	fake := slack.New(slack.Options{})
	require.NoError(t, send(t, config.Channel{Kind: "slack", URLFile: config.NewSecret(serve(t, fake) + secretPath)}, page()))
	messages := fake.Messages()
	require.Len(t, messages, 1)
	body := string(messages[0].Payload)
	for _, expected := range []string{"🔴 CRISE · Acme", "84 mentions en 10\u00A0min, d’habitude 6", "Trois enfants malades", "https://desk.example.org/ack?t=a.b", "crisis/0/alice"} {
		require.Contains(t, body, expected)
	}
}

// A page's id can be longer than what Slack takes of one.
func TestSlackKnowsAPageByItsID(t *testing.T) {
	t.Parallel()
	fake := slack.New(slack.Options{})
	p := page()
	p.ID = strings.Repeat("é", 300) + "/alert/0/alice/slack"
	require.NoError(t, send(t, config.Channel{Kind: "slack", URLFile: config.NewSecret(serve(t, fake) + secretPath)}, p))
	require.Contains(t, string(fake.Messages()[0].Payload), "éé/alert/0/alice/slack")
}

// In Slack a post can notify a whole company, or look like a link to a bank.
func TestHostileTextStaysTextInSlack(t *testing.T) {
	t.Parallel()
	fake := slack.New(slack.Options{})
	p := page()
	p.Brand = hostile
	require.NoError(t, send(t, config.Channel{Kind: "slack", URLFile: config.NewSecret(serve(t, fake) + secretPath)}, p))
	m := fake.Messages()[0]
	require.NotContains(t, m.Text, "<", "the notification is mrkdwn: nothing of it may be a link")
	var payload struct {
		Blocks []map[string]any `json:"blocks"`
	}
	require.NoError(t, json.Unmarshal(m.Payload, &payload))
	walk(payload.Blocks, func(key, text string) {
		for _, loud := range []string{"<!channel", "<!here", "<@U1", "@everyone", "@here", "@channel"} {
			require.NotContains(t, text, loud, key)
		}
		require.NotEqual(t, "mrkdwn", text, "no block is interpreted")
		require.NotContains(t, text, "javascript:")
	})
}

// walk visits every string of a JSON value.
func walk(value any, visit func(key, text string)) {
	switch v := value.(type) {
	case []map[string]any:
		for _, item := range v {
			walk(item, visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	case map[string]any:
		for key, item := range v {
			if text, ok := item.(string); ok {
				visit(key, text)
			}
			walk(item, visit)
		}
	}
}

func TestWhatSlackAnswers(t *testing.T) {
	t.Parallel()
	fake := slack.New(slack.Options{})
	cfg := config.Channel{Kind: "slack", URLFile: config.NewSecret(serve(t, fake) + secretPath)}
	for _, row := range []struct {
		name      string
		fault     slack.Fault
		reason    string
		permanent bool
		after     time.Duration
	}{
		{"too many", slack.RateLimited(7 * time.Second), "HTTP 429: rate_limited", false, 7 * time.Second},
		{"its fault", slack.ServerError, "HTTP 500: rollup_error", false, 0},
		{"the hook is gone", slack.NoService, "HTTP 404: no_service", true, 0},
		{"no number", slack.Fault{Status: 429, Body: "x"}, "HTTP 429: x", false, 0},
		{"a redirect", slack.Fault{Status: 302, Body: "moved"}, "HTTP 302: moved", true, 0},
	} {
		fake.Fail(row.fault)
		e := fault(t, send(t, cfg, page()))
		require.Equal(t, Error{row.reason, row.permanent, row.after}, *e, row.name)
	}
	require.Empty(t, fake.Messages())
}

// An error is stored, published and shown: the address of a hook is a secret.
func TestNoErrorTellsTheHooksAddress(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"slack", "webhook"} {
		e := fault(t, send(t, config.Channel{Kind: kind, URLFile: config.NewSecret("http://127.0.0.1:1" + secretPath)}, page()))
		require.NotContains(t, e.Reason, "secret", kind)
		require.Contains(t, e.Reason, "refused", kind)
		require.False(t, e.Permanent, kind)
		e = fault(t, send(t, config.Channel{Kind: kind, URLFile: config.NewSecret("http://127.0.0.1:bad" + secretPath)}, page()))
		require.NotContains(t, e.Reason, "secret", kind)
	}
}

func TestADeadChannelIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	fake := slack.New(slack.Options{})
	fake.FailAlways(slack.Timeout)
	channel, err := New(config.Channel{Kind: "slack", URLFile: config.NewSecret(serve(t, fake) + secretPath)})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	e := fault(t, channel(ctx, page(), message.Write(page())))
	require.False(t, e.Permanent)
	require.LessOrEqual(t, timeout, 10*time.Second)
}

// receiver is somebody's own webhook.
type receiver struct {
	header http.Header
	body   []byte
	status int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.header = request.Header
	r.body, _ = io.ReadAll(request.Body)
	if r.status != 0 {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(r.status)
	}
}

func TestAWebhookIsSignedAndSaysItAll(t *testing.T) {
	t.Parallel()
	r := &receiver{}
	cfg := config.Channel{Kind: "webhook", URLFile: config.NewSecret(serve(t, r)), SecretFile: config.NewSecret("s3cret")}
	p := page()
	p.ID = "rss/https://site.example/é@1/alert/0/alice/hook\r\nX: y"
	require.NoError(t, send(t, cfg, p))
	mac := hmac.New(sha256.New, []byte("s3cret"))
	mac.Write(r.body)
	require.Equal(t, "sha256="+hex.EncodeToString(mac.Sum(nil)), r.header.Get("X-Vigie-Signature"))
	require.Equal(t, "rss/https://site.example/%C3%A9@1/alert/0/alice/hook%0D%0AX:%20y", r.header.Get("Idempotency-Key"))
	require.Empty(t, r.header.Get("X"))

	var got Payload
	require.NoError(t, json.Unmarshal(r.body, &got))
	require.Equal(t, []any{1, "call", p.ID, "spike", "crisis", "Acme", "Alice"},
		[]any{got.Version, got.About, got.PageID, got.Kind, got.Level, got.Brand, got.Person})
	require.Equal(t, Figures{WindowSeconds: 600, Mentions: 84, ExpectedMentions: 6, Negative: 52, Authors: 41}, *got.Figures)
	require.Equal(t, "https://desk.example.org/ack?t=a.b", got.AckURL)
	require.Len(t, got.Posts, 2)
	require.Empty(t, got.Posts[1].URL)
	require.NotContains(t, got.Posts[1].Text, "\n")
	require.NotContains(t, string(r.body), "<script>", "JSON that stands in a page of HTML does no harm either")

	cfg.SecretFile = config.Secret{}
	require.NoError(t, send(t, cfg, page()))
	require.Empty(t, r.header.Get("X-Vigie-Signature"))
}

func TestWhatAWebhookAnswers(t *testing.T) {
	t.Parallel()
	r := &receiver{}
	cfg := config.Channel{Kind: "webhook", URLFile: config.NewSecret(serve(t, r))}
	for status, expected := range map[int]Error{
		204: {}, 301: {"HTTP 301", true, 0}, 400: {"HTTP 400", true, 0}, 401: {"HTTP 401", true, 0}, 408: {"HTTP 408", false, 0},
		429: {"HTTP 429", false, 2 * time.Minute}, 500: {"HTTP 500", false, 0}, 503: {"HTTP 503", false, 2 * time.Minute},
	} {
		r.status = status
		err := send(t, cfg, page())
		if status == 204 {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, expected, *fault(t, err), status)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, expected := range map[string]time.Duration{
		"7": 7 * time.Second, "": 0, "soon": 0, "-3": 0, "99999999": 24 * time.Hour,
		night.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, night.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		require.Equal(t, expected, retryAfter(value, night), value)
	}
}

func TestAnUnknownKindIsNoChannel(t *testing.T) {
	t.Parallel()
	_, err := New(config.Channel{ID: "x", Kind: "pigeon"})
	require.ErrorContains(t, err, "pigeon")
}
