package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/services/scorer"
)

func (a *app) train() *cobra.Command {
	var out string
	sentiment := &cobra.Command{
		Use: "sentiment DATA", Short: "Fit the sentiment model on labelled files", Args: exactly("the folder of the data"),
		Long: `Fits a model for each language of DATA/sentiment/train/<language>-<name>.tsv (lines
"label<TAB>text" after a header line; labels negative, neutral and positive) and
writes them as one file. DATA/lexicons, where there are any, guide the training
(VADER, AFINN and FEEL, by the file's name) and are not copied into the model.

It cross-validates each language and prints what it measured; the same figures, and
the SHA-256 of each file, are in the model. The same files give the same bytes.
Rebuild with the model at services/scorer/internal/sentiment/sentiment.model to use it.`,
		Example: `  vigie train sentiment "$VIGIE_DATA" --out services/scorer/internal/sentiment/sentiment.model`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var card string
			err := writeWhole(out, func(file io.Writer) (err error) {
				card, err = scorer.TrainSentiment(os.DirFS(args[0]), file, trainProgress(cmd.ErrOrStderr()))
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), card)
			return nil
		},
	}
	sentiment.Flags().StringVar(&out, "out", "", "file to write")
	_ = sentiment.MarkFlagRequired("out")
	cmd := &cobra.Command{Use: "train", Short: "Fit the models that come with Vigie", GroupID: "tool", Args: noSuchCommand, RunE: showHelp}
	cmd.AddCommand(sentiment, trainLanguage())
	return cmd
}

// writeWhole writes a file whole, or leaves what is there: training takes minutes, may
// fail, and is told to write over the model in use.
func writeWhole(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() { _ = os.Remove(file.Name()) }() // nothing is left there once it has its name
	const readable = 0o644
	if err := errors.Join(write(file), file.Chmod(readable), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, errors.Unwrap(err))
	}
	return nil
}

// cannotWrite names the file that was asked for, not the one that would have become it.
func cannotWrite(path string, err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

// trainProgress tells of each step once, when it begins.
func trainProgress(to io.Writer) func(scorer.TrainProgress) {
	var told string
	return func(p scorer.TrainProgress) {
		if step := p.Language + ": " + p.Step; step != told {
			told = step
			fmt.Fprintln(to, step)
		}
	}
}
