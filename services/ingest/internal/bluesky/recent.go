package bluesky

import "slices"

// recent is a bounded memory: it forgets what was neither put nor got for long.
// It keeps two generations of up to half its size, and drops the older one when
// the younger is full.
type recent[K comparable, V any] struct {
	half       int
	young, old map[K]V
}

func newRecent[K comparable, V any](size int) *recent[K, V] {
	return &recent[K, V]{half: max(1, size/2), young: map[K]V{}}
}

func (r *recent[K, V]) put(key K, value V) {
	if _, there := r.young[key]; !there && len(r.young) >= r.half {
		r.old, r.young = r.young, make(map[K]V, r.half)
	}
	r.young[key] = value
}

func (r *recent[K, V]) get(key K) (V, bool) {
	if value, there := r.young[key]; there {
		return value, true
	}
	value, there := r.old[key]
	if there {
		r.put(key, value)
	}
	return value, there
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
