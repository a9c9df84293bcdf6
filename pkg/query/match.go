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
	pattern  int32
	next     int32 // of the same term; -1 after the last
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
		tok := &d.tokens[i]
		for _, at := range s.starts[tok.text] {
			s.try(w, d, at, i)
		}
		if tok.full != "" {
			for _, at := range s.starts[tok.full] {
				s.try(w, d, at, i)
			}
		}
		if len(s.prefixes) == 0 {
			continue
		}
		form := tok.lookup()
		if len(form) < 2 {
			continue
		}
		for lengths := s.lengths[[2]byte{form[0], form[1]}]; lengths != 0; lengths &= lengths - 1 {
			length := bits.TrailingZeros64(lengths)
			if length > len(form) {
				break
			}
			for _, at := range s.prefixes[form[:length]] {
				s.try(w, d, at, i)
			}
		}
	}
}

// try notes a pattern that stands at a token.
func (s *Set) try(w *scratch, d *Document, at int32, i int) {
	p := &s.patterns[at]
	t := &s.terms[p.term]
	located := w.everywhere || t.located
	if w.hit[p.term] == w.generation && !located {
		return
	}
	for _, to := range p.stands(d.tokens, i) {
		if to < 0 || t.node.raw != "" && !p.standsRaw(&t.node, d, i, int(to)) {
			continue
		}
		if w.hit[p.term] != w.generation {
			w.hit[p.term] = w.generation
			w.first[p.term] = -1
			for _, query := range t.anchors {
				if w.seen[query] != w.generation {
					w.seen[query] = w.generation
					w.candidates = append(w.candidates, int(query))
				}
			}
		}
		if located {
			w.locate(p.term, occurrence{from: int32(i), to: to, pattern: at, next: -1})
		}
	}
}

// locate adds an occurrence to those of its term.
func (w *scratch) locate(term int32, o occurrence) {
	at := int32(len(w.found))
	w.found = append(w.found, o)
	if w.first[term] < 0 {
		w.first[term] = at
	} else {
		w.found[w.last[term]].next = at
	}
	w.last[term] = at
}

// stands answers the last tokens of the pattern where it begins at a token, -1 for
// none. There may be two, for a last word that goes on may be a hashtag and its
// first word too.
func (p *pattern) stands(tokens []token, i int) [2]int32 {
	none := [2]int32{-1, -1}
	for n := range p.words {
		last := n == len(p.words)-1
		prefix := p.prefix && last
		if n > 0 {
			i += 1 + int(tokens[i].parts)
		}
		if i >= len(tokens) {
			return none
		}
		here := p.words[n].accepts(&tokens[i], prefix)
		// the first word of a hashtag stands in the same place
		within := n > 0 && tokens[i].parts > 0 && p.words[n].accepts(&tokens[i+1], prefix)
		switch {
		case last && within && here:
			return [2]int32{int32(i), int32(i + 1)}
		case last && within:
			return [2]int32{int32(i + 1), -1}
		case last && here:
			return [2]int32{int32(i), -1}
		case within:
			i++
		case !here:
			return none
		}
	}
	return none
}

// accepts says whether a word of a query accepts a word of a text: a plain word
// also accepts it as a hashtag or handle, a hashtag or handle only its like.
func (t *token) accepts(other *token, prefix bool) bool {
	if t.kind != word && t.kind != other.kind {
		return false
	}
	wanted := t.lookup()
	if prefix {
		return strings.HasPrefix(other.text, wanted) || strings.HasPrefix(other.full, wanted)
	}
	return wanted == other.text || wanted == other.full
}

// span is the range of the text in which a pattern stands.
func (p *pattern) span(tokens []token, from, to int) Span {
	first, last := &tokens[from], &tokens[to]
	span := Span{first.span.From, last.span.To}
	if wanted := p.words[len(p.words)-1].lookup(); last.full != "" && wanted != last.text && strings.HasPrefix(last.full, wanted) {
		span.To = last.fullEnd
	}
	return span
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
