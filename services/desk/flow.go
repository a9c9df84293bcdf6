package desk

import (
	"slices"
	"strings"
)

// A brand's last hour is drawn as bars. A brand of which little is said must not
// look like one that is shouted about: the scale has a floor.
const (
	barHeight = 36
	barScale  = 6
)

type brandView struct {
	Name, Count                            string
	Bars                                   []bar
	Negative, Neutral, Positive, Unscored  string
	NegativeX, NeutralX, PositiveX, Others segment
	Any                                    bool
}

type bar struct{ X, Y, Height int }

// segment is a part of a whole of 100.
type segment struct{ X, Width float64 }

type sourceView struct {
	Name, Minute, Hour, Total, Last string
	Blind                           []string
}

func (v viewer) brand(b Brand) brandView {
	w := v.words
	sum := float64(b.Negative + b.Neutral + b.Positive + b.Unscored)
	out := brandView{
		Name: b.Name, Count: w.known(b.LastHour), Any: sum > 0,
		Negative: w.Count(b.Negative), Neutral: w.Count(b.Neutral), Positive: w.Count(b.Positive), Unscored: w.Count(b.Unscored),
	}
	at := 0.0
	part := func(n uint64) segment {
		s := segment{X: at, Width: 100 * float64(n) / max(sum, 1)}
		at += s.Width
		return s
	}
	out.NegativeX, out.NeutralX, out.PositiveX, out.Others = part(b.Negative), part(b.Neutral), part(b.Positive), part(b.Unscored)
	peak := max(barScale, slices.Max(b.Minutes[:]))
	for i, n := range b.Minutes {
		if height := int(n * barHeight / peak); n > 0 {
			height = max(height, 1)
			out.Bars = append(out.Bars, bar{X: 4 * i, Y: barHeight - height, Height: height})
		}
	}
	return out
}

func (v viewer) source(s Source) sourceView {
	w := v.words
	out := sourceView{Name: s.Name, Minute: w.known(s.LastMinute), Hour: w.known(s.LastHour), Total: w.known(s.Total), Last: "–"}
	if s.LastPost != nil {
		out.Last = w.age(*s.LastPost, v.now)
	}
	for _, b := range s.Blind {
		why := b.Detail
		if why == "" {
			why = w.Reasons[b.Reason]
		}
		out.Blind = append(out.Blind, strings.TrimSpace(b.Page+" : "+why))
	}
	return out
}
