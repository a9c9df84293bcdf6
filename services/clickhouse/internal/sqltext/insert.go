package sqltext

import "strings"

// InsertInto is an INSERT without its data.
type InsertInto struct {
	Target   string   // db.table or, if Function, name(args), as written
	Function bool     // INSERT INTO FUNCTION
	List     string   // the column list without its brackets, as written; "" if there is none
	Columns  []string // the names in List; nil if List has more than names in it, such as * EXCEPT (a)
	Settings string   // SETTINGS a = 1, as written, or ""
}

// Statement returns the text that inserts what source (a SELECT) delivers into the given columns.
func (in InsertInto) Statement(columns []string, source string) string {
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = QuoteName(name)
	}
	into := "INSERT INTO "
	if in.Function {
		into += "FUNCTION "
	}
	return into + in.Target + " (" + strings.Join(quoted, ", ") + ") " + in.Settings + " " + source
}

// insert recognizes INSERT INTO [TABLE] target [(columns)] [SETTINGS …] and then VALUES, FORMAT x or
// nothing, with no data after it: the rows come from the client. Any other INSERT is the engine's.
func (p *parser) insert(st *Statement) {
	i := 1
	if p.upper(i) != "INTO" {
		return
	}
	i++
	if p.upper(i) == "TABLE" && p.upper(i+1) != "(" && p.upper(i+1) != "" {
		i++
	}
	in := InsertInto{Function: p.upper(i) == "FUNCTION" && p.upper(i+2) == "("}
	start := i
	if in.Function {
		start = i + 1
		i = min(p.closing(i+2)+1, len(p.tokens))
	} else if i = p.target(i); i == start {
		return
	}
	in.Target = p.span(start, i)
	if p.upper(i) == "PARTITION" {
		return
	}
	if p.upper(i) == "(" && p.upper(i+1) != "SELECT" && p.upper(i+1) != "WITH" {
		closing := p.closing(i)
		in.List = p.span(i+1, closing)
		in.Columns = p.names(i+1, closing)
		i = closing + 1
	}
	if p.upper(i) == "SETTINGS" {
		start := i
		for i < len(p.tokens) && !p.startsData(i) {
			i++
		}
		in.Settings = p.span(start, i)
	}
	switch p.upper(i) {
	case "VALUES", "FORMAT", ";", "":
	default: // SELECT, WITH, FROM INFILE
		several := p.cutAtSemicolon(i)
		_, more := p.scanData() // after SELECT … FROM VALUES(…)
		st.Several, st.Text = several || more, p.text
		return
	}
	inline, several := p.scanData()
	st.Several = several && p.upper(i) == "VALUES" // only there the data is made of SQL
	if !inline {
		st.Kind, st.Insert = Insert, in
	}
}

// scanData looks whether there is anything after the tokens but semicolons, and after a semicolon.
func (p *parser) scanData() (found, afterSemicolon bool) {
	semicolon := false
	for {
		t, ok := p.data.next()
		if !ok {
			return found, afterSemicolon
		}
		if p.text[t.start:t.end] == ";" {
			semicolon = true
			continue
		}
		found, afterSemicolon = true, afterSemicolon || semicolon
	}
}

// target returns the index after the table's name.
func (p *parser) target(i int) int {
	if i >= len(p.tokens) || p.tokens[i].kind == symbol && p.raw(i) != "{" {
		return i
	}
	i = p.part(i)
	for p.raw(i) == "." {
		i = p.part(i + 1)
	}
	return min(i, len(p.tokens))
}

// part skips one part of a dotted name: an identifier or a {parameter:Identifier}.
func (p *parser) part(i int) int {
	if p.raw(i) == "{" {
		return p.closing(i) + 1
	}
	return i + 1
}

// closing returns the index of the bracket that closes the one at i, or of the end.
func (p *parser) closing(i int) int {
	depth := 0
	for ; i < len(p.tokens); i++ {
		if depth += p.nesting(i); depth == 0 {
			return i
		}
	}
	return i
}

func (p *parser) startsData(i int) bool {
	switch p.upper(i) {
	case "VALUES", "FORMAT", "SELECT", "WITH", "FROM", ";":
		return p.raw(i-1) != "=" && p.raw(i-1) != ","
	}
	return false
}

// names reads a list of plain, possibly dotted names; nil if there is anything else.
func (p *parser) names(from, to int) []string {
	var names []string
	for i := from; i < to; i++ {
		var name strings.Builder
		for ; i < to && p.raw(i) != ","; i++ {
			if p.tokens[i].kind == str || p.tokens[i].kind == symbol && p.raw(i) != "." {
				return nil
			}
			name.WriteString(unquote(p.raw(i)))
		}
		if name.Len() == 0 {
			return nil
		}
		names = append(names, name.String())
	}
	return names
}

func (p *parser) span(from, to int) string {
	if from >= to || to > len(p.tokens) {
		return ""
	}
	return p.text[p.tokens[from].start:p.tokens[to-1].end]
}
