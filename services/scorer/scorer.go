// Package scorer reads collected mentions, scores each (internal/score), and
// passes it on once for every brand it concerns. A mention that concerns none
// leaves a receipt. It moves messages; what it says of them is decided in the
// pure packages below it.
package scorer

import (
	"context"
	"fmt"
	"sync/atomic"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/scorer/internal/risk"
	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
	"github.com/vigie-monitor/vigie/services/scorer/internal/story"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

// reasonNoBrand is why a mention is dropped.
const reasonNoBrand = "no_brand"

type service struct {
	bus     *bus.Bus
	scorer  atomic.Pointer[score.Scorer]
	stories *story.Index
	metrics *metrics
}

// Run scores until ctx is done, then ends with the batch under way.
func Run(ctx context.Context, env run.Env, ready func()) error {
	s := &service{bus: env.Bus, stories: newStories(), metrics: newMetrics(env.Registry)}
	scorer, err := compile(env.Config.Get())
	if err != nil {
		return err
	}
	s.scorer.Store(scorer)
	env.Config.OnReload(func(cfg *config.Config) (func(), error) {
		scorer, err := compile(cfg)
		return func() { s.scorer.Store(scorer) }, err
	})
	recallStories(ctx, s.bus, s.stories, env.Logger)
	env.Health.Require("scorer", env.Bus.Check)
	ready()
	return env.Bus.Consume(ctx, bus.Scorer, s.handle)
}

func compile(cfg *config.Config) (*score.Scorer, error) {
	brands := make([]score.Brand, len(cfg.Brands))
	for i, b := range cfg.Brands {
		compiled, err := b.Compile()
		if err != nil {
			return nil, fmt.Errorf("scorer: %w", err)
		}
		brands[i] = score.Brand{ID: b.ID, Query: compiled, Pages: b.Pages}
	}
	topics := make([]topic.Topic, len(cfg.Topics))
	for i, t := range cfg.Topics {
		topics[i] = topic.Topic{ID: t.ID, Owner: t.Owner, Query: t.Query()}
	}
	scorer, err := score.New(brands, topics)
	if err != nil {
		return nil, fmt.Errorf("scorer: %w", err)
	}
	return scorer, nil
}

// handle scores a batch and makes what came of it durable before any of it is
// acknowledged.
func (s *service) handle(ctx context.Context, batch []*bus.Message) []error {
	outcomes := make([]error, len(batch))
	outs := make([]bus.Outgoing, 0, len(batch))
	owner := make([]int, 0, len(batch)) // index in batch of each out
	scorer := s.scorer.Load()
	for i, m := range batch {
		var mention vigiev1.Mention
		if outcomes[i] = m.Decode(&mention); outcomes[i] != nil {
			continue
		}
		for _, out := range s.score(scorer, &mention) {
			outs, owner = append(outs, out), append(owner, i)
		}
	}
	for j, result := range s.bus.PublishAll(ctx, outs) {
		if result.Err != nil {
			outcomes[owner[j]] = bus.Retry(0, result.Err)
		}
	}
	return outcomes
}

func (s *service) score(scorer *score.Scorer, mention *vigiev1.Mention) []bus.Outgoing {
	result := scorer.Concerning(postOf(mention))
	if len(result.Towards) == 0 {
		s.metrics.dropped.WithLabelValues(reasonNoBrand).Inc()
		return []bus.Outgoing{drop(mention)}
	}
	s.metrics.scored.WithLabelValues(result.Language).Inc()
	outs := make([]bus.Outgoing, len(result.Towards))
	now, storyID := timestamppb.Now(), storyOf(s.stories, mention)
	for i, t := range result.Towards {
		outs[i] = bus.Outgoing{
			Subject: bus.Subject(bus.SubjectScored, t.BrandID, mention.Source),
			ID:      fmt.Sprintf("%s:%d:%s", mention.MentionId, mention.Revision, t.BrandID),
			Message: &vigiev1.ScoredMention{
				Mention: mention, BrandId: t.BrandID, Language: result.Language,
				Sentiment: vigiev1.Sentiment(t.Label), SentimentScore: t.Score,
				Topics: result.Topics, Owner: result.Owner, Risks: risksOf(t.Risks),
				Recommendation: vigiev1.Recommendation(t.Recommendation), StoryId: storyID,
				ModelVersion: scorer.Version(), ScoredTime: now,
			},
		}
	}
	return outs
}

// postOf is what is scored of a mention.
func postOf(m *vigiev1.Mention) score.Post {
	return score.Post{
		Source: m.Source, Page: m.Page, Author: m.GetAuthor().GetHandle(), Addressed: m.AddressedPages,
		Site: query.Site(m.Url), Ownership: word(m.Ownership), Kind: word(m.Kind),
		Followers: m.GetAuthor().GetFollowers(), Title: m.Title, Text: m.Text, LanguageHint: m.LanguageHint,
	}
}

// word is how queries name a value of an enum; one not set has no name.
func word(value enum.Value) string {
	if value.Number() == 0 {
		return ""
	}
	return enum.Name(value)
}

func risksOf(found []risk.Risk) []*vigiev1.Risk {
	risks := make([]*vigiev1.Risk, len(found))
	for i, r := range found {
		risks[i] = &vigiev1.Risk{RiskId: r.ID, Words: r.Words}
	}
	return risks
}

func drop(mention *vigiev1.Mention) bus.Outgoing {
	return bus.Outgoing{
		Subject: bus.Subject(bus.SubjectDropped, reasonNoBrand, mention.Source),
		ID:      fmt.Sprintf("%s:%d:%s", mention.MentionId, mention.Revision, mention.ImportId),
		Message: &vigiev1.Drop{
			MentionId: mention.MentionId, Revision: mention.Revision,
			Reason: reasonNoBrand, ImportId: mention.ImportId,
		},
	}
}
