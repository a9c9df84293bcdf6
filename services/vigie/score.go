package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/scorer"
)

func (a *app) score() *cobra.Command {
	var stream scorer.Stream
	cmd := &cobra.Command{
		Use: "score", Short: "Say what is felt in texts, of which brands, about what (NDJSON)", GroupID: "tool", Args: cobra.NoArgs,
		Long: `Reads a text a line on standard input, or a Mention a line (--input ndjson), and
writes a line of JSON for each, in order, as live mentions are scored:

  mention_id      where the line has one
  lang            ISO 639-1 code, or "und"
  sentiment       label, score from -1 to 1, calibrated probabilities; of the post as a
                  whole; null where the language is not one of those scored
                  (fr, en, es, pt, it, de, ar; hi, hardly better than chance)
  brands          of the config, that the post concerns
  towards         by brand: sentiment and recommendation towards it
  topics, owner   what it is about, and which department should answer: the owner of
                  the worst risk, else of the first topic
  risks           boycott, recall, injury…, each with the words that say so
  recommendation  none, recommends or warns
  story_id        the same for copies of one text: the first one's id, or "line:N"
  model_version   of the rules and models
  explain         with --explain: the words that weighed most, and how far the score
                  would move without each; they need not add up to it

A Mention has the keys of proto/vigie/v1/mention.proto (what vigie import reads is
another form); other keys are passed over:
  {"mention_id":"x:1","text":"…","language_hint":"fr","author":{"handle":"ana","followers":1200}}
A line that is none is answered by {"error":…}, and the exit code is then 1.
Brands and topics are the config's; where there is none, no brand is looked for.`,
		Example: `  echo "Bravo la SNCF, 2h de retard" | vigie score
  vigie score --explain --lang fr < avis.txt
  vigie sql --format ndjson "SELECT mention_id, text FROM mentions" | vigie score --input ndjson`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(scorer.Inputs, stream.Input) {
				return usageError{fmt.Errorf("unknown input %q: one of %s", stream.Input, strings.Join(scorer.Inputs, ", "))}
			}
			stream.Language, _, _ = strings.Cut(strings.ToLower(stream.Language), "-")
			if !slices.Contains(scorer.Languages, stream.Language) && stream.Language != "" {
				return usageError{fmt.Errorf("unknown language %q: one of %s", stream.Language, strings.Join(scorer.Languages, ", "))}
			}
			cfg, err := a.loadIfThere(cmd)
			if err != nil {
				return err
			}
			stream.Config = cfg
			return stream.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&stream.Input, "input", "text", "what a line is: text or ndjson")
	cmd.Flags().StringVar(&stream.Language, "lang", "", "language of all texts (ISO 639-1), instead of telling it")
	cmd.Flags().BoolVar(&stream.Explain, "explain", false, "add the words that weighed most")
	return cmd
}

// loadIfThere reads the config, or takes the defaults where none was named and none
// is in this folder.
func (a *app) loadIfThere(cmd *cobra.Command) (*config.Config, error) {
	named := cmd.Flags().Changed("config") || os.Getenv("VIGIE_CONFIG") != ""
	if _, err := os.Stat(a.configPath); !named && errors.Is(err, fs.ErrNotExist) {
		return config.Default(), nil
	}
	return a.load()
}
