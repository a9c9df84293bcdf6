package sentiment

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Card says where a model comes from and what it was measured to do.
type Card struct {
	Version   string
	Languages []LanguageCard
	Lexicons  []Source // what the training started from
}

// LanguageCard is what is known of a language's model. The figures are of the
// cross-validation: of texts that the model they judge was not trained on.
type LanguageCard struct {
	Language    string
	Sources     []Source
	Examples    int
	Features    int
	MacroRecall float64
	MacroF1     float64
	ECE         float64
	Temperature float32
	Confusion   [labels][labels]int // examples by label, then by verdict
}

// Mistakes is how often a negative text is taken for one, and how often one that is not.
func (c *LanguageCard) Mistakes() (found, mistaken float64) {
	var is, isNot, taken int
	for label, row := range c.Confusion {
		for _, n := range row {
			if label == 0 {
				is += n
			} else {
				isNot += n
			}
		}
		if label != 0 {
			taken += row[0]
		}
	}
	return float64(c.Confusion[0][0]) / float64(max(is, 1)), float64(taken) / float64(max(isNot, 1))
}

// Source is a file that was read.
type Source struct {
	Name   string
	SHA256 string
}

// listed is a list that comes with the binary, as a source.
func listed(name, list string) Source {
	return Source{Name: name, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(list)))}
}

// String is the card as a table.
func (c Card) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| language | examples | features | macro-recall | macro-F1 | ECE | temperature |\n|---|---|---|---|---|---|---|\n", c.Version)
	for _, l := range c.Languages {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %.1f | %.2f |\n",
			l.Language, l.Examples, l.Features, 100*l.MacroRecall, 100*l.MacroF1, 100*l.ECE, l.Temperature)
	}
	return b.String()
}
