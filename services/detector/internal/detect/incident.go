package detect

import "time"

// Incident of a brand, as it stood when it was last changed.
type Incident struct {
	ID       string
	Brand    string
	Revision uint64
	Kind     Kind
	Level    Level
	Opened   time.Time
	LevelAt  time.Time
	Resolved time.Time // zero while it goes on
	Changed  time.Time
	Evidence Evidence
	Model    string

	Scale     int       // longest window that opened or raised it
	Loud      bool      // nothing but one loud thing opened it
	CalmSince time.Time // zero while it is not calm
}

// Occasion is something announced, during which more is said of a brand.
type Occasion struct {
	Name     string
	From, To time.Time
}

// OwnPosts is the occasion of who publishes more on pages of its own than it does.
const OwnPosts = "own_posts"

// Kind of an incident.
type Kind uint8

// Kinds: many more mentions than usual, and those of people who praise.
const (
	Spike Kind = iota
	Opportunity
)

// Evidence is what a decision was taken from.
type Evidence struct {
	From, To              time.Time
	About                 Part // which part of what is said of the brand rose; none for all of it
	Mentions              int  // voices: see counts
	ExpectedMentions      float64
	Negative              int
	ExpectedNegative      float64
	NegativeShare         Share // of what is more than expected, corrected
	Authors               int
	Reach                 uint64 // potential
	Copies                int    // of stories told before, that were left out
	Surprise              float64
	RarityDays, KnownDays int    // for how many days nothing surprised as much, of how many
	Occasion              string // announced and under way, or OwnPosts
	Signals               []string
	IDs                   []string
	IDsTruncated          bool
	Posts                 []Post
	Path                  []Step
	TopAuthors            []Author
	Words                 []Word
	Tipping               time.Time
	Also                  []string // other brands that rise: it may be the whole sector
}

// Wordless is the evidence without what others wrote.
func (e Evidence) Wordless() Evidence {
	e.IDs, e.Posts, e.Path, e.TopAuthors, e.Words = nil, nil, nil, nil, nil
	return e
}

func open(brandID string, now time.Time) *Incident {
	return &Incident{ID: brandID + "@" + now.Format(time.RFC3339), Brand: brandID, Opened: now}
}

// raise brings an incident to a level.
func (i *Incident) raise(level Level, kind Kind, scale int, now time.Time) {
	i.Level, i.Kind, i.LevelAt, i.Changed, i.CalmSince = level, kind, now, now, time.Time{}
	i.Scale = max(i.Scale, scale)
	i.Revision++
}

// settle notes whether it is calm, and resolves it when that has lasted for long
// enough.
func (i *Incident) settle(calm bool, now time.Time, after time.Duration) (resolved bool) {
	switch {
	case !calm:
		i.CalmSince = time.Time{}
		return false
	case i.CalmSince.IsZero():
		i.CalmSince = now
	}
	if now.Sub(i.CalmSince) < after {
		return false
	}
	i.resolve(now)
	return true
}

// resolve ends it, not before it last changed: a clock may have been put back.
func (i *Incident) resolve(now time.Time) {
	if now.Before(i.Changed) {
		now = i.Changed
	}
	i.Resolved, i.Changed = now, now
	i.Revision++
}
