package pager

import (
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

// levelOf and protoLevel pass between the contract's levels and those of the
// pure core, which knows no contract.
func levelOf(level vigiev1.Level) escalation.Level { return escalation.Level(level) }

func protoLevel(level escalation.Level) vigiev1.Level { return vigiev1.Level(level) }

func newsOf(incident *vigiev1.Incident) escalation.News {
	news := escalation.News{
		Revision: incident.Revision,
		Level:    levelOf(incident.Level),
		Blind:    incident.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE,
		Tipped:   timeOf(incident.GetEvidence().GetTippingCollectedTime()),
	}
	if incident.Kind == vigiev1.IncidentKind_INCIDENT_KIND_OPPORTUNITY {
		news.Level = escalation.Watch // praise calls nobody
	}
	if incident.State == vigiev1.IncidentState_INCIDENT_STATE_RESOLVED {
		news.Over = timeOf(incident.ResolvedTime)
		if news.Over.IsZero() {
			news.Over = timeOf(incident.ChangedTime)
		}
	}
	return news
}

// messageOf is what a page says of an incident, without what depends on its
// reader.
func messageOf(incident *vigiev1.Incident, course *escalation.Course) message.Page {
	evidence := incident.GetEvidence()
	m := message.Page{
		IncidentID: incident.IncidentId,
		Level:      course.Level.String(),
		Blind:      course.Blind,
		Source:     incident.Source, Place: incident.Page, Detail: incident.Detail,
		Reason: enum.Name(incident.BlindReason),
		Opened: timeOf(incident.OpenedTime), Over: course.Over,
		AckedBy: course.AckedBy, AckedTime: course.AckedTime,
		BlindSources: incident.BlindSources,
		RuleVersion:  incident.RuleVersion, ModelVersion: incident.ModelVersion,
		Figures: wording.Figures{
			Window:   timeOf(evidence.GetWindowTo()).Sub(timeOf(evidence.GetWindowFrom())),
			Mentions: evidence.GetObservedMentions(), ExpectedMentions: evidence.GetExpectedMentions(),
			Negative: evidence.GetObservedNegative(), ExpectedNegative: evidence.GetExpectedNegative(),
			Surplus: [2]float64{evidence.GetNegativeShareLow(), evidence.GetNegativeShareHigh()},
			Authors: evidence.GetDistinctAuthors(), Reach: evidence.GetPotentialReach(),
			RareDays: uint64(evidence.GetRarityDays()), KnownDays: uint64(evidence.GetKnownDays()),
		},
		PartKind: evidence.GetAboutKind(), Part: evidence.GetAbout(), Occasion: evidence.GetOccasion(),
		OnlyNegative: slices.Contains(evidence.GetSignals(), "negative") && !slices.Contains(evidence.GetSignals(), "volume"),
		Signals:      evidence.GetSignals(),
	}
	for _, post := range evidence.GetPosts() {
		m.Posts = append(m.Posts, message.Post{
			Source: post.Source, Author: post.Author, Text: post.Text, URL: post.Url, Published: timeOf(post.PublishedTime),
			Reason: enum.Name(post.Reason), Risk: post.RiskId,
		})
	}
	for _, word := range evidence.GetWords() {
		m.Words = append(m.Words, word.Word)
	}
	for _, step := range evidence.GetPath() {
		m.Path = append(m.Path, wording.Step{
			Place: wording.Place(step.Source, step.Page), Author: step.Author, Share: step.IsShare, At: timeOf(step.PublishedTime),
		})
	}
	for _, author := range evidence.GetAuthors() {
		m.Accounts = append(m.Accounts, wording.Account{Name: author.Author, Followers: author.Followers, Verified: author.Verified})
	}
	return m
}

// pageOf is what the bus is told of a page.
func pageOf(p escalation.Page, course *escalation.Course, brandID string) *vigiev1.Page {
	page := &vigiev1.Page{
		PageId: p.ID, IncidentId: course.IncidentID, BrandId: brandID, Level: protoLevel(p.Level), Step: p.Step,
		PersonId: p.Person, Channel: p.Channel, State: vigiev1.PageState_PAGE_STATE_FAILED,
		ChangedTime: timestamppb.New(p.Changed), DelaySeconds: delay(p, course).Seconds(),
		Attempts: uint32(max(p.Attempts, 0)), Error: p.Error, Text: p.Text,
	}
	if p.State == escalation.Sent {
		page.State = vigiev1.PageState_PAGE_STATE_SENT
	}
	return page
}

// delay is the time from receipt of the mention that tipped the incident; 0 when
// that is not known, or belongs to another level.
func delay(p escalation.Page, course *escalation.Course) time.Duration {
	if course.Tipped.IsZero() || p.Level != course.Level {
		return 0
	}
	return max(0, p.Changed.Sub(course.Tipped))
}

// timeOf is the zero time where a timestamp is not set.
func timeOf(stamp *timestamppb.Timestamp) time.Time {
	if stamp == nil {
		return time.Time{}
	}
	return stamp.AsTime()
}
