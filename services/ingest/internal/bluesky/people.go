package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	maxPeople     = 50_000         // remembered
	maxProfiles   = 25             // asked for at once
	profileAge    = 24 * time.Hour // until they are asked for again
	maxAnswer     = 4 << 20
	lookupRest    = 30 * time.Second // after a lookup failed
	unknownHandle = "handle.invalid"
)

// person is who an author is, beyond the DID.
type person struct {
	DID          string `json:"did"`
	Handle       string `json:"handle"`
	Name         string `json:"displayName"`
	Followers    uint64 `json:"followersCount"`
	Verification struct {
		Status string `json:"verifiedStatus"`
	} `json:"verification"`
	asked time.Time
}

func (p person) verified() bool { return p.Verification.Status == "valid" }

// people knows who authors are. The feed names them by DID alone, so they are
// looked up when they say something that matters; a mention never waits longer
// than patience for it, and goes out without where the lookup fails.
type people struct {
	appView  string
	client   *http.Client
	patience time.Duration
	metrics  *Metrics
	known    *source.Recent[string, person] // by DID
	rest     time.Time                      // no lookup before
}

func newPeople(appView string, client *http.Client, patience time.Duration, metrics *Metrics) *people {
	return &people{
		appView: appView, client: client, patience: patience, metrics: metrics,
		known: source.NewRecent[string, person](maxPeople),
	}
}

func (p *people) who(did string) (person, bool) { return p.known.Get(did) }

// page is what an author's page is called: the handle when it is known.
func (p *people) page(did string) string {
	if who, known := p.known.Get(did); known && who.Handle != "" {
		return who.Handle
	}
	return did
}

// rename notes a new handle of somebody we know.
func (p *people) rename(did, handle string) {
	if who, known := p.known.Get(did); known && handle != "" {
		who.Handle = handle
		p.known.Put(did, who)
	}
}

// introduce looks up the authors of mentions who are not known yet.
func (p *people) introduce(ctx context.Context, mentions []*vigiev1.Mention) {
	now := time.Now()
	var strangers []string
	for _, m := range mentions {
		did := m.Author.AuthorId
		if who, known := p.known.Get(did); (!known || now.Sub(who.asked) > profileAge) && !slices.Contains(strangers, did) {
			strangers = append(strangers, did)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	for len(strangers) > 0 && !now.Before(p.rest) {
		some := strangers[:min(len(strangers), maxProfiles)]
		strangers = strangers[len(some):]
		if _, err := p.lookUp(ctx, some); err != nil {
			p.rest = now.Add(lookupRest)
		}
	}
}

// lookUp asks who actors are, by DID or handle, and remembers them. Those that
// the answer leaves out are remembered as unknown.
func (p *people) lookUp(ctx context.Context, actors []string) ([]person, error) {
	found, err := p.ask(ctx, actors)
	p.metrics.lookedUp(err)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, actor := range actors {
		if didRule.MatchString(actor) {
			who, _ := p.known.Get(actor)
			who.asked = now
			p.known.Put(actor, who)
		}
	}
	for _, who := range found {
		if !didRule.MatchString(who.DID) {
			continue
		}
		if who.Handle == unknownHandle {
			who.Handle = ""
		}
		who.asked = now
		p.known.Put(who.DID, who)
	}
	return found, nil
}

func (p *people) ask(ctx context.Context, actors []string) ([]person, error) {
	address := p.appView + "/xrpc/app.bsky.actor.getProfiles?" + url.Values{"actors": actors}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("bluesky: ask who wrote: %w", err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("bluesky: ask who wrote: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := fetch.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return nil, fmt.Errorf("bluesky: ask who wrote: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("bluesky: ask who wrote: %s", response.Status)
	}
	var answer struct {
		Profiles []person `json:"profiles"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("bluesky: ask who wrote: %w", err)
	}
	return answer.Profiles, nil
}
