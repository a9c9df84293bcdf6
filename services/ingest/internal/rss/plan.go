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
	repeated int // the same item twice, in one document or in two feeds of a site
}

// reading is what an item is recognised by besides the feed's own memory.
type reading struct {
	host   string
	feed   string // its address
	now    time.Time
	others func() *index // what other feeds of the host know
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
func (m *memory) plan(f feed, read reading) plan {
	candidates, repeated := identify(f.items, read)
	m.recognise(candidates)
	p := plan{seen: len(f.items), repeated: repeated}
	shown := make([]*known, len(candidates))
	links := map[string]int{}
	for _, c := range candidates {
		links[c.link]++
	}
	for i, c := range candidates {
		var other *known // the same article in another feed
		if c.known == nil {
			other = c.begin(read, links)
		}
		// The latest of both, so that an item is recognised through any number of
		// edits that change one at a time.
		c.known.GUID, c.known.Link = c.guid, c.link
		shown[i] = c.known
		change := compare(c, other, read.now)
		switch {
		case other.brought() && len(change.text) <= other.Length:
			change.settle() // this feed says no more of it
			p.repeated++
			continue
		case c.known.Words == "":
			p.fresh++
		case c.known.Words != change.words || c.known.Due != "":
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

// begin makes known an item that this feed never showed, and answers what another
// feed of the site knows of it.
func (c *candidate) begin(read reading, links map[string]int) (other *known) {
	c.known = &known{ID: c.id, Published: firstDate(c.item, read.now).UnixMilli()}
	if other = read.others().find(c, links); other != nil {
		c.known.ID, c.known.Published = other.ID, other.Published
	}
	return other
}

// announce remembers what is about to be brought of an item.
func (c change) announce() { c.known.Due, c.known.Revision = c.words, c.revision }

// settle remembers what was brought of an item.
func (c change) settle() {
	c.known.Words, c.known.Length, c.known.Revision, c.known.Due = c.words, len(c.text), c.revision, ""
}

// brought says whether the bus has an article.
func (k *known) brought() bool { return k != nil && k.Words != "" }

// identify gives each item an id: of its GUID where that names it in the world, or
// of its link with what GUID it has. Where a feed gives one such name to several
// items (many do), the link is added, then the title. What is the same in all is
// one item shown twice.
func identify(items []*gofeed.Item, read reading) (candidates []*candidate, repeated int) {
	count, taken := map[string]int{}, map[string]bool{}
	for _, item := range items {
		c := &candidate{item: item, guid: hashOf(item.GUID), link: hashOf(cmp.Or(address(item.Link), item.Link))}
		names := namesOf(item, read.feed)
		for level := range names {
			c.ids = append(c.ids, nativeID(read.host, names[:level+1]...))
		}
		whole := c.ids[len(c.ids)-1]
		if taken[whole] {
			repeated++
			continue
		}
		taken[whole] = true
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

// namesOf is what an item is known by on its site, the most lasting first. What
// has neither link nor a GUID of its own in the world is known in its feed only.
func namesOf(item *gofeed.Item, feed string) []string {
	guid, link := global(item.GUID), cmp.Or(address(item.Link), item.Link)
	title := item.Title
	if title == "" {
		title = hashOf(item.Content, item.Description)
	}
	switch {
	case guid != "":
		return []string{guid, link, title}
	case link == "":
		return []string{feed + "\x00" + item.GUID, title}
	case item.GUID == "":
		return []string{link, title}
	default:
		return []string{link + "\x00" + item.GUID, title}
	}
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
// feed says; where the feed says nothing of an edit that we see, or that another
// feed says less of it, it grows by one.
func compare(c *candidate, other *known, now time.Time) change {
	text, engagement := textOf(c.item), engagementOf(c.item)
	ch := change{item: c.item, known: c.known, text: text, engagement: engagement}
	ch.words = hashOf(oneLine(c.item.Title), text, nameOf(c.item), strconv.FormatUint(engagement.Replies, 10))
	ch.revision = source.Revision(editDate(c.item, time.UnixMilli(c.known.Published), now), engagement)
	switch {
	case c.known.Due == ch.words:
		ch.revision = c.known.Revision
	case c.known.Due != "" || c.known.brought():
		ch.revision = max(ch.revision, c.known.Revision+1)
	case other.brought() && len(text) > other.Length:
		ch.revision = max(ch.revision, other.Revision+1)
	}
	return ch
}
