package detector

import (
	"context"
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// observe counts a batch. Time passes by the receipt of the mentions, so that a
// replay of the same stream decides the same. The batch is acknowledged when
// every incident it led to is durable. What is imported, or older than the window,
// is past: it is learnt from the tables, which hold each mention once.
func (s *service) observe(ctx context.Context, batch []*bus.Message) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes := make([]error, len(batch))
	var scored vigiev1.ScoredMention
	now := time.Now()
	for i, m := range batch {
		scored.Reset()
		if outcomes[i] = m.Decode(&scored); outcomes[i] != nil {
			continue
		}
		mention, err := observed(&scored)
		if err != nil {
			outcomes[i] = err
			continue
		}
		if mention.Collected.Before(now) { // a clock ahead of ours must not move time
			s.advance(mention.Collected)
		}
		if scored.Mention.Origin == vigiev1.Origin_ORIGIN_IMPORTED {
			s.stale = true
			continue
		}
		if !s.engine.Observe(scored.BrandId, mention) {
			s.stale = true
		}
	}
	s.metrics.observed.Add(float64(len(batch)))
	if err := s.flush(ctx); err != nil {
		bus.RetryRest(outcomes, 0, err)
	}
	return outcomes
}

func observed(s *vigiev1.ScoredMention) (detect.Mention, error) {
	m := s.GetMention()
	if m.GetMentionId() == "" || s.BrandId == "" || m.PublishedTime == nil || m.CollectedTime == nil {
		return detect.Mention{}, bus.Permanent(bus.ReasonInvalid,
			fmt.Errorf("detector: a scored mention without mention_id, brand_id, published_time or collected_time"))
	}
	text := m.Text
	if text == "" {
		text = m.Title
	}
	author := m.GetAuthor().GetAuthorId()
	if author == "" {
		author = m.GetAuthor().GetHandle()
	}
	if author == "" {
		author = m.Page // a feed's articles rarely name their author
	}
	return detect.Mention{
		ID: m.MentionId, Source: m.Source, Author: author, Handle: m.GetAuthor().GetHandle(),
		Sentiment: detect.Sentiment(s.Sentiment),
		Published: m.PublishedTime.AsTime(), Collected: m.CollectedTime.AsTime(),
		Text: text, URL: m.Url, Followers: m.GetAuthor().GetFollowers(),
		Engagement: m.GetEngagement().GetLikes() + m.GetEngagement().GetShares() + m.GetEngagement().GetReplies(),
		Model:      s.ModelVersion,
	}, nil
}
