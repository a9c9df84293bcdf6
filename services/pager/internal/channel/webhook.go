package channel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

const (
	headerSignature   = "X-Vigie-Signature" // sha256=<hex HMAC-SHA256 of the body>
	headerIdempotency = "Idempotency-Key"   // the page's id, outside visible ASCII as %XX
)

// Payload is what a webhook receives. Its keys are a contract: they are added to,
// never changed. Times are RFC 3339 in UTC.
type Payload struct {
	Version      int        `json:"version"` // 1
	About        string     `json:"about"`   // call: come and look; late: over, nobody had been told; end: over
	PageID       string     `json:"page_id"`
	IncidentID   string     `json:"incident_id"`
	Kind         string     `json:"kind"`  // spike, blind_source
	Level        string     `json:"level"` // alert, crisis
	Brand        string     `json:"brand,omitempty"`
	Source       string     `json:"source,omitempty"`
	Page         string     `json:"page,omitempty"`
	Person       string     `json:"person"`
	Language     string     `json:"language"`
	Step         uint32     `json:"step"`
	OpenedTime   time.Time  `json:"opened_time"`
	ResolvedTime *time.Time `json:"resolved_time,omitempty"`
	Headline     string     `json:"headline"`
	Text         string     `json:"text"` // the whole page in words
	Figures      *Figures   `json:"figures,omitempty"`
	PartKind     string     `json:"part_kind,omitempty"` // topic, source, risk: the part of what is said that rose
	Part         string     `json:"part,omitempty"`      // which topic or source
	Occasion     string     `json:"occasion,omitempty"`  // announced for now
	Also         []string   `json:"also,omitempty"`      // other brands that rise
	Posts        []Post     `json:"posts,omitempty"`
	Words        []string   `json:"words,omitempty"` // that mark it, the strongest first
	Path         []Step     `json:"path,omitempty"`  // its first post, and the first at each further place
	Accounts     []Account  `json:"authors,omitempty"`
	BlindSources []string   `json:"blind_sources,omitempty"`
	AckedBy      string     `json:"acked_by,omitempty"`
	AckURL       string     `json:"ack_url,omitempty"`
	DeskURL      string     `json:"desk_url"`
	RuleVersion  string     `json:"rule_version,omitempty"`
	ModelVersion string     `json:"model_version,omitempty"`
}

// Figures are what was counted in the window, and what is usual.
type Figures struct {
	WindowSeconds    float64 `json:"window_seconds"`
	Mentions         uint64  `json:"mentions"`
	ExpectedMentions float64 `json:"expected_mentions"`
	Negative         uint64  `json:"negative"`
	ExpectedNegative float64 `json:"expected_negative"`
	NegativeLow      float64 `json:"negative_share_low"` // of what is more than expected, corrected, 0 to 1
	NegativeHigh     float64 `json:"negative_share_high"`
	Authors          uint64  `json:"authors"`
	Reach            uint64  `json:"potential_reach"`
	RarityDays       uint64  `json:"rarity_days"` // without the like of it
	KnownDays        uint64  `json:"known_days"`
}

// Post is a post that shows it.
type Post struct {
	Source        string    `json:"source"`
	Author        string    `json:"author"`
	Text          string    `json:"text"`
	URL           string    `json:"url,omitempty"`
	PublishedTime time.Time `json:"published_time"`
	Reason        string    `json:"reason,omitempty"` // latest, first, risk, most_engaged, widest_reach, typical
	RiskID        string    `json:"risk_id,omitempty"`
}

// Step is where it was seen first.
type Step struct {
	Place         string    `json:"place"`
	Author        string    `json:"author,omitempty"`
	IsShare       bool      `json:"is_share,omitempty"`
	PublishedTime time.Time `json:"published_time"`
}

// Account is who wrote of it.
type Account struct {
	Author    string `json:"author"`
	Followers uint64 `json:"followers"`
	Verified  bool   `json:"verified"`
}

func newWebhook(cfg config.Channel) Send {
	address, secret, http := cfg.URLFile.Value(), []byte(cfg.SecretFile.Value()), client(ownTransport())
	return func(ctx context.Context, page message.Page, words message.Words) error {
		body, err := json.Marshal(payload(page, words))
		if err != nil {
			return &Error{Reason: fmt.Sprintf("write the page as JSON: %v", err), Permanent: true}
		}
		return post(ctx, http, address, secret, page.ID, body)
	}
}

func post(ctx context.Context, client *http.Client, address string, secret []byte, id string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return &Error{Reason: "the channel's address is not one", Permanent: true}
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "vigie")
	request.Header.Set(headerIdempotency, headerValue(id))
	if len(secret) > 0 {
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		request.Header.Set(headerSignature, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	response, err := client.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	return refusal(response.StatusCode, response.Header, string(text))
}

func payload(p message.Page, w message.Words) Payload {
	out := Payload{
		Version: 1, About: string(p.About), PageID: p.ID, IncidentID: p.IncidentID, Kind: "spike", Level: p.Level,
		Brand: p.Brand, Source: p.Source, Page: p.Place, Person: p.Person, Language: p.Language, Step: p.Step,
		OpenedTime: p.Opened.UTC(), Headline: w.Headline, Text: w.Text(), BlindSources: p.BlindSources,
		AckedBy: p.AckedBy, AckURL: w.AckURL, DeskURL: w.DeskURL, RuleVersion: p.RuleVersion, ModelVersion: p.ModelVersion,
	}
	if !p.Over.IsZero() {
		over := p.Over.UTC()
		out.ResolvedTime = &over
	}
	if p.Blind {
		out.Kind = "blind_source"
		return out
	}
	out.Figures = &Figures{
		WindowSeconds: p.Figures.Window.Seconds(), Mentions: p.Figures.Mentions, ExpectedMentions: p.Figures.ExpectedMentions,
		Negative: p.Figures.Negative, ExpectedNegative: p.Figures.ExpectedNegative,
		NegativeLow: p.Figures.Surplus[0], NegativeHigh: p.Figures.Surplus[1], Authors: p.Figures.Authors, Reach: p.Figures.Reach,
		RarityDays: p.Figures.RareDays, KnownDays: p.Figures.KnownDays,
	}
	out.PartKind, out.Part, out.Occasion = p.PartKind, message.Line(p.Part, 60), message.Line(p.Occasion, 60)
	if p.About == message.End {
		return out
	}
	for _, brand := range p.Also {
		out.Also = append(out.Also, message.Line(brand, 60))
	}
	for _, word := range p.Words {
		out.Words = append(out.Words, message.Line(word, 60))
	}
	for _, step := range p.Path {
		out.Path = append(out.Path, Step{message.Line(step.Place, 60), message.Line(step.Author, 60), step.Share, step.At.UTC()})
	}
	for _, account := range p.Accounts {
		out.Accounts = append(out.Accounts, Account{message.Line(account.Name, 60), account.Followers, account.Verified})
	}
	for i, quote := range w.Posts {
		post := p.Posts[i]
		out.Posts = append(out.Posts, Post{
			Source: message.Line(post.Source, 60), Author: message.Line(post.Author, 60),
			Text: quote.Text, URL: quote.URL, PublishedTime: post.Published.UTC(), Reason: post.Reason, RiskID: post.Risk,
		})
	}
	return out
}
