// Package score owns what is said of a post, from the post alone: its language,
// the brands it concerns, its sentiment, its topics, and who should answer.
//
// It is pure: no clock, no bus, no table. Live, import and replay score alike.
package score

import (
	"fmt"
	"slices"
	"sync"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

// Brand is what is looked for.
type Brand struct {
	ID    string
	Query string
	Pages map[string][]string // by source: handles or addresses
}

// Post is what is scored.
type Post struct {
	Source       string
	Page         string
	Author       string   // handle
	Addressed    []string // handles of pages the source says are concerned
	Title        string
	Text         string
	LanguageHint string
}

// Result is what was found. No Brands means that the post concerns none.
type Result struct {
	Brands    []string
	Language  string
	Sentiment Sentiment
	Score     float32 // -1 to 1; 0 when Sentiment is None
	Topics    []string
	Owner     string
}

// Sentiment is what is felt, or None where the language is not scored.
type Sentiment int

// Sentiments.
const (
	None Sentiment = iota
	Negative
	Neutral
	Positive
)

// Scorer scores posts; it is safe for concurrent use.
type Scorer struct {
	brands    []Brand
	queries   *query.Set
	pages     map[string][]int // brands by page
	taxonomy  *topic.Taxonomy
	version   string
	documents sync.Pool
}

// New compiles brands and topics.
func New(brands []Brand, topics []topic.Topic) (*Scorer, error) {
	s := &Scorer{brands: brands, pages: map[string][]int{}}
	queries := make([]*query.Query, len(brands))
	for i, brand := range brands {
		parsed, err := query.Parse(brand.Query)
		if err != nil {
			return nil, fmt.Errorf("score: query of %s: %w", brand.ID, err)
		}
		queries[i] = parsed
		for source, pages := range brand.Pages {
			for _, page := range pages {
				key := query.PageKey(source, page)
				s.pages[key] = append(s.pages[key], i)
			}
		}
	}
	s.queries = query.NewSet(queries)
	taxonomy, err := topic.New(topics)
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	s.taxonomy = taxonomy
	s.version = "score-1+" + sentiment.Embedded("en").Version() + "+" + sentiment.Embedded("fr").Version()
	s.documents.New = func() any { return new(query.Document) }
	return s, nil
}

// Version names the rules and models that score.
func (s *Scorer) Version() string { return s.version }

// Score scores one post.
func (s *Scorer) Score(post Post) Result {
	document := s.documents.Get().(*query.Document)
	defer s.documents.Put(document)
	text := post.Text
	if post.Title != "" {
		text = post.Title + "\n" + post.Text
	}
	document.Read(text)
	concerned := s.concerned(post, document)
	if len(concerned) == 0 {
		return Result{}
	}
	result := Result{Language: language.Detect(text, post.LanguageHint)}
	for _, brand := range concerned {
		result.Brands = append(result.Brands, s.brands[brand].ID)
	}
	if model := sentiment.Embedded(result.Language); model != nil {
		label, score := model.Score(document)
		result.Sentiment, result.Score = Sentiment(label)+Negative, score
	}
	result.Topics, result.Owner = s.taxonomy.Of(document)
	return result
}

// concerned are the brands whose query the words match, whose page the post
// stands on, or whose page it is addressed to.
func (s *Scorer) concerned(post Post, document *query.Document) []int {
	concerned := s.queries.MatchDocument(nil, document)
	add := func(page string) {
		if page == "" {
			return
		}
		for _, brand := range s.pages[query.PageKey(post.Source, page)] {
			if !slices.Contains(concerned, brand) {
				concerned = append(concerned, brand)
			}
		}
	}
	if len(s.pages) > 0 {
		add(post.Page)
		add(post.Author)
		for _, page := range post.Addressed {
			add(page)
		}
	}
	slices.Sort(concerned)
	return concerned
}
