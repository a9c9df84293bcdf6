package config

import (
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Brand is what is watched.
type Brand struct {
	ID          string              `yaml:"id"`
	Name        string              `yaml:"name"`
	Query       string              `yaml:"query"`
	Context     Context             `yaml:"context"`
	Pages       map[string][]string `yaml:"pages"`
	Competitors []string            `yaml:"competitors"`
	Team        string              `yaml:"team"`
	Expected    []Occasion          `yaml:"expected"`
}

// Occasion is a campaign, a match, a launch: while it lasts more is said of a brand,
// and an incident is one level lower: a crisis an alert, an alert a watch.
type Occasion struct {
	Name string    `yaml:"name"`
	From time.Time `yaml:"from"`
	To   time.Time `yaml:"to"`
}

// Context is what is said around a name that means other things too: queries of
// which one must match as well, and one must not. Either may be left out.
type Context struct {
	Require string `yaml:"require"`
	Exclude string `yaml:"exclude"`
}

// Compile parses the brand's query and its context into one.
func (b Brand) Compile() (*query.Query, error) {
	q, err := query.Parse(b.Query)
	if err != nil {
		return nil, fmt.Errorf("config: query of %s: %w", b.ID, err)
	}
	around := func(key, text string) *query.Query {
		if text == "" || err != nil {
			return nil
		}
		var context *query.Query
		if context, err = query.ParseContext(text); err != nil {
			err = fmt.Errorf("config: context.%s of %s: %w", key, b.ID, err)
		}
		return context
	}
	require, exclude := around("require", b.Context.Require), around("exclude", b.Context.Exclude)
	if err != nil {
		return nil, err
	}
	return q.Within(require, exclude), nil
}

// Knows answers whether a name is one of the brand's or of its competitors': what
// they are called, and what their queries find in it.
func (c *Config) Knows(brand Brand) (func(name string) bool, error) {
	called := map[string]bool{}
	var queries []*query.Query
	for _, id := range append([]string{brand.ID}, brand.Competitors...) {
		b, known := c.Brand(id)
		if !known {
			continue
		}
		called[query.Fold(b.Name)] = true
		if b.Query == "" {
			continue
		}
		q, err := query.Parse(b.Query)
		if err != nil {
			return nil, fmt.Errorf("config: query of %s: %w", b.ID, err)
		}
		queries = append(queries, q)
	}
	found := query.NewSet(queries)
	return func(name string) bool { return called[query.Fold(name)] || len(found.Match(nil, name)) > 0 }, nil
}
