// Package quote owns how what an incident quotes of mentions is read as JSON: by the same
// names in the tables, in what the desk answers and in what a backtest writes. A list of
// nothing is [], and what is not known of a post is there and empty.
//
// It does not own what is quoted, nor what is hidden once a mention is gone.
package quote

import (
	"time"

	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Post is one that is shown of an incident.
type Post struct {
	ID         string    `json:"mention_id"`
	Source     string    `json:"source"`
	Author     string    `json:"author"`
	Text       string    `json:"text"`
	URL        string    `json:"url"`
	Published  time.Time `json:"published_time"`
	Followers  uint64    `json:"followers"`
	Engagement uint64    `json:"engagement"`
	Reason     string    `json:"reason"`
	Risk       string    `json:"risk_id"`
}

// Step is the first post of an incident at a place.
type Step struct {
	ID        string    `json:"mention_id"`
	Source    string    `json:"source"`
	Page      string    `json:"page"`
	Author    string    `json:"author"`
	URL       string    `json:"url"`
	Share     bool      `json:"is_share"`
	Published time.Time `json:"published_time"`
}

// Author is one of those who wrote of an incident.
type Author struct {
	Name      string     `json:"author"`
	Source    string     `json:"source"`
	Followers uint64     `json:"followers"`
	Verified  bool       `json:"verified"`
	Mentions  uint64     `json:"mentions"`
	Known     *time.Time `json:"known_time"` // null for who was not known before
	IDs       []string   `json:"mention_ids"`
}

// Word is one that is used far more than usual.
type Word struct {
	Text  string  `json:"word"`
	Share float64 `json:"share"`
	Usual float64 `json:"usual_share"`
}

// Posts are those that prove it.
func Posts(e *vigiev1.Evidence) []Post {
	return each(e.GetPosts(), func(p *vigiev1.EvidencePost) Post {
		return Post{p.MentionId, p.Source, p.Author, p.Text, p.Url, p.PublishedTime.AsTime(), p.Followers, p.Engagement, enum.Name(p.Reason), p.RiskId}
	})
}

// Path is how it came from place to place.
func Path(e *vigiev1.Evidence) []Step {
	return each(e.GetPath(), func(s *vigiev1.EvidenceStep) Step {
		return Step{s.MentionId, s.Source, s.Page, s.Author, s.Url, s.IsShare, s.PublishedTime.AsTime()}
	})
}

// Authors are those with the widest reach.
func Authors(e *vigiev1.Evidence) []Author {
	return each(e.GetAuthors(), func(a *vigiev1.EvidenceAuthor) Author {
		author := Author{a.Author, a.Source, a.Followers, a.Verified, a.Mentions, nil, append([]string{}, a.MentionIds...)}
		if a.KnownTime != nil {
			known := a.KnownTime.AsTime()
			author.Known = &known
		}
		return author
	})
}

// Words are what it is told in.
func Words(e *vigiev1.Evidence) []Word {
	return each(e.GetWords(), func(w *vigiev1.EvidenceWord) Word { return Word{w.Word, w.Share, w.UsualShare} })
}

func each[From, To any](list []From, quoted func(From) To) []To {
	all := make([]To, len(list))
	for i, one := range list {
		all[i] = quoted(one)
	}
	return all
}
