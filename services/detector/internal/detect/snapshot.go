package detect

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"time"
)

// ErrOtherRule means that a snapshot is of another rule, whose state this one cannot
// go on from.
var ErrOtherRule = errors.New("it is of another rule")

// snapshot is all that is known of a brand at a step.
type snapshot struct {
	Rule  string
	Step  int64
	Brand *brand
}

// Changed are the brands that heard something since their last snapshot.
func (e *Engine) Changed() (ids []string) {
	for id, b := range e.brands {
		if b.changed && !b.gone {
			ids = append(ids, id)
		}
	}
	return ids
}

// Snapshot writes down all that is known of a brand, for Load.
func (e *Engine) Snapshot(brandID string) ([]byte, error) {
	b := e.brands[brandID]
	if b == nil {
		return nil, fmt.Errorf("detect: there is no brand %q", brandID)
	}
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(snapshot{RuleVersion, e.step, b}); err != nil {
		return nil, fmt.Errorf("detect: snapshot of %s: %w", brandID, err)
	}
	b.changed = false
	return data.Bytes(), nil
}

// Snapshot is one that was read.
type Snapshot struct {
	Brand    string
	At       time.Time // up to when it is decided
	Sequence uint64    // of the last mention heard
	brand    *brand
}

// ReadSnapshot reads what Snapshot wrote.
func ReadSnapshot(data []byte) (Snapshot, error) {
	var s snapshot
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return Snapshot{}, fmt.Errorf("detect: read a snapshot: %w", err)
	}
	if s.Rule != RuleVersion {
		return Snapshot{}, fmt.Errorf("detect: read a snapshot: %w: %s", ErrOtherRule, s.Rule)
	}
	if s.Brand == nil {
		return Snapshot{}, fmt.Errorf("detect: read a snapshot: %w: there is none", errUnsound)
	}
	if err := s.Brand.sound(s.Step); err != nil {
		return Snapshot{}, fmt.Errorf("detect: read a snapshot: %w", err)
	}
	s.Brand.Step = s.Step
	return Snapshot{s.Brand.ID, timeOf(s.Step), s.Brand.Sequence, s.Brand}, nil
}

// Load takes a brand up as its snapshot says.
func (e *Engine) Load(s Snapshot) {
	s.brand.loaded = s.brand.Sequence
	e.brands[s.brand.ID] = s.brand
	if len(s.brand.Pending) > 0 {
		e.await(s.brand, max(e.step+1, s.brand.Pending[0].Due))
	}
}

// Unload leaves out a brand that was loaded.
func (e *Engine) Unload(brandID string) {
	if b := e.brands[brandID]; b != nil {
		e.forget(b)
		delete(e.brands, brandID)
	}
}
