package wording

import (
	"fmt"
	"time"
)

// Figures are what was counted of an incident, and what is usual.
type Figures struct {
	Window           time.Duration
	Mentions         uint64
	ExpectedMentions float64
	Negative         uint64
	ExpectedNegative float64
	// Surplus is the share of negative mentions among those that are more than expected,
	// corrected, from and to; none where it is not known.
	Surplus             [2]float64
	Authors             uint64
	Reach               uint64 // potential
	RareDays, KnownDays uint64 // days without the like of it, of those known
}

// worthSaying is from which multiple of the usual on it is said.
const worthSaying = 1.5

// Volume says how much is said: 84 mentions in 10 min, usually 6 (×14).
func (l Language) Volume(f Figures) string {
	text := fmt.Sprintf(l.in, l.Several(f.Mentions, l.Mention), l.Window(f.Window)) + ", "
	switch times := float64(f.Mentions) / f.ExpectedMentions; {
	case f.ExpectedMentions <= 0:
		text += l.usuallyNone
	case f.ExpectedMentions < 1:
		text += l.usuallyFew
	case times < worthSaying:
		text += fmt.Sprintf(l.usually, l.Number(f.ExpectedMentions))
	default:
		text += fmt.Sprintf(l.usually, l.Number(f.ExpectedMentions)) + " (×" + l.Number(times) + ")"
	}
	return text
}

// Tone says how much of it is negative: 62% negative, usually 12%.
func (l Language) Tone(f Figures) string {
	text := l.Share(float64(f.Negative), float64(f.Mentions)) + " " + l.Form(f.Mentions, l.negative)
	if f.ExpectedMentions >= 1 {
		text += ", " + fmt.Sprintf(l.usually, l.Share(f.ExpectedNegative, f.ExpectedMentions))
	}
	if f.Surplus[1] > 0 {
		text += " (" + l.surplusOf(l.Share(f.Surplus[0], 1), l.Share(f.Surplus[1], 1)) + ")"
	}
	return text
}

// surplusOf says which part of what is more than expected is negative. Nobody says from 100%
// to 100%.
func (l Language) surplusOf(from, to string) string {
	switch {
	case from != to:
		return fmt.Sprintf(l.surplus, from, to)
	case from == l.Share(1, 1):
		return l.surplusAll
	case from == l.Share(0, 1):
		return l.surplusNone
	default:
		return fmt.Sprintf(l.surplusAbout, from)
	}
}

// KnownAuthors is how many authors the detector keeps of a brand at least: so many or
// more are a lower bound, as is what follows them.
const KnownAuthors = 192

// Voices says by how many it is said: 41 different authors, potential reach 12,000.
func (l Language) Voices(f Figures) string {
	text := l.Several(f.Authors, l.author)
	if f.Authors >= KnownAuthors {
		text = fmt.Sprintf(l.atLeast, text)
	}
	if f.Reach > 0 {
		text += ", " + fmt.Sprintf(l.reach, l.Count(f.Reach))
	}
	return text
}

// Copies says how many copies of stories were not counted; it is empty for none.
func (l Language) Copies(n uint64) string {
	if n == 0 {
		return ""
	}
	return l.Several(n, l.copies)
}

// fewDays is how many days are too few to call anything rare.
const fewDays = 7

// Rarity says how rare it is: nothing like it in 12 days. It is empty where it is not, or
// hardly anything is known.
func (l Language) Rarity(f Figures) string {
	switch {
	case f.RareDays < fewDays:
		return ""
	case f.RareDays >= f.KnownDays:
		return fmt.Sprintf(l.rarest, l.Count(f.KnownDays))
	default:
		return fmt.Sprintf(l.rare, l.Count(f.RareDays))
	}
}
