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
	Sentiment Sentiment
	Topics    []string
	Author    Author
	Likes     uint64
	Shares    uint64
	Replies   uint64

	Page     string
	Kind     string
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
