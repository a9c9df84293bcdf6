package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/services/scorer"
)

func trainLanguage() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "language --out FILE FOLDER", Short: "Fit the language model on a folder of texts", Args: exactly("a folder of texts"),
		Long: `Reads files named like fr-books.txt, in the folder, a text a line (.posts where they
are posts, .words where they are words with the commonest first), and writes the
model. The same files give the same bytes. docs/language.md says how to fill the
folder, and what of it may be used.`,
		Example: `  vigie train language --out services/scorer/internal/language/model.bin corpus`,
		RunE: func(cmd *cobra.Command, folders []string) error {
			return writeWhole(out, func(file io.Writer) error {
				return scorer.TrainLanguage(folders[0], file, cmd.ErrOrStderr())
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}
