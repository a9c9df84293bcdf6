package rss

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"google.golang.org/protobuf/types/known/timestamppb"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// firstFeeds is when feeds began; a date before is a mistake (1970, the year 1).
var firstFeeds = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)

// mention makes the mention of a change. page is the feed as the config names
// it, address where it was read, which its links are relative to.
func mention(c change, f feed, page, address string, origin vigiev1.Origin) *vigiev1.Mention {
	link := linkOf(c.item, address)
	site := hostOf(link, f.home, address)
	name := nameOf(c.item)
	m := &vigiev1.Mention{
		MentionId: "rss:" + c.known.ID, Revision: c.revision,
		Source: "rss", Page: page, Kind: kindOf(c.item, page), Origin: origin,
		Url: link, Title: oneLine(source.PlainText(c.item.Title)), Text: c.text,
		LanguageHint:  languageOf(c.item, f),
		PublishedTime: timestamppb.New(time.UnixMilli(c.known.Published)),
		Engagement:    c.engagement,
		// A feed's authors have no accounts: a name means somebody on one site only.
		Author: &vigiev1.Author{AuthorId: site, Handle: site, Name: oneLine(f.title)},
	}
	if name != "" {
		m.Author.AuthorId, m.Author.Name = site+"/"+strings.ToLower(name), name
	}
	return m
}

// textOf takes the longer of the two texts that an item may have: its content,
// or a description, which often is a first paragraph only.
func textOf(item *gofeed.Item) string {
	content, description := source.PlainText(item.Content), source.PlainText(item.Description)
	if len(description) > len(content) {
		return description
	}
	return content
}

// firstDate is the date of an item seen for the first time: its own, or now when
// it has none that can be true.
func firstDate(item *gofeed.Item, now time.Time) time.Time {
	for _, date := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if date != nil && date.After(firstFeeds) && !date.After(now) {
			return *date
		}
	}
	return now
}

// editDate is when an item was last edited by its own account, zero if never.
// Feeds without a date for it move that of publication.
func editDate(item *gofeed.Item, published, now time.Time) time.Time {
	var edited time.Time
	for _, date := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if date != nil && date.Truncate(time.Millisecond).After(published) && !date.After(now) && date.After(edited) {
			edited = *date
		}
	}
	return edited
}

// engagementOf counts the comments, which WordPress tells.
func engagementOf(item *gofeed.Item) *vigiev1.Engagement {
	e := &vigiev1.Engagement{}
	for _, comments := range item.Extensions["slash"]["comments"] {
		if n, err := strconv.ParseUint(strings.TrimSpace(comments.Value), 10, 32); err == nil {
			e.Replies = n
		}
	}
	return e
}

// kindOf tells comments from articles: by the threading extension of Atom, or by
// where WordPress and its like put their feeds of comments.
func kindOf(item *gofeed.Item, page string) vigiev1.Kind {
	parsed, err := url.Parse(page)
	isComments := err == nil && strings.Contains(parsed.Path+"/", "/comments/")
	if isComments || len(item.Extensions["thr"]["in-reply-to"]) > 0 {
		return vigiev1.Kind_KIND_COMMENT
	}
	return vigiev1.Kind_KIND_ARTICLE
}

// linkOf is where a person reads the item: an address of the Web, or nothing.
func linkOf(item *gofeed.Item, address string) string {
	base, err := url.Parse(address)
	if err != nil {
		return ""
	}
	candidates := append([]string{item.Link}, item.Links...)
	if strings.HasPrefix(item.GUID, "http") {
		candidates = append(candidates, item.GUID)
	}
	for _, candidate := range candidates {
		link, err := base.Parse(strings.TrimSpace(candidate))
		if err == nil && candidate != "" && link.Host != "" && (link.Scheme == "http" || link.Scheme == "https") {
			return link.String()
		}
	}
	return ""
}

// hostOf is the site that publishes: of the first address that has a host.
func hostOf(addresses ...string) string {
	for _, address := range addresses {
		if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
			return strings.TrimPrefix(strings.ToLower(parsed.Hostname()), "www.")
		}
	}
	return ""
}

func nameOf(item *gofeed.Item) string {
	for _, author := range item.Authors {
		if name := oneLine(source.PlainText(author.Name)); name != "" {
			return name
		}
	}
	return ""
}

func languageOf(item *gofeed.Item, f feed) string {
	if item.DublinCoreExt != nil && len(item.DublinCoreExt.Language) > 0 {
		return strings.TrimSpace(item.DublinCoreExt.Language[0])
	}
	return strings.TrimSpace(f.language)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
