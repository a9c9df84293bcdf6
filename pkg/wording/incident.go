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
	Authors          uint64
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
	return text
}

// Voices says by how many it is said: 41 different authors.
func (l Language) Voices(f Figures) string { return l.Several(f.Authors, l.author) }
