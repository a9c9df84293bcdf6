package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vbauerster/mpb/v8/cwriter"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/detector"
)

var findingsWriters = map[string]func(io.Writer, *detector.Findings, *config.Config) error{
	"text":   writeFindings,
	"json":   func(w io.Writer, f *detector.Findings, _ *config.Config) error { return f.WriteJSON(w) },
	"ndjson": func(w io.Writer, f *detector.Findings, _ *config.Config) error { return f.WriteNDJSON(w) },
}

// sheet writes what was found for people, and keeps the first error.
type sheet struct {
	out    io.Writer
	zone   *time.Location
	words  *findingWords
	width  int  // of the terminal; 0 where there is none
	colour bool // levels have one
	err    error
}

func newSheet(out io.Writer, cfg *config.Config) *sheet {
	s := &sheet{out: out, zone: cfg.Location(), words: wording.Pick(cfg.Language, &frenchFindings, &englishFindings)}
	if file, is := out.(*os.File); is && isTerminal(file) {
		s.colour = os.Getenv("NO_COLOR") == ""
		s.width, _, _ = cwriter.GetSize(int(file.Fd()))
	}
	return s
}

func (s *sheet) line(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.out, format+"\n", args...)
	}
}

// detail is a line below another, that goes on below itself where the terminal ends.
func (s *sheet) detail(format string, args ...any) {
	const margin = "  "
	for i, row := range wrap(fmt.Sprintf(format, args...), s.width-2*len(margin)) {
		s.line("%s%s", strings.Repeat(margin, min(i, 1)+1), row)
	}
}

// wrap breaks a text at spaces into rows of so many letters, where any width is known.
func wrap(text string, width int) (rows []string) {
	const least = 20
	for letters := []rune(text); ; {
		if width < least || len(letters) <= width {
			return append(rows, string(letters))
		}
		at := width
		for at > width/2 && letters[at] != ' ' {
			at--
		}
		rows = append(rows, string(letters[:at]))
		letters = []rune(strings.TrimLeft(string(letters[at:]), " "))
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

func (s *sheet) moment(at time.Time) string { return at.In(s.zone).Format(s.words.moment) }

// writeFindings is a backtest for people.
func writeFindings(out io.Writer, f *detector.Findings, cfg *config.Config) error {
	s := newSheet(out, cfg)
	w := s.words
	s.head(f)
	rows := [][]string{slices.Concat([]string{w.level, w.incidents}, s.weeklyHead(f), []string{w.delay, w.worst}, s.scoreHead(f))}
	for _, level := range f.Levels {
		rows = append(rows, slices.Concat([]string{w.Level(level.Level).One, strconv.Itoa(level.Incidents)}, s.weekly(level),
			[]string{s.delay(level.MedianDelay), s.delay(level.WorstDelay)}, s.score(level)))
	}
	s.line("")
	s.table(rows...)
	s.line("%s", w.levelsNote)
	if f.Labels == nil {
		s.line("%s", w.noLabels)
	} else {
		s.line("%s", w.labelsNote)
	}
	for _, told := range f.Told(f.Incidents) {
		s.incident(told)
	}
	s.line("\n%s", w.others)
	s.curve(f)
	return s.err
}

// head says what was replayed, by which rule.
func (s *sheet) head(f *detector.Findings) {
	w := s.words
	s.line(w.span, f.Brand, f.Since.In(s.zone).Format(w.date), f.Until.In(s.zone).Format(w.date), w.Several(uint64(f.Mentions), w.Mention))
	switch {
	case !f.Weekly() && f.From().Equal(f.Since):
		s.line(w.askedFew)
	case !f.Weekly():
		s.line(w.tooLittle, w.Span(f.Lasting()), f.From().In(s.zone).Format(w.date))
	case f.Known.After(f.Since):
		s.line(w.young, f.Known.In(s.zone).Format(w.date), w.weeks(f.Lasting()))
	}
	s.line(w.rule, f.RuleVersion, bound(f.Rule.Watch), bound(f.Rule.Alert), bound(f.Rule.Crisis))
	s.labels(f.Labelled())
}

// labels says who said what was right, and what that leaves open.
func (s *sheet) labels(given *detector.Labelled) {
	if given == nil {
		return
	}
	w := s.words
	levels := []string{}
	for _, level := range []string{"crisis", "alert", "watch", "none"} {
		if n := given.Levels[level]; n > 0 {
			levels = append(levels, strconv.Itoa(n)+" "+level)
		}
	}
	what := strings.Join(levels, ", ")
	switch {
	case given.Count == 0:
		s.line("%s", w.labelsNone)
		return
	case given.From == detector.FromFile:
		s.line(w.labelsOfFile, given.Count, what)
		return
	}
	s.line(w.labelsOfDesk, w.Several(uint64(given.Count), w.verdict), what)
	s.line("  %s", w.verdictsNote)
}

// weeklyHead and weekly are a column of figures a week, none where too little is known.
func (s *sheet) weeklyHead(f *detector.Findings) []string {
	if !f.Weekly() {
		return nil
	}
	return []string{s.words.aWeek}
}

func (s *sheet) weekly(f detector.Figures) []string {
	if f.PerWeek == nil {
		return nil
	}
	return []string{s.perWeek(*f.PerWeek)}
}

func (s *sheet) scoreHead(f *detector.Findings) []string {
	if f.Labels == nil {
		return nil
	}
	return []string{s.words.precision, s.words.recall}
}

// score are the precision and recall of a level, none where nobody said what is right.
func (s *sheet) score(f detector.Figures) []string {
	if f.Score == nil {
		return nil
	}
	return []string{s.share(f.Precision, f.PrecisionRange, f.Right, f.Judged), s.share(f.Recall, f.RecallRange, f.Met, f.Labelled)}
}

// counts are what precision and recall are counted from.
func (s *sheet) counts(f detector.Figures) []string {
	if f.Score == nil {
		return nil
	}
	return []string{fmt.Sprintf(s.words.counts, f.Right, f.Judged), fmt.Sprintf(s.words.counts, f.Met, f.Labelled)}
}

func (s *sheet) share(of *float64, between [2]float64, part, whole int) string {
	w := s.words
	if of == nil {
		return fmt.Sprintf(w.of, part, whole)
	}
	return fmt.Sprintf(w.share, w.Share(*of, 1), part, whole, w.Share(between[0], 1), w.Share(between[1], 1))
}

// incident writes what a page would have shown. Strangers wrote the posts.
func (s *sheet) incident(t detector.Told) {
	w, what := s.words, s.words.Level(t.Level).One
	if t.Kind == "opportunity" {
		what = w.Opportunity.One
	}
	what = strings.ToUpper(what)
	if s.colour {
		what = "\x1b[" + colours[t.Level] + "m" + what + "\x1b[0m"
	}
	if about := w.About(t.AboutKind, clean(t.About)); about != "" {
		what += " (" + about + ")"
	}
	said := []string{what, s.lasted(t), s.found(t.Label)}
	s.line("\n%s  %s", s.moment(t.Opened), strings.Join(slices.DeleteFunc(said, empty), " · "))
	if climbed := s.climbed(t); climbed != "" {
		s.detail("%s", climbed)
	}
	figures := wording.Figures{
		Window: t.Window[1].Sub(t.Window[0]), Mentions: uint64(t.Mentions), ExpectedMentions: t.Expected,
		Negative: uint64(t.Negative), ExpectedNegative: t.ExpectedN, Surplus: [2]float64{t.Share[1], t.Share[2]},
		Authors: uint64(t.Authors), Reach: t.Reach, RareDays: uint64(t.RarityDays), KnownDays: uint64(t.KnownDays),
	}
	said = []string{w.Signals(t.Signals), w.Volume(figures), w.Tone(figures), w.Voices(figures), fmt.Sprintf(w.surprise, w.Number(t.Surprise)), w.Rarity(figures), w.Copies(uint64(t.Copies))}
	s.detail("%s", strings.Join(slices.DeleteFunc(said, empty), " · "))
	s.evidence(t)
	var whys []wording.Why
	for _, post := range t.Posts {
		whys = append(whys, wording.Why{Reason: post.Reason, Risk: clean(post.Risk)})
	}
	for n, why := range w.WhyShown(whys) {
		post := t.Posts[n]
		if why != "" {
			why = " (" + why + ")"
		}
		s.detail("%s  %s, %s%s  %s  %s", s.moment(post.Published), clean(post.Source), clean(post.Author), why, clean(brief(post.Text)), clean(post.URL))
	}
}

func empty(text string) bool { return text == "" }

// evidence writes in what words it was told, where it came from and by whom.
func (s *sheet) evidence(t detector.Told) {
	var words []string
	for _, word := range t.Words {
		words = append(words, clean(word.Text)+" ("+s.words.Share(word.Share, 1)+")")
	}
	var path []wording.Step
	for _, step := range t.Path {
		path = append(path, wording.Step{Place: clean(wording.Place(step.Source, step.Page)), Author: clean(step.Author), Share: step.Share, At: step.Published})
	}
	var accounts []wording.Account
	for _, author := range t.TopAuthors {
		accounts = append(accounts, wording.Account{Name: clean(author.Name), Followers: author.Followers, Verified: author.Verified})
	}
	w := s.words
	for _, line := range []string{w.Occasion(clean(t.Occasion)), w.Also(t.Also), w.Words(words), w.Path(path, t.Opened, s.zone), w.Accounts(accounts)} {
		if line != "" {
			s.detail("%s", line)
		}
	}
}

// climbed says when each level above the first was reached.
func (s *sheet) climbed(t detector.Told) string {
	var steps []string
	w := s.words
	for _, level := range []string{"watch", "alert", "crisis"} {
		at, reached := t.Reached[level]
		if !reached || at.Equal(t.Opened) && level != t.Level {
			continue
		}
		step := w.Level(level).One
		if !at.Equal(t.Opened) {
			step = fmt.Sprintf(w.at, step, at.In(s.zone).Format(w.clock))
		}
		if seconds, known := t.Delay[level]; known {
			step = fmt.Sprintf(w.after, step, s.delay(&seconds))
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, " · ")
}

func (s *sheet) lasted(t detector.Told) string {
	if t.Resolved == nil {
		return s.words.goingOn
	}
	return fmt.Sprintf(s.words.lasted, s.words.Span(t.Resolved.Sub(t.Opened)))
}

func (s *sheet) found(label string) string {
	switch label {
	case "":
		return ""
	case "none":
		return s.words.nothing
	default:
		return fmt.Sprintf(s.words.called, s.words.Level(label).One)
	}
}

// curve writes what each alert bound tells, against the present one.
func (s *sheet) curve(f *detector.Findings) {
	w := s.words
	rows := [][]string{slices.Concat([]string{w.bound, w.alerts}, s.weeklyHead(f), []string{w.delay, w.missed, w.more}, s.scoreHead(f))}
	for _, point := range f.Curve {
		name := bound(point.Alert)
		if point.Present {
			name = fmt.Sprintf(w.present, name)
		}
		rows = append(rows, slices.Concat([]string{name, strconv.Itoa(point.Figures.Incidents)}, s.weekly(point.Figures),
			[]string{s.delay(point.MedianDelay), strconv.Itoa(point.Missed), strconv.Itoa(point.More)}, s.counts(point.Figures)))
	}
	s.table(rows...)
	s.line("%s", w.curveNote)
}

// shortest is of how long a past thresholds are proposed without a word of caution.
const shortest = 28 * 24 * time.Hour

// writeProposal is what `vigie tune` answers.
func writeProposal(out io.Writer, f *detector.Findings, budget float64, cfg *config.Config) error {
	s := newSheet(out, cfg)
	w := s.words
	s.head(f)
	s.line("")
	s.curve(f)
	if f.Curve[0].Figures.Incidents == 0 {
		s.line("\n%s", w.nothingTold)
		return s.err
	}
	if !f.Weekly() {
		s.line("\n%s", w.notYet)
		return s.err
	}
	present := f.Present()
	proposal, kept := f.Propose(budget)
	switch {
	case present.PerWeek <= budget:
		s.keep(f, present, proposal, budget)
	case kept:
		s.raise(f, proposal, budget)
	default:
		s.line("\n"+w.impossible, s.pages(budget), bound(proposal.Rule.Alert), s.perWeek(proposal.PerWeek))
	}
	return s.err
}

// keep says that the present rule keeps to a budget, and what a lower bound would add that
// does so too.
func (s *sheet) keep(f *detector.Findings, present, proposal detector.Proposal, budget float64) {
	w := s.words
	s.line("\n"+w.keeps, bound(present.Rule.Alert), s.pages(budget), s.often(f, present))
	s.caution(f)
	switch {
	case proposal.Rule.Alert >= present.Rule.Alert:
		s.line("%s", w.noLower)
		return
	case len(proposal.More) == 0:
		s.line(w.lowerAlike, bound(proposal.Rule.Alert))
		return
	}
	s.line(w.lower, bound(proposal.Rule.Alert), s.often(f, proposal))
	s.incidents(proposal.More, w.addsSome)
	s.yaml(proposal)
}

// raise proposes a bound that keeps to a budget, where the present one does not.
func (s *sheet) raise(f *detector.Findings, proposal detector.Proposal, budget float64) {
	w := s.words
	s.line("\n"+w.proposal, s.pages(budget), bound(proposal.Rule.Alert), s.often(f, proposal))
	s.caution(f)
	if len(proposal.Missed) == 0 {
		s.line("%s", w.missesNone)
	} else {
		s.incidents(proposal.Missed, w.missesSome)
	}
	s.yaml(proposal)
}

// often says how often a rule pages: 0.64 times a week (1 alert in 11 d 0 h).
func (s *sheet) often(f *detector.Findings, p detector.Proposal) string {
	w := s.words
	return fmt.Sprintf(w.times, s.perWeek(p.PerWeek), w.Several(uint64(p.Alerts), w.Level("alert")), w.weeks(f.Lasting()))
}

func (s *sheet) caution(f *detector.Findings) {
	if f.Lasting() < shortest {
		s.line("%s", s.words.tooShort)
	}
}

func (s *sheet) incidents(told []detector.Told, some string) {
	s.line(some, len(told))
	for _, incident := range told {
		s.incident(incident)
	}
}

func (s *sheet) yaml(p detector.Proposal) {
	s.line("\n%s", s.words.try)
	s.line("%s", strings.TrimRight(p.YAML(), "\n"))
}

func (s *sheet) pages(n float64) string {
	if n <= 1 {
		return bound(n) + " " + s.words.page.One
	}
	return bound(n) + " " + s.words.page.Several
}

// bound is a number as the config takes it.
func bound(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (s *sheet) perWeek(n float64) string { return s.words.Decimal(n, 2) }

func (s *sheet) delay(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	return s.words.Span(time.Duration(*seconds * float64(time.Second)))
}

// brief is a text that fits on a line or two.
func brief(text string) string {
	const most = 160
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
