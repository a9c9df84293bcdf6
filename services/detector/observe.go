package detector

import (
	"context"
	"fmt"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// observe counts a batch. Time passes by when the bus took the mentions, so that a
// replay of the same stream decides the same. The batch is acknowledged when
// every incident it led to is durable. What is imported, or older than a day,
// is past: it is learnt from the tables, which hold each mention once.
func (s *service) observe(ctx context.Context, batch []*bus.Message) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes := make([]error, len(batch))
	var scored vigiev1.ScoredMention
	for i, m := range batch {
		scored.Reset()
		if outcomes[i] = m.Decode(&scored); outcomes[i] != nil {
			continue
		}
		mention, err := observed(&scored, m)
		if err != nil {
			outcomes[i] = err
			continue
		}
		mention.Known = s.known(mention.Known)
		s.advance(mention.Known)
		s.observed = max(s.observed, m.Sequence)
		if teaches(s.engine, &scored, &mention) {
			s.stale[scored.BrandId] = true
		}
	}
	s.metrics.observed.Add(float64(len(batch)))
	if err := s.flush(ctx); err != nil {
		bus.RetryRest(outcomes, 0, err)
	}
	return outcomes
}

// teaches lets an engine observe a mention, and says whether it is past from which there is
// something to learn.
func teaches(engine *detect.Engine, scored *vigiev1.ScoredMention, mention *detect.Mention) bool {
	past := scored.Mention.Origin == vigiev1.Origin_ORIGIN_IMPORTED || !engine.Observe(scored.BrandId, *mention)
	return past && mention.Known.Sub(mention.Published) < replay.WarmUp
}

// erase takes what sources say is gone out of what is kept of brands.
func (s *service) erase(_ context.Context, batch []*bus.Message) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes := make([]error, len(batch))
	var deletion vigiev1.Deletion
	for i, m := range batch {
		deletion.Reset()
		if outcomes[i] = m.Decode(&deletion); outcomes[i] == nil {
			s.engine.Erase(deletion.MentionId)
			s.erased = max(s.erased, m.Sequence)
			if s.learning != nil {
				s.gone = append(s.gone, deletion.MentionId)
			}
		}
	}
	return outcomes
}

// observed reads a message of the bus.
func observed(s *vigiev1.ScoredMention, message *bus.Message) (detect.Mention, error) {
	m := s.GetMention()
	if m.GetMentionId() == "" || s.BrandId == "" || m.PublishedTime == nil || m.CollectedTime == nil {
		return detect.Mention{}, bus.Permanent(bus.ReasonInvalid,
			fmt.Errorf("detector: a scored mention without mention_id, brand_id, published_time or collected_time"))
	}
	mention := said(s, message.Time).mention()
	mention.Sequence = message.Sequence
	return mention, nil
}
