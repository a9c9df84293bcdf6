package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/services/detector"
)

func (a *app) detectCommand() *cobra.Command {
	var path string
	var threshold bool
	cmd := &cobra.Command{
		Use: "detect --csv FILE", Short: "Score a series of counts, so that anyone can test the detector", GroupID: "tool", Args: namedByCSV,
		Long: `Reads timestamp,value (a header line, then a row each; FILE, or - for standard input)
and writes timestamp,value,anomaly_score to standard output: how unusual each count is,
from 0 to 1, by nothing but the rows before it. Each row is answered as soon as it is
read; times and values are written as they came. --threshold prints the score from which
it would raise an alert: the same for every series, and reached once for one event.

It decides as live on the volume of a brand: against the series' own rhythm and records.
Of the counts' authors, words and feelings, which live matter more, it knows nothing.

The rows: times as 2006-01-02 15:04:05, taken for universal time, or as RFC 3339; values
of 0 and above. A row holds what was counted from its time on, for one step: the shortest
time between two rows so far, a day at most. So the first row, before the step is known
and with nothing to hold it against, scores 0. Where rows are missing nothing was counted;
after 35 days without a row the series begins anew. Steps below a minute are added up.

A row that is not right (no number, a negative value, a time that does not come after
the one before it) ends it with exit code 1 and the number of the line; the rows before
it are scored.`,
		Example: `  vigie detect --csv mentions.csv > scored.csv
  vigie detect --csv - < mentions.csv | awk -F, -v alert=$(vigie detect --threshold) 'NR > 1 && $3 >= alert'`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if threshold {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), detector.SeriesThreshold)
				return err
			}
			in := cmd.InOrStdin()
			if path != "-" {
				file, err := os.Open(path)
				if err != nil {
					return usageError{err}
				}
				defer file.Close()
				in = file
			}
			return detector.ScoreSeries(in, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "csv", "", "file to score, or - for standard input")
	cmd.Flags().BoolVar(&threshold, "threshold", false, "print the score from which it would raise an alert")
	cmd.MarkFlagsOneRequired("csv", "threshold")
	cmd.MarkFlagsMutuallyExclusive("csv", "threshold")
	return cmd
}

// namedByCSV says how a file is named to who names it as other commands have it.
func namedByCSV(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("`%s` takes its file by a flag: %[1]s --csv %s", cmd.CommandPath(), args[0])
	}
	return nil
}
