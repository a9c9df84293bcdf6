package query

import (
	"slices"
	"sync"
)

// Set matches a text against many queries in one pass over its words: the cost
// grows with the text, hardly with the number of queries.
type Set struct {
	roots   []node             // by query, leaves replaced by indexes into hits
	starts  map[string][]entry // by the first word of a term
	owners  [][]int            // by term: queries that a hit of it may make match
	terms   int
	scratch sync.Pool
}

// entry is a term, under its first word.
type entry struct {
	id   int
	rest []token
	head token
}

// leaf is a term's index in a Set.
type leaf int

// NewSet compiles queries; the index of each is what Match answers.
func NewSet(queries []*Query) *Set {
	s := &Set{starts: map[string][]entry{}}
	ids := map[string]int{}
	for i, q := range queries {
		s.roots = append(s.roots, s.compile(q.root, ids, i))
	}
	s.scratch.New = func() any {
		return &scratch{hit: make([]uint32, s.terms), seen: make([]uint32, len(s.roots))}
	}
	return s
}

func (s *Set) compile(n node, ids map[string]int, query int) node {
	switch n := n.(type) {
	case andNode:
		return andNode{s.compileAll(n.operands, ids, query)}
	case orNode:
		return orNode{s.compileAll(n.operands, ids, query)}
	case notNode:
		return notNode{s.compile(n.operand, ids, query)}
	default:
		return leaf(s.intern(n.(termNode), ids, query))
	}
}

func (s *Set) compileAll(nodes []node, ids map[string]int, query int) []node {
	compiled := make([]node, len(nodes))
	for i, n := range nodes {
		compiled[i] = s.compile(n, ids, query)
	}
	return compiled
}

// intern gives a term its index; the same term in several queries has one.
func (s *Set) intern(t termNode, ids map[string]int, query int) int {
	key := ""
	for _, tok := range t.tokens {
		key += string(rune('0'+tok.kind)) + tok.lookup() + "\x00"
	}
	id, known := ids[key]
	if !known {
		id = s.terms
		ids[key] = id
		s.terms++
		s.owners = append(s.owners, nil)
		head := t.tokens[0]
		s.starts[head.lookup()] = append(s.starts[head.lookup()], entry{id: id, head: head, rest: t.tokens[1:]})
	}
	s.owners[id] = append(s.owners[id], query)
	return id
}

// lookup is the form under which a term's word is found.
func (t token) lookup() string {
	if t.full != "" {
		return t.full
	}
	return t.text
}

// accepts says whether a word of a query accepts a word of a text: a plain word
// also accepts it as a hashtag or handle, a hashtag or handle only its like.
func (t token) accepts(other token) bool {
	if t.kind != word && t.kind != other.kind {
		return false
	}
	return t.lookup() == other.text || t.lookup() == other.full
}

type scratch struct {
	document   Document
	hit        []uint32 // by term: generation of its last hit
	seen       []uint32 // by query: generation in which it became a candidate
	candidates []int
	generation uint32
}

// Match appends to dst the indexes of the queries that a text matches, in order.
func (s *Set) Match(dst []int, text string) []int {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	w.document.Read(text)
	return s.match(dst, w, &w.document)
}

// MatchDocument is Match for a text already read, to be matched by several sets.
func (s *Set) MatchDocument(dst []int, document *Document) []int {
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	return s.match(dst, w, document)
}

func (s *Set) match(dst []int, w *scratch, document *Document) []int {
	w.generation++
	w.candidates = w.candidates[:0]
	for i, tok := range document.tokens {
		s.mark(w, s.starts[tok.text], document.tokens[i:])
		if tok.full != "" {
			s.mark(w, s.starts[tok.full], document.tokens[i:])
		}
	}
	slices.Sort(w.candidates)
	for _, query := range w.candidates {
		if w.holds(s.roots[query]) {
			dst = append(dst, query)
		}
	}
	return dst
}

// mark notes the terms that begin at the first of the tokens.
func (s *Set) mark(w *scratch, entries []entry, tokens []token) {
	for _, e := range entries {
		if w.hit[e.id] == w.generation || !e.head.accepts(tokens[0]) || !follows(e.rest, tokens[1:]) {
			continue
		}
		w.hit[e.id] = w.generation
		for _, query := range s.owners[e.id] {
			if w.seen[query] != w.generation {
				w.seen[query] = w.generation
				w.candidates = append(w.candidates, query)
			}
		}
	}
}

// follows says whether the rest of a phrase comes next.
func follows(rest, tokens []token) bool {
	if len(tokens) < len(rest) {
		return false
	}
	for i, tok := range rest {
		if !tok.accepts(tokens[i]) {
			return false
		}
	}
	return true
}

func (w *scratch) holds(n node) bool {
	switch n := n.(type) {
	case leaf:
		return w.hit[n] == w.generation
	case andNode:
		for _, operand := range n.operands {
			if !w.holds(operand) {
				return false
			}
		}
		return true
	case orNode:
		for _, operand := range n.operands {
			if w.holds(operand) {
				return true
			}
		}
		return false
	case notNode:
		return !w.holds(n.operand)
	default:
		return false
	}
}
