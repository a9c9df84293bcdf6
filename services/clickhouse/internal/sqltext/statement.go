package sqltext

import (
	"strings"
)

// Kind is what a server does differently.
type Kind uint8

const (
	Other  Kind = iota // handed to the engine as it is
	Select             // streamed by the engine
	Show               // SHOW, DESCRIBE, EXISTS, EXPLAIN, CHECK: read-only, with a result
	Set                // changes the session
	Insert             // INSERT whose rows come from the client, in Insert
)

// Statement is what was recognized in a text.
type Statement struct {
	Kind Kind
	// Text is the statement without a trailing FORMAT clause (the protocol has one format) and without
	// the semicolon.
	Text string
	// Insert is set when Kind is Insert.
	Insert InsertInto
	// Assignments is set when Kind is Set: name to literal, as written.
	Assignments map[string]string
	// Several is true if more statements follow the first.
	Several bool
	// IntoOutfile is true if the result would be written to a file of the machine.
	IntoOutfile bool
	// Empty is true if there is nothing but comments.
	Empty bool
}

// Parse reads a statement.
func Parse(text string) Statement {
	p := newParser(text)
	st := Statement{Text: text, Empty: len(p.tokens) == 0}
	switch p.upper(0) {
	case "INSERT":
		p.insert(&st)
		return st
	case "SET":
		st.Kind = Set
		st.Assignments = p.assignments()
	case "SHOW", "DESC", "DESCRIBE", "EXISTS", "EXPLAIN", "CHECK":
		st.Kind = Show
	case "SELECT", "WITH", "FROM", "(":
		st.Kind = Select
	}
	st.Several = p.cutAtSemicolon(0)
	p.cutOutput(&st)
	st.Text = p.text
	if len(p.tokens) == 1 {
		st.Text += " /**/" // the library takes a lone "exit" or "quit" for a command, not for a syntax error
	}
	return st
}

// parser holds the tokens of a statement; of an INSERT, those before its data, which can be large.
type parser struct {
	text   string
	tokens []token
	data   lexer // what follows the tokens
}

func newParser(text string) parser {
	p := parser{text: text, data: lexer{text: text}}
	depth := 0
	for depth > 0 || !p.atData() {
		t, ok := p.data.next()
		if !ok {
			break
		}
		p.tokens = append(p.tokens, t)
		depth += p.nesting(len(p.tokens) - 1)
	}
	return p
}

// nesting is 1 for an opening bracket, -1 for a closing one.
func (p *parser) nesting(i int) int {
	switch p.upper(i) {
	case "(", "[", "{":
		return 1
	case ")", "]", "}":
		return -1
	}
	return 0
}

// atData reports whether the tokens so far are an INSERT up to VALUES or FORMAT x.
func (p *parser) atData() bool {
	n := len(p.tokens)
	if n < 4 || p.upper(0) != "INSERT" {
		return false
	}
	switch p.upper(n - 2) {
	case "INTO", "TABLE", ".", "=", ",": // a name, or a value
		return false
	case "FORMAT":
		return true
	}
	return p.upper(n-1) == "VALUES"
}

func (p *parser) raw(i int) string {
	if i < 0 || i >= len(p.tokens) {
		return ""
	}
	return p.text[p.tokens[i].start:p.tokens[i].end]
}

// upper is the i-th token if it is a bare word or punctuation, in capitals; "" if it is quoted or absent.
func (p *parser) upper(i int) string {
	if i < 0 || i >= len(p.tokens) || p.tokens[i].kind == ident || p.tokens[i].kind == str {
		return ""
	}
	return strings.ToUpper(p.raw(i))
}

// cutAtSemicolon drops the first semicolon from token i on and what follows it, and reports whether that
// was another statement.
func (p *parser) cutAtSemicolon(i int) (several bool) {
	for ; i < len(p.tokens); i++ {
		if p.upper(i) != ";" {
			continue
		}
		for j := i + 1; j < len(p.tokens); j++ {
			several = several || p.upper(j) != ";"
		}
		p.text, p.tokens = p.text[:p.tokens[i].start], p.tokens[:i]
	}
	return several
}

// cutOutput drops a FORMAT clause outside all brackets, keeping SETTINGS after it, and looks for INTO
// OUTFILE.
func (p *parser) cutOutput(st *Statement) {
	if st.Kind != Select && st.Kind != Show {
		return
	}
	depth := 0
	for i := range p.tokens {
		depth += p.nesting(i)
		switch p.upper(i) {
		case "OUTFILE":
			st.IntoOutfile = st.IntoOutfile || depth == 0 && p.upper(i-1) == "INTO" && i+1 < len(p.tokens) && p.tokens[i+1].kind == str
		case "FORMAT":
			atEnd := i+2 == len(p.tokens) || p.upper(i+2) == "SETTINGS"
			if depth == 0 && p.endsExpression(i-1) && i+1 < len(p.tokens) && p.tokens[i+1].kind == word && atEnd {
				p.text = p.text[:p.tokens[i].start] + p.text[p.tokens[i+1].end:]
				return
			}
		}
	}
}

// endsExpression reports whether a clause can begin after token i: in SELECT format, x FORMAT is a column.
func (p *parser) endsExpression(i int) bool {
	switch p.upper(i) {
	case "SELECT", "DISTINCT", ",", "AS", ".", "BY", "WHERE":
		return false
	}
	return i >= 0
}

// assignments reads the pairs of SET a = 1, b = 'x'.
func (p *parser) assignments() map[string]string {
	pairs := map[string]string{}
	for i := 1; i+2 < len(p.tokens) && p.raw(i+1) == "="; {
		j, depth := i+2, 0
		for ; j < len(p.tokens); j++ {
			depth += p.nesting(j)
			if depth == 0 && (p.upper(j) == "," || p.upper(j) == ";") {
				break
			}
		}
		pairs[unquote(p.raw(i))] = p.text[p.tokens[i+2].start:p.tokens[j-1].end]
		i = j + 1
	}
	return pairs
}
