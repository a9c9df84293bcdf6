package detect

import "time"

// Mention is what the detector needs of a scored mention, seen from one brand.
type Mention struct {
	ID        string
	Source    string
	Page      string
	Author    string // distinct authors are counted by it
	Handle    string // how people know the author
	Verified  bool
	Official  bool   // it stands on a page of the brand, and the brand wrote it
	Reply     bool   // the brand answers somebody
	Share     bool   // it passes on somebody else's
	Story     string // copies of one text have the same
	Sentiment Sentiment
	Topics    []string
	Risks     []string

	Published time.Time // by its author
	Collected time.Time // by us
	Known     time.Time // scored and on the bus: time passes by it
	Sequence  uint64    // in the stream it came from; 0 for none
	Past      bool      // it was brought long after: it teaches, and is no news
	Backfill  bool      // it was fetched afterwards, to fill a gap or at a first start
	Again     bool      // it came before: only its engagement is news

	Text       string
	URL        string
	Followers  uint64
	Engagement uint64
	Measured   bool // its engagement is what it had when it became known
	Model      string
}

// Sentiment is what is felt towards the brand.
type Sentiment uint8

// Sentiments; Unfelt is what no model could tell.
const (
	Unfelt Sentiment = iota
	Negative
	Neutral
	Positive
)

// copies says whether it tells again, as if of its own, what another told before: a
// story is named by its first copy. Who shares a post with one click adds a voice.
func (m *Mention) copies() bool { return !m.Share && m.Story != "" && m.Story != m.ID }
