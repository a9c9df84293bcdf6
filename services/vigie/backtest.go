package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector"
)

const aboutReplays = `
The time: --since 90d, or a date (2026-03-01), or a moment (2026-03-01T12:00:00Z); days
begin at midnight in the config's time zone. The 28 days before are read as well, to
learn the rhythm, and what opens in them is not told. What was imported counts as if
it had come when it was published. Figures a week are told where 7 days are known at
least; a few old posts by themselves, before a day of silence, make nothing known.

The rule: the config's section detector, or --rule FILE, which holds the same keys;
what it leaves out is as in the config.

Labels say what people found. Where some said on the desk what incidents were, these
verdicts are the labels, each for as long as its incident lasted: precision is then that
of the incidents that got one, and recall that of what was told live. Or --labels FILE,
CSV or NDJSON: each a time in which something of a level was the matter with a brand;
level is watch, alert, crisis, or none where somebody looked and it was nothing. They
are taken for complete: what was told and is in no label's time was a false alarm.
  brand,from,to,level
  zestaline,2026-03-04T12:00:00Z,2026-03-04T18:00:00Z,crisis

Needs the ClickHouse of a running ` + "`vigie up`" + `, or clickhouse.addr.`

const (
	// curveSteps and tunedSteps are how many alert bounds are tried for each doubling.
	curveSteps = 2
	tunedSteps = 4
)

// replayed is what the commands that decide on the past again have in common.
type replayed struct {
	brand, since, until, rule, labels string
}

func (r *replayed) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.brand, "brand", "", "the brand's id")
	cmd.Flags().StringVar(&r.since, "since", "90d", "from when on: 90d, 2026-03-01, or a moment")
	cmd.Flags().StringVar(&r.until, "until", "", "until when: a date or a moment; now where it is left out")
	cmd.Flags().StringVar(&r.rule, "rule", "", "YAML file with the rule to try")
	cmd.Flags().StringVar(&r.labels, "labels", "", "CSV or NDJSON file with what people found, instead of the verdicts of the desk")
	_ = cmd.MarkFlagRequired("brand")
}

// backtest makes the work of a command line, and warns of what of it comes to nothing.
func (a *app) backtest(r replayed, now time.Time, warnings io.Writer) (detector.Backtest, error) {
	cfg, _, err := a.brand(r.brand)
	if err != nil {
		return detector.Backtest{}, usageError{err}
	}
	b := detector.Backtest{Config: cfg, Brand: r.brand, Mistakes: mistakes(), Until: now.Truncate(time.Minute), Steps: curveSteps, Patience: runningWait}
	if r.rule != "" {
		if cfg.Detector, err = config.LoadDetector(r.rule, cfg.Detector); err != nil {
			return b, usageError{err}
		}
	}
	if b.Since, err = moment(r.since, now, cfg.Location()); err != nil {
		return b, usageError{fmt.Errorf("--since: %w", err)}
	}
	if r.until != "" {
		if b.Until, err = moment(r.until, now, cfg.Location()); err != nil {
			return b, usageError{fmt.Errorf("--until: %w", err)}
		}
	}
	if !b.Since.Before(b.Until) {
		return b, usageError{fmt.Errorf("--since, %s, is not before --until, %s", b.Since.Format(time.DateTime), b.Until.Format(time.DateTime))}
	}
	if r.labels != "" {
		if b.Labels, err = readLabels(r.labels, cfg.Location()); err != nil {
			return b, usageError{err}
		}
		strange, some := ofNoBrand(b.Labels, cfg)
		switch {
		case strange != "" && !some:
			return b, usageError{fmt.Errorf("%s: no brand of the config has these labels: %s", filepath.Base(r.labels), strange)}
		case strange != "":
			fmt.Fprintf(warnings, "warning: %s: no brand of the config has these labels: %s\n", filepath.Base(r.labels), strange)
		}
	}
	return b, nil
}

// ofNoBrand counts the labels that name a brand the config does not have, and says whether
// some name one that it has.
func ofNoBrand(labels []detector.Label, cfg *config.Config) (strange string, some bool) {
	counts := map[string]int{}
	for _, label := range labels {
		if _, known := cfg.Brand(label.Brand); known {
			some = true
		} else {
			counts[label.Brand]++
		}
	}
	var told []string
	for _, brand := range slices.Sorted(maps.Keys(counts)) {
		told = append(told, fmt.Sprintf("%d of %s", counts[brand], clean(brand)))
	}
	return strings.Join(told, ", "), some
}

// moment reads when: so long ago, a date, or a moment. Days begin at midnight, so that
// two runs of a day begin at the same moment.
func moment(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return at, nil
	}
	var ago config.Duration
	if err := ago.UnmarshalText([]byte(text)); err != nil || ago <= 0 {
		return now, fmt.Errorf("%q is no time: write 90d, 2026-03-01 or 2026-03-01T12:00:00Z", text)
	}
	at := now.Add(-ago.Std()).In(zone)
	if ago.Std() < 24*time.Hour {
		return at.Truncate(time.Minute), nil
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone), nil
}

func readLabels(path string, zone *time.Location) ([]detector.Label, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	labels, err := detector.ReadLabels(file, zone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return labels, nil
}

// replayWithBar replays, and shows how far it is where a terminal is there.
func replayWithBar(ctx context.Context, b detector.Backtest) (*detector.Findings, error) {
	var end func()
	b.Progress, end = partBar("replayed")
	defer end()
	found, err := b.Run(ctx)
	if ctx.Err() != nil {
		return nil, errors.New("stopped before the end: nothing was written")
	}
	return found, err
}

func (a *app) backtestCommand() *cobra.Command {
	var r replayed
	var format, picture string
	cmd := &cobra.Command{
		Use: "backtest --brand BRAND", Short: "Show what a rule would have opened on the past", GroupID: "tool", Args: cobra.NoArgs,
		Long: `Decides on a brand's past again, by the code that decides live, and shows before a rule
is enabled: every incident it would have opened, how many a week of each level, how
soon after its first post, how much of it people call right, and the same over
alert bounds from low to high. Changes nothing, and pages nobody.
` + aboutReplays + `

Output: text for people; json, all of it as one value; ndjson, each step of each incident
as the detector would have published it, a line each. Two runs over the same mentions
write the same bytes. Text and picture are in the config's language. --picture draws what
was said and what was expected, the incidents, what people found, and the curve.`,
		Example: `  vigie backtest --brand zestaline
  vigie backtest --brand zestaline --since 365d --rule stricter.yaml --picture zestaline.svg
  vigie backtest --brand zestaline --labels found.csv --format json | jq .levels`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, known := findingsWriters[format]
			if !known {
				return usageError{fmt.Errorf("unknown format %q: text, json or ndjson", format)}
			}
			drawn := strings.TrimPrefix(filepath.Ext(picture), ".")
			if picture != "" && !slices.Contains(detector.PictureFormats, drawn) {
				return usageError{fmt.Errorf("--picture %s: a picture's name ends with .%s", picture, strings.Join(detector.PictureFormats, " or ."))}
			}
			if folder, err := os.Stat(filepath.Dir(picture)); picture != "" && (err != nil || !folder.IsDir()) { // a replay takes its time
				return usageError{fmt.Errorf("--picture %s: there is no folder %s", picture, filepath.Dir(picture))}
			}
			b, err := a.backtest(r, time.Now(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			found, err := replayWithBar(cmd.Context(), b)
			if err != nil {
				return err
			}
			if picture != "" {
				if err := writeWhole(picture, func(file io.Writer) error { return found.Picture(file, drawn, b.Config.Language, b.Config.Location()) }); err != nil {
					return err
				}
			}
			return write(cmd.OutOrStdout(), found, b.Config)
		},
	}
	r.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, json or ndjson")
	cmd.Flags().StringVar(&picture, "picture", "", "file to draw to, .svg or .png")
	return cmd
}

func (a *app) tune() *cobra.Command {
	var r replayed
	var perWeek float64
	cmd := &cobra.Command{
		Use: "tune --brand BRAND --pages-per-week N", Short: "Propose the bounds that keep to so many pages a week", GroupID: "tool", Args: cobra.NoArgs,
		Long: `Decides on a brand's past again with alert bounds from low to high, side by side, and
says whether the present one would have paged no more often than you want. If so, what
a lower one would have added that does so too; if not, the lowest that does, and what
it would have missed. It shows the lines to put in the config. A page is an incident
that comes to alert, or above. Changes nothing.
` + aboutReplays,
		Example: `  vigie tune --brand zestaline --pages-per-week 1
  vigie tune --brand zestaline --pages-per-week 0.5 --since 365d --labels found.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !(perWeek > 0) {
				return usageError{errors.New("--pages-per-week must be above 0: to be told nothing, watch nothing")}
			}
			b, err := a.backtest(r, time.Now(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			b.Steps = tunedSteps
			found, err := replayWithBar(cmd.Context(), b)
			if err != nil {
				return err
			}
			return writeProposal(cmd.OutOrStdout(), found, perWeek, b.Config)
		},
	}
	r.flags(cmd)
	cmd.Flags().Float64Var(&perWeek, "pages-per-week", 0, "how many pages a week are wanted at most")
	_ = cmd.MarkFlagRequired("pages-per-week")
	return cmd
}
