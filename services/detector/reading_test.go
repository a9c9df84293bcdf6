package detector_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// A mention is the same to the detector whether it comes from the stream, or from the
// tables: after a restart, or as history.
func TestTheTablesAndTheStreamTellTheSameMention(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)

	now := time.Now().UTC()
	at := timestamppb.New(now)
	mention := func(id string, change func(*vigiev1.ScoredMention)) *vigiev1.ScoredMention {
		s := &vigiev1.ScoredMention{BrandId: "zest", Sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE, ModelVersion: "m", ScoredTime: at,
			Topics: []string{"price", "safety"}, Risks: []*vigiev1.Risk{{RiskId: "boycott", Words: []string{"boycott"}}, {RiskId: "injury"}}, StoryId: "x:first",
			Mention: &vigiev1.Mention{MentionId: "x:" + id, Source: "x", Page: "ana", Text: "texte", Title: "titre", Url: "https://e.example/" + id,
				Kind: vigiev1.Kind_KIND_POST, Origin: vigiev1.Origin_ORIGIN_LIVE, Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
				Author:     &vigiev1.Author{AuthorId: "7", Handle: "Ana", Followers: 12, Verified: true},
				Engagement: &vigiev1.Engagement{Likes: 1, Shares: 2, Replies: 3}, PublishedTime: at, CollectedTime: at}}
		change(s)
		return s
	}
	all := []*vigiev1.ScoredMention{
		mention("whole", func(*vigiev1.ScoredMention) {}),
		mention("handle", func(s *vigiev1.ScoredMention) { s.Mention.Author.AuthorId = "" }),
		mention("nobody", func(s *vigiev1.ScoredMention) { s.Mention.Author, s.Mention.Engagement = nil, nil }),
		mention("title", func(s *vigiev1.ScoredMention) { s.Mention.Text = "" }),
		mention("neutral", func(s *vigiev1.ScoredMention) { s.Sentiment = vigiev1.Sentiment_SENTIMENT_NEUTRAL }),
		mention("foreign", func(s *vigiev1.ScoredMention) { s.Sentiment = vigiev1.Sentiment_SENTIMENT_UNSPECIFIED }),
		mention("unscored", func(s *vigiev1.ScoredMention) { s.Topics, s.Risks, s.StoryId = nil, nil, "" }),
		mention("shared", func(s *vigiev1.ScoredMention) { s.Mention.Kind = vigiev1.Kind_KIND_SHARE }),
		mention("quoted", func(s *vigiev1.ScoredMention) { s.Mention.Shares = "x:whole" }),
		mention("ours", func(s *vigiev1.ScoredMention) { s.Mention.Ownership = vigiev1.Ownership_OWNERSHIP_OFFICIAL }),
		mention("late", func(s *vigiev1.ScoredMention) {
			s.Mention.Origin, s.Mention.CollectedTime = vigiev1.Origin_ORIGIN_BACKFILL, timestamppb.New(now.Add(3*time.Millisecond))
		}),
	}
	for _, s := range all {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, "zest", "x"), ID: s.Mention.MentionId, Message: s})
		require.NoError(t, err)
	}
	var streamed []detect.Mention
	_, err := b.bus.ReadOn(t.Context(), bus.StreamScored, 0, bus.End, func(m *bus.Message) {
		var s vigiev1.ScoredMention
		require.NoError(t, m.Decode(&s))
		mention, err := detector.Observed(&s, m)
		require.NoError(t, err)
		mention.Sequence = 0 // the tables do not tell it
		streamed = append(streamed, mention)
	})
	require.NoError(t, err)
	bustest.Settled(t, b.bus, bus.StoreScored)
	conn := b.open()

	var told []detect.Mention
	keep := func(_ string, m detect.Mention) { told = append(told, m) }
	require.NoError(t, detector.EachPast(t.Context(), conn, "zest", now.Add(-time.Minute), now.Add(time.Minute), keep))
	require.Equal(t, byID(streamed), byID(told), "as history")
	require.True(t, slices.IsSortedFunc(streamed, func(a, b detect.Mention) int { return a.Known.Compare(b.Known) }))

	flags := map[string]string{}
	for _, m := range told {
		flags[m.ID] = fmt.Sprint(m.Official, m.Share)
	}
	require.Equal(t, "true false", flags["x:ours"])
	require.Equal(t, "false true", flags["x:shared"])
	require.Equal(t, "false true", flags["x:quoted"])
	require.Equal(t, "false false", flags["x:whole"])
}

func byID(mentions []detect.Mention) []detect.Mention {
	return slices.SortedFunc(slices.Values(mentions), func(a, b detect.Mention) int { return strings.Compare(a.ID, b.ID) })
}

// open connects to the tables.
func (b *bench) open() driver.Conn {
	b.t.Helper()
	conn, err := clickhouse.Open(b.t.Context(), b.cfg, time.Second)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// The brand wrote what its account did. What others write on its page, below its
// articles or in its name is theirs.
func TestWhatTheBrandWroteItself(t *testing.T) {
	t.Parallel()
	const official, third = vigiev1.Ownership_OWNERSHIP_OFFICIAL, vigiev1.Ownership_OWNERSHIP_THIRD_PARTY
	const post, comment, article, review = vigiev1.Kind_KIND_POST, vigiev1.Kind_KIND_COMMENT, vigiev1.Kind_KIND_ARTICLE, vigiev1.Kind_KIND_REVIEW
	for name, c := range map[string]struct {
		source, page, handle string
		ownership            vigiev1.Ownership
		kind                 vigiev1.Kind
		want                 bool
	}{
		"its account on X":                          {"x", "zest", "Zest", official, post, true},
		"its account on X answers":                  {"x", "zest", "Zest", official, comment, true},
		"someone on X":                              {"x", "ana", "ana", third, post, false},
		"its account on Bluesky, as configured":     {"bluesky", "@Zest.example", "zest.example", official, comment, true},
		"its account, read on another server":       {"mastodon", "mas.to", "zest@zest.example", official, comment, true},
		"someone on a server":                       {"mastodon", "mas.to", "ana@mas.to", third, post, false},
		"its own feed":                              {"rss", "https://zest.example/feed", "zest.example", official, article, true},
		"its feed of comments":                      {"rss", "https://zest.example/comments/feed", "zest.example", official, comment, false},
		"its page, in history":                      {"facebook", "zest", "zest", official, post, true},
		"its page, no author told":                  {"facebook", "zest", "", official, post, true},
		"below it, no author told":                  {"facebook", "zest", "", official, comment, false},
		"a customer on its page":                    {"facebook", "zest", "ana", official, post, false},
		"a review on its page, no author told":      {"google", "zest", "", official, review, false},
		"someone else's page, who calls himself so": {"facebook", "zest", "zest", third, post, false},
	} {
		m, err := detector.Observed(&vigiev1.ScoredMention{BrandId: "zest", Mention: &vigiev1.Mention{
			MentionId: "1", Source: c.source, Page: c.page, Kind: c.kind, Ownership: c.ownership, Author: &vigiev1.Author{Handle: c.handle},
			PublishedTime: timestamppb.Now(), CollectedTime: timestamppb.Now(),
		}}, &bus.Message{Time: time.Now()})
		require.NoError(t, err)
		require.Equal(t, c.want, m.Official, name)
	}
}
