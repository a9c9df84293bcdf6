package query

import (
	"fmt"
	"strings"
)

// XRule writes the query as a rule of X's filtered stream. Source: X API v2,
// "Build a rule": at most 1,024 characters, space for AND, OR, - for NOT before a
// single term only, quotes for phrases. What X lets through is checked again here.
func (q *Query) XRule() (string, error) {
	var b strings.Builder
	writeRule(&b, q.root, false)
	if b.Len() > 1024 {
		return "", fmt.Errorf("query: the X rule has %d characters, X takes 1024: shorten the query or split the brand", b.Len())
	}
	return b.String(), nil
}

func writeRule(b *strings.Builder, n node, inside bool) {
	switch n := n.(type) {
	case andNode:
		writeJoined(b, n.operands, " ", inside)
	case orNode:
		writeJoined(b, n.operands, " OR ", inside)
	case notNode:
		if t, single := n.operand.(termNode); single {
			b.WriteByte('-')
			writeTerm(b, t)
			return
		}
		writeRule(b, negate(n.operand), inside)
	case termNode:
		writeTerm(b, n)
	}
}

// negate pushes a NOT down to the terms (De Morgan).
func negate(n node) node {
	switch n := n.(type) {
	case andNode:
		return orNode{negateAll(n.operands)}
	case orNode:
		return andNode{negateAll(n.operands)}
	case notNode:
		return n.operand
	default:
		return notNode{n}
	}
}

func negateAll(nodes []node) []node {
	negated := make([]node, len(nodes))
	for i, n := range nodes {
		negated[i] = negate(n)
	}
	return negated
}

func writeJoined(b *strings.Builder, operands []node, between string, inside bool) {
	if inside {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, operand := range operands {
		if i > 0 {
			b.WriteString(between)
		}
		writeRule(b, operand, true)
	}
}

func writeTerm(b *strings.Builder, t termNode) {
	if len(t.tokens) > 1 {
		fmt.Fprintf(b, "%q", t.source)
		return
	}
	switch tok := t.tokens[0]; tok.kind {
	case hashtag:
		b.WriteString("#" + tok.text)
	case handle:
		b.WriteString("@" + tok.text)
	default:
		b.WriteString(t.source)
	}
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
