package detector_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// A mention is the same to the detector whether it comes from the stream or, after
// a restart, from the tables.
func TestTheTablesAndTheStreamTellTheSameMention(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)

	now := time.Now().Truncate(time.Millisecond).UTC()
	at := timestamppb.New(now)
	mention := func(id string, change func(*vigiev1.ScoredMention)) *vigiev1.ScoredMention {
		s := &vigiev1.ScoredMention{BrandId: "zest", Sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE, ModelVersion: "m", ScoredTime: at,
			Mention: &vigiev1.Mention{MentionId: "x:" + id, Source: "x", Page: "page", Text: "texte", Title: "titre", Url: "https://e.example/" + id,
				Kind: vigiev1.Kind_KIND_POST, Origin: vigiev1.Origin_ORIGIN_LIVE, Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
				Author:     &vigiev1.Author{AuthorId: "7", Handle: "ana", Followers: 12},
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
	}
	var streamed []detect.Mention
	for _, s := range all {
		_, err := b.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, "zest", "x"), ID: s.Mention.MentionId, Message: s})
		require.NoError(t, err)
		m, err := detector.Observed(s)
		require.NoError(t, err)
		streamed = append(streamed, m)
	}
	bustest.Settled(t, b.bus, bus.StoreScored)
	conn, err := clickhouse.Open(t.Context(), b.cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	var told []detect.Mention
	require.NoError(t, detector.EachLast(t.Context(), conn, now.Add(-time.Minute), now, func(_ string, m detect.Mention) {
		m.Published, m.Collected = m.Published.UTC(), m.Collected.UTC()
		told = append(told, m)
	}))
	byID := func(a, b detect.Mention) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(streamed, byID)
	slices.SortFunc(told, byID)
	require.Equal(t, streamed, told)
}
