package query

import "encoding/json"

// Part is where in a brand's queries something stands.
type Part string

// Parts.
const (
	InQuery   Part = "query"
	InRequire Part = "context.require"
	InExclude Part = "context.exclude"
)

// Reason is why a part of a query keeps it from matching.
type Reason string

// Reasons.
const (
	Missing  Reason = "missing"  // no such words
	Excluded Reason = "excluded" // words under NOT, or of the excluded context
	Apart    Reason = "apart"    // the words are there, and not near each other
	Filtered Reason = "filtered" // the post is not as the filter asks
)

// Explanation says why a query matches a document: by which terms; or why not.
type Explanation struct {
	Matched bool    `json:"matched"`
	Found   []Found `json:"found,omitempty"`
	Because []Cause `json:"because,omitempty"`
}

// Found is a term that made a query match, with its places.
type Found struct {
	Term  string `json:"term"`
	In    Part   `json:"in"`
	Spans []Span `json:"spans,omitempty"`
}

// Cause is a part of a query that kept it from matching.
type Cause struct {
	Reason Reason `json:"reason"`
	In     Part   `json:"in"`
	Term   string `json:"term"`            // the part, as it is written
	Value  string `json:"value,omitempty"` // of the post, where a filter looks
	Spans  []Span `json:"spans,omitempty"` // of what is there and should not be, or not so
}

// Explain says why a query matches a document or not.
func (s *Set) Explain(document *Document, query int) Explanation {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	w.begin(true)
	s.scan(w, document)
	x := explainer{set: s, w: w, d: document}
	context, has := s.roots[query].(contextNode)
	if !has {
		context = contextNode{named: s.roots[query]}
	}
	x.part(InQuery, context.named)
	if len(x.Because) == 0 && context.require != nil {
		x.part(InRequire, context.require)
	}
	if len(x.Because) == 0 && context.exclude != nil && s.holds(w, document, context.exclude) {
		x.in = InExclude
		x.excluded(context.exclude)
	}
	if x.Matched = len(x.Because) == 0; !x.Matched {
		x.Found = nil
	}
	return x.Explanation
}

type explainer struct {
	Explanation
	set *Set
	w   *scratch
	d   *Document
	in  Part
}

// part explains one of a brand's queries.
func (x *explainer) part(in Part, n node) {
	if x.in = in; x.holds(n) {
		x.found(n)
		return
	}
	x.why(n)
}

func (x *explainer) holds(n node) bool { return x.set.holds(x.w, x.d, n) }

// spans are where what makes a part hold stands.
func (x *explainer) spans(n node) []Span {
	var spans []Span
	x.set.collect(x.w, x.d, n, func(at Span) { spans = append(spans, at) })
	return Merge(spans)
}

// found tells the terms by which a part holds.
func (x *explainer) found(n node) {
	switch n := n.(type) {
	case andNode:
		for _, operand := range n.operands {
			x.found(operand)
		}
	case orNode:
		for _, operand := range n.operands {
			if x.holds(operand) {
				x.found(operand)
			}
		}
	case leaf, nearby, *filterNode:
		x.Found = append(x.Found, Found{Term: x.text(n), In: x.in, Spans: x.spans(n)})
	}
}

// why tells what is wrong with a part that does not hold.
func (x *explainer) why(n node) {
	switch n := n.(type) {
	case andNode:
		for _, operand := range n.operands {
			if !x.holds(operand) {
				x.why(operand)
			}
		}
	case orNode:
		x.whyNone(n)
	case notNode:
		x.excluded(n.operand)
	case nearby:
		x.whyApart(n)
	case *filterNode:
		x.Because = append(x.Because, Cause{Reason: Filtered, In: x.in, Term: x.text(n), Value: n.found(x.d)})
	default:
		x.Because = append(x.Because, Cause{Reason: Missing, In: x.in, Term: x.text(n)})
	}
}

// whyNone tells of alternatives what is wrong with those that came near to it; where
// none did, that all are missing.
func (x *explainer) whyNone(n orNode) {
	near := false
	for _, operand := range n.operands {
		if x.touches(operand) {
			near = true
			x.why(operand)
		}
	}
	if !near {
		x.Because = append(x.Because, Cause{Reason: Missing, In: x.in, Term: x.text(n)})
	}
}

// touches says whether any words that a part asks for are there.
func (x *explainer) touches(n node) bool {
	any := func(operands []node) bool {
		for _, operand := range operands {
			if x.touches(operand) {
				return true
			}
		}
		return false
	}
	switch n := n.(type) {
	case andNode:
		return any(n.operands)
	case orNode:
		return any(n.operands)
	case leaf:
		return x.holds(n)
	case nearby:
		return x.w.any(n.left) || x.w.any(n.right)
	default:
		return false
	}
}

func (x *explainer) whyApart(n nearby) {
	for _, side := range []struct {
		terms []leaf
		node  []termNode
	}{{n.left, n.node.left}, {n.right, n.node.right}} {
		if !x.w.any(side.terms) {
			x.Because = append(x.Because, Cause{Reason: Missing, In: x.in, Term: groupText(side.node)})
			return
		}
	}
	both := Cause{Reason: Apart, In: x.in, Term: x.text(n)}
	for _, t := range append(append([]leaf(nil), n.left...), n.right...) {
		if x.holds(t) {
			both.Spans = append(both.Spans, x.spans(t)...)
		}
	}
	both.Spans = Merge(both.Spans)
	x.Because = append(x.Because, both)
}

// excluded tells what holds and must not: of alternatives, those.
func (x *explainer) excluded(n node) {
	switch n := n.(type) {
	case orNode:
		for _, operand := range n.operands {
			if x.holds(operand) {
				x.excluded(operand)
			}
		}
	case *filterNode:
		x.Because = append(x.Because, Cause{Reason: Filtered, In: x.in, Term: x.text(notNode{n}), Value: n.found(x.d)})
	default:
		x.Because = append(x.Because, Cause{Reason: Excluded, In: x.in, Term: x.text(n), Spans: x.spans(n)})
	}
}

// text writes a part of a compiled query.
func (x *explainer) text(n node) string { return text(x.set.source(n)) }

// source is a part of a compiled query as it was before.
func (s *Set) source(n node) node {
	all := func(operands []node) []node {
		sources := make([]node, len(operands))
		for i, operand := range operands {
			sources[i] = s.source(operand)
		}
		return sources
	}
	switch n := n.(type) {
	case andNode:
		return andNode{all(n.operands)}
	case orNode:
		return orNode{all(n.operands)}
	case notNode:
		return notNode{s.source(n.operand)}
	case leaf:
		return s.terms[n].node
	case nearby:
		return n.node
	case *filterNode:
		return *n
	default:
		return n
	}
}

// MarshalJSON writes a span as two numbers.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal([2]int{s.From, s.To}) }
