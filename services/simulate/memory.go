package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/slack"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

const (
	// remembered is how long crises and messages outlive a start.
	remembered = 72 * time.Hour
	maxCrises  = 50
)

// memory is what a start needs of the one before. All other posts follow from the
// seed and the time; crises come on command, and messages from outside.
type memory struct {
	path string

	mu     sync.Mutex
	crises []onset
}

// onset is how a crisis began: all of its posts follow from it.
type onset struct {
	Brand string           `json:"brand"`
	Kind  world.CrisisKind `json:"kind"`
	Time  time.Time        `json:"time"` // of its first post
}

// record is the file.
type record struct {
	Crises   []onset         `json:"crises"`
	Messages []slack.Message `json:"messages"`
}

// recall reads what an earlier start left, or begins anew.
func recall(path string, now time.Time, logger *slog.Logger) (*memory, []slack.Message) {
	var r record
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		logger.Warn("simulate: earlier crises and Slack's messages are forgotten", "file", path, "err", err)
		r = record{}
	}
	old := now.Add(-remembered)
	crises := slices.DeleteFunc(r.Crises, func(o onset) bool { return o.Time.Before(old) })
	messages := slices.DeleteFunc(r.Messages, func(m slack.Message) bool { return m.Time.Before(old) })
	return &memory{path: path, crises: crises}, messages
}

// told are the crises that are remembered, oldest first.
func (m *memory) told() []onset {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.crises)
}

func (m *memory) add(o onset) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.crises = append(m.crises, o)
	m.crises = m.crises[max(0, len(m.crises)-maxCrises):]
}

// save writes the file anew, whole or not at all.
func (m *memory) save(messages []slack.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, err := json.Marshal(record{Crises: m.crises, Messages: messages})
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(m.path), 0o750); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	fresh := m.path + ".new"
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if err := os.Rename(fresh, m.path); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	return nil
}
