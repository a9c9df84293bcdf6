package query

import (
	"cmp"
	"slices"
)

// Spans appends to dst where in the text that was read the terms stand that make
// a query match, in order and not overlapping: none under NOT, none of the
// context. They are empty where it does not match.
func (s *Set) Spans(dst []Span, document *Document, query int) []Span {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	w.begin(true)
	s.scan(w, document)
	root := s.roots[query]
	if !s.holds(w, document, root) {
		return dst
	}
	if context, ok := root.(contextNode); ok {
		root = context.named
	}
	from := len(dst)
	s.collect(w, document, root, func(at Span) { dst = append(dst, at) })
	return append(dst[:from], Merge(dst[from:])...)
}

// collect visits where the terms stand that make a part of a query hold.
func (s *Set) collect(w *scratch, d *Document, n node, visit func(Span)) {
	show := func(o occurrence) { visit(d.span(o)) }
	switch n := n.(type) {
	case leaf:
		for at := w.first[n]; at >= 0; at = w.found[at].next {
			show(w.found[at])
		}
	case nearby:
		n.each(w, d, func(o occurrence) bool {
			show(o)
			return true
		})
	case andNode:
		for _, operand := range n.operands {
			s.collect(w, d, operand, visit)
		}
	case orNode:
		for _, operand := range n.operands {
			if s.holds(w, d, operand) {
				s.collect(w, d, operand, visit)
			}
		}
	case contextNode:
		s.collect(w, d, n.named, visit)
	}
}

// Merge puts spans in order, and makes one of those that overlap.
func Merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	kept := spans[:0]
	for _, span := range spans {
		if last := len(kept) - 1; last >= 0 && span.From < kept[last].To {
			kept[last].To = max(kept[last].To, span.To)
			continue
		}
		kept = append(kept, span)
	}
	return kept
}
