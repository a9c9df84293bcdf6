package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// status is what is needed of a status. Source: Mastodon API, entities/Status.
type status struct {
	ID          string     `json:"id"`
	URI         string     `json:"uri"`
	URL         string     `json:"url"`
	CreatedAt   time.Time  `json:"created_at"`
	EditedAt    *time.Time `json:"edited_at"`
	Visibility  string     `json:"visibility"`
	Language    string     `json:"language"`
	SpoilerText string     `json:"spoiler_text"`
	Content     string     `json:"content"`
	InReplyToID string     `json:"in_reply_to_id"`
	Account     struct {
		ID        string `json:"id"`
		Acct      string `json:"acct"`
		Name      string `json:"display_name"`
		URL       string `json:"url"`
		Followers int64  `json:"followers_count"`
	} `json:"account"`
	Favourites int64   `json:"favourites_count"`
	Reblogs    int64   `json:"reblogs_count"`
	Replies    int64   `json:"replies_count"`
	Reblog     *status `json:"reblog"`
	Quote      *struct {
		Status *struct {
			URI string `json:"uri"`
		} `json:"quoted_status"`
	} `json:"quote"`
	Mentions []struct {
		Acct string `json:"acct"`
	} `json:"mentions"`
}

// notification is what is needed of a notification.
type notification struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"created_at"`
	Status    *status   `json:"status"`
}

// invalidError is data that cannot be a status.
type invalidError struct {
	reason bus.Reason
	err    error
}

func (e *invalidError) Error() string { return "mastodon: " + e.err.Error() }
func (e *invalidError) Unwrap() error { return e.err }

// decode reads a status or a notification and checks what everything hangs on.
func decode[T status | notification](data []byte) (*T, error) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		var end *json.SyntaxError
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &wrong) && wrong.Field != "": // a part of the wrong type stays empty
		case errors.As(err, &end) && end.Offset >= int64(len(data)):
			return nil, &invalidError{bus.ReasonTruncated, fmt.Errorf("data that ends in its middle: %w", err)}
		default:
			return nil, &invalidError{bus.ReasonMalformed, fmt.Errorf("data that is not what its event says: %w", err)}
		}
	}
	return &v, nil
}

var idRule = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// check says why a status cannot become a mention.
func (s *status) check() error {
	switch {
	case !idRule.MatchString(s.ID):
		return &invalidError{bus.ReasonNoID, fmt.Errorf("a status with the id %q", s.ID)}
	case !isAddress(s.URI):
		return &invalidError{bus.ReasonNoID, fmt.Errorf("a status with the uri %q", s.URI)}
	case s.CreatedAt.IsZero():
		return &invalidError{bus.ReasonBadTime, errors.New("a status without a date")}
	case s.Account.Acct == "":
		return &invalidError{bus.ReasonMalformed, errors.New("a status without an author")}
	default:
		return nil
	}
}

// isAddress says whether a uri is one: most are links, some servers use tags.
func isAddress(uri string) bool {
	if len(uri) > 900 || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return false
	}
	parsed, err := url.Parse(uri)
	return err == nil && (parsed.Scheme == "tag" || parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http"))
}

// shown says whether everybody may read a status.
func (s *status) shown() bool { return s.Visibility == "public" || s.Visibility == "unlisted" }

// text is what a status says, under its warning.
func (s *status) text() string {
	said := s
	if s.Reblog != nil {
		said = s.Reblog
	}
	text := source.PlainText(said.Content)
	if said.SpoilerText != "" {
		text = said.SpoilerText + "\n" + text
	}
	return strings.TrimSpace(text)
}

func mentionID(uri string) string { return sourceName + ":" + uri }

// federated writes an account's name as the whole network knows it.
func federated(acct, domain string) string {
	if strings.Contains(acct, "@") {
		return acct
	}
	return acct + "@" + domain
}

// edited is when a status got its present words; zero when it was never edited.
func (s *status) edited() time.Time {
	if s.EditedAt == nil {
		return time.Time{}
	}
	return *s.EditedAt
}

// mention is the status as Vigie knows it. parent is the mention it answers, where
// that is known.
func (s *status) mention(domain, parent string, live bool) *vigiev1.Mention {
	m := &vigiev1.Mention{
		MentionId:    mentionID(s.URI),
		Source:       sourceName,
		Page:         domain,
		Kind:         vigiev1.Kind_KIND_POST,
		Text:         s.text(),
		LanguageHint: s.Language,
		Author: &vigiev1.Author{
			AuthorId:  s.authorID(domain),
			Handle:    federated(s.Account.Acct, domain),
			Name:      s.Account.Name,
			Followers: uint64(max(0, s.Account.Followers)),
		},
		PublishedTime: timestamppb.New(s.CreatedAt),
		Engagement: &vigiev1.Engagement{
			Likes: uint64(max(0, s.Favourites)), Shares: uint64(max(0, s.Reblogs)), Replies: uint64(max(0, s.Replies)),
		},
		Origin: vigiev1.Origin_ORIGIN_BACKFILL,
	}
	if live {
		m.Origin = vigiev1.Origin_ORIGIN_LIVE
	}
	if strings.HasPrefix(s.URL, "https://") || strings.HasPrefix(s.URL, "http://") {
		m.Url = s.URL
	}
	m.Revision = source.Revision(s.edited(), m.Engagement)
	switch {
	case s.Reblog != nil && isAddress(s.Reblog.URI):
		m.Kind, m.Shares = vigiev1.Kind_KIND_SHARE, mentionID(s.Reblog.URI)
	case s.InReplyToID != "":
		m.Kind, m.InReplyTo = vigiev1.Kind_KIND_COMMENT, parent
	case s.Quote != nil && s.Quote.Status != nil && isAddress(s.Quote.Status.URI):
		m.Kind, m.Shares = vigiev1.Kind_KIND_SHARE, mentionID(s.Quote.Status.URI)
	}
	return m
}

// authorID is the author's address, the same on every instance.
func (s *status) authorID(domain string) string {
	if isAddress(s.Account.URL) {
		return s.Account.URL
	}
	return federated(s.Account.Acct, domain)
}
