package sentiment

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
)

// Label is what is felt.
type Label int

// Labels. None: not judged.
const (
	None Label = iota
	Negative
	Neutral
	Positive
)

var labelNames = [...]string{"", "negative", "neutral", "positive"}

func (l Label) String() string { return labelNames[l] }

var names = map[string]Label{"negative": Negative, "neutral": Neutral, "positive": Positive}

// Example is a labelled text.
type Example struct {
	Text  string
	Label Label
}

// ReadExamples reads lines "label<TAB>text" after a header line. It passes over
// labels that are none of negative, neutral, positive, and answers the SHA-256
// of what it read, for the model's version.
func ReadExamples(r io.Reader) (examples []Example, digest []byte, err error) {
	hashed := newDigest(r)
	lines := bufio.NewScanner(hashed)
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
	return examples, hashed.sum(), lines.Err()
}

// digest hashes what is read through it.
type digest struct {
	io.Reader
	hash hash.Hash
}

func newDigest(r io.Reader) digest {
	h := sha256.New()
	return digest{Reader: io.TeeReader(r, h), hash: h}
}

func (d digest) sum() []byte { return d.hash.Sum(nil) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
