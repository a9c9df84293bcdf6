package detect

import (
	"cmp"
	"slices"
)

const (
	// mostAuthors is how many of the latest authors of a brand are kept.
	mostAuthors = 512
)

// author is who wrote of a brand lately.
type author struct {
	Key          uint64 // hash of source and identity
	Name         string
	Last         int64  // minute
	LastNegative int64  // minute, 0 for never
	Hour         int64  // in which the author was last counted
	Critic       int64  // hour in which the author was last counted as negative
	Parts        uint32 // of the brand, a bit each, of which the author spoke
	Mentions     uint32 // since they are kept
	Followers    uint32
	Verified     bool
}

// authors are the latest authors of a brand.
type authors struct {
	List  []author
	index map[uint64]int
}

// hear notes that an author wrote. One counts once an hour, and once more who turns
// negative, or who writes a hundred times would be a hundred.
func (a *authors) hear(m *Mention, minute int64) (one *author, c counts) {
	one = a.find(hash(m.Source, m.Author))
	hour := minute / 60
	if hour != one.Hour {
		one.Hour, c.Total = hour, 1
	}
	if m.Sentiment == Negative && hour != one.Critic {
		one.Critic, c.Total, c.Negative = hour, 1, 1
	}
	one.Mentions++
	one.Last = max(one.Last, minute)
	if m.Sentiment == Negative {
		one.LastNegative = max(one.LastNegative, minute)
	}
	one.Name, one.Verified = m.Handle, m.Verified
	one.Followers = uint32(min(m.Followers, 1<<32-1))
	return one, c
}

func (a *authors) find(key uint64) *author {
	if a.index == nil {
		a.reindex()
	}
	i, known := a.index[key]
	if !known {
		if len(a.List) == mostAuthors {
			a.forget()
		}
		i = len(a.List)
		a.index[key] = i
		a.List = append(a.List, author{Key: key})
	}
	return &a.List[i]
}

// forget leaves out the quarter that was heard of longest ago.
func (a *authors) forget() {
	slices.SortFunc(a.List, func(x, y author) int { return cmp.Or(-cmp.Compare(x.Last, y.Last), cmp.Compare(x.Key, y.Key)) })
	a.List = a.List[:mostAuthors*3/4]
	a.reindex()
}

func (a *authors) reindex() {
	a.index = make(map[uint64]int, len(a.List))
	for i := range a.List {
		a.index[a.List[i].Key] = i
	}
}

// crowd is who wrote since a minute, of some parts.
type crowd struct {
	authors, negative int
	reach             uint64 // potential: their followers together
}

func (a *authors) since(minute int64, parts uint32) (c crowd) {
	for i := range a.List {
		if one := &a.List[i]; one.Last >= minute && (parts == 0 || one.Parts&parts != 0) {
			c.authors++
			c.reach += uint64(one.Followers)
			if one.LastNegative >= minute {
				c.negative++
			}
		}
	}
	return c
}

// hash is FNV-1a of strings, a zero byte between them: the same in every process.
func hash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range parts {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h *= 1099511628211
	}
	return h
}
