package rss

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/mmcdole/gofeed"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// plan is what a reading brings.
type plan struct {
	changes  []change
	seen     int // items in the document
	fresh    int // never seen before
	edited   int // seen before, changed since
	repeated int // the same item twice in one document
}

// change is an item to bring.
type change struct {
	item       *gofeed.Item
	words      string // hash of what it says now
	known      *known
	text       string
	engagement *vigiev1.Engagement
	revision   uint64
}

// candidate is an item of a document on its way to be recognised.
type candidate struct {
	item       *gofeed.Item
	ids        []string // of ever more of what it is known by
	id         string   // the first of them that no other item has
	guid, link string   // hashes
	known      *known
}

// plan recognises the items of a document and finds what is new in them. New
// ones are known from then on, without words yet.
func (m *memory) plan(f feed, scope string, now time.Time) plan {
	candidates, repeated := identify(f.items, scope)
	m.recognise(candidates)
	p := plan{seen: len(f.items), repeated: repeated}
	shown := make([]*known, len(candidates))
	for i, c := range candidates {
		if c.known == nil {
			c.known = &known{ID: c.id, Published: firstDate(c.item, now).UnixMilli()}
		}
		// The latest of both, so that an item is recognised through any number of
		// edits that change one at a time.
		c.known.GUID, c.known.Link = c.guid, c.link
		shown[i] = c.known
		change := compare(c, now)
		switch {
		case c.known.Words == "":
			p.fresh++
		case c.known.Words != change.words:
			p.edited++
		default:
			continue
		}
		p.changes = append(p.changes, change)
	}
	m.shown(shown)
	slices.SortStableFunc(p.changes, func(a, b change) int { return cmp.Compare(a.known.Published, b.known.Published) })
	return p
}

// identify gives each item an id: of its GUID, or of its link where it has no
// GUID. Where a feed gives one GUID to several items (many do), the link is
// added, then the title. What is the same in all three is one item shown twice.
func identify(items []*gofeed.Item, scope string) (candidates []*candidate, repeated int) {
	count, taken := map[string]int{}, map[string]bool{}
	for _, item := range items {
		c := &candidate{item: item, guid: hashOf(item.GUID), link: hashOf(item.Link)}
		names := namesOf(item)
		for level := range names {
			c.ids = append(c.ids, nativeID(scope, names[:level+1]...))
		}
		if whole := nativeID(scope, names...); taken[whole] {
			repeated++
			continue
		} else {
			taken[whole] = true
		}
		for _, id := range c.ids {
			count[id]++
		}
		candidates = append(candidates, c)
	}
	for _, c := range candidates {
		for _, c.id = range c.ids {
			if count[c.id] == 1 {
				break
			}
		}
	}
	return candidates, repeated
}

// namesOf is what an item is known by, the most lasting first.
func namesOf(item *gofeed.Item) []string {
	title := item.Title
	if title == "" {
		title = hashOf(item.Content, item.Description)
	}
	var names []string
	for _, name := range []string{item.GUID, item.Link, title} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// recognise finds the known item of each candidate: by its id; else by its GUID,
// if nothing else has the same; else by its link, likewise. So an item keeps its
// identity when its link or its GUID is edited, or when its GUID turns out to be
// shared.
func (m *memory) recognise(candidates []*candidate) {
	byID := map[string]*known{}
	for _, k := range m.Known {
		byID[k.ID] = k
	}
	claimed := map[*known]bool{}
	for _, c := range candidates {
		if k := byID[c.id]; k != nil {
			c.known, claimed[k] = k, true
		}
	}
	match := func(ofKnown func(*known) string, ofCandidate func(*candidate) string) {
		unique, rivals := map[string]*known{}, map[string]int{}
		for _, k := range m.Known {
			if name := ofKnown(k); name != "" {
				rivals[name]++
				unique[name] = k
			}
		}
		twins := map[string]int{}
		for _, c := range candidates {
			twins[ofCandidate(c)]++
		}
		for _, c := range candidates {
			name := ofCandidate(c)
			if k := unique[name]; c.known == nil && k != nil && rivals[name] == 1 && twins[name] == 1 && !claimed[k] {
				c.known, claimed[k] = k, true
			}
		}
	}
	match(func(k *known) string { return k.GUID }, func(c *candidate) string { return c.guid })
	match(func(k *known) string { return k.Link }, func(c *candidate) string { return c.link })
}

// compare makes the change that an item would be. Its revision comes of what the
// feed says; where the feed says nothing of an edit that we see, it grows by one.
func compare(c *candidate, now time.Time) change {
	text, engagement := textOf(c.item), engagementOf(c.item)
	ch := change{item: c.item, known: c.known, text: text, engagement: engagement}
	ch.words = hashOf(oneLine(c.item.Title), text, nameOf(c.item), strconv.FormatUint(engagement.Replies, 10))
	ch.revision = source.Revision(editDate(c.item, time.UnixMilli(c.known.Published), now), engagement)
	if c.known.Words != "" {
		ch.revision = max(ch.revision, c.known.Revision+1)
	}
	return ch
}
