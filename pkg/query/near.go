package query

import (
	"cmp"
	"slices"
	"sort"
)

// holds says whether a left and a right term stand near each other.
func (n nearby) holds(w *scratch, d *Document) bool {
	found := false
	n.each(w, d, func(occurrence) bool {
		found = true
		return false
	})
	return found
}

// each visits the places of terms that stand near one of the other side, until
// visit answers false.
func (n nearby) each(w *scratch, d *Document, visit func(occurrence) bool) {
	if !w.any(n.left) || !w.any(n.right) {
		return
	}
	left, right := w.places(n.left), w.places(n.right)
	if n.inOrder(left, right, d, visit) && !n.ordered {
		n.inOrder(right, left, d, visit)
	}
}

// any says whether one of the terms stands somewhere.
func (w *scratch) any(terms []leaf) bool {
	return slices.ContainsFunc(terms, func(t leaf) bool { return w.hit[t] == w.generation })
}

// places are where terms stand, by where they begin.
func (w *scratch) places(terms []leaf) []occurrence {
	var all []occurrence
	for _, t := range terms {
		if w.hit[t] != w.generation {
			continue
		}
		for at := w.first[t]; at >= 0; at = w.found[at].next {
			all = append(all, w.found[at])
		}
	}
	slices.SortFunc(all, func(a, b occurrence) int { return cmp.Compare(a.from, b.from) })
	return all
}

// inOrder visits what stands before one of second near enough, and what stands
// behind one of first; from the end of one to the start of the other. It answers
// false when visit did.
func (n nearby) inOrder(first, second []occurrence, d *Document, visit func(occurrence) bool) bool {
	start := func(o occurrence) int32 { return d.tokens[o.from].position }
	end := func(o occurrence) int32 { return d.tokens[o.to].lastPosition() }
	for _, a := range first {
		at := sort.Search(len(second), func(i int) bool { return start(second[i]) > end(a) })
		if at < len(second) && start(second[at])-end(a) <= n.words && !visit(a) {
			return false
		}
	}
	byEnd := slices.SortedFunc(slices.Values(first), func(a, b occurrence) int { return cmp.Compare(end(a), end(b)) })
	for _, b := range second {
		at := sort.Search(len(byEnd), func(i int) bool { return end(byEnd[i]) >= start(b) })
		if at > 0 && start(b)-end(byEnd[at-1]) <= n.words && !visit(b) {
			return false
		}
	}
	return true
}
