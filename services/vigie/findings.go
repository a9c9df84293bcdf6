package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/detector"
)

var findingsWriters = map[string]func(io.Writer, *detector.Findings, *time.Location) error{
	"text":   writeFindings,
	"json":   func(w io.Writer, f *detector.Findings, _ *time.Location) error { return f.WriteJSON(w) },
	"ndjson": func(w io.Writer, f *detector.Findings, _ *time.Location) error { return f.WriteNDJSON(w) },
}

// sheet writes what was found for people, and keeps the first error.
type sheet struct {
	out  io.Writer
	zone *time.Location
	err  error
}

func (s *sheet) line(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.out, format+"\n", args...)
	}
}

// table writes rows in columns.
func (s *sheet) table(rows ...[]string) {
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		if _, err := fmt.Fprintln(table, strings.Join(row, "\t")+"\t"); err != nil && s.err == nil {
			s.err = err
		}
	}
	if err := table.Flush(); err != nil && s.err == nil {
		s.err = err
	}
}

func (s *sheet) moment(at time.Time) string { return at.In(s.zone).Format("2 Jan 2006 15:04:05") }

// writeFindings is a backtest for people.
func writeFindings(w io.Writer, f *detector.Findings, zone *time.Location) error {
	s := &sheet{out: w, zone: zone}
	s.head(f)
	rows := [][]string{append([]string{"level", "incidents", "a week", "median delay", "worst"}, scoreHead(f)...)}
	for _, level := range f.Levels {
		row := []string{level.Level, strconv.Itoa(level.Incidents), perWeek(level.PerWeek), delay(level.MedianDelay), delay(level.WorstDelay)}
		if level.Score != nil {
			row = append(row, share(level.Precision), share(level.Recall))
		}
		rows = append(rows, row)
	}
	s.line("")
	s.table(rows...)
	s.line("An incident counts at its level and at those below; its delay, after its first post.")
	if f.Labels == nil {
		s.line("How much of it people call right is not known: nobody said. Say it on the desk, or by --labels.")
	}
	for _, told := range f.Told(f.Incidents) {
		s.incident(told)
	}
	s.line("\nWith other alert bounds:")
	s.curve(f)
	return s.err
}

// head says what was replayed, by which rule.
func (s *sheet) head(f *detector.Findings) {
	const day = "2 Jan 2006 15:04"
	s.line("%s, %s to %s: %s", f.Brand, f.Since.In(s.zone).Format(day), f.Until.In(s.zone).Format(day),
		wording.English.Several(uint64(f.Mentions), wording.English.Mention))
	s.line("rule %s: watch %s, alert %s, crisis %s", f.RuleVersion, bound(f.Rule.Watch), bound(f.Rule.Alert), bound(f.Rule.Crisis))
	s.labels(f.Labelled())
}

// labels says who said what was right, and what that leaves open.
func (s *sheet) labels(given *detector.Labelled) {
	if given == nil {
		return
	}
	levels := []string{}
	for _, level := range []string{"crisis", "alert", "watch", "none"} {
		if n := given.Levels[level]; n > 0 {
			levels = append(levels, strconv.Itoa(n)+" "+level)
		}
	}
	what := strings.Join(levels, ", ")
	switch {
	case given.Count == 0:
		s.line("labels: none in the file of this brand and time")
		return
	case given.From == detector.FromFile:
		s.line("labels: %d of the file: %s", given.Count, what)
		return
	}
	s.line("labels: %s of the desk: %s", wording.English.Several(uint64(given.Count), wording.Noun{One: "verdict", Several: "verdicts"}), what)
	s.line("  Precision is of what got a verdict, recall of what was told live: of anything else nobody said.")
}

func scoreHead(f *detector.Findings) []string {
	if f.Labels == nil {
		return nil
	}
	return []string{"precision", "recall"}
}

// incident writes what a page would have shown. Strangers wrote the posts.
func (s *sheet) incident(t detector.Told) {
	en, what := wording.English, t.Level
	if t.Kind == "opportunity" {
		what = en.Opportunity.One
	}
	if about := en.About(t.AboutKind, clean(t.About)); about != "" {
		what += " (" + about + ")"
	}
	s.line("\n%s  %s, %s%s", s.moment(t.Opened), strings.ToUpper(what), lasted(t), found(t.Label))
	if climbed := s.climbed(t); climbed != "" {
		s.line("  %s", climbed)
	}
	figures := wording.Figures{
		Window: t.Window[1].Sub(t.Window[0]), Mentions: uint64(t.Mentions), ExpectedMentions: t.Expected,
		Negative: uint64(t.Negative), ExpectedNegative: t.ExpectedN, Surplus: [2]float64{t.Share[1], t.Share[2]},
		Authors: uint64(t.Authors), Reach: t.Reach, RareDays: uint64(t.RarityDays), KnownDays: uint64(t.KnownDays),
	}
	said := []string{en.Signals(t.Signals), en.Volume(figures), en.Tone(figures), en.Voices(figures), "surprise " + en.Number(t.Surprise), en.Rarity(figures), en.Copies(uint64(t.Copies))}
	s.line("  %s", strings.Join(slices.DeleteFunc(said, func(text string) bool { return text == "" }), "; "))
	s.evidence(t)
	for _, post := range t.Posts {
		s.line("  %s  %s, %s: %s  %s  %s", s.moment(post.Published), clean(post.Source), clean(post.Author), clean(brief(post.Text)),
			clean(post.URL), en.Reason(post.Reason, clean(post.Risk)))
	}
}

// evidence writes in what words it was told, where it came from and by whom.
func (s *sheet) evidence(t detector.Told) {
	var words []string
	for _, word := range t.Words {
		words = append(words, clean(word.Text)+" ("+wording.English.Share(word.Share, 1)+")")
	}
	var path []wording.Step
	for _, step := range t.Path {
		path = append(path, wording.Step{Place: clean(wording.Place(step.Source, step.Page)), Author: clean(step.Author), Share: step.Share, At: step.Published})
	}
	var accounts []wording.Account
	for _, author := range t.TopAuthors {
		accounts = append(accounts, wording.Account{Name: clean(author.Name), Followers: author.Followers, Verified: author.Verified})
	}
	en := wording.English
	for _, line := range []string{en.Occasion(clean(t.Occasion)), en.Also(t.Also), en.Words(words), en.Path(path, t.Opened, s.zone), en.Accounts(accounts)} {
		if line != "" {
			s.line("  %s", line)
		}
	}
}

// climbed says when each level above the first was reached.
func (s *sheet) climbed(t detector.Told) string {
	var steps []string
	for _, level := range []string{"watch", "alert", "crisis"} {
		at, reached := t.Reached[level]
		if !reached || at.Equal(t.Opened) && level != t.Level {
			continue
		}
		step := level
		if !at.Equal(t.Opened) {
			step += " at " + at.In(s.zone).Format("15:04:05")
		}
		if seconds, known := t.Delay[level]; known {
			step += ", " + delay(&seconds) + " after its first post"
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, "; ")
}

func lasted(t detector.Told) string {
	if t.Resolved == nil {
		return "going on"
	}
	return "lasted " + wording.English.Span(t.Resolved.Sub(t.Opened))
}

func found(label string) string {
	switch label {
	case "":
		return ""
	case "none":
		return "; people call it nothing"
	default:
		return "; people call it " + label
	}
}

// curve writes what each alert bound tells, against the present one.
func (s *sheet) curve(f *detector.Findings) {
	rows := [][]string{append([]string{"alert", "alerts", "a week", "missed", "more"}, scoreHead(f)...)}
	for _, point := range f.Curve {
		row := []string{bound(point.Alert), strconv.Itoa(point.Figures.Incidents), perWeek(point.PerWeek), strconv.Itoa(point.Missed), strconv.Itoa(point.More)}
		if point.Present {
			row[0] = "present " + row[0]
		}
		if point.Score != nil {
			row = append(row, share(point.Precision), share(point.Recall))
		}
		rows = append(rows, row)
	}
	s.table(rows...)
	s.line("Missed: alerts of the present bound that this one does not tell; more: the other way round.")
}

// writeProposal is what `vigie tune` answers.
func writeProposal(w io.Writer, f *detector.Findings, budget float64, zone *time.Location) error {
	s := &sheet{out: w, zone: zone}
	s.head(f)
	s.line("")
	s.curve(f)
	proposal, kept := f.Propose(budget)
	if !kept {
		s.line("\nNo alert bound tried keeps to %s a week: the highest, %s, pages %s times. Raise min_mentions or min_authors, and tune again.",
			pages(budget), bound(proposal.Rule.Alert), perWeek(proposal.PerWeek))
		return s.err
	}
	s.line("\n%s a week at most: alert %s, which pages %s times a week.", pages(budget), bound(proposal.Rule.Alert), perWeek(proposal.PerWeek))
	if len(proposal.Missed) == 0 {
		s.line("It misses no alert of the present bound.")
	} else {
		s.line("Of the present bound's alerts it misses %d:", len(proposal.Missed))
	}
	for _, told := range proposal.Missed {
		s.incident(told)
	}
	s.line("\nTo have it, put into the config, or try it by --rule:")
	s.line("%s", strings.TrimRight(proposal.YAML(), "\n"))
	return s.err
}

func pages(n float64) string {
	if n == 1 {
		return "1 page"
	}
	return bound(n) + " pages"
}

func bound(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func perWeek(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

func delay(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	return wording.English.Span(time.Duration(*seconds * float64(time.Second)))
}

func share(of *float64) string {
	if of == nil {
		return "–"
	}
	return wording.English.Share(*of, 1)
}

// brief is a text that fits on a line or two.
func brief(text string) string {
	const most = 160
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
