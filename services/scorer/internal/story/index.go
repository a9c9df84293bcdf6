package story

import (
	"slices"
	"sync"
	"time"
)

// keys is how many of its shingles a text is found by. Two texts that share
// two fifths of what they have together share one of eight in 98 of 100 cases.
const keys = 8

// Index knows the texts of the last while. It is safe for concurrent use; its
// memory is bounded by the number of entries.
//
// Its state is a function of what was fed within the window, so that an index
// that is filled again, by Restore with what was decided or by Assign where no
// story is older than what is fed, goes on as the first would have.
type Index struct {
	window  time.Duration
	limit   int
	readers sync.Pool

	mu      sync.Mutex
	entries []entry // linked from the one unused longest to the last
	first   int32
	last    int32
	// slots hold the entry that last had a key, plus one. A slot that another
	// key took over, or whose entry was replaced, only costs a comparison: every
	// candidate is compared.
	slots []int32
}

// entry is one wording of a story. Equal texts share it.
type entry struct {
	sketch
	story          string
	at             time.Time // of its latest copy
	earlier, later int32
}

const none = -1

// New returns an index in which copies are found as long as they come no more
// than window apart, among as many last different texts as entries.
func New(window time.Duration, entries int) *Index {
	slots := 1
	for slots < entries*keys*2 {
		slots *= 2
	}
	return &Index{
		window: window, limit: max(entries, 1), first: none, last: none, slots: make([]int32, slots),
		readers: sync.Pool{New: func() any { return new(reader) }},
	}
}

// Assign returns the story of a post: that of the text it is a copy of, else its
// own, named by its id. A post that comes again with the same text has the story
// it had. A text too short to tell is a story of its own even where another is
// equal: people who write "thank you" copy nobody.
func (x *Index) Assign(id string, at time.Time, text string) string {
	r := x.readers.Get().(*reader)
	defer x.readers.Put(r)
	s := r.read(text)
	if s.count == 0 {
		return id
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	found, similarity := x.find(s, at)
	if found == none {
		x.add(s, at, id)
		return id
	}
	story := x.entries[found].story
	if similarity == 1 {
		x.again(found, at)
	} else {
		x.add(s, at, story)
	}
	return story
}

// Restore takes in a post whose story was decided before.
func (x *Index) Restore(story string, at time.Time, text string) {
	r := x.readers.Get().(*reader)
	defer x.readers.Put(r)
	s := r.read(text)
	if s.count == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if found, similarity := x.find(s, at); similarity == 1 && x.entries[found].story == story {
		x.again(found, at)
		return
	}
	x.add(s, at, story)
}

// find is the entry most like a text, and how like it is.
func (x *Index) find(s sketch, at time.Time) (int32, float64) {
	best, similarity := int32(none), 0.0
	for _, key := range s.keys() {
		candidate := *x.slot(key) - 1
		if candidate == best || candidate == none {
			continue
		}
		e := &x.entries[candidate]
		if e.at.Sub(at).Abs() > x.window {
			continue
		}
		if found := e.similarity(s); found > similarity {
			best, similarity = candidate, found
		}
	}
	return best, similarity
}

func (s sketch) keys() []uint32 { return s.shingles[:min(len(s.shingles), keys)] }

func (x *Index) slot(key uint32) *int32 { return &x.slots[int(key)&(len(x.slots)-1)] }

// add makes an entry, in place of the one unused longest where all are taken.
func (x *Index) add(s sketch, at time.Time, story string) {
	var i int32
	if len(x.entries) < x.limit {
		i = int32(len(x.entries))
		x.entries = append(x.entries, entry{})
	} else {
		i = x.first
		x.unlink(i)
	}
	e := &x.entries[i]
	e.sketch = sketch{slices.Clone(s.shingles), s.count}
	e.story, e.at = story, at
	x.link(i)
}

// again notes one more copy of an entry.
func (x *Index) again(i int32, at time.Time) {
	if e := &x.entries[i]; at.After(e.at) {
		e.at = at
	}
	x.unlink(i)
	x.link(i)
}

func (x *Index) unlink(i int32) {
	e := &x.entries[i]
	if e.earlier == none {
		x.first = e.later
	} else {
		x.entries[e.earlier].later = e.later
	}
	if e.later == none {
		x.last = e.earlier
	} else {
		x.entries[e.later].earlier = e.earlier
	}
}

// link puts an entry last, and in the slots of its keys.
func (x *Index) link(i int32) {
	e := &x.entries[i]
	e.earlier, e.later = x.last, none
	if x.last == none {
		x.first = i
	} else {
		x.entries[x.last].later = i
	}
	x.last = i
	for _, key := range e.keys() {
		*x.slot(key) = i + 1
	}
}
