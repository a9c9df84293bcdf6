package detect

import (
	"cmp"
	"slices"
)

// What a brand's traces take at most: 5 KB, 10 KB of ids and 4 KB of words.
const (
	mostTraces = 320
	idBytes    = 10 << 10
	saidWords  = 1024
	longestID  = 255 // one that is longer is counted, and not listed
)

// trace is a mention that was counted.
type trace struct {
	Second uint32 // published in
	Author uint32 // its key
	Parts  uint16
	ID     uint8 // its length
	Said   uint8 // how many words
	Read   bool  // its words were
	Place  uint8
	Felt   Sentiment
}

// traces are the latest mentions of a brand, in the order in which they were counted,
// with their ids and the words of those that were read one after another.
type traces struct {
	List []trace
	IDs  []byte
	Said []uint32
}

// add adds one, and forgets the oldest eighth where there is no room: a mention costs the
// same on average.
func (x *traces) add(t trace, id string, said []uint32, forgotten func(said []uint32)) {
	if len(id) > longestID {
		id = ""
	}
	for len(x.List) == mostTraces || len(x.IDs)+len(id) > idBytes || len(x.Said)+len(said) > saidWords {
		ids, words, n := 0, 0, (len(x.List)+7)/8
		for _, t := range x.List[:n] {
			if t.Read {
				forgotten(x.Said[words : words+int(t.Said)])
			}
			ids, words = ids+int(t.ID), words+int(t.Said)
		}
		x.List = append(x.List[:0], x.List[n:]...)
		x.IDs = append(x.IDs[:0], x.IDs[ids:]...)
		x.Said = append(x.Said[:0], x.Said[words:]...)
	}
	t.ID, t.Said = uint8(len(id)), uint8(len(said))
	x.List, x.IDs, x.Said = append(x.List, t), append(x.IDs, id...), append(x.Said, said...)
}

func (t *trace) since(minute int64) bool { return int64(t.Second)/60 >= minute }

func (t *trace) of(parts uint32) bool { return parts == 0 || uint32(t.Parts)&parts != 0 }

// sighting is a trace with its id and words.
type sighting struct {
	trace
	id   string
	said []uint32
}

// split are the mentions since a minute that are of some parts, oldest first, and those
// from before.
func (x *traces) split(from int64, parts uint32) (in, before []sighting) {
	ids, words := 0, 0
	for _, t := range x.List {
		s := sighting{t, string(x.IDs[ids : ids+int(t.ID)]), x.Said[words : words+int(t.Said)]}
		ids, words = ids+int(t.ID), words+int(t.Said)
		switch {
		case !t.since(from):
			before = append(before, s)
		case t.of(parts):
			in = append(in, s)
		}
	}
	slices.SortFunc(in, func(a, b sighting) int { return cmp.Or(cmp.Compare(a.Second, b.Second), cmp.Compare(a.id, b.id)) })
	return in, before
}

// pace says whether mentions come quickly, eight within a minute, and whether they come
// twice as fast as they did among all that are kept.
func (x *traces) pace() (quick, rising bool) {
	n := len(x.List)
	if n < paced {
		return false, false
	}
	last := int64(x.List[n-1].Second)
	lately, all := last-int64(x.List[n-paced].Second), last-int64(x.List[0].Second)
	return lately < 60, lately*int64(n)*2 < all*paced
}

const paced = 8
