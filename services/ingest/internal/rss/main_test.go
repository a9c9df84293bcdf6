package rss

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gazette is a site, a bus, and a connector that reads the one to the other.
type gazette struct {
	*sourcetest.Bench
	t      *testing.T
	site   *rsssite.Site
	server *httptest.Server
	client *fetch.Client
}

func newGazette(t *testing.T) *gazette {
	t.Helper()
	return gazetteOn(t, t, sourcetest.New(t))
}

// gazetteOn is a gazette on a bus that others use too: it sees its own mentions.
// It keeps its port until the test that owns the bus ends, for the next to open
// would be given it, and have its address.
func gazetteOn(t, owner *testing.T, bench *sourcetest.Bench) *gazette {
	t.Helper()
	g := &gazette{
		Bench: bench, t: t,
		site:   rsssite.New(rsssite.Options{Title: "La Gazette", Language: "fr"}),
		client: fetch.New(fetch.Options{AllowPrivate: true, Backoff: 10 * time.Millisecond}),
	}
	g.server = httptest.NewServer(g.site)
	owner.Cleanup(g.server.Close)
	t.Cleanup(g.client.Close)
	return g
}

// Mentions are those of the gazette.
func (g *gazette) Mentions(t *testing.T) []*vigiev1.Mention {
	t.Helper()
	return slices.DeleteFunc(g.Bench.Mentions(t), func(m *vigiev1.Mention) bool {
		return !strings.HasPrefix(m.Page, g.server.URL+"/")
	})
}

// connector reads a feed of the site fifty times a second.
func (g *gazette) connector(path string) *Connector { return g.connectors(path)[0] }

// connectors read several feeds of the site, in one process.
func (g *gazette) connectors(paths ...string) []*Connector {
	var feeds []config.Feed
	for _, path := range paths {
		feeds = append(feeds, config.Feed{URL: g.server.URL + path})
	}
	all := New(config.RSS{Feeds: feeds}, g.client, nil)
	for _, c := range all {
		c.every, c.retry, c.again.MaxInterval = 20*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond
	}
	return all
}

// reading is one of the feed "gazette", with nothing known elsewhere.
func readingAt(now time.Time) reading {
	return reading{host: "gazette", feed: "gazette/feed", now: now, others: (&site{}).others("")}
}

// readings waits until the site was asked n times more.
func (g *gazette) readings(n int) {
	g.t.Helper()
	asked := len(g.site.Requests())
	sourcetest.Eventually(g.t, fmt.Sprintf("%d more readings", n), func() bool {
		return len(g.site.Requests()) >= asked+n
	})
}

// eventually waits for so many mentions on the bus, and answers them.
func (g *gazette) eventually(n int) []*vigiev1.Mention {
	g.t.Helper()
	var all []*vigiev1.Mention
	sourcetest.Eventually(g.t, fmt.Sprintf("%d mentions", n), func() bool {
		all = g.Mentions(g.t)
		return len(all) >= n
	})
	return all
}

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// post is the nth article.
func post(n int64) world.Post {
	return world.Post{
		Number: n, Time: start.Add(time.Duration(n) * time.Minute),
		Author: world.Author{ID: n, Handle: "amelie", Name: "Amélie Poulain"},
		Title:  fmt.Sprintf("Article %d : l'été à la plage", n),
		Text:   fmt.Sprintf("Texte de l'article %d.\nOasis & Cie déçoit.", n),
	}
}
