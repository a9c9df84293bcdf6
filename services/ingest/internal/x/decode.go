package x

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// line is one line of the stream, or the part of a page of search that concerns
// one post. matching_rules is left out: a rule is a hint of X's, no proof.
type line struct {
	Data     *post `json:"data"`
	Includes struct {
		Users []user `json:"users"`
	} `json:"includes"`
	problem
}

// post is a post of the API v2, with the fields we ask for.
type post struct {
	ID       string    `json:"id"`
	Text     string    `json:"text"`
	AuthorID string    `json:"author_id"`
	Created  string    `json:"created_at"`
	Language string    `json:"lang"`
	History  []string  `json:"edit_history_tweet_ids"`
	Metrics  metrics   `json:"public_metrics"`
	Long     *longText `json:"note_tweet"`
	Refers   []struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"referenced_tweets"`
	Entities struct {
		Mentions []struct {
			Username string `json:"username"`
		} `json:"mentions"`
	} `json:"entities"`
}

type longText struct {
	Text string `json:"text"`
}

type metrics struct {
	Likes     int64 `json:"like_count"`
	Retweets  int64 `json:"retweet_count"`
	Quotes    int64 `json:"quote_count"`
	Replies   int64 `json:"reply_count"`
	Followers int64 `json:"followers_count"` // of a user
}

type user struct {
	ID       string  `json:"id"`
	Username string  `json:"username"`
	Name     string  `json:"name"`
	Verified bool    `json:"verified"`
	Metrics  metrics `json:"public_metrics"`
}

// The fields and expansions that Decode reads; a request names them, or X leaves
// them out.
const (
	postFields = "author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,public_metrics,referenced_tweets"
	userFields = "name,public_metrics,username,verified"
	expansions = "author_id"
)

// Decode makes a mention of a line of the stream: {"data":{…},"includes":{…}}.
// An error is a *bus.PermanentError that says why the line is a dead letter. The
// caller sets the origin.
func Decode(text []byte) (*vigiev1.Mention, error) {
	l, err := parseLine(text)
	if err != nil {
		return nil, err
	}
	return l.mention()
}

func parseLine(text []byte) (*line, error) {
	if !utf8.Valid(text) {
		return nil, bus.Permanent(bus.ReasonInvalidUTF8, errors.New("x: a line that is not UTF-8"))
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, bus.Permanent(jsonReason(err), fmt.Errorf("x: a line that is no post: %w", err))
	}
	return &l, nil
}

// jsonReason tells a line cut in its middle from one that never was JSON.
func jsonReason(err error) bus.Reason {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input" {
		return bus.ReasonTruncated
	}
	return bus.ReasonMalformed
}

func (l *line) mention() (*vigiev1.Mention, error) {
	p := l.Data
	if p == nil {
		return nil, bus.Permanent(bus.ReasonMalformed, fmt.Errorf("x: a line without a post: %q", l.text()))
	}
	if !isID(p.ID) {
		return nil, bus.Permanent(bus.ReasonNoID, fmt.Errorf("x: %q is no post's id", p.ID))
	}
	first := p.first()
	published, err := p.published(first)
	if err != nil {
		return nil, bus.Permanent(bus.ReasonBadTime, err)
	}
	m := &vigiev1.Mention{
		MentionId: mentionID(first), Source: "x", Kind: vigiev1.Kind_KIND_POST,
		Text: p.text(), LanguageHint: p.Language, PublishedTime: timestamppb.New(published),
		Engagement: &vigiev1.Engagement{
			Likes: count(p.Metrics.Likes), Shares: count(p.Metrics.Retweets) + count(p.Metrics.Quotes), Replies: count(p.Metrics.Replies),
		},
		AddressedPages: p.addressed(),
	}
	if strings.TrimSpace(m.Text) == "" {
		return nil, bus.Permanent(bus.ReasonNoText, fmt.Errorf("x: %s says nothing", m.MentionId))
	}
	var edited time.Time
	if first != p.ID {
		edited = snowflakeTime(p.ID)
	}
	m.Revision = source.Revision(edited, m.Engagement)
	p.relate(m)
	l.sign(m)
	return m, nil
}

// first is the id under which a post was first published. An edit has an id of
// its own and names all ids before it, the oldest first.
func (p *post) first() string {
	if len(p.History) > 0 && isID(p.History[0]) {
		return p.History[0]
	}
	return p.ID
}

// published is when the first version was: what the post says, or what its id
// tells. An edit says when the edit was, or the original; the first id is sure.
// X writes whole seconds, so an edit's date is brought to whole seconds too, or
// the versions of one post would differ by some milliseconds.
func (p *post) published(first string) (time.Time, error) {
	told := snowflakeTime(first)
	if p.Created == "" {
		if told.IsZero() {
			return told, fmt.Errorf("x: %s has no date, and its id tells none", p.ID)
		}
		return told, nil
	}
	created, err := time.Parse(time.RFC3339, p.Created)
	if err != nil {
		return created, fmt.Errorf("x: %s: created_at: %w", p.ID, err)
	}
	if first == p.ID || told.IsZero() {
		return created, nil
	}
	if created.Nanosecond() == 0 {
		return told.Truncate(time.Second), nil
	}
	return told, nil
}

// markup is what X escapes in texts, and nothing else.
var markup = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

func (p *post) text() string {
	if p.Long != nil && p.Long.Text != "" {
		return markup.Replace(p.Long.Text)
	}
	return markup.Replace(p.Text)
}

// relate notes what the post answers or passes on.
func (p *post) relate(m *vigiev1.Mention) {
	for _, other := range p.Refers {
		switch {
		case !isID(other.ID):
		case other.Type == "replied_to":
			m.InReplyTo = mentionID(other.ID)
			if m.Kind == vigiev1.Kind_KIND_POST {
				m.Kind = vigiev1.Kind_KIND_COMMENT
			}
		case other.Type == "retweeted" || other.Type == "quoted":
			m.Shares = mentionID(other.ID)
			m.Kind = vigiev1.Kind_KIND_SHARE
		}
	}
}

// site is where people read X.
const site = "https://x.com"

// sign notes the author, and the page and address that follow from it.
func (l *line) sign(m *vigiev1.Mention) {
	m.Author = &vigiev1.Author{AuthorId: l.Data.AuthorID}
	handle := "i" // X leads from there to the post, whoever wrote it
	for _, u := range l.Includes.Users {
		if u.ID == l.Data.AuthorID && u.Username != "" {
			handle = u.Username
			m.Page = strings.ToLower(u.Username)
			m.Author.Handle, m.Author.Name, m.Author.Verified = u.Username, u.Name, u.Verified
			m.Author.Followers = count(u.Metrics.Followers)
		}
	}
	m.Url = site + "/" + handle + "/status/" + l.Data.ID
}

// addressed are the handles that the post names, each once.
func (p *post) addressed() []string {
	var handles []string
	seen := map[string]bool{}
	for _, mention := range p.Entities.Mentions {
		if handle := strings.ToLower(mention.Username); handle != "" && !seen[handle] {
			seen[handle] = true
			handles = append(handles, handle)
		}
	}
	return handles
}

func mentionID(id string) string { return "x:" + id }

func count(n int64) uint64 { return uint64(max(n, 0)) }
