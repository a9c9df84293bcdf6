package detector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
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

// saved is what the bucket holds of an incident.
type saved struct {
	Incident json.RawMessage  `json:"incident"` // protobuf's JSON
	Spike    *detect.Incident `json:"spike,omitempty"`
}

func (s *service) spike(in detect.Incident) change {
	spike := in
	spike.Evidence = detect.Evidence{} // large, and never needed to go on
	incident := &vigiev1.Incident{
		IncidentId: in.ID, Revision: in.Revision, Kind: vigiev1.IncidentKind_INCIDENT_KIND_SPIKE, BrandId: in.Brand,
		Level: vigiev1.Level(in.Level), State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		OpenedTime: timestamppb.New(in.Opened), LevelTime: timestamppb.New(in.LevelAt), ChangedTime: timestamppb.New(in.Changed),
		Evidence: evidence(in.Evidence), RuleVersion: detect.RuleVersion, ModelVersion: in.Model,
		BlindSources: s.blindNames(),
	}
	if !in.Resolved.IsZero() {
		incident.State, incident.ResolvedTime = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, timestamppb.New(in.Resolved)
	}
	return change{key: brandKey + in.Brand, incident: incident, spike: &spike}
}

func evidence(e detect.Evidence) *vigiev1.Evidence {
	posts := make([]*vigiev1.EvidencePost, len(e.Posts))
	for i, p := range e.Posts {
		posts[i] = &vigiev1.EvidencePost{
			MentionId: p.ID, Source: p.Source, Author: p.Handle, Text: cut(p.Text, 500), Url: p.URL,
			PublishedTime: timestamppb.New(p.Published), Followers: p.Followers, Engagement: p.Engagement,
		}
	}
	return &vigiev1.Evidence{
		WindowFrom: timestamppb.New(e.From), WindowTo: timestamppb.New(e.To),
		ObservedMentions: uint64(e.Mentions), ExpectedMentions: e.ExpectedMentions,
		ObservedNegative: uint64(e.Negative), ExpectedNegative: e.ExpectedNegative,
		DistinctAuthors: uint64(e.Authors), Surprise: e.Surprise, Signals: e.Signals,
		MentionIds: e.IDs, MentionIdsTruncated: e.IDsTruncated, Posts: posts,
		TippingCollectedTime: timestamppb.New(e.Tipping),
	}
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
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

func (s *service) write(ctx context.Context, c change) error {
	message, err := protojson.Marshal(c.incident)
	if err != nil {
		return fmt.Errorf("detector: encode %s: %w", c.incident.IncidentId, err)
	}
	data, err := json.Marshal(saved{Incident: message, Spike: c.spike})
	if err != nil {
		return fmt.Errorf("detector: encode %s: %w", c.incident.IncidentId, err)
	}
	if err := s.keep(ctx, c.key, data); err != nil {
		return fmt.Errorf("detector: keep %s: %w", c.incident.IncidentId, err)
	}
	return s.publish(ctx, c.incident)
}

// keep writes a key that nobody else wrote since this process did or read it: a
// process whose lease is gone without its knowing stops here.
func (s *service) keep(ctx context.Context, key string, data []byte) error {
	revision, err := s.bucket.Update(ctx, key, data, s.revisions[key])
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		entry, getErr := s.bucket.Get(ctx, key)
		if getErr != nil || !bytes.Equal(entry.Value(), data) {
			return errors.Join(bus.ErrLeaseLost, err, getErr)
		}
		revision, err = entry.Revision(), nil // written before, and the answer was lost
	}
	if err == nil {
		s.revisions[key] = revision
	}
	return err
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

// restore puts back what was open, and sends again what may not have been sent.
func (s *service) restore(ctx context.Context) error {
	s.blind, s.revisions = map[string]*vigiev1.Incident{}, map[string]uint64{}
	s.noted, s.watched = map[string]time.Time{}, map[string]time.Time{}
	keys, err := s.bucket.ListKeysFiltered(ctx, brandKey+">", sourceKey+">")
	if err != nil {
		return fmt.Errorf("detector: read the open incidents: %w", err)
	}
	for key := range keys.Keys() {
		entry, err := s.bucket.Get(ctx, key)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("detector: read the open incidents: %w", err)
		}
		s.revisions[key] = entry.Revision()
		if err := s.restoreOne(ctx, entry.Value()); err != nil {
			return fmt.Errorf("detector: restore %s: %w", key, err)
		}
	}
	s.engine.Blind(len(s.blind) > 0)
	return nil
}

func (s *service) restoreOne(ctx context.Context, data []byte) error {
	var record saved
	var incident vigiev1.Incident
	if err := json.Unmarshal(data, &record); err != nil {
		return err
	}
	if err := protojson.Unmarshal(record.Incident, &incident); err != nil {
		return err
	}
	open := incident.State == vigiev1.IncidentState_INCIDENT_STATE_OPEN
	switch {
	case open && record.Spike != nil:
		s.engine.Restore(*record.Spike)
	case open && incident.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE:
		s.blind[place(incident.Source, incident.Page)] = &incident
	}
	return s.publish(ctx, &incident)
}

// keyOf names a place in the bucket, whose keys take few characters.
func keyOf(place string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(place))
	return fmt.Sprintf(sourceKey+"%x", h.Sum(nil))
}
