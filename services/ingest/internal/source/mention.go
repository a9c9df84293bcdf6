package source

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	// maxText bounds a mention's text, in bytes; what is longer is cut.
	maxText = 64 << 10
	// maxTitle bounds its title.
	maxTitle = 1 << 10
	// maxAhead is how far a source's clock may be ahead of ours.
	maxAhead = 10 * time.Minute
)

// oldest is the earliest date a post can have.
var oldest = time.Date(bus.OldestYear, 1, 1, 0, 0, 0, 0, time.UTC)

// Revision makes a mention's revision of its last edit (zero when never edited)
// and its engagement, so that whatever the order in which versions arrive, the
// newest words win, and among those the highest engagement. The edit is counted
// in 1024ths of a second, so that two that are a millisecond apart differ; the
// engagement of an edited mention up to four million.
func Revision(edited time.Time, e *vigiev1.Engagement) uint64 {
	total := e.GetLikes() + e.GetShares() + e.GetReplies()
	if edited.IsZero() || edited.Unix() <= 0 {
		return min(total, 1<<32-1)
	}
	ticks := uint64(edited.Unix())<<10 | uint64(edited.Nanosecond())<<10/uint64(time.Second)
	return ticks<<22 | min(total, 1<<22-1)
}

// Tidy brings texts to their contract: valid UTF-8, no control characters, cut
// at a letter's border.
func Tidy(m *vigiev1.Mention) {
	m.Text = tidy(m.Text, maxText)
	m.Title = tidy(m.Title, maxTitle)
	m.Url = tidy(m.Url, 2<<10)
	if m.Author == nil {
		m.Author = &vigiev1.Author{}
	}
	m.Author.Handle = tidy(m.Author.Handle, 256)
	m.Author.Name = tidy(m.Author.Name, 256)
	if m.Engagement == nil {
		m.Engagement = &vigiev1.Engagement{}
	}
}

// OneLine brings a text that others had a part in to one line of up to limit bytes,
// fit for a terminal.
func OneLine(s string, limit int) string {
	return tidy(strings.Join(strings.Fields(s), " "), limit)
}

func tidy(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// PlainText takes the markup out of HTML: tags become spaces or line breaks,
// entities become characters, scripts and styles vanish.
func PlainText(markup string) string {
	if !strings.ContainsAny(markup, "<&") {
		return markup
	}
	return html.UnescapeString(stripTags(markup))
}

// Validate says why a mention cannot be taken, or nil.
func Validate(m *vigiev1.Mention, now time.Time) (bus.Reason, error) {
	native, prefixed := strings.CutPrefix(m.MentionId, m.Source+":")
	switch {
	case m.Source == "" || !prefixed || native == "":
		return bus.ReasonNoID, fmt.Errorf("mention_id %q is not <source>:<native id>", m.MentionId)
	case len(m.MentionId) > 1024:
		return bus.ReasonNoID, errors.New("mention_id has more than 1024 bytes")
	case m.Text == "" && m.Title == "":
		return bus.ReasonNoText, fmt.Errorf("%s says nothing", m.MentionId)
	case m.PublishedTime == nil:
		return bus.ReasonBadTime, fmt.Errorf("%s has no published time", m.MentionId)
	}
	published := m.PublishedTime.AsTime()
	if published.Before(oldest) || published.After(now.Add(maxAhead)) {
		return bus.ReasonBadTime, fmt.Errorf("%s claims to be published at %s", m.MentionId, published.Format(time.RFC3339))
	}
	if m.Kind == vigiev1.Kind_KIND_UNSPECIFIED || m.Origin == vigiev1.Origin_ORIGIN_UNSPECIFIED {
		return bus.ReasonInvalid, fmt.Errorf("%s has no kind or no origin", m.MentionId)
	}
	return "", nil
}
