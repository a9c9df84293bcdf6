package store

import (
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/quote"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Tables this service writes.
const (
	tableMentions  = "mention_revisions"
	tableHeads     = "mention_heads"
	tableSamples   = "mention_samples"
	tableDeletions = "deletions"
	tableIncidents = "incident_revisions"
	tablePages     = "page_events"
	tableVerdicts  = "verdict_events"
)

var tables = []string{tableMentions, tableHeads, tableSamples, tableDeletions, tableIncidents, tablePages, tableVerdicts}

// insertInto names the columns in the order of the rows below.
var insertInto = map[string]string{
	tableMentions: `INSERT INTO mention_revisions (brand_id, mention_id, revision, source, page, ownership, kind, origin,
		url, title, text, language, author_id, author_handle, author_name, followers, verified, likes, shares, replies,
		in_reply_to, shared_id, sentiment, sentiment_score, topics, owner, risks, risk_words, recommendation, story_id, model_version,
		published_time, collected_time, scored_time, known_time, import_id, is_deleted)`,
	tableHeads: `INSERT INTO mention_heads (mention_id, revision, is_deleted)`,
	tableSamples: `INSERT INTO mention_samples (brand_id, mention_id, revision, published_time, known_time, ownership, kind, sentiment,
		followers, engagement)`,
	tableDeletions: `INSERT INTO deletions (mention_id, source, deleted_time)`,
	tableIncidents: `INSERT INTO incident_revisions (incident_id, revision, kind, brand_id, source, page, level, state,
		opened_time, level_time, resolved_time, changed_time, about_kind, about, occasion, also_brand_ids, window_from, window_to,
		observed_mentions, expected_mentions, observed_negative, expected_negative,
		negative_share, negative_share_low, negative_share_high,
		distinct_authors, potential_reach, copies, surprise, rarity_days, known_days,
		signals, mention_ids, mention_ids_truncated, posts, path, authors, words,
		blind_sources, detail, rule_version, model_version)`,
	tablePages: `INSERT INTO page_events (page_id, incident_id, brand_id, level, step, person_id, channel, state,
		changed_time, delay_seconds, attempts, error, acked_by, text)`,
	tableVerdicts: `INSERT INTO verdict_events (incident_id, level, person_id, said_by, said_time)`,
}

func checkScored(s *vigiev1.ScoredMention) error {
	m := s.GetMention()
	if m.GetMentionId() == "" || s.BrandId == "" || m.PublishedTime == nil {
		return bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: a scored mention without mention_id, brand_id or published_time"))
	}
	for _, v := range []protoreflect.Enum{s.Sentiment, s.Recommendation} { // not set has a word here
		if !has(v) {
			return noWord(m.MentionId, v)
		}
	}
	return checkEnums(m.MentionId, m.Ownership, m.Kind, m.Origin)
}

// checkEnums says which of these the tables have no word for: a row that holds it
// would keep its whole block out, again and again.
func checkEnums(id string, values ...protoreflect.Enum) error {
	for _, v := range values {
		if v.Number() == 0 || !has(v) {
			return noWord(id, v)
		}
	}
	return nil
}

func has(v protoreflect.Enum) bool { return v.Descriptor().Values().ByNumber(v.Number()) != nil }

func noWord(id string, v protoreflect.Enum) error {
	return bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: %s: %d is no %s", id, v.Number(), v.Descriptor().Name()))
}

// mentionRow is a mention as it was scored, with what was admitted of it.
func mentionRow(s *vigiev1.ScoredMention, admitted head) []any {
	m := s.GetMention()
	risks, words := risksOf(s)
	return []any{
		s.BrandId, m.MentionId, m.Revision, m.Source, m.Page, int8(m.Ownership), int8(m.Kind), admitted.Origin,
		m.Url, m.Title, m.Text, s.Language, m.GetAuthor().GetAuthorId(), m.GetAuthor().GetHandle(), m.GetAuthor().GetName(),
		m.GetAuthor().GetFollowers(), m.GetAuthor().GetVerified(),
		m.GetEngagement().GetLikes(), m.GetEngagement().GetShares(), m.GetEngagement().GetReplies(),
		m.InReplyTo, m.Shares, int8(s.Sentiment), s.SentimentScore, s.Topics, s.Owner, risks, words, int8(s.Recommendation), s.StoryId, s.ModelVersion,
		admitted.PublishedTime, admitted.CollectedTime, moment(s.ScoredTime), admitted.KnownTime, admitted.ImportID, admitted.IsDeleted,
	}
}

// sampleRow is what the bus said at a moment of a mention's audience.
func sampleRow(s *vigiev1.ScoredMention, taken time.Time) []any {
	m, e := s.GetMention(), s.GetMention().GetEngagement()
	return []any{
		s.BrandId, m.MentionId, m.Revision, moment(m.PublishedTime), taken, int8(m.Ownership), int8(m.Kind), int8(s.Sentiment),
		m.GetAuthor().GetFollowers(), e.GetLikes() + e.GetShares() + e.GetReplies(),
	}
}

// risksOf are the risks of a mention, and the words of all of them.
func risksOf(s *vigiev1.ScoredMention) (ids, words []string) {
	for _, risk := range s.Risks {
		ids, words = append(ids, risk.RiskId), append(words, risk.Words...)
	}
	return ids, words
}

func incidentRow(in *vigiev1.Incident) ([]any, error) {
	if in.IncidentId == "" || in.Revision == 0 {
		return nil, bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: an incident without incident_id or revision"))
	}
	if err := checkEnums(in.IncidentId, in.Kind, in.Level, in.State); err != nil {
		return nil, err
	}
	e := in.GetEvidence()
	quotes, err := quotesOf(e)
	if err != nil {
		return nil, bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: what %s quotes: %w", in.IncidentId, err))
	}
	var resolved *time.Time
	if in.ResolvedTime != nil {
		t := moment(in.ResolvedTime)
		resolved = &t
	}
	return []any{
		in.IncidentId, in.Revision, int8(in.Kind), in.BrandId, in.Source, in.Page, int8(in.Level), int8(in.State),
		moment(in.OpenedTime), moment(in.LevelTime), resolved, moment(in.ChangedTime),
		e.GetAboutKind(), e.GetAbout(), e.GetOccasion(), e.GetAlsoBrandIds(), moment(e.GetWindowFrom()), moment(e.GetWindowTo()),
		e.GetObservedMentions(), e.GetExpectedMentions(), e.GetObservedNegative(), e.GetExpectedNegative(),
		e.GetNegativeShare(), e.GetNegativeShareLow(), e.GetNegativeShareHigh(),
		e.GetDistinctAuthors(), e.GetPotentialReach(), e.GetCopies(), e.GetSurprise(), e.GetRarityDays(), e.GetKnownDays(),
		e.GetSignals(), e.GetMentionIds(), e.GetMentionIdsTruncated(), quotes[0], quotes[1], quotes[2], quotes[3],
		in.BlindSources, in.Detail, in.RuleVersion, in.ModelVersion,
	}, nil
}

// quotesOf are the posts, the path, the authors and the words of evidence, each as JSON.
func quotesOf(e *vigiev1.Evidence) (quotes [4]string, err error) {
	for i, list := range []any{quote.Posts(e), quote.Path(e), quote.Authors(e), quote.Words(e)} {
		data, err := json.Marshal(list)
		if err != nil {
			return quotes, err
		}
		quotes[i] = string(data)
	}
	return quotes, nil
}

func pageRow(p *vigiev1.Page) ([]any, error) {
	if p.PageId == "" {
		return nil, bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: a page without page_id"))
	}
	if err := checkEnums(p.PageId, p.Level, p.State); err != nil {
		return nil, err
	}
	return []any{
		p.PageId, p.IncidentId, p.BrandId, int8(p.Level), p.Step, p.PersonId, p.Channel, int8(p.State),
		moment(p.ChangedTime), p.DelaySeconds, p.Attempts, p.Error, p.AckedBy, p.Text,
	}, nil
}

func verdictRow(v *vigiev1.Verdict) ([]any, error) {
	if v.IncidentId == "" || v.SaidTime == nil {
		return nil, bus.Permanent(bus.ReasonInvalid, fmt.Errorf("store: a verdict without incident_id or said_time"))
	}
	if err := checkEnums(v.IncidentId, v.Level); err != nil {
		return nil, err
	}
	return []any{v.IncidentId, int8(v.Level), v.PersonId, v.SaidBy, moment(v.SaidTime)}, nil
}

// moment is a time as the tables hold it; one not set is 1970.
func moment(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Unix(0, 0).UTC()
	}
	return t.AsTime()
}
