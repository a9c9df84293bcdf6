package bluesky

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// resolveAgain is how long to wait before asking again for the DIDs of brands'
// handles that nobody could tell.
const resolveAgain = time.Minute

// pages are the brands' own accounts, by DID: the feed names accounts by nothing
// else, the config mostly by handle.
type pages struct {
	byDID   map[string]string // as the config writes them, folded
	handles []string          // whose DID is not known yet
	retry   time.Time
}

func newPages(interests *source.Interests) *pages {
	p := &pages{byDID: map[string]string{}}
	interests.Brands(func(brand config.Brand, _ *query.Query) {
		for _, page := range brand.Pages[sourceName] {
			if didRule.MatchString(page) {
				p.byDID[page] = strings.ToLower(page)
			} else if handle := strings.ToLower(strings.TrimPrefix(page, "@")); !slices.Contains(p.handles, handle) {
				p.handles = append(p.handles, handle)
			}
		}
	})
	return p
}

// resolve looks up the DIDs of the handles.
func (p *pages) resolve(ctx context.Context, who *people) {
	if len(p.handles) == 0 {
		return
	}
	p.retry = time.Now().Add(resolveAgain)
	ctx, cancel := context.WithTimeout(ctx, who.patience)
	defer cancel()
	for some := range slices.Chunk(slices.Clone(p.handles), maxProfiles) {
		found, err := who.lookUp(ctx, some)
		if err != nil {
			return
		}
		for _, owner := range found {
			handle := strings.ToLower(owner.Handle)
			if at := slices.Index(p.handles, handle); at >= 0 && didRule.MatchString(owner.DID) {
				p.byDID[owner.DID] = handle
				p.handles = slices.Delete(p.handles, at, at+1)
			}
		}
	}
}

// unresolved says whether it is time to ask again.
func (p *pages) unresolved(now time.Time) bool {
	return len(p.handles) > 0 && now.After(p.retry)
}

func (p *pages) of(did string) (page string, owned bool) {
	page, owned = p.byDID[did]
	return page, owned
}

func (p *pages) owns(did string) bool {
	_, owned := p.byDID[did]
	return owned
}

// addressed are the brands' pages that a post names, answers or quotes.
func (p *pages) addressed(said *post) []string {
	var addressed []string
	for _, did := range said.mentioned {
		if page, owned := p.byDID[did]; owned && !slices.Contains(addressed, page) {
			addressed = append(addressed, page)
		}
	}
	return addressed
}
