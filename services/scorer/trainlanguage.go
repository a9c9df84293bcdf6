package scorer

import (
	"fmt"
	"io"
	"os"

	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
)

// TrainLanguage fits the language model on a folder of texts (docs/language.md)
// and writes it. The same files give the same bytes.
func TrainLanguage(folder string, out, log io.Writer) error {
	sources, hash, err := language.ReadSources(os.DirFS(folder))
	if err != nil {
		return fmt.Errorf("scorer: %s: %w", folder, err)
	}
	fmt.Fprintf(log, "%d files, SHA-256 %x\n", len(sources), hash)
	model, err := language.Train(fmt.Sprintf("language-1/%x", hash[:6]), sources, language.Examples, log)
	if err != nil {
		return fmt.Errorf("scorer: %s: %w", folder, err)
	}
	_, err = out.Write(model.Write())
	return err
}
