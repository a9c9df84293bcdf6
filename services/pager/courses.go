package pager

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
)

// maxConflicts bounds how often a change is tried anew because another's came
// first. Two pagers and a handful of revisions do not get near it.
const maxConflicts = 50

// record is what the bucket holds of an incident.
type record struct {
	Course   *escalation.Course `json:"course"`
	Incident []byte             `json:"incident,omitempty"` // as last seen; forgotten once all is done
	Epoch    uint64             `json:"epoch,omitempty"`    // of the pager that last acted

	revision uint64 // of the bucket's entry, 0 where there is none
}

// courses is the bucket of records. Whoever writes there does so on condition
// that the record is the one they read.
type courses struct {
	bucket jetstream.KeyValue
}

// Change applies a change to the record as it stands, empty where there is none,
// and stores it. It is applied again where another change came first. A change
// that answers false, or changes nothing, stores nothing.
func (c *courses) Change(ctx context.Context, incidentID string, change func(*record) bool) (*record, error) {
	key := keyOf(incidentID)
	for range maxConflicts {
		r, before, err := c.read(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("pager: read the course of %s: %w", incidentID, err)
		}
		if !change(r) {
			return r, nil
		}
		after, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("pager: write the course of %s: %w", incidentID, err)
		}
		if bytes.Equal(before, after) {
			return r, nil
		}
		switch err = c.write(ctx, key, r, after); {
		case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
			continue
		case err != nil:
			return nil, fmt.Errorf("pager: store the course of %s: %w", incidentID, err)
		}
		return r, nil
	}
	return nil, fmt.Errorf("pager: the course of %s changes too often to be written", incidentID)
}

func (c *courses) read(ctx context.Context, key string) (*record, []byte, error) {
	entry, err := c.bucket.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return &record{Course: &escalation.Course{}}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := decode(entry)
	return r, entry.Value(), err
}

func (c *courses) write(ctx context.Context, key string, r *record, data []byte) (err error) {
	if r.revision == 0 {
		r.revision, err = c.bucket.Create(ctx, key, data)
	} else {
		r.revision, err = c.bucket.Update(ctx, key, data, r.revision)
	}
	return err
}

func decode(entry jetstream.KeyValueEntry) (*record, error) {
	r := &record{Course: &escalation.Course{}, revision: entry.Revision()}
	if err := json.Unmarshal(entry.Value(), r); err != nil {
		return nil, fmt.Errorf("pager: %s holds no course: %w", entry.Key(), err)
	}
	return r, nil
}

// observe takes a revision of the incident into the record. The mentions counted
// are left out: no page names them, and there may be thousands.
func (r *record) observe(incident *vigiev1.Incident) error {
	before := r.Course.Revision
	r.Course.IncidentID = incident.IncidentId
	r.Course.Observe(newsOf(incident))
	if r.Course.Revision == before {
		return nil
	}
	short := proto.CloneOf(incident)
	if short.Evidence != nil { // a blind source has none
		short.Evidence.MentionIds = nil
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(short)
	r.Incident = data
	return err
}

// incident is the incident as last seen, empty once it is forgotten.
func (r *record) incident() (*vigiev1.Incident, error) {
	incident := &vigiev1.Incident{}
	if err := proto.Unmarshal(r.Incident, incident); err != nil {
		return nil, fmt.Errorf("pager: the incident of %s cannot be read: %w", r.Course.IncidentID, err)
	}
	return incident, nil
}

// keyOf is a digest: an incident's id may hold what a bucket's key may not.
func keyOf(incidentID string) string {
	sum := sha256.Sum256([]byte(incidentID))
	return "incident." + hex.EncodeToString(sum[:16])
}
