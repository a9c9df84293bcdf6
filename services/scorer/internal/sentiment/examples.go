package sentiment

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// ReadExamples reads lines "label<TAB>text" after a header line. It passes over
// labels that are none of negative, neutral, positive, and answers the SHA-256
// of what it read, for the model's version.
func ReadExamples(r io.Reader) (examples []Example, digest []byte, err error) {
	hash := sha256.New()
	lines := bufio.NewScanner(io.TeeReader(r, hash))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		label, text, found := strings.Cut(lines.Text(), "\t")
		if n == 1 {
			continue
		}
		if !found {
			return nil, nil, fmt.Errorf("sentiment: line %d has no tab between label and text", n)
		}
		if l, known := names[label]; known {
			examples = append(examples, Example{Text: text, Label: l})
		}
	}
	return examples, hash.Sum(nil), lines.Err()
}

var names = map[string]Label{"negative": Negative, "neutral": Neutral, "positive": Positive}
