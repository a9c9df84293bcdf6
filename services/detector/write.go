package detector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// change is a step of an incident that must become durable: first in the bucket,
// from where it is sent again after a crash, then in the stream.
type change struct {
	key      string // in the bucket: one for a brand, one for a page
	incident *vigiev1.Incident
	spike    *detect.Incident // to go on from, for a spike
}

// Keys of the bucket begin with what they are about.
const (
	brandKey  = "brand."
	sourceKey = "source."
)

// saved is what the bucket holds of an incident that is open, of the last one of a brand
// that was resolved, or of a step that may not be in the stream yet. Once it is there, the
// words of others are left out.
type saved struct {
	Incident json.RawMessage  `json:"incident"` // protobuf's JSON
	Spike    *detect.Incident `json:"spike,omitempty"`
	Sent     bool             `json:"sent"`
}

func (s *service) spike(in detect.Incident) change {
	spike := in
	spike.Evidence = in.Evidence.Wordless()
	incident := incidentOf(in)
	incident.BlindSources = s.blindNames()
	if _, watched := s.brands[in.Brand]; !watched {
		incident.Detail = wording.Of(s.config.Get().Language).Unwatched
	}
	return change{key: brandKey + in.Brand, incident: incident, spike: &spike}
}

// incidentOf is a step of an incident as it is published.
func incidentOf(in detect.Incident) *vigiev1.Incident {
	incident := &vigiev1.Incident{
		IncidentId: in.ID, Revision: in.Revision, Kind: kinds[in.Kind], BrandId: in.Brand,
		Level: vigiev1.Level(in.Level), State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		OpenedTime: timestamppb.New(in.Opened), LevelTime: timestamppb.New(in.LevelAt), ChangedTime: timestamppb.New(in.Changed),
		Evidence: evidence(in.Evidence), RuleVersion: detect.RuleVersion, ModelVersion: in.Model,
	}
	if !in.Resolved.IsZero() {
		incident.State, incident.ResolvedTime = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, timestamppb.New(in.Resolved)
	}
	return incident
}

var kinds = map[detect.Kind]vigiev1.IncidentKind{
	detect.Spike:       vigiev1.IncidentKind_INCIDENT_KIND_SPIKE,
	detect.Opportunity: vigiev1.IncidentKind_INCIDENT_KIND_OPPORTUNITY,
}

func evidence(e detect.Evidence) *vigiev1.Evidence {
	out := &vigiev1.Evidence{
		WindowFrom: timestamppb.New(e.From), WindowTo: timestamppb.New(e.To),
		ObservedMentions: uint64(e.Mentions), ExpectedMentions: e.ExpectedMentions,
		ObservedNegative: uint64(e.Negative), ExpectedNegative: e.ExpectedNegative,
		NegativeShare: e.NegativeShare.Is, NegativeShareLow: e.NegativeShare.From, NegativeShareHigh: e.NegativeShare.To,
		DistinctAuthors: uint64(e.Authors), PotentialReach: e.Reach, Copies: uint64(e.Copies),
		Surprise: e.Surprise, RarityDays: uint32(e.RarityDays), KnownDays: uint32(e.KnownDays), Signals: e.Signals,
		AboutKind: e.About.Kind, About: e.About.Key, Occasion: e.Occasion,
		MentionIds: e.IDs, MentionIdsTruncated: e.IDsTruncated, TippingCollectedTime: timestamppb.New(e.Tipping), AlsoBrandIds: e.Also,
	}
	for _, p := range e.Posts {
		out.Posts = append(out.Posts, &vigiev1.EvidencePost{
			MentionId: p.ID, Source: p.Source, Author: p.Handle, Text: p.Text, Url: p.URL, PublishedTime: timestamppb.New(p.Published),
			Followers: p.Followers, Engagement: p.Engagement, Reason: vigiev1.PostReason(p.Why), RiskId: p.Risk,
		})
	}
	for _, s := range e.Path {
		out.Path = append(out.Path, &vigiev1.EvidenceStep{
			MentionId: s.ID, Source: s.Source, Page: s.Page, Author: s.Handle, Url: s.URL, IsShare: s.Share, PublishedTime: timestamppb.New(s.Published),
		})
	}
	for _, a := range e.TopAuthors {
		author := &vigiev1.EvidenceAuthor{
			Author: a.Name, Source: a.Source, Followers: a.Followers, Verified: a.Verified, Mentions: uint64(a.Mentions), MentionIds: a.IDs,
		}
		if !a.Known.IsZero() {
			author.KnownTime = timestamppb.New(a.Known)
		}
		out.Authors = append(out.Authors, author)
	}
	for _, w := range e.Words {
		out.Words = append(out.Words, &vigiev1.EvidenceWord{Word: w.Text, Share: w.Share, UsualShare: w.Usual})
	}
	return out
}

// flush makes every change durable, in order.
func (s *service) flush(ctx context.Context) error {
	for len(s.unsent) > 0 {
		if err := s.write(ctx, s.unsent[0]); err != nil {
			return err
		}
		s.unsent = s.unsent[1:]
	}
	return nil
}

// write keeps a step whole, publishes it, and then keeps what is needed to go on.
func (s *service) write(ctx context.Context, c change) error {
	if err := s.keep(ctx, c, false); err != nil {
		return fmt.Errorf("detector: keep %s: %w", c.incident.IncidentId, err)
	}
	return s.send(ctx, c)
}

// send publishes a step that is kept.
func (s *service) send(ctx context.Context, c change) error {
	if err := s.publish(ctx, c.incident); err != nil {
		return err
	}
	var err error
	_, watched := s.brands[c.incident.BrandId]
	if c.incident.State == vigiev1.IncidentState_INCIDENT_STATE_RESOLVED && !watched {
		err = s.forget(ctx, c.key)
	} else {
		err = s.keep(ctx, c.wordless(), true)
	}
	if err != nil {
		return fmt.Errorf("detector: keep %s: %w", c.incident.IncidentId, err)
	}
	return nil
}

// wordless is the change without what others wrote.
func (c change) wordless() change {
	c.incident = proto.Clone(c.incident).(*vigiev1.Incident)
	e := c.incident.Evidence
	e.Posts, e.MentionIds, e.Path, e.Authors, e.Words = nil, nil, nil, nil, nil
	return c
}

// keep writes a key that nobody else wrote since this process did or read it: a
// process whose lease is gone without its knowing stops here.
func (s *service) keep(ctx context.Context, c change, sent bool) error {
	message, err := protojson.Marshal(c.incident)
	if err != nil {
		return err
	}
	data, err := json.Marshal(saved{Incident: message, Spike: c.spike, Sent: sent})
	if err != nil {
		return err
	}
	revision, known := s.revisions[c.key]
	if known {
		revision, err = s.bucket.Update(ctx, c.key, data, revision)
	} else {
		revision, err = s.bucket.Create(ctx, c.key, data)
	}
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) || errors.Is(err, jetstream.ErrKeyExists) {
		entry, getErr := s.bucket.Get(ctx, c.key)
		if getErr != nil || !bytes.Equal(entry.Value(), data) {
			return errors.Join(bus.ErrLeaseLost, err, getErr)
		}
		revision, err = entry.Revision(), nil // written before, and the answer was lost
	}
	if err == nil {
		s.revisions[c.key] = revision
	}
	return err
}

// forget takes a key away that nobody else wrote.
func (s *service) forget(ctx context.Context, key string) error {
	revision, known := s.revisions[key]
	if !known {
		return nil // forgotten before, and the answer was lost
	}
	err := s.bucket.Delete(ctx, key, jetstream.LastRevision(revision))
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		if _, getErr := s.bucket.Get(ctx, key); !errors.Is(getErr, jetstream.ErrKeyNotFound) {
			return errors.Join(bus.ErrLeaseLost, err, getErr)
		}
		err = nil
	}
	if err == nil {
		delete(s.revisions, key)
	}
	return err
}

// forgetOver leaves nothing of the last incidents of brands that are watched no more, but for
// those that are open, or whose end is yet to be told.
func (s *service) forgetOver(ctx context.Context) error {
	open := s.engine.Incidents()
	untold := map[string]bool{}
	for _, change := range s.unsent {
		untold[change.key] = true
	}
	var failed error
	for key := range s.revisions {
		brand, isBrand := strings.CutPrefix(key, brandKey)
		_, watched := s.brands[brand]
		if _, goesOn := open[brand]; isBrand && !watched && !goesOn && !untold[key] {
			failed = errors.Join(failed, s.forget(ctx, key))
		}
	}
	return failed
}

func (s *service) publish(ctx context.Context, incident *vigiev1.Incident) error {
	event := "escalated"
	switch {
	case incident.State == vigiev1.IncidentState_INCIDENT_STATE_RESOLVED:
		event = "resolved"
	case incident.Revision == 1:
		event = "opened"
	}
	about := incident.BrandId
	if about == "" {
		about = "_source"
	}
	_, err := s.bus.Publish(ctx, bus.Outgoing{
		Subject: bus.Subject(bus.SubjectIncident, event, about),
		ID:      fmt.Sprintf("%s:%d", incident.IncidentId, incident.Revision),
		Message: incident,
	})
	return err
}

// restore answers what was told last of each brand, puts back the incidents of pages that
// are open, and sends again what may not have been sent.
func (s *service) restore(ctx context.Context) (told map[string]detect.Incident, err error) {
	told = map[string]detect.Incident{}
	s.blind, s.revisions = map[string]*vigiev1.Incident{}, map[string]uint64{}
	s.noted, s.watched, s.heard = map[string]uint64{}, map[string]time.Time{}, time.Time{}
	keys, err := s.bucket.ListKeysFiltered(ctx, brandKey+">", sourceKey+">")
	if err != nil {
		return nil, fmt.Errorf("detector: read the incidents: %w", err)
	}
	defer func() { _ = keys.Stop() }()
	for key := range keys.Keys() {
		entry, err := s.bucket.Get(ctx, key)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("detector: read the incidents: %w", err)
		}
		s.revisions[key] = entry.Revision()
		if err := s.restoreOne(ctx, key, entry.Value(), told); err != nil {
			return nil, fmt.Errorf("detector: restore %s: %w", key, err)
		}
	}
	return told, nil
}

func (s *service) restoreOne(ctx context.Context, key string, data []byte, into map[string]detect.Incident) error {
	var record saved
	var incident vigiev1.Incident
	if err := json.Unmarshal(data, &record); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	if err := protojson.Unmarshal(record.Incident, &incident); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	switch {
	case record.Spike != nil:
		into[record.Spike.Brand] = *record.Spike
	case incident.State == vigiev1.IncidentState_INCIDENT_STATE_OPEN && incident.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE:
		s.blind[place(incident.Source, incident.Page)] = &incident
	}
	if record.Sent {
		return nil
	}
	return s.send(ctx, change{key: key, incident: &incident, spike: record.Spike})
}

// keyOf names a place in the bucket, whose keys take few characters.
func keyOf(place string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(place))
	return fmt.Sprintf(sourceKey+"%x", h.Sum(nil))
}
