package message

import (
	"fmt"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// tongue is a language: its words, and the few ways in which its sentences are
// built otherwise. Formats name their arguments by place, in the order that
// tongue.go gives them.
type tongue struct {
	wording.Language
	over, ended          string
	spike, negativeSpike string
	since, fromTo        string
	unanswered           wording.Noun // one person, several
	unreached            string
	ackedBy, nobodyAcked string
	untold, blindMeans   string
	blindNow, and        string
	others               wording.Noun
	ack, desk, open      string
	reader, rule, model  string
	zone, colon          string
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
	if p.OnlyNegative {
		what = t.negativeSpike
	}
	if about := t.About(p.PartKind, Line(p.Part, maxWord)); about != "" {
		what += " (" + about + ")"
	}
	mark := markAlert
	switch {
	case p.Blind:
		what = ""
	case p.Level == "crisis":
		mark = markCrisis
	}
	return join(" · ", mark+" "+strings.ToUpper(t.noun(p)), t.subject(p), join(" ", what, since))
}

func (t tongue) noun(p Page) string {
	if p.Blind {
		return t.Blind.One
	}
	return t.Level(p.Level).One
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
	case p.About == End && !p.Blind:
		taken := t.nobodyAcked
		if p.AckedBy != "" {
			taken = t.acked(p)
		}
		if p.Detail == "" {
			return []string{taken}
		}
		return []string{taken, Line(p.Detail, 2*maxText)} // why it is over, where that is not for calm
	case p.About == End && p.AckedBy != "":
		return []string{t.acked(p)}
	case p.About == End:
		return nil
	case p.About == Late:
		out = append(out, t.untold)
	case len(p.Unanswered) > 0:
		out = append(out, fmt.Sprintf(t.Form(uint64(len(p.Unanswered)), t.unanswered), Line(strings.Join(p.Unanswered, ", "), maxName), reader))
	case p.Step > 0 && p.Level == "crisis":
		out = append(out, fmt.Sprintf(t.unreached, reader))
	}
	if p.Blind {
		return append(out, t.reason(p), t.blindMeans)
	}
	out = append(out, join(" · ", t.Volume(p.Figures), t.Rarity(p.Figures)), t.Tone(p.Figures), join(" · ", t.Voices(p.Figures), t.Signals(p.Signals)))
	for _, line := range []string{t.Occasion(Line(p.Occasion, maxName)), t.also(p), t.words(p), t.path(p), t.accounts(p)} {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (t tongue) acked(p Page) string {
	return fmt.Sprintf(t.ackedBy, Line(p.AckedBy, maxName), t.clock(p, p.AckedTime))
}

func (t tongue) also(p Page) string {
	var brands []string
	for _, brand := range p.Also[:min(len(p.Also), maxList)] {
		brands = append(brands, Line(brand, maxWord))
	}
	return t.Also(brands)
}

func (t tongue) words(p Page) string {
	var words []string
	for _, word := range p.Words[:min(len(p.Words), maxWords)] {
		words = append(words, Line(word, maxWord))
	}
	return t.Words(words)
}

func (t tongue) path(p Page) string {
	var steps []wording.Step
	for _, step := range p.Path[:min(len(p.Path), maxSteps)] {
		step.Place, step.Author = Line(step.Place, maxWord), Line(step.Author, maxWord)
		steps = append(steps, step)
	}
	return t.Path(steps, p.Now, p.Zone)
}

func (t tongue) accounts(p Page) string {
	var accounts []wording.Account
	for _, account := range p.Accounts[:min(len(p.Accounts), maxLoud)] {
		account.Name = Line(account.Name, maxWord)
		accounts = append(accounts, account)
	}
	return t.Accounts(accounts)
}

func (t tongue) reason(p Page) string {
	return join(t.colon+" ", wording.Capital(t.Reasons[p.Reason]), Line(p.Detail, 2*maxText))
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
		text += " (" + t.and + " " + t.Several(uint64(more), t.others) + ")"
	}
	return text
}

func (t tongue) quotes(p Page) (quotes []Quote) {
	posts := p.Posts[:min(len(p.Posts), maxPosts)]
	var whys []wording.Why
	for _, post := range posts {
		whys = append(whys, wording.Why{Reason: post.Reason, Risk: Line(post.Risk, maxWord)})
	}
	for n, why := range t.WhyShown(whys) {
		post := posts[n]
		by := join(" · ", Line(post.Author, maxName), Line(post.Source, maxName), t.clock(p, post.Published), why)
		quotes = append(quotes, Quote{By: by, Text: Line(post.Text, maxText), URL: address(post.URL)})
	}
	return quotes
}

func (t tongue) footer(p Page) string {
	parts := []string{fmt.Sprintf(t.reader, Line(p.Person, maxName))} // several may share a channel
	if p.RuleVersion != "" {
		parts = append(parts, t.rule+" "+Line(p.RuleVersion, maxName))
	}
	if p.ModelVersion != "" {
		parts = append(parts, t.model+" "+Line(p.ModelVersion, maxName))
	}
	return join(" · ", append(parts, fmt.Sprintf(t.zone, p.Zone))...)
}

func (t tongue) clock(p Page, at time.Time) string { return t.Clock(at, p.Now, p.Zone) }

func join(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}
