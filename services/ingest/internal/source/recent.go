package source

// Recent is a bounded memory that does not outlive a restart: it forgets what was
// neither put nor got for long. It keeps two generations of up to half its size,
// and drops the older one when the younger is full. One goroutine may use it.
type Recent[K comparable, V any] struct {
	half       int
	young, old map[K]V
}

// NewRecent makes a memory of at most size keys.
func NewRecent[K comparable, V any](size int) *Recent[K, V] {
	return &Recent[K, V]{half: max(1, size/2), young: map[K]V{}}
}

// Put remembers a value under a key.
func (r *Recent[K, V]) Put(key K, value V) {
	if _, there := r.young[key]; !there && len(r.young) >= r.half {
		r.old, r.young = r.young, make(map[K]V, r.half)
	}
	r.young[key] = value
}

// Get answers the value under a key, and keeps it for longer.
func (r *Recent[K, V]) Get(key K) (V, bool) {
	if value, there := r.young[key]; there {
		return value, true
	}
	value, there := r.old[key]
	if there {
		r.Put(key, value)
	}
	return value, there
}

// Len is how many keys are remembered, some perhaps twice.
func (r *Recent[K, V]) Len() int { return len(r.young) + len(r.old) }
