package weekly

import "time"

// Mention is one mention of one brand, as it stands now. What is counted comes
// first; the rest is only shown.
type Mention struct {
	BrandID   string
	ID        string
	Published time.Time
	Source    string
	Official  bool
	Kind      string
	Sentiment Sentiment
	Topics    []string
	Risks     []string
	RiskWords []string // of all its risks
	Stance    Stance
	StoryID   string // copies of one text share it
	Author    Author
	Likes     uint64
	Shares    uint64
	Replies   uint64

	Page     string
	Language string
	Score    float32
	Owner    string
	Title    string
	Text     string
	URL      string
	Model    string
}

// Author is who wrote a mention.
type Author struct {
	ID        string
	Handle    string
	Name      string
	Followers uint64
}

// Engagement is likes, shares and replies together.
func (m Mention) Engagement() uint64 { return m.Likes + m.Shares + m.Replies }

// Own says that the brand itself published it: it is no risk and no opinion.
func (m Mention) Own() bool {
	return m.Official && (m.Kind == "post" || m.Kind == "share" || m.Kind == "article")
}

// authorKey is a mention's author: the same name at two sources is two authors.
func (m Mention) authorKey() authorKey { return authorKey{m.Source, m.Author.key()} }

// key knows an author again, by the best of what the source says; "" when the
// source names nobody.
func (a Author) key() string {
	switch {
	case a.ID != "":
		return a.ID
	case a.Handle != "":
		return a.Handle
	default:
		return a.Name
	}
}

// Sentiment is what a mention feels towards the brand.
type Sentiment uint8

// Sentiments. Unscored is a mention in a language that is not scored.
const (
	Unscored Sentiment = iota
	Negative
	Neutral
	Positive
)

// SentimentNamed reads a sentiment as the tables write it.
func SentimentNamed(name string) Sentiment {
	switch name {
	case "negative":
		return Negative
	case "neutral":
		return Neutral
	case "positive":
		return Positive
	default:
		return Unscored
	}
}

// Stance is what a mention tells others to do about the brand.
type Stance uint8

// Stances. A mention without one tells nobody what to do.
const (
	NoStance Stance = iota
	Recommends
	Warns
)

// StanceNamed reads a recommendation as the tables write it.
func StanceNamed(name string) Stance {
	switch name {
	case "recommends":
		return Recommends
	case "warns":
		return Warns
	default:
		return NoStance
	}
}
