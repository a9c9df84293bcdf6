package source

import (
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Interests is what the brands in force want to see, for connectors that can ask
// their source for less than everything.
type Interests struct {
	brands  []config.Brand
	queries []*query.Query
	set     *query.Set      // of their words alone
	pages   map[string]bool // "<source>\x00<page>", pages folded
}

// NewInterests compiles the brands' queries and pages.
func NewInterests(brands []config.Brand) (*Interests, error) {
	in := &Interests{brands: brands, pages: map[string]bool{}}
	var words []*query.Query
	for _, brand := range brands {
		q, err := brand.Compile()
		if err != nil {
			return nil, err
		}
		in.queries, words = append(in.queries, q), append(words, q.Words())
		for source, pages := range brand.Pages {
			for _, page := range pages {
				in.pages[query.PageKey(source, page)] = true
			}
		}
	}
	in.set = query.NewSet(words)
	return in, nil
}

// Wanted says whether a text, or its author's page, may concern any brand: filters on
// what a source does not tell with the text are left to the scorer.
func (in *Interests) Wanted(source, page, text string) bool {
	return in.Official(source, page) || len(in.set.Match(nil, text)) > 0
}

// Official says whether a page belongs to a brand.
func (in *Interests) Official(source, page string) bool { return in.pages[query.PageKey(source, page)] }

// Brands lists the brands with their queries, in the order of the config.
func (in *Interests) Brands(visit func(config.Brand, *query.Query)) {
	for i, brand := range in.brands {
		visit(brand, in.queries[i])
	}
}

// Own sets a mention's ownership: official on a brand's page or by its account.
func (in *Interests) Own(m *vigiev1.Mention) {
	m.Ownership = vigiev1.Ownership_OWNERSHIP_THIRD_PARTY
	if in.Official(m.Source, m.Page) || in.Official(m.Source, m.GetAuthor().GetHandle()) {
		m.Ownership = vigiev1.Ownership_OWNERSHIP_OFFICIAL
	}
}
