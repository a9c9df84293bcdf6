package ack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Book is the record of who took which incident in charge: the bucket
// bus.BucketAcks, a line for each incident and level. A line is the page that
// was answered, in state ACKED.
type Book struct {
	bus    *bus.Bus
	bucket jetstream.KeyValue
}

// Open opens the book.
func Open(ctx context.Context, b *bus.Bus) (*Book, error) {
	bucket, err := b.Bucket(ctx, bus.BucketAcks)
	if err != nil {
		return nil, err
	}
	return &Book{bus: b, bucket: bucket}, nil
}

// Take writes that someone took an incident in charge, and announces it on the
// bus. It answers who has it: the one given and true, or who was first and false.
//
// Once written it counts, announced or not: the pager looks here before each
// page. So a failing announcement is no error; whoever comes next repeats it.
func (b *Book) Take(ctx context.Context, acked *vigiev1.Page) (*vigiev1.Page, bool, error) {
	acked = proto.CloneOf(acked)
	acked.State, acked.Text, acked.Error = vigiev1.PageState_PAGE_STATE_ACKED, "", ""
	data, err := proto.Marshal(acked)
	if err != nil {
		return nil, false, fmt.Errorf("ack: write down %s: %w", acked.IncidentId, err)
	}
	_, err = b.bucket.Create(ctx, lineOf(acked.IncidentId, acked.Level), data)
	first := err == nil
	if errors.Is(err, jetstream.ErrKeyExists) {
		acked, err = b.read(ctx, acked.IncidentId, acked.Level)
	}
	if err != nil {
		return nil, false, fmt.Errorf("ack: write down who takes %s: %w", acked.GetIncidentId(), err)
	}
	_ = b.Announce(ctx, acked)
	return acked, first, nil
}

// Find answers who took an incident in charge at a level or a higher one, nil
// where nobody did.
func (b *Book) Find(ctx context.Context, incidentID string, level vigiev1.Level) (*vigiev1.Page, error) {
	for ; level <= vigiev1.Level_LEVEL_CRISIS; level++ {
		acked, err := b.read(ctx, incidentID, level)
		switch {
		case errors.Is(err, jetstream.ErrKeyNotFound):
		case err != nil:
			return nil, fmt.Errorf("ack: look up who took %s: %w", incidentID, err)
		default:
			return acked, nil
		}
	}
	return nil, nil
}

// Announce publishes a line of the book; the bus keeps it once.
func (b *Book) Announce(ctx context.Context, acked *vigiev1.Page) error {
	_, err := b.bus.Publish(ctx, bus.Outgoing{
		Subject: bus.Subject(bus.SubjectPage, "acked", acked.Channel),
		ID:      "acked:" + acked.IncidentId + "/" + enum.Name(acked.Level),
		Message: acked,
	})
	return err
}

func (b *Book) read(ctx context.Context, incidentID string, level vigiev1.Level) (*vigiev1.Page, error) {
	entry, err := b.bucket.Get(ctx, lineOf(incidentID, level))
	if err != nil {
		return nil, err
	}
	acked := &vigiev1.Page{}
	return acked, proto.Unmarshal(entry.Value(), acked)
}

// lineOf is a digest: an incident's id may hold what a bucket's key may not.
func lineOf(incidentID string, level vigiev1.Level) string {
	sum := sha256.Sum256([]byte(incidentID))
	return hex.EncodeToString(sum[:16]) + "." + enum.Name(level)
}
