package store

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// What an incident quotes of mentions, as readers of the table find it.
type (
	shownPost struct {
		MentionID     string    `json:"mention_id"`
		Source        string    `json:"source"`
		Author        string    `json:"author"`
		Text          string    `json:"text"`
		URL           string    `json:"url"`
		PublishedTime time.Time `json:"published_time"`
		Followers     uint64    `json:"followers"`
		Engagement    uint64    `json:"engagement"`
		Reason        string    `json:"reason"`
		RiskID        string    `json:"risk_id"`
	}
	shownStep struct {
		MentionID     string    `json:"mention_id"`
		Source        string    `json:"source"`
		Page          string    `json:"page"`
		Author        string    `json:"author"`
		URL           string    `json:"url"`
		IsShare       bool      `json:"is_share"`
		PublishedTime time.Time `json:"published_time"`
	}
	shownAuthor struct {
		Author     string     `json:"author"`
		Source     string     `json:"source"`
		Followers  uint64     `json:"followers"`
		Verified   bool       `json:"verified"`
		Mentions   uint64     `json:"mentions"`
		KnownTime  *time.Time `json:"known_time"` // null for who was not known before
		MentionIDs []string   `json:"mention_ids"`
	}
	shownWord struct {
		Word       string  `json:"word"`
		Share      float64 `json:"share"`
		UsualShare float64 `json:"usual_share"`
	}
)

// quotesOf are the posts, the path, the authors and the words of evidence, each as JSON.
func quotesOf(e *vigiev1.Evidence) (quotes [4]string, err error) {
	for i, list := range []any{each(e.GetPosts(), postShown), each(e.GetPath(), stepShown), each(e.GetAuthors(), authorShown), each(e.GetWords(), wordShown)} {
		data, err := json.Marshal(list)
		if err != nil {
			return quotes, err
		}
		quotes[i] = string(data)
	}
	return quotes, nil
}

func each[From, To any](list []From, shown func(From) To) []To {
	all := make([]To, len(list))
	for i, one := range list {
		all[i] = shown(one)
	}
	return all
}

func postShown(p *vigiev1.EvidencePost) shownPost {
	return shownPost{
		MentionID: p.MentionId, Source: p.Source, Author: p.Author, Text: p.Text, URL: p.Url,
		PublishedTime: moment(p.PublishedTime), Followers: p.Followers, Engagement: p.Engagement,
		Reason: enum.Name(p.Reason), RiskID: p.RiskId,
	}
}

func stepShown(s *vigiev1.EvidenceStep) shownStep {
	return shownStep{s.MentionId, s.Source, s.Page, s.Author, s.Url, s.IsShare, moment(s.PublishedTime)}
}

func authorShown(a *vigiev1.EvidenceAuthor) shownAuthor {
	return shownAuthor{a.Author, a.Source, a.Followers, a.Verified, a.Mentions, known(a.KnownTime), a.MentionIds}
}

func wordShown(w *vigiev1.EvidenceWord) shownWord { return shownWord{w.Word, w.Share, w.UsualShare} }

func known(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	at := t.AsTime()
	return &at
}
