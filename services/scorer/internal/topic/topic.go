// Package topic owns what a post is about, by a taxonomy that a person can read,
// and which department should answer it. It does not know where the taxonomy is
// written, nor what is felt.
package topic

import (
	"fmt"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Topic is something a post can be about: found by a query, answered by an owner.
type Topic struct {
	ID    string
	Owner string
	Query string
}

// Taxonomy finds topics. It is safe for concurrent use.
type Taxonomy struct {
	topics []Topic
	set    *query.Set
}

// New compiles topics, the riskiest first.
func New(topics []Topic) (*Taxonomy, error) {
	queries := make([]*query.Query, len(topics))
	for i, topic := range topics {
		parsed, err := query.Parse(topic.Query)
		if err != nil {
			return nil, fmt.Errorf("topic: terms of %s: %w", topic.ID, err)
		}
		queries[i] = parsed
	}
	return &Taxonomy{topics: topics, set: query.NewSet(queries)}, nil
}

// Of are the topics of a post in the order of the taxonomy, and who should
// answer it: the owner of the first of them. A post about none has no owner.
func (t *Taxonomy) Of(document *query.Document) (topics []string, owner string) {
	var space [32]int
	for _, i := range t.set.MatchDocument(space[:0], document) {
		if owner == "" {
			owner = t.topics[i].Owner
		}
		topics = append(topics, t.topics[i].ID)
	}
	return topics, owner
}
