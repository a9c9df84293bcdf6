package query

import "sync"

// Set matches a text against many queries in one pass over its words: the cost
// grows with the text, hardly with the number of queries.
type Set struct {
	roots    []node             // by query, terms replaced by their indexes
	starts   map[string][]int32 // patterns by their first word
	prefixes map[string][]int32 // patterns of one word that goes on, by how it begins
	lengths  map[[2]byte]uint64 // of prefixes with these first bytes: a bit for each
	patterns []pattern
	terms    []term
	scratch  sync.Pool
}

// pattern is the words of a term, or of another way to write it.
type pattern struct {
	term   int32
	prefix bool // the last word goes on
	words  []token
}

// term is a leaf of some queries.
type term struct {
	node     termNode
	anchors  []int32 // queries that cannot match without a term such as this
	located  bool    // where it stands matters, for NEAR
	patterns []int32
}

type (
	// leaf is a term's index in a Set.
	leaf int32
	// nearby is nearNode in a Set.
	nearby struct {
		left, right []leaf
		words       int32
		ordered     bool
		node        nearNode
	}
)

// NewSet compiles queries; the index of each is what Match answers.
func NewSet(queries []*Query) *Set {
	s := &Set{starts: map[string][]int32{}, prefixes: map[string][]int32{}, lengths: map[[2]byte]uint64{}}
	ids := map[string]leaf{}
	for i, q := range queries {
		root := s.compile(q.root, ids)
		s.roots = append(s.roots, root)
		found, _ := anchors(root)
		for _, id := range found {
			s.terms[id].anchors = append(s.terms[id].anchors, int32(i))
		}
	}
	s.scratch.New = func() any { return newScratch(s) }
	return s
}

func (s *Set) compile(n node, ids map[string]leaf) node {
	switch n := n.(type) {
	case andNode:
		return andNode{s.compileAll(n.operands, ids)}
	case orNode:
		return orNode{s.compileAll(n.operands, ids)}
	case notNode:
		return notNode{s.compile(n.operand, ids)}
	case contextNode:
		return contextNode{s.compile(n.named, ids), s.compile(n.require, ids), s.compile(n.exclude, ids)}
	case nearNode:
		near := nearby{words: int32(n.words), ordered: n.ordered, node: n}
		near.left, near.right = s.internAll(n.left, ids), s.internAll(n.right, ids)
		return near
	case termNode:
		return s.intern(n, ids)
	case filterNode:
		return &n
	default:
		return nil
	}
}

func (s *Set) compileAll(nodes []node, ids map[string]leaf) []node {
	compiled := make([]node, len(nodes))
	for i, n := range nodes {
		compiled[i] = s.compile(n, ids)
	}
	return compiled
}

func (s *Set) internAll(nodes []termNode, ids map[string]leaf) []leaf {
	compiled := make([]leaf, len(nodes))
	for i, n := range nodes {
		compiled[i] = s.intern(n, ids)
		s.terms[compiled[i]].located = true
	}
	return compiled
}

// intern gives a term its index; the same term in several queries has one.
func (s *Set) intern(t termNode, ids map[string]leaf) leaf {
	key := t.raw + "\x00"
	if t.prefix {
		key += "*"
	}
	for i := range t.tokens {
		key += string(rune('0'+t.tokens[i].kind)) + t.tokens[i].lookup() + "\x00"
	}
	id, known := ids[key]
	if known {
		return id
	}
	id = leaf(len(s.terms))
	ids[key] = id
	s.terms = append(s.terms, term{node: t})
	s.look(id, t.tokens, t.prefix)
	if tag := t.asHashtag(); tag != "" {
		s.look(id, []token{{text: tag, kind: hashtag}}, t.prefix)
	}
	return id
}

// asHashtag is the hashtag that a phrase becomes when its words are written as
// one; "" where it is no phrase of plain words.
func (t *termNode) asHashtag() string {
	if len(t.tokens) < 2 || t.raw != "" {
		return ""
	}
	tag := ""
	for i := range t.tokens {
		if t.tokens[i].kind != word || !isWordPart(firstRune(t.tokens[i].text)) {
			return ""
		}
		tag += t.tokens[i].text
	}
	return tag
}

// look makes a term be found by words.
func (s *Set) look(id leaf, words []token, prefix bool) {
	at := int32(len(s.patterns))
	s.patterns = append(s.patterns, pattern{term: int32(id), prefix: prefix, words: words})
	s.terms[id].patterns = append(s.terms[id].patterns, at)
	first := words[0].lookup()
	if prefix && len(words) == 1 {
		first = first[:min(len(first), maxLookup)]
		s.prefixes[first] = append(s.prefixes[first], at)
		s.lengths[[2]byte{first[0], first[1]}] |= 1 << len(first) // it has some letters
		return
	}
	s.starts[first] = append(s.starts[first], at)
}

// maxLookup is how much of a word that goes on it is looked up by, in bytes.
const maxLookup = 63

// anchors are terms of which a text that matches holds one at least: of what must
// all hold, the part with the fewest. It answers false where there are none.
func anchors(n node) ([]leaf, bool) {
	switch n := n.(type) {
	case leaf:
		return []leaf{n}, true
	case nearby:
		if len(n.right) < len(n.left) {
			return n.right, true
		}
		return n.left, true
	case andNode:
		var fewest []leaf
		for _, operand := range n.operands {
			if found, ok := anchors(operand); ok && (fewest == nil || len(found) < len(fewest)) {
				fewest = found
			}
		}
		return fewest, fewest != nil
	case orNode:
		var all []leaf
		for _, operand := range n.operands {
			found, ok := anchors(operand)
			if !ok {
				return nil, false
			}
			all = append(all, found...)
		}
		return all, true
	case contextNode:
		return anchors(n.named)
	default:
		return nil, false
	}
}
