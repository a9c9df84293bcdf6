package detect

import "time"

// Incident of a brand, as it stood when it was last changed.
type Incident struct {
	ID       string
	Brand    string
	Revision uint64
	Level    Level
	Opened   time.Time
	LevelAt  time.Time
	Resolved time.Time // zero while it goes on
	Changed  time.Time
	Evidence Evidence
	Model    string

	CalmSince time.Time // zero while it is not calm
}

// Evidence is what a decision was taken from.
type Evidence struct {
	From, To         time.Time
	Mentions         int
	ExpectedMentions float64
	Negative         int
	ExpectedNegative float64
	Authors          int
	Surprise         float64
	Signals          []string
	IDs              []string
	IDsTruncated     bool
	Posts            []Mention
	Tipping          time.Time
}

func open(brandID string, level Level, now time.Time) *Incident {
	return &Incident{
		ID: brandID + "@" + now.Format(time.RFC3339), Brand: brandID, Revision: 1, Level: level,
		Opened: now, LevelAt: now, Changed: now,
	}
}

func (i *Incident) escalate(level Level, now time.Time) {
	i.Level, i.LevelAt, i.Changed, i.CalmSince = level, now, now, time.Time{}
	i.Revision++
}

// calm notes whether the window is calm, below a bound of its own, and answers
// true when that has lasted long enough: the incident is then resolved.
func (i *Incident) calm(r reading, now time.Time, after time.Duration, blind bool) bool {
	if blind || r.surprise() >= clearSurprise {
		i.CalmSince = time.Time{}
		return false
	}
	if i.CalmSince.IsZero() {
		i.CalmSince = now
	}
	if now.Sub(i.CalmSince) < after {
		return false
	}
	i.resolve(now)
	return true
}

func (i *Incident) resolve(now time.Time) {
	i.Resolved, i.Changed = now, now
	i.Revision++
}
