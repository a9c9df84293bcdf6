package detect

import (
	"cmp"
	"slices"
	"time"
)

// mostAuthors is how many of the latest authors of a brand are kept: 15 KB and their names.
const mostAuthors = 256

// KnownAuthors is how many they are at least: more is not counted of a window.
const KnownAuthors = mostAuthors - leaveAuthors

const leaveAuthors = mostAuthors / 4

// author is who wrote of a brand lately. Minutes and hours are since 1970.
type author struct {
	Name         string
	Key          uint32 // the end of a hash of source and identity
	Last         uint32 // minute
	LastNegative uint32 // minute, 0 for never
	Hour         uint32 // in which the author was last counted
	Critic       uint32 // hour in which the author was last counted as negative
	Parts        uint32 // of the brand, a bit each, of which the author spoke
	Mentions     uint32 // since they are kept
	Followers    uint32
	First        uint32 // minute, since they are kept
	Verified     bool
}

// authors are the latest authors of a brand.
type authors struct {
	List  []author
	index *[2 * mostAuthors]uint16 // where one is in the list, from 1, at the next free place after its key
}

// hear notes that an author wrote. One counts once an hour, and once more who turns
// negative, or who writes a hundred times would be a hundred.
func (a *authors) hear(m *Mention, minute int64) (one *author, c counts) {
	one = a.find(uint32(hash(m.Source, m.Author)))
	at, hour := uint32(minute), uint32(minute/60)
	if hour != one.Hour {
		one.Hour, c.Total = hour, 1
	}
	if m.Sentiment == Negative && hour != one.Critic {
		one.Critic, c.Total, c.Negative = hour, 1, 1
	}
	if one.Mentions == 0 {
		one.First = at
	}
	one.Mentions++
	one.Last = max(one.Last, at)
	if m.Sentiment == Negative {
		one.LastNegative = max(one.LastNegative, at)
	}
	one.Name, one.Verified = cut(m.Handle, longestName), m.Verified
	one.Followers = uint32(min(m.Followers, 1<<32-1))
	return one, c
}

// find is the author whose hash ends so, new if need be.
func (a *authors) find(key uint32) *author {
	if one := a.known(key); one != nil {
		return one
	}
	if len(a.List) == mostAuthors {
		a.forget()
	}
	a.List = append(a.List, author{Key: key})
	*a.place(key) = uint16(len(a.List))
	return &a.List[len(a.List)-1]
}

// known is the author whose hash ends so, nil where none is kept.
func (a *authors) known(key uint32) *author {
	if a.index == nil {
		a.reindex()
	}
	if i := *a.place(key); i != 0 {
		return &a.List[i-1]
	}
	return nil
}

// place is where the index has an author, or would.
func (a *authors) place(key uint32) *uint16 {
	for at := key; ; at++ {
		i := &a.index[at%uint32(len(a.index))]
		if *i == 0 || a.List[*i-1].Key == key {
			return i
		}
	}
}

// forget leaves out the quarter that was heard of longest ago; of those of one minute,
// who came first.
func (a *authors) forget() {
	var last [mostAuthors]uint32
	for i := range a.List {
		last[i] = a.List[i].Last
	}
	slices.Sort(last[:])
	bound := last[leaveAuthors-1]
	spare := leaveAuthors
	for _, at := range last[:leaveAuthors] {
		if at < bound {
			spare--
		}
	}
	a.List = slices.DeleteFunc(a.List, func(one author) bool {
		if one.Last == bound && spare > 0 {
			spare--
			return true
		}
		return one.Last < bound
	})
	a.reindex()
}

func (a *authors) reindex() {
	if a.index == nil {
		a.index = new([2 * mostAuthors]uint16)
	}
	clear(a.index[:])
	for i := range a.List {
		*a.place(a.List[i].Key) = uint16(i + 1)
	}
}

// crowd is who wrote since a minute, of some parts.
type crowd struct {
	authors, negative int
	reach             uint64 // potential: their followers together
}

// everyone is a crowd that lacks nobody.
var everyone = crowd{authors: mostAuthors, negative: mostAuthors}

func (a *authors) since(minute int64, parts uint32) (c crowd) {
	since := uint32(minute)
	for i := range a.List {
		if one := &a.List[i]; one.Last >= since && (parts == 0 || one.Parts&parts != 0) {
			c.authors++
			c.reach += uint64(one.Followers)
			if one.LastNegative >= since {
				c.negative++
			}
		}
	}
	return c
}

// Author is one of those who wrote, and what is known of them.
type Author struct {
	Name, Source string
	Followers    uint64
	Verified     bool
	Mentions     int       // since they are known
	Known        time.Time // since before it, zero for who is new, or was not heard for long
	IDs          []string  // of what they wrote of it
}

// shownAuthors is how many authors are told.
const shownAuthors = 5

// top are those who wrote of a rise with the widest reach, of those that have a name and
// of whom something was counted.
func (a *authors) top(from int64, r *rise) (found []Author) {
	wrote := map[uint32]*Author{}
	for i := range r.in {
		if s := &r.in[i]; r.feels(s.Felt) && s.id != "" && s.Place > 0 {
			if wrote[s.Author] == nil {
				wrote[s.Author] = &Author{Source: r.brand.Exhibits.Places[s.Place-1].Source}
			}
			wrote[s.Author].IDs = append(wrote[s.Author].IDs, s.id)
		}
	}
	for i := range a.List {
		one := &a.List[i]
		author := wrote[one.Key]
		if author == nil || one.Name == "" {
			continue
		}
		author.Name, author.Followers, author.Verified, author.Mentions = one.Name, uint64(one.Followers), one.Verified, int(one.Mentions)
		if int64(one.First) < from {
			author.Known = time.Unix(int64(one.First)*60, 0).UTC()
		}
		found = append(found, *author)
	}
	slices.SortFunc(found, func(x, y Author) int {
		return cmp.Or(-cmp.Compare(x.Followers, y.Followers), -cmp.Compare(x.Mentions, y.Mentions), cmp.Compare(x.IDs[0], y.IDs[0]))
	})
	return found[:min(len(found), shownAuthors)]
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
