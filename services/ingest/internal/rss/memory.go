package rss

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

const (
	// maxKnown bounds the items remembered: more than a document may hold, so
	// that none is forgotten while it is still shown.
	maxKnown   = 5000
	maxRefused = 200
)

// memory is what the connector remembers of a feed between two readings. It is
// the cursor that the bus keeps.
type memory struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Moved is where the feed was found by permanent redirects.
	Moved string `json:"moved,omitempty"`
	// Begun is set once the feed was read: what it shows from then on is live.
	Begun bool `json:"begun,omitempty"`
	// Fault is what was wrong with the whole document at the last reading.
	Fault bus.Reason `json:"fault,omitempty"`
	// Refused are hashes of items that are dead letters already.
	Refused []string `json:"refused,omitempty"`
	// Known are the items, those seen most recently first.
	Known []*known `json:"known,omitempty"`
}

// known is an item as it was first seen, and as it was last brought.
type known struct {
	ID        string `json:"i"`           // native id of its mention
	GUID      string `json:"g,omitempty"` // hash, for recognising it
	Link      string `json:"l,omitempty"` // hash, for recognising it
	Published int64  `json:"p"`           // as first seen, in milliseconds since 1970: it never changes
	Words     string `json:"w,omitempty"` // hash of what was last brought; empty before that
	Length    int    `json:"n,omitempty"` // of the text last brought
	Revision  uint64 `json:"r,omitempty"` // last brought, or due
	// Due is a hash of what was about to be brought, from before until after. What
	// fell in between may be on the bus or not: the same words are brought again
	// under the same revision, other words under the next.
	Due string `json:"d,omitempty"`
}

// clone copies the memory, so that a reading that fails leaves it as it was.
func (m *memory) clone() *memory {
	c := *m
	c.Refused = slices.Clone(m.Refused)
	c.Known = make([]*known, len(m.Known))
	for i, k := range m.Known {
		copied := *k
		c.Known[i] = &copied
	}
	return &c
}

// refused says whether bytes were refused before, and remembers them.
func (m *memory) refused(payload []byte) bool {
	hash := hashOf(string(payload))
	if slices.Contains(m.Refused, hash) {
		return true
	}
	m.Refused = append([]string{hash}, m.Refused[:min(len(m.Refused), maxRefused-1)]...)
	return false
}

// shown moves the items that a document shows to the front, and forgets the
// oldest of those that it does not.
func (m *memory) shown(items []*known) {
	now := make(map[*known]bool, len(items))
	for _, k := range items {
		now[k] = true
	}
	rest := slices.DeleteFunc(m.Known, func(k *known) bool { return now[k] })
	m.Known = append(slices.Clone(items), rest...)
	m.Known = m.Known[:min(len(m.Known), max(maxKnown, len(items)))]
}

// nativeID makes the id of an item of its site and what it is known by there: an
// item's own identity is not enough, for anyone can copy another's GUIDs.
func nativeID(host string, names ...string) string {
	sum := sha256.Sum256([]byte(host + "\x00" + strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// hashOf is short, for telling apart the few things of one feed; "" stays "".
func hashOf(parts ...string) string {
	text := strings.Join(parts, "\x00")
	if text == "" {
		return ""
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}
