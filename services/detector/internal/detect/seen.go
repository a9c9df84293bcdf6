package detect

// mostSeen is how many of the latest mentions are known again, at least: beyond a
// day, or beyond this many, one that is delivered again would count again.
const mostSeen = 4 << 20

// seen holds which mentions have come, in two generations of which the elder is
// forgotten as a whole.
type seen struct{ young, old map[uint64]struct{} }

func newSeen() seen { return seen{young: map[uint64]struct{}{}} }

// merge takes in what another has seen.
func (s *seen) merge(other *seen) {
	for _, generation := range []map[uint64]struct{}{other.old, other.young} {
		for key := range generation {
			s.first(key)
		}
	}
}

// has says whether one has come before.
func (s *seen) has(key uint64) bool {
	_, young := s.young[key]
	_, old := s.old[key]
	return young || old
}

// first says whether one has not come before.
func (s *seen) first(key uint64) bool {
	if s.has(key) {
		return false
	}
	if len(s.young) == mostSeen {
		s.young, s.old = make(map[uint64]struct{}, mostSeen), s.young
	}
	s.young[key] = struct{}{}
	return true
}
