package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/pkg/wording"
)

// maxTestLine bounds a line of a file that queries are tried on.
const maxTestLine = 4 << 20

// tester tells of each line of a file whether a query matches it.
type tester struct {
	out     *bufio.Writer
	encoder *json.Encoder // nil where people read
	colour  bool
	input   string
	set     *query.Set
	owned   map[string]bool // pages of brands, and whether this brand's
	sums    map[string]int
	texts   int
}

// verdict is what is told of a line, as JSON.
type verdict struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	query.Explanation
	OwnPage bool   `json:"own_page,omitempty"`
	Error   string `json:"error,omitempty"`
}

// coloured says whether a terminal wants colours.
func coloured(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isTerminal(file) && os.Getenv("NO_COLOR") == ""
}

// read tells of each line that is not blank.
func (t *tester) read(file io.Reader) error {
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 64<<10), maxTestLine)
	var document query.Document
	number := 0
	for lines.Scan() {
		number++
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		if err := t.tell(t.judge(number, line, &document), document.Text()); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d has more than %d MiB", number+1, maxTestLine>>20)
	}
	return lines.Err()
}

// judge decides on a line.
func (t *tester) judge(number int, line []byte, document *query.Document) verdict {
	v := verdict{Line: number}
	t.texts++
	p, err := t.decode([]byte(strings.ToValidUTF8(string(line), "\uFFFD")))
	if err != nil {
		v.Text, v.Error = string(line), err.Error()
		t.sums["unreadable"]++
		return v
	}
	document.ReadPost(t.known(p))
	v.Text, v.Explanation = document.Text(), t.set.Explain(document, 0)
	for _, page := range []string{p.Page, p.Author} {
		v.OwnPage = v.OwnPage || page != "" && t.owned[query.PageKey(p.Source, page)]
	}
	switch {
	case v.Matched:
		t.sums["matched"]++
	case v.OwnPage:
		t.sums["own_page"]++
	default:
		t.sums[string(v.Because[0].In)+" "+string(v.Because[0].Reason)]++
	}
	return v
}

func (t *tester) tell(v verdict, text string) error {
	if t.encoder != nil {
		return t.encoder.Encode(v)
	}
	if v.Error != "" {
		_, err := fmt.Fprintf(t.out, "%s %d  %s\n     cannot be read: %s\n", t.paint(colourBad, "!"), v.Line, clean(v.Text), v.Error)
		return err
	}
	mark, shown := t.paint(colourBad, "✗"), []query.Span(nil)
	if v.Matched {
		mark = t.paint(colourGood, "✓")
		for _, found := range v.Found {
			if found.In == query.InQuery {
				shown = append(shown, found.Spans...)
			}
		}
	}
	for _, cause := range v.Because {
		shown = append(shown, cause.Spans...)
	}
	colour := map[bool]string{true: colourGood, false: colourBad}[v.Matched]
	fmt.Fprintf(t.out, "%s %d  %s\n", mark, v.Line, t.marked(text, shown, colour))
	if v.OwnPage && !v.Matched {
		fmt.Fprintln(t.out, "     counts for the brand all the same: it stands on the brand's own page")
	}
	for _, line := range reasons(v.Explanation, text) {
		if _, err := fmt.Fprintf(t.out, "     %s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// reasons say why in words.
func reasons(x query.Explanation, text string) []string {
	var lines []string
	for _, found := range x.Found {
		where := map[query.Part]string{query.InQuery: "found", query.InRequire: "required context"}[found.In]
		lines = append(lines, where+": "+found.Term)
	}
	for _, cause := range x.Because {
		lines = append(lines, reason(cause, text))
	}
	return lines
}

func reason(cause query.Cause, text string) string {
	said := func() string {
		var words []string
		for _, span := range cause.Spans {
			words = append(words, "« "+clean(text[span.From:span.To])+" »")
		}
		return strings.Join(words, ", ")
	}
	prefix := map[query.Part]string{query.InQuery: "", query.InRequire: "required context: ", query.InExclude: "excluded context: "}[cause.In]
	switch cause.Reason {
	case query.Missing:
		return prefix + "missing: " + cause.Term
	case query.Apart:
		return prefix + "not near enough: " + cause.Term + ", there is " + said()
	case query.Filtered:
		value := cause.Value
		if value == "" {
			value = "not known"
		}
		return prefix + "filter: " + cause.Term + ", it is " + clean(value)
	default:
		if cause.In == query.InQuery {
			prefix = "NOT "
		}
		if found := said(); found != "" {
			return prefix + cause.Term + ", there is " + found
		}
		return prefix + cause.Term
	}
}

// marked is a text on one line, with what counts in colour, or in brackets.
func (t *tester) marked(text string, spans []query.Span, colour string) string {
	var b strings.Builder
	at := 0
	for _, span := range query.Merge(spans) {
		b.WriteString(clean(text[at:span.From]))
		if word := clean(text[span.From:span.To]); t.colour {
			b.WriteString(t.paint(colour, word))
		} else {
			b.WriteString("[" + word + "]")
		}
		at = span.To
	}
	b.WriteString(clean(text[at:]))
	return b.String()
}

func (t *tester) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// clean makes a stranger's text fit for a line of a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if r == utf8.RuneError {
			return '?'
		}
		return printable(r)
	}, text)
}

// total says how many lines there were, and what became of them.
func (t *tester) total() string {
	parts := []string{wording.English.Several(uint64(t.texts), wording.Noun{One: "text", Several: "texts"}), fmt.Sprintf("%d matched", t.sums["matched"])}
	for _, kind := range []struct{ key, words string }{
		{"own_page", "on the brand's own pages"},
		{"query missing", "without its words"}, {"query apart", "with words too far apart"}, {"query excluded", "refused by NOT"},
		{"query filtered", "refused by a filter"},
		{"context.require missing", "without the required context"}, {"context.require apart", "without the required context nearby"},
		{"context.require excluded", "refused by NOT in the required context"}, {"context.require filtered", "refused by a filter of the required context"},
		{"context.exclude excluded", "in the excluded context"}, {"context.exclude filtered", "refused by a filter of the excluded context"},
		{"unreadable", "unreadable"},
	} {
		if n := t.sums[kind.key]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.words))
		}
	}
	return strings.Join(parts, ", ")
}
