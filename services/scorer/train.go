package scorer

import (
	"fmt"
	"io"
	"os"

	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

// TrainSentiment fits a sentiment model on labelled files (lines
// "label<TAB>text" after a header) and writes it. The same files give the same
// bytes.
func TrainSentiment(language string, files []string, out io.Writer) error {
	var examples []sentiment.Example
	version := "linear-1/" + language
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("scorer: %w", err)
		}
		more, digest, err := sentiment.ReadExamples(file)
		file.Close()
		if err != nil {
			return fmt.Errorf("scorer: %s: %w", name, err)
		}
		examples = append(examples, more...)
		version += fmt.Sprintf("/%x", digest[:4])
	}
	if len(examples) == 0 {
		return fmt.Errorf("scorer: no labelled example in %v", files)
	}
	_, err := out.Write(sentiment.Train(version, examples).Write())
	return err
}
