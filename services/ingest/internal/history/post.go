package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// post is a record of the formats ndjson and csv: what a spreadsheet or another
// tool's export can be brought to.
type post struct {
	Source    string `json:"source"`         // "x", "rss", … or a name of your own
	ID        string `json:"id"`             // native id at the source
	Page      string `json:"page"`           // account, feed or site
	Kind      string `json:"kind"`           // post (default), comment, share, article, review
	URL       string `json:"url"`            //
	Title     string `json:"title"`          //
	Text      string `json:"text"`           //
	Language  string `json:"language"`       // hint
	AuthorID  string `json:"author_id"`      //
	Author    string `json:"author"`         // handle
	Name      string `json:"author_name"`    //
	Followers uint64 `json:"followers"`      //
	Published string `json:"published_time"` // RFC 3339
	Edited    string `json:"edited_time"`    // RFC 3339
	Likes     uint64 `json:"likes"`
	Shares    uint64 `json:"shares"`
	Replies   uint64 `json:"replies"`
}

var columns = []string{
	"source", "id", "page", "kind", "url", "title", "text", "language", "author_id", "author", "author_name",
	"followers", "published_time", "edited_time", "likes", "shares", "replies",
}

var kinds = map[string]vigiev1.Kind{
	"": vigiev1.Kind_KIND_POST, "post": vigiev1.Kind_KIND_POST, "comment": vigiev1.Kind_KIND_COMMENT,
	"share": vigiev1.Kind_KIND_SHARE, "article": vigiev1.Kind_KIND_ARTICLE, "review": vigiev1.Kind_KIND_REVIEW,
}

// NDJSON decodes a line of the format ndjson.
func NDJSON(line []byte) (*vigiev1.Mention, error) {
	if !utf8.Valid(line) {
		return nil, bus.Permanent(bus.ReasonInvalidUTF8, errors.New("the line is not valid UTF-8"))
	}
	var p post
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, bus.Permanent(bus.ReasonTruncated, fmt.Errorf("the line ends in the middle: %w", err))
		}
		return nil, bus.Permanent(bus.ReasonMalformed, plainly(err))
	}
	return p.mention()
}

// plainly says in words what is wrong with a line of JSON, where the library
// speaks of Go.
func plainly(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(wrong.Value, " ")
		switch {
		case wrong.Field == "":
			return fmt.Errorf(`the line is no post between braces, such as {"source":"forum","id":"42"}, but: %s`, kind)
		case wrong.Type.Kind() == reflect.String:
			return fmt.Errorf(`%s must be text in quotes, such as "42", and is no text but: %s`, wrong.Field, kind)
		default:
			return fmt.Errorf(`%s must be a whole number from 0, without quotes, and is: %s`, wrong.Field, wrong.Value)
		}
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("the line is not JSON from byte %d on: %w", wrong.Offset, err)
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Errorf("unknown key %s; the keys are %s", name, strings.Join(columns, ", "))
	}
	return err
}

func columnsOf(header []string) ([]string, error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, names[i]) {
			return nil, fmt.Errorf("unknown column %q; the columns are %s", name, strings.Join(columns, ", "))
		}
	}
	return names, nil
}

func fromCells(names, cells []string) (*vigiev1.Mention, error) {
	var p post
	texts := map[string]*string{
		"source": &p.Source, "id": &p.ID, "page": &p.Page, "kind": &p.Kind, "url": &p.URL, "title": &p.Title,
		"text": &p.Text, "language": &p.Language, "author_id": &p.AuthorID, "author": &p.Author,
		"author_name": &p.Name, "published_time": &p.Published, "edited_time": &p.Edited,
	}
	numbers := map[string]*uint64{"followers": &p.Followers, "likes": &p.Likes, "shares": &p.Shares, "replies": &p.Replies}
	for i, name := range names {
		cell := strings.TrimSpace(cells[i])
		if !utf8.ValidString(cell) {
			return nil, bus.Permanent(bus.ReasonInvalidUTF8, fmt.Errorf("the column %s is not valid UTF-8", name))
		}
		if text, ok := texts[name]; ok {
			*text = strings.Clone(cell)
			continue
		}
		if cell == "" {
			continue
		}
		number, err := strconv.ParseUint(cell, 10, 64)
		if err != nil {
			return nil, bus.Permanent(bus.ReasonMalformed, fmt.Errorf("the column %s holds %q, not a number", name, cell))
		}
		*numbers[name] = number
	}
	return p.mention()
}

func (p post) mention() (*vigiev1.Mention, error) {
	if p.Source == "" || p.ID == "" {
		return nil, bus.Permanent(bus.ReasonNoID, errors.New("a record needs source and id"))
	}
	kind, known := kinds[p.Kind]
	if !known {
		return nil, bus.Permanent(bus.ReasonMalformed, fmt.Errorf("%q is no kind", p.Kind))
	}
	published, err := time.Parse(time.RFC3339, p.Published)
	if err != nil {
		return nil, bus.Permanent(bus.ReasonBadTime, fmt.Errorf("published_time %q is not like 2026-03-04T12:00:00Z", p.Published))
	}
	var edited time.Time
	if p.Edited != "" {
		if edited, err = time.Parse(time.RFC3339, p.Edited); err != nil {
			return nil, bus.Permanent(bus.ReasonBadTime, fmt.Errorf("edited_time %q is not like 2026-03-04T12:00:00Z", p.Edited))
		}
	}
	engagement := &vigiev1.Engagement{Likes: p.Likes, Shares: p.Shares, Replies: p.Replies}
	return &vigiev1.Mention{
		MentionId: p.Source + ":" + p.ID, Revision: source.Revision(edited, engagement),
		Source: p.Source, Page: p.Page, Kind: kind, Url: p.URL, Title: p.Title, Text: p.Text, LanguageHint: p.Language,
		Author:        &vigiev1.Author{AuthorId: p.AuthorID, Handle: p.Author, Name: p.Name, Followers: p.Followers},
		PublishedTime: timestamppb.New(published), Engagement: engagement,
	}, nil
}
