package source

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
)

// Ledger remembers across restarts what a connector brought, for sources whose
// deletions name something else than the mention: an account, an id of their own.
// Under each key stand a few values, the latest ones.
//
// It is bounded: Slots x Keys keys, Values values each; in a slot that is full
// the key written longest ago makes room. Each slot is one cursor.
type Ledger struct {
	sink   *Sink
	name   string
	bounds LedgerBounds
	mu     sync.Mutex // a slot is read, changed and written as one
}

// LedgerBounds say how much a ledger remembers.
type LedgerBounds struct {
	Slots  int // cursors it is spread over
	Keys   int // keys in each
	Values int // values under each key
}

type ledgerEntry struct {
	Key    string   `json:"k"`
	Values []string `json:"v"`
}

// Ledger opens a ledger under a name of the connector's choosing. Two connectors
// must not share a name.
func (s *Sink) Ledger(name string, bounds LedgerBounds) *Ledger {
	return &Ledger{sink: s, name: name, bounds: bounds}
}

// Add remembers a value under a key. Call it before Publish: a value too many
// does no harm, one too few is a deletion missed.
func (l *Ledger) Add(ctx context.Context, key, value string) error {
	return l.change(ctx, key, func(entries []ledgerEntry, at int) ([]ledgerEntry, bool) {
		var entry ledgerEntry
		if at >= 0 {
			if slices.Contains(entries[at].Values, value) {
				return entries, false
			}
			entry = entries[at]
			entries = slices.Delete(entries, at, at+1)
		}
		entry.Key, entry.Values = key, append(entry.Values, value)
		entry.Values = entry.Values[max(0, len(entry.Values)-l.bounds.Values):]
		entries = append(entries, entry)
		return entries[max(0, len(entries)-l.bounds.Keys):], true
	})
}

// Values are what is remembered under a key, oldest first.
func (l *Ledger) Values(ctx context.Context, key string) ([]string, error) {
	var entries []ledgerEntry
	if _, err := l.sink.LoadCursor(ctx, l.slot(key), &entries); err != nil {
		return nil, err
	}
	if at := indexOf(entries, key); at >= 0 {
		return entries[at].Values, nil
	}
	return nil, nil
}

// Forget drops a key.
func (l *Ledger) Forget(ctx context.Context, key string) error {
	return l.change(ctx, key, func(entries []ledgerEntry, at int) ([]ledgerEntry, bool) {
		if at < 0 {
			return entries, false
		}
		return slices.Delete(entries, at, at+1), true
	})
}

// change reads a key's slot and writes it back if change says so.
func (l *Ledger) change(ctx context.Context, key string, change func(entries []ledgerEntry, at int) ([]ledgerEntry, bool)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := l.slot(key)
	var entries []ledgerEntry
	if _, err := l.sink.LoadCursor(ctx, slot, &entries); err != nil {
		return err
	}
	entries, changed := change(entries, indexOf(entries, key))
	if !changed {
		return nil
	}
	return l.sink.SaveCursor(ctx, slot, entries)
}

func (l *Ledger) slot(key string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))
	return fmt.Sprintf("%s/ledger/%d", l.name, h.Sum64()%uint64(l.bounds.Slots))
}

func indexOf(entries []ledgerEntry, key string) int {
	return slices.IndexFunc(entries, func(e ledgerEntry) bool { return e.Key == key })
}
