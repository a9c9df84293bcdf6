package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/detector"
)

// mostFaults are how many of our mistakes of a kind people are shown; JSON has all.
const mostFaults = 8

// writeBench writes for people how everybody did.
func writeBench(w io.Writer, found benched) error {
	s := &sheet{out: w, zone: time.UTC, words: &englishFindings}
	if found.Storms != nil {
		s.storms(found.Storms)
	}
	if found.Series != nil {
		s.series(found.Series)
	}
	if found.Posts != nil {
		s.posts(found.Posts, &found.labelled)
	}
	return s.err
}

// named is a table whose first column is a name, to be read from the left.
func (s *sheet) named(rows [][]string) {
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	for _, row := range rows {
		row[0] += strings.Repeat(" ", width-utf8.RuneCountInString(row[0]))
	}
	s.table(rows...)
}

func (s *sheet) storms(r *detector.StormReport) {
	en := wording.English
	s.line("GENERATED SCENARIOS: %s, %.1f brand-months, %s mentions; rule %s by default; --months %d --seed %d",
		en.Several(uint64(r.Ours.Scenarios), wording.Noun{One: "scenario", Several: "scenarios"}), r.Ours.BrandMonths,
		en.Count(uint64(r.Mentions)), r.RuleVersion, r.Months, r.Seed)
	if r.Only != "" {
		s.line("of the kind %q only: what it has no events for, or no calm, is not measured", r.Only)
	}
	s.line(`
Told: of the events that want an alert, how many got one before nine in ten of their posts
  were published. By chance: how many would have had one in the same hours a fortnight
  before, when nothing happened. What counts is the one less the other.
False: alerts that no event deserves, a brand-month; of alarms of one rival with less than
  12 hours between them, one a day.
Delay: median and 95th percentile of those told, slow burns apart; from the event's first
  post, and from when its tenth was known: nobody can tell ten posts from none sooner.
On: the mentions that suit a rival better, all or the negative ones.`)
	s.line("")
	rows := [][]string{alertHead("", "on")}
	rows = append(rows, alertRow(&r.Ours.Alert, "Vigie", ""))
	for _, rival := range r.Rivals {
		rows = append(rows, alertRow(&rival.Alert, rival.Name, rival.On))
	}
	s.named(rows)
	s.verdicts(r)
	s.levels("\nOurs by what happens:", r.ByKind)
	s.levels("\nOurs by brand:", r.BySize)
	crisis := r.Ours.Crisis
	s.line("\nFalse crises: %d, which is %.2f a brand-year. Watches: %.1f a brand-month; they wake nobody.", crisis.False, crisis.FalsePerYear, r.Ours.Watch.RaisedPerMonth)
	s.faults(r.Faults)
}

func alertHead(names ...string) []string {
	return append(names, "told", "", "by chance", "false", "delay", "p95", "from 10th", "p95")
}

func alertRow(l *detector.StormLevel, names ...string) []string {
	return append(names, fmt.Sprintf("%d/%d", l.Told, l.Wanted), share(l.Recall), strconv.Itoa(l.ByChance), decimals(l.FalsePerMonth),
		median(l.Delay), p95(l.Delay), median(l.AfterTenth), p95(l.AfterTenth))
}

func decimals(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

func median(d *detector.StormDelay) string {
	if d == nil {
		return "–"
	}
	return precise(d.Median)
}

func p95(d *detector.StormDelay) string {
	if d == nil {
		return "–"
	}
	return precise(d.P95)
}

// precise is a delay with its two largest units.
func precise(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd%02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
}

// verdicts says of each vendor's rule whether it is beaten.
func (s *sheet) verdicts(r *detector.StormReport) {
	us := &r.Ours.Alert
	s.line("\nRules that vendors disclose, against ours:")
	beaten, vendors := 0, 0
	var rows [][]string
	for _, rival := range r.Rivals {
		if !rival.Vendor {
			continue
		}
		vendors++
		verdict := "not beaten"
		switch {
		case rival.BeatenOnRecall && rival.BeatenOnFalse:
			verdict = "beaten on both"
			beaten++
		case rival.BeatenOnRecall:
			verdict = "beaten on recall only"
		case rival.BeatenOnFalse:
			verdict = "beaten on false alerts only"
		}
		rows = append(rows, []string{rival.Name, fmt.Sprintf("%-27s", verdict), strconv.Itoa(rival.Alert.Told - rival.Alert.ByChance),
			strconv.Itoa(rival.Alert.False), tightened(&rival)})
	}
	rows = slices.Insert(rows, 0,
		[]string{"", fmt.Sprintf("%-27s", ""), "told, less by chance", "false", "with its bound raised until it is false as rarely as ours"},
		[]string{"Vigie", fmt.Sprintf("%-27s", ""), strconv.Itoa(us.Told - us.ByChance), strconv.Itoa(us.False), ""})
	s.named(rows)
	s.line("%d of %d are beaten on both, recall and false alerts, at once.", beaten, vendors)
}

func tightened(r *detector.StormRival) string {
	if r.Tightened == nil {
		return "no bound tried is"
	}
	return fmt.Sprintf("%.3g times: %d told (%s)", r.Tightened.Times, r.Tightened.Alert.Told, r.Tightened.On)
}

// levels writes how ours does, a part of the scenarios a row.
func (s *sheet) levels(title string, parts []detector.StormRow) {
	s.line("%s", title)
	rows := [][]string{{"", "months", "watches", "watch", "alert", "crisis", "false alerts", "false crises", "delay", "p95", "from 10th", "p95"},
		{"", "", "a month", "told", "told", "told", "a month", "a year", "of alerts", "", "", ""}}
	for _, part := range parts {
		name := part.Name
		if part.PerDay > 0 {
			name += ", " + wording.English.Count(uint64(part.PerDay)) + " a day"
		}
		a := &part.Alert
		rows = append(rows, []string{name, fmt.Sprintf("%.1f", part.BrandMonths), decimals(part.Watch.RaisedPerMonth), told(&part.Watch), told(a), told(&part.Crisis),
			decimals(a.FalsePerMonth), decimals(part.Crisis.FalsePerYear), median(a.Delay), p95(a.Delay), median(a.AfterTenth), p95(a.AfterTenth)})
	}
	s.named(rows)
}

func told(l *detector.StormLevel) string {
	if l.Wanted == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", l.Told, l.Wanted)
}

// faults lists what ours got wrong, by what it is.
func (s *sheet) faults(faults []detector.StormFault) {
	s.line("\nWhat ours got wrong:")
	if len(faults) == 0 {
		s.line("nothing")
	}
	for len(faults) > 0 {
		of := slices.IndexFunc(faults, func(f detector.StormFault) bool { return f.What != faults[0].What })
		if of < 0 {
			of = len(faults)
		}
		s.line("%s: %d", faults[0].What, of)
		for _, f := range faults[:min(of, mostFaults)] {
			s.line("  %s of %s, seed %d, %s: %s", f.Kind, f.Brand, f.Seed, s.moment(f.At), f.Evidence)
		}
		if of > mostFaults {
			s.line("  … and %d more: --format json has all", of-mostFaults)
		}
		faults = faults[of:]
	}
}

// series writes the scores on the benchmark of others.
func (s *sheet) series(scores []detector.SeriesScore) {
	s.line("\nNUMENTA ANOMALY BENCHMARK, Twitter volumes: each at a bound fixed beforehand, none chosen on these series")
	rows := [][]string{{"", "bound", "score", "raw", "hit", "false rows", "by alarm: score", "hit", "false"}}
	cells := func(score *detector.SeriesScore) []string {
		return []string{decimals(score.Normalised), decimals(score.Raw), fmt.Sprintf("%d/%d", score.Hit, score.Windows), strconv.Itoa(score.FalseRows)}
	}
	for _, score := range scores {
		switch {
		case score.Source == "": // ours
			rows = append(rows, append(append([]string{score.Name + ", " + score.Profile, number(score.Bound)}, cells(&score)...), "", "", ""))
		case !score.ByAlarm:
			rows = append(rows, append([]string{score.Name, number(score.Bound)}, cells(&score)...))
		default:
			last := &rows[len(rows)-1]
			by := cells(&score)
			*last = append(*last, by[0], by[2], by[3])
		}
	}
	s.named(rows)
	s.line("The benchmark counts every row at the bound. By alarm: rows less than two hours apart are one, which is kinder to those that go on.")
}

func number(n float64) string { return strconv.FormatFloat(n, 'g', 3, 64) }

// posts writes what everybody did on real posts.
func (s *sheet) posts(r *detector.PostsReport, l *labelled) {
	en := wording.English
	s.line("\nREAL POSTS: %s of %s (%s), %s to %s", en.Count(uint64(r.Posts)),
		en.Several(uint64(len(r.Brands)), wording.Noun{One: "brand", Several: "brands"}), clean(strings.Join(r.Brands, ", ")), s.moment(r.From), s.moment(r.Until))
	switch {
	case l.labels == "":
		s.line("Nobody said what is negative: there is no file NAME%s beside it. So nothing of ours can come to an alert.", labelsEnd)
	case l.unfelt > 0:
		s.line("Of %d of them nobody said whether they are negative.", l.unfelt)
	default:
		s.line("What is negative, people said: %s.", filepath.Base(l.labels))
	}
	if l.brandless > 0 {
		s.line("%d more concern no brand that anybody named.", l.brandless)
	}
	byLevel := map[string]uint64{}
	for _, t := range r.Incidents {
		byLevel[t.Level]++
	}
	var opened []string
	for _, level := range []string{"watch", "alert", "crisis"} {
		opened = append(opened, en.Several(byLevel[level], en.Level(level)))
	}
	s.line("Ours opened %s.", strings.Join(opened, ", "))
	for _, t := range r.Incidents {
		s.line("\n%s:", clean(t.Brand))
		s.incident(t)
	}
	s.line("\nAlarms of others, of all brands together; those with less than 12 hours between them one a day:")
	rows := [][]string{{"", "on all", "on negative"}}
	for _, rival := range r.Rivals {
		rows = append(rows, []string{rival.Name, strconv.Itoa(rival.All), strconv.Itoa(rival.Negative)})
	}
	s.named(rows)
}

func share(of *float64) string {
	if of == nil {
		return "–"
	}
	return wording.English.Share(*of, 1)
}
