package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector"
)

// bench is what is scored.
type bench struct {
	nab, replay, only string
	months            int
	seed              uint64
}

// benched is what everybody did.
type benched struct {
	Storms *detector.StormReport  `json:"storms,omitempty"`
	Series []detector.SeriesScore `json:"nab,omitempty"`
	Posts  *detector.PostsReport  `json:"replay,omitempty"`

	labelled labelled
}

func (a *app) bench() *cobra.Command {
	var b bench
	var format string
	detectors := &cobra.Command{
		Use: "detector", Short: "Hold the detector against those of others: who tells what, how soon, how often wrongly", Args: cobra.NoArgs,
		Long: `Scores our detector, by the default rule, and others in one run: the rules that vendors
of social listening disclose, and those of the literature. The same command line prints
the same figures. Needs no config and nothing that runs.

Generated scenarios: five brands, from 3 mentions a day to 3 a second, their ordinary
weeks, and in them firestorms, slow burns, bot floods, copy-paste campaigns, viral praise
and outages of sources, of which it is known when they begin and what a person would want
to be told. --months is how many of each kind (of firestorms twice as many) each brand
has; of the huge brand, which has most of all mentions, so few that they are done in time.
Kinds: ` + strings.Join(detector.StormKinds(), ", ") + `.
--months 2, the default, takes some ten minutes on two cores; --months 1 half of that;
--months 0 leaves them out.

Rivals are given the counts of each minute, of all mentions and of the negative ones;
whichever suits the rule better counts. They have but one level, the alert.

--nab DIR: the Numenta Anomaly Benchmark's series of Twitter volumes, by its own scoring:
DIR holds combined_windows.json and realTweets/*.csv. Ours is ` + "`vigie detect`" + `.

--replay FILE: real posts, lines of the X API v2 (NAME.x.ndjson), brand by brand as if
each had been known when it was published. People's labels, NAME.labels.tsv beside it
with the columns id, brand and sentiment, say what is negative; without them nothing is,
and the brand is the matching rule's. Every incident of ours is shown, with three posts.`,
		Example: `  vigie bench detector
  vigie bench detector --months 1 --only firestorm
  vigie bench detector --months 0 --nab "$VIGIE_DATA/nab" --replay posts.x.ndjson --format json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, known := benchWriters[format]
			switch {
			case !known:
				return usageError{fmt.Errorf("unknown format %q: text or json", format)}
			case b.months < 0:
				return usageError{errors.New("--months must be 0 or more")}
			case b.only != "" && !slices.Contains(detector.StormKinds(), b.only):
				return usageError{fmt.Errorf("unknown kind %q: one of %s", b.only, strings.Join(detector.StormKinds(), ", "))}
			case b.months == 0 && b.nab == "" && b.replay == "":
				return usageError{errors.New("--months 0 leaves nothing to score: name --nab or --replay")}
			}
			found, err := b.run(cmd.Context())
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), found)
		},
	}
	detectors.Flags().StringVar(&b.nab, "nab", "", "folder of the Numenta Anomaly Benchmark")
	detectors.Flags().StringVar(&b.replay, "replay", "", "file of real posts, lines of the X API v2")
	detectors.Flags().IntVar(&b.months, "months", 2, "months of each brand's scenarios; 0 for none")
	detectors.Flags().Uint64Var(&b.seed, "seed", 1, "of the generated scenarios")
	detectors.Flags().StringVar(&b.only, "only", "", "one kind of scenarios")
	detectors.Flags().StringVar(&format, "format", "text", "text or json")
	cmd := &cobra.Command{Use: "bench", Short: "Measure, and compare", GroupID: "tool", Args: noSuchCommand, RunE: showHelp}
	cmd.AddCommand(detectors)
	return cmd
}

// run reads what was named first: who named a wrong file learns it at once.
func (b *bench) run(ctx context.Context) (found benched, err error) {
	cfg := config.Default()
	if b.nab != "" {
		if found.Series, err = detector.BenchSeries(os.DirFS(b.nab)); err != nil {
			return found, fmt.Errorf("--nab %s: %w; looked for there: combined_windows.json and realTweets/*.csv", b.nab, err)
		}
	}
	if b.replay != "" {
		if found.labelled, err = readPosts(b.replay); err != nil {
			return found, err
		}
		if len(found.labelled.posts) == 0 {
			return found, fmt.Errorf("%s: there is no post of a brand", b.replay)
		}
		posts := detector.BenchPosts(cfg, found.labelled.posts)
		found.Posts = &posts
	}
	if b.months > 0 {
		found.Storms, err = stormsWithBar(ctx, detector.Storms{Config: cfg, Seed: b.seed, Months: b.months, Only: b.only})
	}
	return found, err
}

// stormsWithBar shows how far it is where a terminal is there.
func stormsWithBar(ctx context.Context, storms detector.Storms) (*detector.StormReport, error) {
	show, end := partBar("scenarios")
	defer end()
	var mu sync.Mutex
	var done float64
	storms.Progress = func(part float64) {
		mu.Lock()
		defer mu.Unlock()
		done += part
		show(done)
	}
	report, err := storms.Run(ctx)
	if ctx.Err() != nil {
		return nil, errors.New("stopped before the end: nothing was scored")
	}
	return report, err
}

var benchWriters = map[string]func(io.Writer, benched) error{
	"text": writeBench,
	"json": func(w io.Writer, found benched) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(found)
	},
}
