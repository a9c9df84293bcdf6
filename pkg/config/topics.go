package config

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Topic is something a mention can be about.
type Topic struct {
	ID    string   `yaml:"id"`
	Owner string   `yaml:"owner"`
	Terms []string `yaml:"terms"`
}

// Query is what finds the topic: any of its terms, in the language of brand
// queries. A term of several words is a phrase, unless it is a query itself: it
// has AND, OR or NOT, quotes or parentheses.
func (t Topic) Query() string {
	queries := make([]string, len(t.Terms))
	for i, term := range t.Terms {
		queries[i] = termQuery(term)
	}
	return strings.Join(queries, " OR ")
}

func termQuery(term string) string {
	words := strings.Fields(term)
	isOperator := func(word string) bool { return word == "AND" || word == "OR" || word == "NOT" }
	switch {
	case strings.ContainsAny(term, `"()`) || slices.ContainsFunc(words, isOperator):
		return term
	case len(words) > 1:
		return `"` + term + `"`
	default:
		return term
	}
}

//go:embed topics.yaml
var topicsFile []byte

var readTopics = sync.OnceValue(func() []Topic {
	var topics []Topic
	if err := yaml.UnmarshalWithOptions(topicsFile, &topics, yaml.Strict()); err != nil {
		panic("config: the embedded topics.yaml: " + err.Error())
	}
	return topics
})

// defaultTopics serve a config that names none.
func defaultTopics() []Topic {
	topics := slices.Clone(readTopics())
	for i := range topics {
		topics[i].Terms = slices.Clone(topics[i].Terms)
	}
	return topics
}
