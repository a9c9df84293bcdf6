package bluesky

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// record is a post as its author's client wrote it. Nobody checks records: each
// part may be missing, or be something else.
type record struct {
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Languages []string `json:"langs"`
	Tags      []string `json:"tags"`
	Facets    []facet  `json:"facets"`
	Reply     struct {
		Root   reference `json:"root"`
		Parent reference `json:"parent"`
	} `json:"reply"`
	Embed embed `json:"embed"`
}

type reference struct {
	URI string `json:"uri"`
}

type facet struct {
	Index struct {
		Start int `json:"byteStart"`
		End   int `json:"byteEnd"`
	} `json:"index"`
	Features []struct {
		Type string `json:"$type"`
		DID  string `json:"did"`
		URI  string `json:"uri"`
		Tag  string `json:"tag"`
	} `json:"features"`
}

// embed is what hangs on a post: a quoted post, a link's card, images.
type embed struct {
	Record struct {
		URI    string    `json:"uri"`    // app.bsky.embed.record
		Record reference `json:"record"` // app.bsky.embed.recordWithMedia
	} `json:"record"`
	External card    `json:"external"`
	Images   []image `json:"images"`
	Media    struct {
		External card    `json:"external"`
		Images   []image `json:"images"`
	} `json:"media"`
}

type card struct {
	Title string `json:"title"`
}

type image struct {
	Alt string `json:"alt"`
}

// post is what a record says.
type post struct {
	text      string
	claimed   string // when the author says it was made
	language  string
	parent    string   // address of the post it answers
	quoted    string   // address of the post it quotes
	mentioned []string // DIDs it names, answers or quotes
}

// readPost makes what it can of a record. A part of the wrong type is left out.
func readPost(e *event) *post {
	var r record
	_ = json.Unmarshal(e.Commit.Record, &r) // its syntax was checked with the event; what has a wrong type stays empty
	p := &post{claimed: r.CreatedAt, parent: postOnly(r.Reply.Parent.URI)}
	p.quoted = postOnly(cmp.Or(r.Embed.Record.URI, r.Embed.Record.Record.URI))
	if len(r.Languages) > 0 && languageRule.MatchString(r.Languages[0]) {
		p.language = r.Languages[0]
	}
	p.text = words(&r)
	for _, uri := range []string{p.parent, postOnly(r.Reply.Root.URI), p.quoted} {
		if uri != "" {
			p.mentioned = append(p.mentioned, authorOf(uri))
		}
	}
	for _, f := range r.Facets {
		for _, feature := range f.Features {
			if feature.DID != "" {
				p.mentioned = append(p.mentioned, feature.DID)
			}
		}
	}
	return p
}

var (
	languageRule = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	postRule     = regexp.MustCompile(`^at://(did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,500})/app\.bsky\.feed\.post/[A-Za-z0-9._:~-]{1,512}$`)
)

// postOnly lets the addresses of posts through; feeds, lists and starter packs
// can be quoted too, but are no mentions.
func postOnly(uri string) string {
	if postRule.MatchString(uri) {
		return uri
	}
	return ""
}

func authorOf(uri string) string { return postRule.FindStringSubmatch(uri)[1] }

// words are what a reader of the post reads: its text, the tags beside it, the
// title of a link's card; and what pictures show, where nothing else is said.
func words(r *record) string {
	lines := []string{withLinks(r.Text, r.Facets)}
	for _, tag := range r.Tags[:min(len(r.Tags), 8)] {
		if tag = strings.TrimPrefix(tag, "#"); tag != "" && !strings.Contains(lines[0], "#"+tag) {
			lines[0] += " #" + tag
		}
	}
	for _, card := range []card{r.Embed.External, r.Embed.Media.External} {
		if card.Title != "" && !strings.Contains(lines[0], card.Title) {
			lines = append(lines, card.Title)
		}
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if text != "" {
		return text
	}
	var shown []string
	for _, picture := range slices.Concat(r.Embed.Images, r.Embed.Media.Images) {
		if picture.Alt != "" {
			shown = append(shown, picture.Alt)
		}
	}
	return strings.Join(shown, "\n")
}

// withLinks writes links out: clients shorten them to "example.com/abc…", whose
// words would be taken for the author's own.
func withLinks(text string, facets []facet) string {
	sorted := slices.Clone(facets)
	slices.SortStableFunc(sorted, func(a, b facet) int { return cmp.Compare(a.Index.Start, b.Index.Start) })
	var b strings.Builder
	done := 0
	for _, f := range sorted {
		start, end := f.Index.Start, f.Index.End
		if start < done || end <= start || end > len(text) || !border(text, start) || !border(text, end) {
			continue
		}
		for _, feature := range f.Features {
			if strings.HasPrefix(feature.URI, "http://") || strings.HasPrefix(feature.URI, "https://") {
				b.WriteString(text[done:start] + feature.URI)
				done = end
				break
			}
		}
	}
	b.WriteString(text[done:])
	return b.String()
}

// border says whether a letter begins, or the text ends, at a byte.
func border(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// site is where people read the network.
const site = "https://bsky.app"

// mention is the post as Vigie knows it; who wrote it is filled in later.
func (p *post) mention(e *event, live bool) *vigiev1.Mention {
	m := &vigiev1.Mention{
		MentionId:     mentionID(e.uri()),
		Source:        sourceName,
		Kind:          vigiev1.Kind_KIND_POST,
		Url:           site + "/profile/" + e.DID + "/post/" + e.Commit.Key,
		Text:          p.text,
		LanguageHint:  p.language,
		Author:        &vigiev1.Author{AuthorId: e.DID},
		PublishedTime: timestamppb.New(publishedTime(e.Commit.Key, p.claimed, e.time())),
		Origin:        vigiev1.Origin_ORIGIN_BACKFILL,
	}
	if live {
		m.Origin = vigiev1.Origin_ORIGIN_LIVE
	}
	if e.Commit.Operation == "update" {
		m.Revision = source.Revision(editedTime(e.Commit.Revision, e.time()), nil)
	}
	if p.quoted != "" {
		m.Kind, m.Shares = vigiev1.Kind_KIND_SHARE, mentionID(p.quoted)
	}
	if p.parent != "" {
		m.Kind, m.InReplyTo = vigiev1.Kind_KIND_COMMENT, mentionID(p.parent)
	}
	return m
}
