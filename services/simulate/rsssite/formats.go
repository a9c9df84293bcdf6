package rsssite

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func escape(s string) string { return html.EscapeString(s) }

// markup is a post as a blog engine writes it: paragraphs, a picture, a script
// that no reader may run, and entities.
func markup(p world.Post) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(p.Text, "\n") {
		fmt.Fprintf(&b, "<p>%s</p>\n", escape(paragraph))
	}
	b.WriteString(`<figure><img src="/wp-content/uploads/photo.jpg" alt=""></figure><script>track("read")</script>`)
	for _, tag := range p.Hashtags {
		fmt.Fprintf(&b, "\n<p>#%s</p>", escape(tag))
	}
	return b.String()
}

type rssDocument struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Slash   string   `xml:"xmlns:slash,attr"`
	Channel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Language    string    `xml:"language"`
		Items       []rssItem `xml:"item"`
	} `xml:"channel"`
}

type rssItem struct {
	Title       string   `xml:"title,omitempty"`
	Link        string   `xml:"link,omitempty"`
	Creator     string   `xml:"dc:creator,omitempty"`
	PubDate     string   `xml:"pubDate,omitempty"`
	GUID        *rssGUID `xml:"guid"`
	Description string   `xml:"description,omitempty"`
	Encoded     *cdata   `xml:"content:encoded"`
	Comments    int      `xml:"slash:comments,omitempty"`
}

type rssGUID struct {
	Permalink bool   `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

func (v *view) rss() []byte {
	doc := rssDocument{
		Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/",
		DC: "http://purl.org/dc/elements/1.1/", Slash: "http://purl.org/rss/1.0/modules/slash/",
	}
	doc.Channel.Title, doc.Channel.Link, doc.Channel.Language = v.Title, v.base, v.Language
	doc.Channel.Description = v.Title
	for _, p := range v.posts {
		item := rssItem{
			Title: p.Title, Link: v.link(p), Creator: p.Author.Name, Comments: p.Replies,
			Description: markup(world.Post{Text: p.Text}), Encoded: &cdata{markup(p)},
		}
		if guid := v.guid(p); guid != "" {
			item.GUID = &rssGUID{Value: guid}
		}
		if !v.faults.NoDates {
			item.PubDate = v.published(p).Format(time.RFC1123Z)
		}
		doc.Channel.Items = append(doc.Channel.Items, item)
	}
	return xmlDocument(doc)
}

type atomDocument struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr"`
	Title    string      `xml:"title"`
	ID       string      `xml:"id"`
	Updated  string      `xml:"updated"`
	Entries  []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Title     string     `xml:"title"`
	ID        string     `xml:"id"`
	Link      *atomLink  `xml:"link"`
	Published string     `xml:"published,omitempty"`
	Updated   string     `xml:"updated,omitempty"`
	Author    atomAuthor `xml:"author"`
	Content   atomText   `xml:"content"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func (v *view) atom() []byte {
	doc := atomDocument{Language: v.Language, Title: v.Title, ID: v.base + "/", Updated: v.changed.UTC().Format(time.RFC3339)}
	for _, p := range v.posts {
		entry := atomEntry{
			Title: p.Title, ID: v.guid(p), Author: atomAuthor{p.Author.Name}, Content: atomText{"html", markup(p)},
		}
		if link := v.link(p); link != "" {
			entry.Link = &atomLink{link}
		}
		if !v.faults.NoDates {
			entry.Published = v.published(p).Format(time.RFC3339)
			entry.Updated = updated(p).Format(time.RFC3339)
		}
		doc.Entries = append(doc.Entries, entry)
	}
	return xmlDocument(doc)
}

type jsonDocument struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	HomePage string     `json:"home_page_url"`
	Language string     `json:"language"`
	Items    []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string       `json:"id,omitempty"`
	URL       string       `json:"url,omitempty"`
	Title     string       `json:"title,omitempty"`
	HTML      string       `json:"content_html"`
	Published string       `json:"date_published,omitempty"`
	Modified  string       `json:"date_modified,omitempty"`
	Authors   []jsonAuthor `json:"authors"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

func (v *view) json() []byte {
	doc := jsonDocument{
		Version: "https://jsonfeed.org/version/1.1", Title: v.Title, HomePage: v.base,
		Language: v.Language, Items: []jsonItem{},
	}
	for _, p := range v.posts {
		item := jsonItem{
			ID: v.guid(p), URL: v.link(p), Title: p.Title, HTML: markup(p), Authors: []jsonAuthor{{p.Author.Name}},
		}
		if !v.faults.NoDates {
			item.Published = v.published(p).Format(time.RFC3339)
			item.Modified = updated(p).Format(time.RFC3339)
		}
		doc.Items = append(doc.Items, item)
	}
	body, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return body
}

// published is the date a feed claims. Many engines move it when a post is edited.
func (v *view) published(p world.Post) time.Time {
	if v.faults.DatesMove && !p.Edited.IsZero() {
		return p.Edited.UTC()
	}
	return p.Time.UTC()
}

func updated(p world.Post) time.Time {
	if p.Edited.IsZero() {
		return p.Time.UTC()
	}
	return p.Edited.UTC()
}

func xmlDocument(doc any) []byte {
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return append([]byte(xml.Header), body...)
}
