package detector

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/query"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// reading is what a message or a row says of a mention, before it is made what a
// detector counts: the same from both.
type reading struct {
	detect.Mention
	authorID string
	sharedID string
	title    string
	kind     vigiev1.Kind
	official bool // it stands on a brand's page, or its author is one
	measured bool // its engagement is what it had when it became known
}

// mention fills in what follows from the rest.
func (r reading) mention() detect.Mention {
	m := r.Mention
	for _, author := range []string{r.authorID, m.Handle, m.Page} { // a feed's articles rarely name their author
		if m.Author = author; author != "" {
			break
		}
	}
	if m.Text == "" {
		m.Text = r.title
	}
	if m.Story == "" {
		m.Story = m.ID
	}
	if len(m.Topics) == 0 {
		m.Topics = nil
	}
	if len(m.Risks) == 0 {
		m.Risks = nil
	}
	m.Share = r.kind == vigiev1.Kind_KIND_SHARE || r.sharedID != ""
	m.Official = r.official && r.byItsPage()
	m.Reply = m.Official && r.kind == vigiev1.Kind_KIND_COMMENT
	m.Measured = r.measured && r.countsReactions()
	return m
}

// countsReactions says whether it is news how people react to it: not to what a brand
// publishes, nor to a share, whose figures are those of what it shares.
func (r reading) countsReactions() bool {
	switch r.kind {
	case vigiev1.Kind_KIND_COMMENT, vigiev1.Kind_KIND_REVIEW:
		return true
	case vigiev1.Kind_KIND_SHARE:
		return false
	default:
		return !r.official
	}
}

// byItsPage says whether who owns a page also wrote what stands there. On X and
// Bluesky a page is its author's account. On Mastodon a page is a server: what is
// official there has an official author, or a brand's own server. A feed's articles are
// its site's, its comments its readers'. History says who wrote on which page.
func (r reading) byItsPage() bool {
	switch {
	case r.Source == "mastodon":
		return true
	case r.Source == "rss":
		return r.kind == vigiev1.Kind_KIND_ARTICLE
	case r.Handle == "":
		return r.kind != vigiev1.Kind_KIND_COMMENT && r.kind != vigiev1.Kind_KIND_REVIEW
	default:
		return query.PageKey(r.Source, r.Handle) == query.PageKey(r.Source, r.Page)
	}
}

// said reads a message that the bus took at a moment.
func said(s *vigiev1.ScoredMention, taken time.Time) reading {
	m, author, engagement := s.Mention, s.Mention.GetAuthor(), s.Mention.GetEngagement()
	var risks []string
	for _, risk := range s.Risks {
		risks = append(risks, risk.RiskId)
	}
	return reading{
		Mention: detect.Mention{
			ID: m.MentionId, Source: m.Source, Page: m.Page, Handle: author.GetHandle(), Verified: author.GetVerified(),
			Story: s.StoryId, Sentiment: detect.Sentiment(s.Sentiment), Topics: s.Topics, Risks: risks,
			Published: inMillis(m.PublishedTime.AsTime()), Collected: inMillis(m.CollectedTime.AsTime()), Known: inMillis(taken),
			Text: m.Text, URL: m.Url, Followers: author.GetFollowers(),
			Engagement: engagement.GetLikes() + engagement.GetShares() + engagement.GetReplies(), Model: s.ModelVersion,
			Backfill: m.Origin == vigiev1.Origin_ORIGIN_BACKFILL,
		},
		authorID: author.GetAuthorId(), sharedID: m.Shares, title: m.Title, kind: m.Kind,
		official: m.Ownership == vigiev1.Ownership_OWNERSHIP_OFFICIAL, measured: true,
	}
}

// mentionColumns are what readRow reads of mentions as if live.
const mentionColumns = `brand_id, mention_id, source, page, author_id, author_handle, verified, story_id, toUInt8(sentiment),
	topics, risks, toUnixTimestamp64Milli(published_time), toUnixTimestamp64Milli(collected_time), toUnixTimestamp64Milli(known_time),
	text, title, url, followers, likes + shares + replies, model_version, shared_id, toUInt8(kind), ownership = 'official',
	late, origin = 'backfill'`

// readRow reads a row of mentionColumns.
func readRow(rows driver.Rows) (brand string, r reading, err error) {
	var published, collected, known int64
	var sentiment, kind, official, late, backfill uint8
	err = rows.Scan(&brand, &r.ID, &r.Source, &r.Page, &r.authorID, &r.Handle, &r.Verified, &r.Story, &sentiment,
		&r.Topics, &r.Risks, &published, &collected, &known,
		&r.Text, &r.title, &r.URL, &r.Followers, &r.Engagement, &r.Model, &r.sharedID, &kind, &official, &late, &backfill)
	r.Published, r.Collected, r.Known = time.UnixMilli(published).UTC(), time.UnixMilli(collected).UTC(), time.UnixMilli(known).UTC()
	r.Sentiment, r.kind, r.official = detect.Sentiment(sentiment), vigiev1.Kind(kind), official == 1
	r.Past, r.Backfill = late == 1, backfill == 1
	return brand, r, err
}

// eachRow visits rows of mentionColumns until ctx is done, and closes them.
func eachRow(ctx context.Context, rows driver.Rows, visit func(brand string, m detect.Mention)) error {
	defer rows.Close()
	for rows.Next() {
		if err := ctx.Err(); err != nil { // thousands may have been read ahead
			return err
		}
		brand, r, err := readRow(rows)
		if err != nil {
			return err
		}
		visit(brand, r.mention())
	}
	return rows.Err()
}

// inMillis is a moment as the tables keep it.
func inMillis(t time.Time) time.Time { return t.Truncate(time.Millisecond).UTC() }
