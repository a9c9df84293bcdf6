package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tomnomnom/linkheader"

	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	pageSize  = 40      // the most that is answered at once
	byIDs     = 20      // statuses asked for by id at once
	maxAnswer = 8 << 20 // bytes
	// spare is how many requests are left to others who use the same account.
	spare = 10
)

// errToken means that the instance does not take our token.
var errToken = errors.New("mastodon: the instance refuses the token")

// api asks one instance.
type api struct {
	server url.URL
	token  string
	client *fetch.Client
}

// open asks for something and checks the answer's status. The caller closes the body.
func (a *api) open(ctx context.Context, client *http.Client, base url.URL, path string, q url.Values, accept string) (*http.Response, error) {
	base.Path, base.RawQuery = "", ""
	address := base.String() + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("mastodon: %w", err)
	}
	request.Header.Set("Accept", accept)
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	response, err := client.Do(request)
	if err != nil {
		var wrong *url.Error
		if errors.As(err, &wrong) {
			err = wrong.Err // without the address, which changes with the cursor
		}
		return nil, fmt.Errorf("mastodon: cannot reach the instance: %w", err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	return nil, refusalOf(response, path)
}

// refusalOf reads an answer that is an error.
func refusalOf(response *http.Response, path string) error {
	body, _ := io.ReadAll(io.LimitReader(response.Body, 500))
	refusal := &source.RefusedError{
		What: "mastodon: the instance refuses " + path, Status: response.StatusCode, Detail: strings.TrimSpace(string(body)),
	}
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil && said.Error != "" {
		refusal.Detail = said.Error
	}
	now := time.Now()
	wait, asked := fetch.RetryAfter(response.Header, now)
	if !asked && refusal.TooMany() {
		wait = untilReset(response.Header, now)
	}
	refusal.Wait = wait
	if refusal.Status == http.StatusUnauthorized || refusal.Status == http.StatusForbidden {
		return fmt.Errorf("%w: %w: make a new one with the scopes read:statuses and read:notifications, and write it to the token_file", errToken, refusal)
	}
	return refusal
}

// untilReset is how long until the rate limit's window is over.
func untilReset(header http.Header, now time.Time) time.Duration {
	reset, err := time.Parse(time.RFC3339Nano, header.Get("X-RateLimit-Reset"))
	if err != nil {
		return 0
	}
	return min(max(0, reset.Sub(now)), time.Hour)
}

// answer is what came back for a question: its rate limit, and where to go on.
type answer struct {
	pause time.Duration // before the next question, where the quota is nearly used up
	newer string        // min_id of what is newer than this page
}

// ask asks for JSON.
func (a *api) ask(ctx context.Context, path string, q url.Values, into any) (answer, error) {
	response, err := a.open(ctx, a.client.HTTP(), a.server, path, q, "application/json")
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := fetch.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return answer{}, fmt.Errorf("mastodon: read %s: %w", path, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return answer{}, fmt.Errorf("mastodon: %s answers what is not its JSON: %w", path, err)
	}
	return readHeaders(response.Header, time.Now()), nil
}

func readHeaders(header http.Header, now time.Time) answer {
	var a answer
	var remaining int
	if n, err := fmt.Sscan(header.Get("X-RateLimit-Remaining"), &remaining); n == 1 && err == nil && remaining < spare {
		a.pause = untilReset(header, now)
	}
	for _, link := range linkheader.ParseMultiple(header.Values("Link")).FilterByRel("prev") {
		if target, err := url.Parse(link.URL); err == nil {
			a.newer = target.Query().Get("min_id") // never followed itself: it could lead anywhere
		}
	}
	return a
}

// description is what an instance says of itself.
type description struct {
	Domain        string `json:"domain"`
	Configuration struct {
		URLs struct {
			Streaming string `json:"streaming"`
		} `json:"urls"`
		Access map[string]map[string]string `json:"timelines_access"`
	} `json:"configuration"`
}

// describe asks an instance what it is. Software that does not know the question
// is taken for an instance that answers everything under its own name.
func (a *api) describe(ctx context.Context) (*description, error) {
	var d description
	_, err := a.ask(ctx, "/api/v2/instance", nil, &d)
	var refusal *source.RefusedError
	if errors.As(err, &refusal) && refusal.Status == http.StatusNotFound {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if d.Domain == "" {
		d.Domain = a.server.Hostname()
	}
	return &d, nil
}

// streaming is where the streams are: the API speaks of WebSockets, which are at
// the same address.
func (d *description) streaming(server url.URL) url.URL {
	address, err := url.Parse(d.Configuration.URLs.Streaming)
	if err != nil || address.Host == "" {
		return server
	}
	scheme := map[string]string{"ws": "http", "wss": "https", "http": "http", "https": "https"}[address.Scheme]
	if scheme == "" || server.Scheme == "https" && scheme == "http" {
		return server // the token does not travel in the open
	}
	return url.URL{Scheme: scheme, Host: address.Host}
}

// closed says whether everything a stream would show is disabled.
func (d *description) closed(s stream) bool {
	if s.feed == "" {
		return false
	}
	for _, half := range s.halves {
		if d.Configuration.Access[s.feed][half] != "disabled" {
			return false
		}
	}
	return true
}
