package phrase

import (
	"fmt"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// gap is how many words may stand where a phrase has "~".
const gap = 3

// List is phrases under names, compiled. It is safe for concurrent use.
//
// It is written as lines: "[name]" begins the phrases of a name, which follow
// with commas between them; "#" begins a comment. A phrase is words of which each
// may be several ("crew|staff"), the beginning of one ("boycott*"), or up to three
// words of any kind ("~"). A phrase lies within a clause.
type List struct {
	names  []string
	starts map[string][]pattern // by the first letters of the first word
}

type pattern struct {
	name  int
	words []alternatives
}

type alternatives []form

type form struct {
	text   string
	prefix bool
	gap    bool
}

// Match is a phrase found: the words from First up to Last of the text.
type Match struct {
	Name        string
	First, Last int
}

// keyLength is how many bytes of a word it is looked up by.
const keyLength = 3

func key(word string) string { return word[:min(len(word), keyLength)] }

// MustParse compiles a list that is part of the program.
func MustParse(source string) *List {
	list, err := parse(source)
	if err != nil {
		panic(err)
	}
	return list
}

func parse(source string) (*List, error) {
	list := &List{starts: map[string][]pattern{}}
	for line := range strings.Lines(source) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			list.names = append(list.names, strings.TrimSuffix(name, "]"))
			continue
		}
		for phrase := range strings.SplitSeq(line, ",") {
			words := strings.Fields(phrase)
			if len(words) == 0 {
				continue
			}
			if err := list.add(words); err != nil {
				return nil, fmt.Errorf("phrase: %q: %w", phrase, err)
			}
		}
	}
	return list, nil
}

func (l *List) add(words []string) error {
	if len(l.names) == 0 {
		return fmt.Errorf("comes before any [name]")
	}
	p := pattern{name: len(l.names) - 1}
	for _, word := range words {
		p.words = append(p.words, parseWord(word))
	}
	seen := map[string]bool{}
	for _, form := range p.words[0] {
		if form.gap || form.prefix && len(form.text) < keyLength {
			return fmt.Errorf("begins with too little to be found by")
		}
		if k := key(form.text); !seen[k] {
			seen[k] = true
			l.starts[k] = append(l.starts[k], p)
		}
	}
	return nil
}

func parseWord(word string) alternatives {
	if word == "~" {
		return alternatives{{gap: true}}
	}
	var forms alternatives
	for text := range strings.SplitSeq(word, "|") {
		text, prefix := strings.CutSuffix(text, "*")
		forms = append(forms, form{text: query.Fold(text), prefix: prefix})
	}
	return forms
}

func (a alternatives) accept(word string) bool {
	for _, form := range a {
		if word == form.text || form.prefix && strings.HasPrefix(word, form.text) {
			return true
		}
	}
	return false
}

// Find appends to dst the phrases of a text in its order: at each word the
// longest, and after it the next.
func (l *List) Find(dst []Match, text *Text) []Match {
	for i := 0; i < len(text.Words); i++ {
		best := Match{Last: -1}
		for _, p := range l.starts[key(text.Words[i].Text)] {
			if last := p.match(text.Words, i, i, 0); last > best.Last {
				best = Match{l.names[p.name], i, last}
			}
		}
		if best.Last >= 0 {
			dst = append(dst, best)
			i = best.Last
		}
	}
	return dst
}

// match is the last word of the pattern's words from n on, standing at i, of a
// phrase that began at first; -1 where they do not stand there.
func (p *pattern) match(words []Word, first, i, n int) int {
	for ; n < len(p.words); n++ {
		if p.words[n][0].gap {
			for skip := range gap + 1 {
				if last := p.match(words, first, i+skip, n+1); last >= 0 {
					return last
				}
			}
			return -1
		}
		if i >= len(words) || words[i].Clause != words[first].Clause || !p.words[n].accept(words[i].Text) {
			return -1
		}
		i++
	}
	return i - 1
}

// Before says whether one of a set of words stands among so many words before a
// match, in its clause.
func (t *Text) Before(match Match, within int, set map[string]bool) bool {
	for i := match.First - 1; i >= max(0, match.First-within); i-- {
		if t.Words[i].Clause != t.Words[match.First].Clause {
			return false
		}
		if set[t.Words[i].Text] {
			return true
		}
	}
	return false
}

// After is Before for the words after a match.
func (t *Text) After(match Match, within int, set map[string]bool) bool {
	for i := match.Last + 1; i < min(len(t.Words), match.Last+1+within); i++ {
		if t.Words[i].Clause != t.Words[match.Last].Clause {
			return false
		}
		if set[t.Words[i].Text] {
			return true
		}
	}
	return false
}

// Written is a match as the author wrote it.
func (t *Text) Written(match Match) string {
	return t.Source[t.Words[match.First].From:t.Words[match.Last].To]
}

// Set makes a set of the words of a line.
func Set(line string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(line) {
		set[query.Fold(word)] = true
	}
	return set
}
