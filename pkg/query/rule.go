package query

import (
	"fmt"
	"strings"
)

// maxXRule is the length of a rule of X's filtered stream.
const maxXRule = 1024

// XRule writes the query as one rule of X's filtered stream. XRules is for
// queries that do not fit into one.
func (q *Query) XRule() (string, error) {
	rule := write(relax(q.root, false))
	if len(rule) > maxXRule {
		return "", fmt.Errorf("query: the X rule has %d characters, X takes %d: shorten the query or split the brand", len(rule), maxXRule)
	}
	return rule, nil
}

// XRules writes the query in the language of X's rules and searches, as few as
// fit into limit bytes each. Together they let through all that the query
// matches, and somewhat more: what X lets through is checked again here.
//
// Source: X API v2, "Build a rule". Space is AND and binds tighter than OR; "-"
// is NOT, stands before single terms only, and never alone. A rule with an
// accent matches the accent only, so words are asked for with and without; a
// word written without is not found with one.
func (q *Query) XRules(limit int) ([]string, error) {
	parts, err := split(relax(q.root, false), limit)
	if err != nil {
		return nil, err
	}
	rules := make([]string, len(parts))
	for i, part := range parts {
		rules[i] = write(part)
	}
	return rules, nil
}

// xTerm is a term as X writes it.
type xTerm string

// relax brings a query to what X can say: NOT before terms only (De Morgan), no
// alternative made of NOTs alone. What it cannot say is left out, so that the
// rule lets through more, never less; nil lets everything through.
func relax(n node, negated bool) node {
	switch n := n.(type) {
	case notNode:
		return relax(n.operand, !negated)
	case andNode:
		if negated {
			return anyOf(relaxAll(n.operands, true))
		}
		return allOf(relaxAll(n.operands, false))
	case orNode:
		if negated {
			return allOf(relaxAll(n.operands, true))
		}
		return anyOf(relaxAll(n.operands, false))
	default:
		return spellings(n.(termNode), negated)
	}
}

func relaxAll(nodes []node, negated bool) []node {
	relaxed := make([]node, len(nodes))
	for i, n := range nodes {
		relaxed[i] = relax(n, negated)
	}
	return relaxed
}

// allOf joins by AND, without what lets everything through.
func allOf(operands []node) node {
	var kept []node
	for _, operand := range operands {
		switch operand := operand.(type) {
		case nil:
		case andNode:
			kept = append(kept, operand.operands...)
		default:
			kept = append(kept, operand)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	default:
		return andNode{kept}
	}
}

// anyOf joins by OR. One alternative that X cannot say makes all of them useless.
func anyOf(operands []node) node {
	var kept []node
	for _, operand := range operands {
		if isNegative(operand) {
			return nil
		}
		if or, nested := operand.(orNode); nested {
			kept = append(kept, or.operands...)
			continue
		}
		kept = append(kept, operand)
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return orNode{kept}
}

// isNegative says whether nothing in a node says what a text must hold.
func isNegative(n node) bool {
	switch n := n.(type) {
	case nil, notNode:
		return true
	case andNode:
		for _, operand := range n.operands {
			if !isNegative(operand) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

// spellings are the forms of a term that X must be asked for.
func spellings(t termNode, negated bool) node {
	forms := []node{xTerm(xForm(t, false))}
	if folded := xTerm(xForm(t, true)); folded != forms[0] {
		forms = append(forms, folded)
	}
	if !negated {
		return anyOf(forms)
	}
	for i, form := range forms {
		forms[i] = notNode{form}
	}
	return allOf(forms)
}

// xForm is a term in X's words, as written in the query or folded.
func xForm(t termNode, folded bool) string {
	if len(t.tokens) > 1 {
		phrase := strings.Join(strings.Fields(strings.ReplaceAll(t.source, `\`, " ")), " ")
		if folded && Fold(phrase) != strings.ToLower(phrase) {
			phrase = Fold(phrase)
		}
		return `"` + phrase + `"`
	}
	tok := t.tokens[0]
	word := tok.text
	if written := writtenWord(t.source); !folded && Fold(written) == tok.text || strings.ToLower(written) == tok.text {
		word = written
	}
	switch {
	case tok.kind == hashtag:
		return "#" + word
	case tok.kind == handle:
		return "@" + tok.text
	case word == "OR" || word == "AND" || word == "NOT":
		return `"` + word + `"`
	default:
		return word
	}
}

// writtenWord is the one word of a source, without the signs around it.
func writtenWord(source string) string {
	start := strings.IndexFunc(source, func(r rune) bool { return isWordPart(r) || standsAlone(r) })
	if start < 0 {
		return ""
	}
	return source[start : start+wordEnd(source[start:], func(r rune) bool { return isWordPart(r) || standsAlone(r) })]
}

// write writes a relaxed query.
func write(n node) string {
	switch n := n.(type) {
	case andNode:
		return join(n.operands, " ")
	case orNode:
		return join(n.operands, " OR ")
	case notNode:
		return "-" + write(n.operand)
	default:
		return string(n.(xTerm))
	}
}

func join(operands []node, between string) string {
	parts := make([]string, len(operands))
	for i, operand := range operands {
		parts[i] = write(operand)
		switch operand.(type) {
		case andNode, orNode:
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, between)
}

// Hashtags lists the hashtags and single words of the query that are not under
// NOT, folded: the tags under which its posts may be found where only tags can
// be followed.
func (q *Query) Hashtags() []string {
	var tags []string
	seen := map[string]bool{}
	var visit func(n node)
	visit = func(n node) {
		switch n := n.(type) {
		case andNode:
			for _, operand := range n.operands {
				visit(operand)
			}
		case orNode:
			for _, operand := range n.operands {
				visit(operand)
			}
		case termNode:
			if tok := n.tokens[0]; len(n.tokens) == 1 && tok.kind != handle && !seen[tok.text] {
				seen[tok.text] = true
				tags = append(tags, tok.text)
			}
		}
	}
	visit(q.root)
	return tags
}
