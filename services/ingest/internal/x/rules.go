package x

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// ourTag begins the tags of our rules: others in the same app are not ours to
	// delete.
	ourTag   = "vigie:"
	maxRules = 1000
	maxRule  = query.MaxXRule
	maxQuery = 512 // characters of a search
)

// wish is what the brands want to see of X.
type wish struct {
	rules   []rule
	queries []string // the same as searches
}

// wishes are those of the brands in force.
func (c *Connector) wishes(sink *source.Sink) wish {
	if interests := sink.Interests(); interests != c.wishedOf {
		c.wished, c.wishedOf = wishes(interests, sink.Logger()), interests
	}
	return c.wished
}

// wishes puts the brands' queries in X's words: what they ask for, what their own
// pages say, and what is said to these. A brand that cannot be put so is told.
func wishes(in *source.Interests, logger *slog.Logger) wish {
	var w wish
	var all []string
	seen := map[string]bool{}
	in.Brands(func(brand config.Brand, q *query.Query) {
		pages := pageTerms(brand, logger)
		values, err := q.XRules(maxRule)
		searches, searchErr := q.XRules(maxQuery)
		if err := errors.Join(err, searchErr); err != nil {
			logger.Error("x: a brand is not seen on X", "brand", brand.ID, "err", err)
		}
		for _, value := range append(values, pack(pages, maxRule)...) {
			if !seen[value] {
				seen[value] = true
				w.rules = append(w.rules, rule{Value: value, Tag: ourTag + brand.ID})
			}
		}
		all = append(append(all, searches...), pages...)
	})
	if len(w.rules) > maxRules {
		logger.Error("x: more rules than X takes: the last brands are not seen", "rules", len(w.rules), "limit", maxRules)
		w.rules = w.rules[:maxRules]
	}
	w.queries = pack(all, maxQuery)
	return w
}

var handleRule = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)

// pageTerms ask for the posts of a brand's own accounts, and those that name them.
func pageTerms(brand config.Brand, logger *slog.Logger) []string {
	var terms []string
	for _, page := range brand.Pages["x"] {
		handle := strings.ToLower(strings.TrimPrefix(page, "@"))
		if !handleRule.MatchString(handle) {
			logger.Error("x: a page is no handle of X: write it as in @handle", "brand", brand.ID, "handle", page)
			continue
		}
		terms = append(terms, "from:"+handle, "@"+handle)
	}
	return terms
}

// pack joins alternatives by OR, as many as fit. AND binds tighter than OR, so
// they need no parentheses.
func pack(terms []string, limit int) []string {
	var packs []string
	for _, term := range terms {
		if last := len(packs) - 1; last >= 0 && len(packs[last])+len(" OR ")+len(term) <= limit {
			packs[last] += " OR " + term
			continue
		}
		packs = append(packs, term)
	}
	return packs
}

// synchronise makes X's rules those wished for. New ones are added before old
// ones are deleted, so that no brand is out of sight in between.
func (c *Connector) synchronise(ctx context.Context, w wish, logger *slog.Logger) error {
	there, err := c.api.rules(ctx)
	if err != nil {
		return err
	}
	has := func(rules []rule, value string) bool {
		return slices.ContainsFunc(rules, func(r rule) bool { return r.Value == value })
	}
	var missing, stale []rule
	others := 0
	for _, r := range w.rules {
		if !has(there, r.Value) {
			missing = append(missing, r)
		}
	}
	for _, r := range there {
		switch {
		case !strings.HasPrefix(r.Tag, ourTag):
			others++
		case !has(w.rules, r.Value):
			stale = append(stale, r)
		}
	}
	if others > 0 && !c.told.foreignRules {
		c.told.foreignRules = true
		logger.Warn("x: this app has rules that are not ours: their posts come too, and are paid for", "rules", others)
	}
	if len(there)+len(missing) > maxRules {
		err = c.delete(ctx, &stale)
	}
	if err == nil {
		err = c.add(ctx, missing, logger)
	}
	if err == nil {
		err = c.delete(ctx, &stale)
	}
	return err
}

func (c *Connector) delete(ctx context.Context, stale *[]rule) error {
	if len(*stale) == 0 {
		return nil
	}
	err := c.api.deleteRules(ctx, *stale)
	if err == nil {
		*stale = nil
	}
	return err
}

// add adds rules. One that X finds wrong makes it refuse them all, so it is left
// out, loudly, and the others are sent again.
func (c *Connector) add(ctx context.Context, rules []rule, logger *slog.Logger) error {
	for len(rules) > 0 {
		problems, err := c.api.addRules(ctx, rules)
		if err != nil {
			return err
		}
		wrong := map[string]bool{}
		for _, p := range problems {
			if p.isDuplicate() {
				continue
			}
			wrong[p.Value] = true
			if !c.told.refused[p.Value] {
				c.told.refused[p.Value] = true
				logger.Error("x: X does not take a rule: a brand is not seen on X", "rule", p.Value, "err", p.text())
			}
		}
		c.metrics.refusedRules(len(wrong))
		before := len(rules)
		rules = slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return wrong[r.Value] })
		if len(wrong) == 0 {
			return nil
		}
		if len(rules) == before {
			return fmt.Errorf("x: X refuses rules and does not say which: %s", problems[0].text())
		}
	}
	return nil
}
