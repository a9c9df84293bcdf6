package query

import "sync"

// Set matches a text against many queries in one pass over its words: the cost
// grows with the text, hardly with the number of queries.
type Set struct {
	roots    []node             // by query, terms replaced by their indexes
	steps    []step             // the words of all terms as one tree, from steps[0]
	prefixes map[string][]last  // terms of one word that goes on, by how it begins
	lengths  map[[2]byte]uint64 // of prefixes with these first bytes: a bit for each
	terms    []term
	scratch  sync.Pool
}

// step is a word of terms, after those that lead to it.
type step struct {
	kind   kind
	ends   []int32            // terms that end here
	next   map[string][]int32 // steps by their word: at most one of a kind
	goesOn []last
}

// last is the last word of a term, that goes on.
type last struct {
	word token
	term int32
}

// term is a leaf of some queries.
type term struct {
	node    termNode
	anchors []int32 // queries that cannot match without a term such as this
	located bool    // where it stands matters, for NEAR
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
	s := &Set{steps: []step{{next: map[string][]int32{}}}, prefixes: map[string][]last{}, lengths: map[[2]byte]uint64{}}
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
	if prefix && len(words) == 1 {
		first := words[0].lookup()
		first = first[:min(len(first), maxLookup)]
		s.prefixes[first] = append(s.prefixes[first], last{words[0], int32(id)})
		s.lengths[[2]byte{first[0], first[1]}] |= 1 << len(first) // it has some letters
		return
	}
	at := int32(0)
	for i := range words {
		if prefix && i == len(words)-1 {
			s.steps[at].goesOn = append(s.steps[at].goesOn, last{words[i], int32(id)})
			return
		}
		at = s.follow(at, &words[i])
	}
	s.steps[at].ends = append(s.steps[at].ends, int32(id))
}

// follow is the step of a word after another step.
func (s *Set) follow(at int32, word *token) int32 {
	for _, next := range s.steps[at].next[word.lookup()] {
		if s.steps[next].kind == word.kind {
			return next
		}
	}
	next := int32(len(s.steps))
	s.steps = append(s.steps, step{kind: word.kind})
	if s.steps[at].next == nil {
		s.steps[at].next = map[string][]int32{}
	}
	s.steps[at].next[word.lookup()] = append(s.steps[at].next[word.lookup()], next)
	return next
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
