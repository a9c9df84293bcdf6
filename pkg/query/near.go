package query

import (
	"cmp"
	"slices"
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
	if len(terms) > 1 { // those of one term are in order
		slices.SortFunc(all, func(a, b occurrence) int { return cmp.Compare(a.from, b.from) })
	}
	return all
}

// inOrder visits what stands before one of second near enough, and what stands
// behind one of first; from the end of one to the start of the other. It answers
// false when visit did. Both lists are gone through once: a hostile text has a term
// at each word.
func (n nearby) inOrder(first, second []occurrence, d *Document, visit func(occurrence) bool) bool {
	start := func(o occurrence) int32 { return d.tokens[o.from].position }
	end := func(o occurrence) int32 { return d.tokens[o.to].lastPosition() }
	sooner := func(a, b occurrence) int { return cmp.Compare(end(a), end(b)) }
	if !slices.IsSortedFunc(first, sooner) {
		first = slices.SortedFunc(slices.Values(first), sooner)
	}
	at, found := 0, false
	for _, a := range first {
		for at < len(second) && start(second[at]) <= end(a) {
			at++
		}
		if at == len(second) {
			break
		}
		if start(second[at])-end(a) <= n.words {
			if found = true; !visit(a) {
				return false
			}
		}
	}
	if !found {
		return true
	}
	at = 0
	for _, b := range second {
		for at < len(first) && end(first[at]) < start(b) {
			at++
		}
		if at > 0 && start(b)-end(first[at-1]) <= n.words && !visit(b) {
			return false
		}
	}
	return true
}
