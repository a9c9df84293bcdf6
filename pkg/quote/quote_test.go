package quote_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/quote"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Dashboards and scripts ask for these names.
func TestQuotesAreReadByTheseNames(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC))
	e := &vigiev1.Evidence{
		Posts: []*vigiev1.EvidencePost{{
			MentionId: "x:1", Source: "x", Author: "ana", Text: "<3", Url: "https://x.example/1", PublishedTime: at,
			Followers: 7, Engagement: 9, Reason: vigiev1.PostReason_POST_REASON_RISK, RiskId: "fire",
		}},
		Path: []*vigiev1.EvidenceStep{{MentionId: "x:1", Source: "x", Page: "ana", Author: "ana", Url: "https://x.example/1", IsShare: true, PublishedTime: at}},
		Authors: []*vigiev1.EvidenceAuthor{
			{Author: "ana", Source: "x", Followers: 7, Verified: true, Mentions: 2, KnownTime: at, MentionIds: []string{"x:1"}},
			{Author: "new", Source: "x"},
		},
		Words: []*vigiev1.EvidenceWord{{Word: "fire", Share: 0.5, UsualShare: 0.25}},
	}
	for want, quoted := range map[string]any{
		`[{"mention_id":"x:1","source":"x","author":"ana","text":"\u003c3","url":"https://x.example/1","published_time":"2026-03-04T12:00:00Z",` +
			`"followers":7,"engagement":9,"reason":"risk","risk_id":"fire"}]`: quote.Posts(e),
		`[{"mention_id":"x:1","source":"x","page":"ana","author":"ana","url":"https://x.example/1","is_share":true,"published_time":"2026-03-04T12:00:00Z"}]`: quote.Path(e),
		`[{"author":"ana","source":"x","followers":7,"verified":true,"mentions":2,"known_time":"2026-03-04T12:00:00Z","mention_ids":["x:1"]},` +
			`{"author":"new","source":"x","followers":0,"verified":false,"mentions":0,"known_time":null,"mention_ids":[]}]`: quote.Authors(e),
		`[{"word":"fire","share":0.5,"usual_share":0.25}]`: quote.Words(e),
		`[]`: quote.Words(nil),
	} {
		data, err := json.Marshal(quoted)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
}
