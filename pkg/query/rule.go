package query

import (
	"errors"
	"fmt"
	"strings"
)

const (
	// maxXRule is the length of a rule of X's filtered stream, and maxXRules how
	// many one query may need.
	maxXRule  = 1024
	maxXRules = 100
)

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

// split cuts a relaxed query into parts that are short enough, of which any may
// match: between alternatives, or halving the longest alternatives inside an AND.
func split(n node, limit int) ([]node, error) {
	if len(write(n)) <= limit {
		return []node{n}, nil
	}
	var halves []node
	switch n := n.(type) {
	case orNode:
		return splitAlternatives(n, limit)
	case andNode:
		halves = halve(n)
	}
	if halves == nil {
		return nil, fmt.Errorf("query: a part of it has more than the %d characters that X takes, and no OR to cut it at: shorten %.40q…", limit, write(n))
	}
	var parts []node
	for _, half := range halves {
		more, err := split(half, limit)
		if err != nil {
			return nil, err
		}
		if parts = append(parts, more...); len(parts) > maxXRules {
			return nil, errTooManyRules
		}
	}
	return parts, nil
}

var errTooManyRules = errors.New("query: it would take more than 100 rules of X: split the brand")

// splitAlternatives packs as many alternatives into a part as fit.
func splitAlternatives(n orNode, limit int) ([]node, error) {
	var parts []node
	var pack []node
	for _, operand := range n.operands {
		pieces, err := split(operand, limit)
		if err != nil {
			return nil, err
		}
		for _, piece := range pieces {
			if len(pack) > 0 && len(write(orNode{append(pack, piece)})) > limit {
				parts, pack = append(parts, anyOf(pack)), nil
			}
			pack = append(pack, piece)
		}
	}
	if parts = append(parts, anyOf(pack)); len(parts) > maxXRules {
		return nil, errTooManyRules
	}
	return parts, nil
}

// halve makes two of an AND, each with half of its longest alternatives; nil when
// it has none.
func halve(n andNode) []node {
	longest, length := -1, 0
	for i, operand := range n.operands {
		if or, ok := operand.(orNode); ok && len(write(or)) > length {
			longest, length = i, len(write(or))
		}
	}
	if longest < 0 {
		return nil
	}
	alternatives := n.operands[longest].(orNode).operands
	middle := len(alternatives) / 2
	var halves []node
	for _, half := range [][]node{alternatives[:middle], alternatives[middle:]} {
		operands := append([]node(nil), n.operands...)
		operands[longest] = anyOf(half)
		halves = append(halves, allOf(operands))
	}
	return halves
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
