package query

// everything and nothing are what a source cannot be asked to leave out, and what it
// cannot have.
type (
	everything struct{}
	nothing    struct{}
)

// says puts a leaf of a query (a term, NEAR, a filter), or its negation, in the words
// of a source. What it answers must match at least where the leaf does: everything,
// where the source has no words for it.
type says func(leaf node, negated bool) node

// relax brings a query to what a source can say: NOT before leaves only (De Morgan),
// no alternative made of NOTs alone. What it cannot say is left out, so that more
// is let through, never less.
func relax(n node, negated bool, say says) node {
	switch n := n.(type) {
	case nil:
		return everything{}
	case notNode:
		return relax(n.operand, !negated, say)
	case andNode:
		if negated {
			return anyOf(relaxAll(n.operands, true, say))
		}
		return allOf(relaxAll(n.operands, false, say))
	case orNode:
		if negated {
			return allOf(relaxAll(n.operands, true, say))
		}
		return anyOf(relaxAll(n.operands, false, say))
	case contextNode: // the root only
		parts := []node{relax(n.named, false, say), relax(n.require, false, say)}
		if n.exclude != nil {
			parts = append(parts, relax(n.exclude, true, say))
		}
		return allOf(parts)
	default:
		return say(n, negated)
	}
}

func relaxAll(nodes []node, negated bool, say says) []node {
	relaxed := make([]node, len(nodes))
	for i, n := range nodes {
		relaxed[i] = relax(n, negated, say)
	}
	return relaxed
}

// allOf joins by AND.
func allOf(operands []node) node {
	var kept []node
	for _, operand := range operands {
		switch operand := operand.(type) {
		case everything:
		case nothing:
			return nothing{}
		case andNode:
			kept = append(kept, operand.operands...)
		default:
			kept = append(kept, operand)
		}
	}
	switch len(kept) {
	case 0:
		return everything{}
	case 1:
		return kept[0]
	default:
		return andNode{kept}
	}
}

// anyOf joins by OR. One alternative that cannot be said makes all of them useless.
func anyOf(operands []node) node {
	var kept []node
	for _, operand := range operands {
		if isNegative(operand) {
			return everything{}
		}
		switch operand := operand.(type) {
		case nothing:
		case orNode:
			kept = append(kept, operand.operands...)
		default:
			kept = append(kept, operand)
		}
	}
	switch len(kept) {
	case 0:
		return nothing{}
	case 1:
		return kept[0]
	default:
		return orNode{kept}
	}
}

// isNegative says whether nothing in a node says what a text must hold.
func isNegative(n node) bool {
	switch n := n.(type) {
	case everything, notNode:
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

// Words is the query without its filters, for who has a text and knows nothing else
// of a post yet. It matches what the query matches, and more.
func (q *Query) Words() *Query {
	return &Query{root: relax(q.root, false, func(leaf node, negated bool) node {
		switch _, isFilter := leaf.(filterNode); {
		case isFilter:
			return everything{}
		case negated:
			return notNode{leaf}
		default:
			return leaf
		}
	})}
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
		case contextNode:
			visit(n.named)
		case termNode:
			if tok := n.tokens[0]; len(n.tokens) == 1 && !n.prefix && tok.kind != handle && !seen[tok.text] {
				seen[tok.text] = true
				tags = append(tags, tok.text)
			}
		}
	}
	visit(q.root)
	return tags
}
