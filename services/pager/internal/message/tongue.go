package message

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// tongue is a language: its words, and the few ways in which its sentences are
// built otherwise. Formats name their arguments by place, in the order that
// tongue.go gives them.
type tongue struct {
	wording.Language
	crisis, alert              string // the level, in capitals
	crisisNoun, alertNoun      string // the level, in a sentence
	blind, over, ended         string
	spike, negativeSpike       string
	since, fromTo              string
	mentions, usual, usualNone string
	usualFew                   string
	negative, authors          string
	unanswered                 [2]string // one person, several
	unreached                  string
	ackedBy, nobodyAcked       string
	untold, blindMeans         string
	reasons                    map[string]string
	blindNow, andMore          string
	ack, desk, open            string
	reader, rule, model        string
	colon                      string
}

// The marks let an eye find the level before a word is read.
const (
	markCrisis = "🔴"
	markAlert  = "🟠"
	markOver   = "🟢"
)

func (t tongue) headline(p Page) string {
	if p.About != Call {
		word, noun := t.ended, t.noun(p)
		if p.About == Late {
			word = t.over
		}
		return join(" · ", markOver+" "+word, t.subject(p), fmt.Sprintf(t.fromTo, noun, t.clock(p, p.Opened), t.clock(p, p.Over)))
	}
	since := fmt.Sprintf(t.since, t.clock(p, p.Opened))
	what := t.spike
	if p.Figures.OnlyNegative {
		what = t.negativeSpike
	}
	switch {
	case p.Blind:
		return join(" · ", markAlert+" "+t.blind, t.subject(p), since)
	case p.Level == "crisis":
		return join(" · ", markCrisis+" "+t.crisis, t.subject(p), what+" "+since)
	default:
		return join(" · ", markAlert+" "+t.alert, t.subject(p), what+" "+since)
	}
}

func (t tongue) noun(p Page) string {
	switch {
	case p.Blind:
		return strings.ToLower(t.blind)
	case p.Level == "crisis":
		return t.crisisNoun
	}
	return t.alertNoun
}

func (t tongue) subject(p Page) string {
	if p.Blind {
		return Line(p.Source+" "+p.Place, maxName)
	}
	return Line(p.Brand, maxName)
}

func (t tongue) lines(p Page) []string {
	var out []string
	reader := Line(p.Person, maxName)
	switch {
	case p.About == End && p.AckedBy != "":
		return []string{fmt.Sprintf(t.ackedBy, Line(p.AckedBy, maxName), t.clock(p, p.AckedTime))}
	case p.About == End && !p.Blind:
		return []string{t.nobodyAcked}
	case p.About == End:
		return nil
	case p.About == Late:
		out = append(out, t.untold)
	case len(p.Unanswered) > 0:
		out = append(out, fmt.Sprintf(t.unanswered[min(len(p.Unanswered), 2)-1], Line(strings.Join(p.Unanswered, ", "), maxName), reader))
	case p.Step > 0 && p.Level == "crisis":
		out = append(out, fmt.Sprintf(t.unreached, reader))
	}
	if p.Blind {
		return append(out, t.reason(p), t.blindMeans)
	}
	return append(out, t.figures(p.Figures)...)
}

func (t tongue) reason(p Page) string {
	return join(t.colon+" ", t.reasons[p.Reason], Line(p.Detail, 2*maxText))
}

func (t tongue) figures(f Figures) []string {
	volume := fmt.Sprintf(t.mentions, t.Count(f.Mentions), minutes(f.Window)) + ", " + t.expected(f.ExpectedMentions)
	if times := float64(f.Mentions) / f.ExpectedMentions; f.ExpectedMentions >= 1 && times >= 1.5 {
		volume += " (×" + t.Number(times) + ")"
	}
	tone := fmt.Sprintf(t.negative, t.Share(float64(f.Negative), float64(f.Mentions)))
	if f.ExpectedMentions >= 1 {
		tone += ", " + fmt.Sprintf(t.usual, t.Share(f.ExpectedNegative, f.ExpectedMentions))
	}
	return []string{volume, tone, fmt.Sprintf(t.authors, t.Count(f.Authors))}
}

func (t tongue) expected(n float64) string {
	switch {
	case n <= 0:
		return t.usualNone
	case n < 1:
		return t.usualFew
	}
	return fmt.Sprintf(t.usual, t.Number(n))
}

func (t tongue) caveat(p Page) string {
	if len(p.BlindSources) == 0 || p.About != Call || p.Blind {
		return ""
	}
	var names []string
	for _, name := range p.BlindSources[:min(len(p.BlindSources), maxList)] {
		names = append(names, Line(name, maxName))
	}
	text := fmt.Sprintf(t.blindNow, strings.Join(names, ", "))
	if more := len(p.BlindSources) - len(names); more > 0 {
		text += " " + fmt.Sprintf(t.andMore, more)
	}
	return text
}

func (t tongue) by(p Page, post Post) string {
	return join(" · ", Line(post.Author, maxName), Line(post.Source, maxName), t.clock(p, post.Published))
}

func (t tongue) footer(p Page) string {
	parts := []string{fmt.Sprintf(t.reader, Line(p.Person, maxName))} // several may share a channel
	if p.RuleVersion != "" {
		parts = append(parts, t.rule+" "+Line(p.RuleVersion, maxName))
	}
	if p.ModelVersion != "" {
		parts = append(parts, t.model+" "+Line(p.ModelVersion, maxName))
	}
	return join(" · ", append(parts, p.Zone.String(), Line(p.ID, maxAddress))...)
}

func (t tongue) clock(p Page, at time.Time) string { return t.Clock(at, p.Now, p.Zone) }

func minutes(d time.Duration) string {
	if d >= time.Hour && d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + " min"
}

func join(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}
