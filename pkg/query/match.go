package query

import (
	"math/bits"
	"slices"
	"strings"
)

// scratch is what matching one text needs, kept for the next.
type scratch struct {
	document   Document
	generation uint32
	hit        []uint32 // by term: generation of its last hit
	seen       []uint32 // by query: generation in which it became a candidate
	candidates []int
	everywhere bool         // all occurrences are wanted, of all terms
	found      []occurrence // of the terms whose places are wanted, in order
	first      []int32      // by term: its first occurrence; valid in its generation
	last       []int32
}

// occurrence is where a term stands: its first and last tokens.
type occurrence struct {
	from, to int32
	next     int32 // of the same term; -1 after the last
	full     bool  // the last one is a handle, found by all of it
}

func newScratch(s *Set) *scratch {
	return &scratch{
		hit: make([]uint32, len(s.terms)), seen: make([]uint32, len(s.roots)),
		first: make([]int32, len(s.terms)), last: make([]int32, len(s.terms)),
	}
}

// begin forgets the text before.
func (w *scratch) begin(everywhere bool) {
	if w.generation++; w.generation == 0 { // after four thousand million texts
		clear(w.hit)
		clear(w.seen)
		w.generation = 1
	}
	w.candidates, w.found, w.everywhere = w.candidates[:0], w.found[:0], everywhere
}

// Match appends to dst the indexes of the queries that a text matches, in order.
func (s *Set) Match(dst []int, text string) []int {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	w.document.Read(text)
	return s.match(dst, w, &w.document)
}

// MatchDocument is Match for a document already read, with what is known of it.
func (s *Set) MatchDocument(dst []int, document *Document) []int {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	return s.match(dst, w, document)
}

func (s *Set) match(dst []int, w *scratch, document *Document) []int {
	w.begin(false)
	s.scan(w, document)
	slices.Sort(w.candidates)
	for _, query := range w.candidates {
		if s.holds(w, document, s.roots[query]) {
			dst = append(dst, query)
		}
	}
	return dst
}

// scan notes the terms that a document holds, and the queries they may make match.
func (s *Set) scan(w *scratch, d *Document) {
	for i := range d.tokens {
		s.take(w, d, 0, i, i)
		if len(s.prefixes) == 0 {
			continue
		}
		form := d.tokens[i].lookup()
		if len(form) < 2 {
			continue
		}
		for lengths := s.lengths[[2]byte{form[0], form[1]}]; lengths != 0; lengths &= lengths - 1 {
			length := bits.TrailingZeros64(lengths)
			if length > len(form) {
				break
			}
			s.end(w, d, s.prefixes[form[:length]], i, i)
		}
	}
}

// take goes from a step to those that a token leads to, for terms that began at
// another.
func (s *Set) take(w *scratch, d *Document, at int32, from, i int) {
	tok := &d.tokens[i]
	for _, next := range s.steps[at].next[tok.text] {
		s.reach(w, d, next, from, i, false)
	}
	if tok.full != "" {
		for _, next := range s.steps[at].next[tok.full] {
			s.reach(w, d, next, from, i, true)
		}
	}
	s.end(w, d, s.steps[at].goesOn, from, i)
}

// end notes the terms that end with a word that goes on as a token does.
func (s *Set) end(w *scratch, d *Document, lasts []last, from, i int) {
	for at := range lasts {
		if goes, full := lasts[at].word.begins(&d.tokens[i]); goes {
			s.note(w, d, lasts[at].term, occurrence{from: int32(from), to: int32(i), full: full})
		}
	}
}

// reach is at a step by a token: a plain word takes hashtags and handles too, a
// hashtag or handle only its like.
func (s *Set) reach(w *scratch, d *Document, at int32, from, i int, full bool) {
	here := &s.steps[at]
	if here.kind != word && here.kind != d.tokens[i].kind {
		return
	}
	for _, id := range here.ends {
		s.note(w, d, id, occurrence{from: int32(from), to: int32(i), full: full})
	}
	next := i + 1 + int(d.tokens[i].parts)
	if here.next == nil && here.goesOn == nil || next >= len(d.tokens) {
		return
	}
	s.take(w, d, at, from, next)
	if d.tokens[next].parts > 0 { // the first word of a hashtag stands in the same place
		s.take(w, d, at, from, next+1)
	}
}

// note notes that a term stands somewhere.
func (s *Set) note(w *scratch, d *Document, id int32, o occurrence) {
	t := &s.terms[id]
	known := w.hit[id] == w.generation
	located := w.everywhere || t.located
	if known && !located || t.node.raw != "" && !t.node.standsRaw(d, o) {
		return
	}
	if !known {
		w.hit[id], w.first[id] = w.generation, -1
		for _, query := range t.anchors {
			if w.seen[query] != w.generation {
				w.seen[query] = w.generation
				w.candidates = append(w.candidates, int(query))
			}
		}
	}
	if located {
		w.locate(id, o)
	}
}

// locate adds an occurrence to those of its term.
func (w *scratch) locate(term int32, o occurrence) {
	at := int32(len(w.found))
	o.next = -1
	w.found = append(w.found, o)
	if w.first[term] < 0 {
		w.first[term] = at
	} else {
		w.found[w.last[term]].next = at
	}
	w.last[term] = at
}

// begins says whether a word that goes on is how a token begins, and whether only
// the whole handle does.
func (t *token) begins(other *token) (goes, full bool) {
	if t.kind != word && t.kind != other.kind {
		return false, false
	}
	if strings.HasPrefix(other.text, t.lookup()) {
		return true, false
	}
	full = strings.HasPrefix(other.full, t.lookup())
	return full, full
}

// span is the range of the text in which a term stands.
func (d *Document) span(o occurrence) Span {
	first, last := &d.tokens[o.from], &d.tokens[o.to]
	if o.full {
		return Span{first.span.From, last.fullEnd}
	}
	return Span{first.span.From, last.span.To}
}

// holds says whether a part of a query holds on a document that was scanned.
func (s *Set) holds(w *scratch, d *Document, n node) bool {
	switch n := n.(type) {
	case leaf:
		return w.hit[n] == w.generation
	case andNode:
		for _, operand := range n.operands {
			if !s.holds(w, d, operand) {
				return false
			}
		}
		return true
	case orNode:
		for _, operand := range n.operands {
			if s.holds(w, d, operand) {
				return true
			}
		}
		return false
	case notNode:
		return !s.holds(w, d, n.operand)
	case contextNode:
		return s.holds(w, d, n.named) && (n.require == nil || s.holds(w, d, n.require)) &&
			(n.exclude == nil || !s.holds(w, d, n.exclude))
	case nearby:
		return n.holds(w, d)
	case *filterNode:
		return n.holds(d)
	default:
		return false
	}
}
