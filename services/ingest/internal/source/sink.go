package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// maxBrought bounds the memory of what the connectors of one source brought.
const maxBrought = 20_000

// Sinks makes the sinks of a process. Those of one source share a memory of what
// they brought: its pages overlap (a hashtag and the public stream it flows by).
type Sinks struct {
	bus       *bus.Bus
	cursors   jetstream.KeyValue
	interests func() *Interests
	logger    *slog.Logger
	metrics   *Metrics

	mu      sync.Mutex
	brought map[string]*brought
}

// NewSinks opens the cursors' bucket. interests answers what the brands in force
// want to see.
func NewSinks(ctx context.Context, b *bus.Bus, interests func() *Interests, logger *slog.Logger, metrics *Metrics) (*Sinks, error) {
	cursors, err := b.Bucket(ctx, bus.BucketCursors)
	if err != nil {
		return nil, err
	}
	return &Sinks{
		bus: b, cursors: cursors, interests: interests, logger: logger, metrics: metrics, brought: map[string]*brought{},
	}, nil
}

// For makes the sink of one connector.
func (s *Sinks) For(d Description) *Sink {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.brought[d.Source] == nil {
		s.brought[d.Source] = &brought{revisions: NewRecent[string, uint64](maxBrought)}
	}
	return &Sink{
		description: d, bus: s.bus, cursors: s.cursors, interests: s.interests, metrics: s.metrics,
		logger: s.logger.With("source", d.Source, "page", d.Page),
		signs:  newSigns(time.Now()), brought: s.brought[d.Source],
	}
}

// brought remembers the newest revision of each mention that the bus took.
type brought struct {
	mu        sync.Mutex
	revisions *Recent[string, uint64]
}

// has says whether the bus took this version of a mention, and any version of it.
func (b *brought) has(m *vigiev1.Mention) (version, mention bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	revision, known := b.revisions.Get(m.MentionId)
	return known && revision == m.Revision, known
}

func (b *brought) add(m *vigiev1.Mention) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if newest, known := b.revisions.Get(m.MentionId); !known || m.Revision > newest {
		b.revisions.Put(m.MentionId, m.Revision)
	}
}

// Sink is where a connector brings what it reads. Each connector has its own.
type Sink struct {
	description Description
	bus         *bus.Bus
	cursors     jetstream.KeyValue
	interests   func() *Interests
	logger      *slog.Logger
	metrics     *Metrics
	signs       *Signs
	brought     *brought
}

// Logger carries the connector's source and page.
func (s *Sink) Logger() *slog.Logger { return s.logger }

// Signs are the signs of life noted so far.
func (s *Sink) Signs() *Signs { return s.signs }

// Interests says what the brands in force want to see.
func (s *Sink) Interests() *Interests { return s.interests() }

// Publish makes mentions durable: when it returns nil each is in the stream, or
// in DEADLETTER with the reason why it could not be. On an error the connector
// must bring them again, and not move its cursor. It sets collected_time and
// ownership. A version that the bus is known to have is not brought to it again.
func (s *Sink) Publish(ctx context.Context, mentions ...*vigiev1.Mention) error {
	now := time.Now()
	fresh := make([]*vigiev1.Mention, 0, len(mentions))
	later := make([]bool, 0, len(mentions)) // than a version that the bus has
	outs := make([]bus.Outgoing, 0, len(mentions))
	here := make(map[string]bool, len(mentions)) // in this batch
	for _, m := range mentions {
		Tidy(m)
		if reason, err := Validate(m, now); err != nil {
			if err := s.RefuseMention(ctx, m, reason, err); err != nil {
				return err
			}
			continue
		}
		out := Outgoing(m)
		version, known := s.brought.has(m)
		if version || here[out.ID] {
			s.metrics.duplicate(m)
			continue
		}
		here[out.ID] = true
		s.interests().Own(m)
		if m.CollectedTime == nil {
			m.CollectedTime = timestamppb.New(now)
		}
		fresh, later, outs = append(fresh, m), append(later, known), append(outs, out)
		s.metrics.received(m, now)
	}
	var failures []error
	for i, result := range s.bus.PublishAll(ctx, outs) {
		switch {
		case result.Err != nil:
			failures = append(failures, result.Err)
			continue
		case result.Duplicate:
			s.metrics.duplicate(fresh[i])
		default:
			s.metrics.published(fresh[i], later[i])
		}
		s.brought.add(fresh[i])
	}
	return errors.Join(failures...)
}

// Outgoing addresses a mention: its subject, and the id that makes it stored once.
func Outgoing(m *vigiev1.Mention) bus.Outgoing {
	return bus.Outgoing{
		Subject: bus.Subject(bus.SubjectCollected, m.Source),
		ID:      fmt.Sprintf("%s:%d", m.MentionId, m.Revision),
		Message: m,
	}
}

// Delete makes it durable that mentions are gone from their source.
func (s *Sink) Delete(ctx context.Context, mentionIDs ...string) error {
	now := timestamppb.Now()
	outs := make([]bus.Outgoing, len(mentionIDs))
	for i, id := range mentionIDs {
		outs[i] = bus.Outgoing{
			Subject: bus.Subject(bus.SubjectDeleted, s.description.Source),
			ID:      id + ":deleted",
			Message: &vigiev1.Deletion{MentionId: id, Source: s.description.Source, DeletedTime: now},
		}
	}
	var failures []error
	for _, result := range s.bus.PublishAll(ctx, outs) {
		failures = append(failures, result.Err)
		if result.Err == nil && !result.Duplicate { // else another stream has told it
			s.metrics.deleted(s.description.Source)
		}
	}
	return errors.Join(failures...)
}

// Refuse keeps bytes that could not become a mention, with the reason. The same
// bytes are kept once.
func (s *Sink) Refuse(ctx context.Context, reason bus.Reason, fault error, payload []byte) error {
	s.metrics.refused(s.description.Source, reason)
	h := fnv.New128a()
	_, _ = h.Write(payload)
	return s.bus.Refuse(ctx, bus.Refusal{
		Source: s.description.Source, ID: fmt.Sprintf("%s:%x", reason, h.Sum(nil)), Place: s.description.Page,
		Reason: reason, Err: fault, Payload: payload,
	})
}

// RefuseMention is Refuse for a mention that breaks the contract.
func (s *Sink) RefuseMention(ctx context.Context, m *vigiev1.Mention, reason bus.Reason, fault error) error {
	payload, err := json.Marshal(m)
	if err != nil {
		payload = []byte(m.MentionId)
	}
	return s.Refuse(ctx, reason, fault, payload)
}

// LoadCursor reads where the connector stood under a name of its choosing. It
// answers false when it never stood anywhere.
func (s *Sink) LoadCursor(ctx context.Context, name string, into any) (bool, error) {
	entry, err := s.cursors.Get(ctx, s.cursorKey(name))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ingest: read the cursor of %s: %w", name, err)
	}
	if err := json.Unmarshal(entry.Value(), into); err != nil {
		s.logger.Warn("ingest: cursor unreadable, starting anew", "cursor", name, "err", err)
		return false, nil
	}
	return true, nil
}

// SaveCursor remembers where the connector stands. Call it only after Publish
// returned nil for everything before.
func (s *Sink) SaveCursor(ctx context.Context, name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("ingest: encode the cursor of %s: %w", name, err)
	}
	if _, err := s.cursors.Put(ctx, s.cursorKey(name), data); err != nil {
		return fmt.Errorf("ingest: save the cursor of %s: %w", name, err)
	}
	return nil
}

// cursorKey hashes the name: keys of a bucket take few characters.
func (s *Sink) cursorKey(name string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(strings.Join([]string{s.description.Source, name}, "\x00")))
	return fmt.Sprintf("%s.%x", s.description.Source, h.Sum(nil))
}
