package x

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
)

const (
	defaultBase = "https://api.x.com"
	pathStream  = "/2/tweets/search/stream"
	pathRules   = "/2/tweets/search/stream/rules"
	pathSearch  = "/2/tweets/search/recent"

	maxAnswer = 16 << 20 // a page of search has 100 posts
)

// statusError is an answer that is not 2xx.
type statusError struct {
	path    string
	code    int
	problem problem
	reset   time.Time // when the limit of requests starts anew; zero if X does not say
}

func (e *statusError) Error() string {
	return fmt.Sprintf("x: %s answers %d %s", e.path, e.code, cmp.Or(e.problem.text(), http.StatusText(e.code)))
}

// streamError is X's last word before it closes a stream.
type streamError struct{ problem problem }

func (e *streamError) Error() string { return "x: X closes the stream: " + e.problem.text() }

// api speaks to X.
type api struct {
	base   string
	token  config.Secret
	client *fetch.Client
}

func newAPI(cfg config.X, client *fetch.Client) *api {
	return &api{base: strings.TrimSuffix(cmp.Or(cfg.BaseURL, defaultBase), "/"), token: cfg.BearerTokenFile, client: client}
}

// do sends a request. The answer is 2xx, or an error.
func (a *api) do(ctx context.Context, client *http.Client, method, path string, query url.Values, body any) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("x: %s: %w", path, err)
	}
	address := a.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("x: %s: %w", path, err)
	}
	if body == nil {
		request.Body, request.ContentLength = http.NoBody, 0
	} else {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+a.token.Value())
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("x: %w", err)
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer response.Body.Close()
	failure := &statusError{path: path, code: response.StatusCode, reset: resetOf(response.Header)}
	if text, err := fetch.ReadAll(response.Body, 64<<10); err == nil {
		_ = json.Unmarshal(text, &failure.problem) // a proxy's page says nothing more than its status
	}
	return nil, failure
}

// call is do for answers that end.
func (a *api) call(ctx context.Context, method, path string, query url.Values, body, into any) error {
	response, err := a.do(ctx, a.client.HTTP(), method, path, query, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := fetch.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return fmt.Errorf("x: %s: %w", path, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return &statusError{path: path, code: http.StatusBadGateway, problem: problem{Title: "an answer that is no JSON", Detail: err.Error()}}
	}
	return nil
}

func resetOf(header http.Header) time.Time {
	seconds, err := strconv.ParseInt(header.Get("x-rate-limit-reset"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// fields asks for what Decode reads.
func fields() url.Values {
	return url.Values{"tweet.fields": {postFields}, "user.fields": {userFields}, "expansions": {expansions}}
}

func (a *api) stream(ctx context.Context) (*http.Response, error) {
	return a.do(ctx, a.client.Stream(), http.MethodGet, pathStream, fields(), nil)
}

// page is a page of search. Posts stay raw, so that a strange one costs itself.
type page struct {
	Data     []json.RawMessage `json:"data"`
	Includes json.RawMessage   `json:"includes"`
	Meta     struct {
		Next string `json:"next_token"`
	} `json:"meta"`
}

func (a *api) search(ctx context.Context, query string, since int64, next string, results int) (*page, error) {
	q := fields()
	q.Set("query", query)
	q.Set("since_id", strconv.FormatInt(since, 10))
	q.Set("max_results", strconv.Itoa(results))
	if next != "" {
		q.Set("next_token", next)
	}
	var p page
	return &p, a.call(ctx, http.MethodGet, pathSearch, q, nil, &p)
}

// rule is a rule of the stream.
type rule struct {
	ID    string `json:"id,omitempty"`
	Value string `json:"value"`
	Tag   string `json:"tag,omitempty"`
}

func (a *api) rules(ctx context.Context) ([]rule, error) {
	var answer struct {
		Data []rule `json:"data"`
	}
	err := a.call(ctx, http.MethodGet, pathRules, nil, nil, &answer)
	return answer.Data, err
}

// addRules adds rules and answers what X says of those that it does not take.
func (a *api) addRules(ctx context.Context, rules []rule) ([]problem, error) {
	var answer struct {
		Errors []problem `json:"errors"`
	}
	err := a.call(ctx, http.MethodPost, pathRules, nil, map[string]any{"add": rules}, &answer)
	var refused *statusError
	if errors.As(err, &refused) && refused.code == http.StatusBadRequest && len(refused.problem.Errors) > 0 {
		return refused.problem.Errors, nil
	}
	return answer.Errors, err
}

func (a *api) deleteRules(ctx context.Context, rules []rule) error {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	var answer struct{}
	return a.call(ctx, http.MethodPost, pathRules, nil, map[string]any{"delete": map[string]any{"ids": ids}}, &answer)
}
