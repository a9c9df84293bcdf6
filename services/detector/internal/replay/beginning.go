package replay

import "time"

// Beginning finds out from when on a past is known: from when its mentions flow. A post of
// last year that somebody imported is no year of which anything is known: whatever comes
// before a silence of a day, and is no tenth of all, is left out. So no more than a tenth
// ever is.
type Beginning struct {
	last     time.Time
	mentions int
	starts   []start
}

// start is a mention after a silence, or the first, and how many came before it.
type start struct {
	at     time.Time
	before int
}

const (
	// silence is how long nothing comes where something begins anew.
	silence = 24 * time.Hour
	// lone is the part of all mentions, as one of so many, that is no past by itself.
	lone = 10
)

// Note takes in the next mention, in the order in which they became known.
func (b *Beginning) Note(known time.Time) {
	if b.mentions == 0 || known.Sub(b.last) >= silence {
		b.starts = append(b.starts, start{known, b.mentions})
	}
	b.last = known
	b.mentions++
}

// At is the beginning; the zero time where there is no mention.
func (b *Beginning) At() (at time.Time) {
	for _, s := range b.starts {
		if lone*s.before < b.mentions {
			at = s.at
		}
	}
	return at
}
