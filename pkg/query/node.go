package query

import (
	"strconv"
	"strings"
)

// node is a part of a query.
type node interface{}

type (
	andNode  struct{ operands []node }
	orNode   struct{ operands []node }
	notNode  struct{ operand node }
	termNode struct {
		tokens []token // one word, or the words of a phrase
		prefix bool    // the last word goes on
		raw    string  // what must stand there to the letter; "" where nothing must
		source string  // as written, for rules and people
		quoted bool
	}
	// nearNode holds where a term of the left and one of the right stand at most so
	// many words apart; ordered, the left one first.
	nearNode struct {
		left, right []termNode
		words       int
		ordered     bool
	}
	// contextNode is a query that an ambiguous name needs more than: what must be
	// said as well, and what must not; nil where nothing is asked.
	contextNode struct{ named, require, exclude node }
)

// String writes the query as it could be typed.
func (q *Query) String() string { return text(q.root) }

// text writes a part of a query.
func text(n node) string {
	switch n := n.(type) {
	case andNode:
		return texts(n.operands, " AND ")
	case orNode:
		return texts(n.operands, " OR ")
	case notNode:
		return "NOT " + enclosed(n.operand)
	case termNode:
		return n.text()
	case nearNode:
		operator := " NEAR/" + strconv.Itoa(n.words)
		if n.ordered {
			operator += "f"
		}
		return groupText(n.left) + operator + " " + groupText(n.right)
	case filterNode:
		return n.text()
	case contextNode:
		whole := enclosed(n.named)
		if n.require != nil {
			whole += " AND " + enclosed(n.require)
		}
		if n.exclude != nil {
			whole += " AND NOT " + enclosed(n.exclude)
		}
		return whole
	default:
		return ""
	}
}

func texts(operands []node, between string) string {
	parts := make([]string, len(operands))
	for i, operand := range operands {
		parts[i] = enclosed(operand)
	}
	return strings.Join(parts, between)
}

func enclosed(n node) string {
	switch n.(type) {
	case andNode, orNode, contextNode:
		return "(" + text(n) + ")"
	default:
		return text(n)
	}
}

func groupText(group []termNode) string {
	parts := make([]string, len(group))
	for i, t := range group {
		parts[i] = t.text()
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (t termNode) text() string {
	switch {
	case t.raw != "":
		return `raw:"` + t.raw + `"`
	case t.quoted:
		return `"` + strings.ReplaceAll(t.source, `"`, " ") + `"`
	default:
		return t.source
	}
}
