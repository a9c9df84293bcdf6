package sentiment

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Lexicon is somebody else's list of words with their polarity: the prior that
// training starts from. It is never shipped; what is, are weights that examples
// have moved, of words that examples contain.
type Lexicon struct {
	Source
	Language string
	entries  map[string]float32
}

// ReadLexicon reads one of the forms such lists come in, known by the name of the
// file: AFINN (word, tab, -5 to 5), VADER (word, tab or "->", -4 to 4, …) and FEEL
// (id;word;positive|negative;…).
func ReadLexicon(name string, r io.Reader) (*Lexicon, error) {
	language, _, _ := strings.Cut(name, "-")
	lexicon := &Lexicon{Source: Source{Name: name}, Language: language, entries: map[string]float32{}}
	hashed := newDigest(r)
	lines := bufio.NewScanner(hashed)
	for lines.Scan() {
		word, value, err := parseEntry(name, lines.Text())
		if err != nil {
			return nil, fmt.Errorf("sentiment: lexicon %s: %w", name, err)
		}
		if word != "" {
			lexicon.entries[word] = value
		}
	}
	lexicon.SHA256 = fmt.Sprintf("%x", hashed.sum())
	return lexicon, lines.Err()
}

// feelStrength is what FEEL's bare "positive" and "negative" count for.
const feelStrength = 0.3

func parseEntry(name, line string) (word string, value float32, err error) {
	if strings.Contains(name, "feel") {
		fields := strings.Split(line, ";")
		if len(fields) < 3 || fields[0] == "id" {
			return "", 0, nil
		}
		if fields[2] == "negative" {
			return fields[1], -feelStrength, nil
		}
		return fields[1], feelStrength, nil
	}
	top := float32(5)
	if strings.Contains(name, "vader") {
		top = 4
	}
	word, rest, found := strings.Cut(line, "\t")
	if at := strings.LastIndex(line, "->"); !found && at > 0 {
		word, rest, found = line[:at], line[at+2:], true
	}
	if !found {
		return "", 0, nil
	}
	number, _, _ := strings.Cut(rest, "\t")
	parsed, err := strconv.ParseFloat(strings.TrimSpace(number), 32)
	if err != nil {
		return "", 0, fmt.Errorf("%q has no polarity: %w", line, err)
	}
	return word, float32(parsed) / top, nil
}

// prior is what is thought of words before the examples: the mean of what
// lexicons and our own cues say.
func prior(language string, lexicons []*Lexicon) polarities {
	type mean struct{ sum, n float32 }
	means := map[uint32]mean{}
	note := func(hash uint32, value float32) {
		m := means[hash]
		means[hash] = mean{m.sum + value, m.n + 1}
	}
	for _, lexicon := range lexicons {
		if lexicon.Language != language {
			continue
		}
		for _, entry := range sortedKeys(lexicon.entries) { // sums of floats depend on their order
			for form := range strings.SplitSeq(entry, "|") {
				if hash, short := phraseHash(form); short {
					note(hash, lexicon.entries[entry])
				}
			}
		}
	}
	all := polarities{}
	for hash, m := range means {
		all[hash] = m.sum / m.n
	}
	for hash, value := range known()[language].cues {
		if said, known := all[hash]; known {
			value = (value + said) / 2
		}
		all[hash] = value
	}
	return all
}
