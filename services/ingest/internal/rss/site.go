package rss

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// site is what the feeds of one host know together. An article that several of
// them show is one mention: of one id, and of one date, for the date is part of
// what the store knows a mention by.
type site struct {
	host  string
	feeds []string // addresses, as the config writes them

	mu     sync.Mutex
	loaded bool
	shown  map[string][]known // by feed, as it was last read
}

// newSites puts feeds together by host.
func newSites(feeds []string) map[string]*site {
	sites := map[string]*site{}
	for _, feed := range feeds {
		host := hostOfFeed(feed)
		if sites[host] == nil {
			sites[host] = &site{host: host, shown: map[string][]known{}}
		}
		sites[host].feeds = append(sites[host].feeds, feed)
	}
	return sites
}

// hostOfFeed is the part of a feed's address that its site is known by: without
// the scheme, "www." and the path, which change and mean nothing. It is taken from
// the config, not from where redirects lead nor from what the feed says of itself,
// because both change under our feet.
func hostOfFeed(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(strings.ToLower(parsed.Host), "www.")
}

// load reads what all feeds of the site knew before a restart, so that none gives
// an article of another a date of its own.
func (s *site) load(ctx context.Context, sink *source.Sink) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return nil
	}
	for _, feed := range s.feeds {
		var m memory
		if _, err := sink.LoadCursor(ctx, feed, &m); err != nil {
			return err
		}
		s.note(feed, &m)
	}
	s.loaded = true
	return nil
}

func (s *site) note(feed string, m *memory) {
	copies := make([]known, len(m.Known))
	for i, k := range m.Known {
		copies[i] = *k
	}
	s.shown[feed] = copies
}

// plan is memory.plan with what the other feeds know. Two feeds that are read at
// once plan one after the other.
func (s *site) plan(address string, next *memory, document feed, now time.Time) plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := next.plan(document, reading{host: s.host, feed: address, now: now, others: s.others(address)})
	s.note(address, next)
	return p
}

// saved notes what has become durable of a feed.
func (s *site) saved(address string, m *memory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(address, m)
}

// others answers how to find what other feeds know. It is made when it is first
// asked for: most readings bring nothing new.
func (s *site) others(feed string) func() *index {
	return sync.OnceValue(func() *index {
		in := &index{byID: map[string]*known{}, byLink: map[string]*known{}}
		for name, items := range s.shown {
			if name == feed {
				continue
			}
			for i := range items {
				in.add(&items[i])
			}
		}
		return in
	})
}

// index finds the items of other feeds.
type index struct {
	byID   map[string]*known
	byLink map[string]*known // nil where several articles have one link
}

// add keeps of each article the version that says most.
func (in *index) add(k *known) {
	if other := in.byID[k.ID]; other == nil || k.fuller(other) {
		in.byID[k.ID] = k
	}
	if k.Link == "" {
		return
	}
	other, there := in.byLink[k.Link]
	switch {
	case !there:
		in.byLink[k.Link] = k
	case other != nil && other.ID != k.ID:
		in.byLink[k.Link] = nil
	}
}

// fuller says whether one version of an article was brought and says more.
func (k *known) fuller(other *known) bool {
	if k.brought() != other.brought() {
		return k.brought()
	}
	return k.Length > other.Length
}

// find is the article that a new item of this feed is for another feed: that of
// its id, or that of its link where each feed has the link once.
func (in *index) find(c *candidate, twins map[string]int) *known {
	if k := in.byID[c.id]; k != nil {
		return k
	}
	if k := in.byLink[c.link]; c.link != "" && twins[c.link] == 1 && k != nil {
		return in.byID[k.ID]
	}
	return nil
}

// address brings an address of the Web to one form: without the scheme, "www."
// and the tags that count readers by feed ("utm_source=rss"). It answers "" for
// what is no such address.
func address(text string) string {
	parsed, err := url.Parse(strings.TrimSpace(text))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	pairs := slices.DeleteFunc(strings.Split(parsed.RawQuery, "&"), func(pair string) bool {
		return strings.HasPrefix(pair, "utm_")
	})
	form := strings.TrimPrefix(strings.ToLower(parsed.Host), "www.") + parsed.EscapedPath()
	if query := strings.Join(pairs, "&"); query != "" {
		form += "?" + query
	}
	if parsed.Fragment != "" { // some sites tell their articles apart by nothing else
		form += "#" + parsed.EscapedFragment()
	}
	return form
}

// global is a GUID that names one thing in the world, in one form: an address, or
// a name made to be so. It answers "" for the others: many feeds number their
// items 1, 2, 3.
func global(guid string) string {
	guid = strings.TrimSpace(guid)
	if strings.HasPrefix(guid, "tag:") || strings.HasPrefix(guid, "urn:") {
		return guid
	}
	return address(guid)
}
