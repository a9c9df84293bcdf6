package detect

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
)

const (
	// maxEvidence is how many mention ids an incident carries.
	maxEvidence = 2000
	// maxPosts is how many posts it shows.
	maxPosts = 3
)

var hashSeed = maphash.MakeSeed()

// minute holds what a window needs of one minute: each mention once, authors,
// and what could be shown. A mention is kept by a hash of its id, 8 bytes.
type minute struct {
	number   int64
	seen     map[uint64]struct{}
	authors  map[uint64]struct{}
	negative int
	ids      []string
	posts    []Mention // the best few
}

// window holds the last minutes of a brand, and their sums.
type window struct {
	minutes         []*minute // oldest first
	total, negative int
	authors         map[uint64]int // in how many of the minutes each wrote
}

func (w *window) minute(number int64) *minute {
	i, found := slices.BinarySearchFunc(w.minutes, number, func(m *minute, n int64) int { return cmp.Compare(m.number, n) })
	if !found {
		w.minutes = slices.Insert(w.minutes, i, &minute{
			number: number, seen: map[uint64]struct{}{}, authors: map[uint64]struct{}{},
		})
	}
	return w.minutes[i]
}

// forget drops the minutes before one, and tells past of each.
func (w *window) forget(before int64, past func(*minute)) {
	gone := 0
	for gone < len(w.minutes) && w.minutes[gone].number < before {
		m := w.minutes[gone]
		past(m)
		w.total -= len(m.seen)
		w.negative -= m.negative
		for author := range m.authors {
			if w.authors[author]--; w.authors[author] == 0 {
				delete(w.authors, author)
			}
		}
		gone++
	}
	w.minutes = slices.Delete(w.minutes, 0, gone)
}

// add counts a mention in a minute unless it is there; it answers whether it
// counted.
func (w *window) add(number int64, mention Mention) bool {
	m := w.minute(number)
	id := maphash.String(hashSeed, mention.ID)
	if _, known := m.seen[id]; known {
		return false
	}
	m.seen[id] = struct{}{}
	w.total++
	if mention.Sentiment == Negative {
		m.negative++
		w.negative++
	}
	author := maphash.String(hashSeed, mention.Source+"\x00"+mention.Author)
	if _, known := m.authors[author]; !known {
		m.authors[author] = struct{}{}
		if w.authors == nil {
			w.authors = map[uint64]int{}
		}
		w.authors[author]++
	}
	if len(m.ids) < maxEvidence {
		m.ids = append(m.ids, mention.ID)
	}
	m.show(mention)
	return true
}

// show keeps the mention if it is among the best to show.
func (m *minute) show(mention Mention) {
	if len(m.posts) == maxPosts && compareShown(mention, m.posts[maxPosts-1]) >= 0 {
		return
	}
	m.posts = best(append(m.posts, mention))
}

func best(posts []Mention) []Mention {
	slices.SortFunc(posts, compareShown)
	return posts[:min(len(posts), maxPosts)]
}

// compareShown puts first what shows a crisis best: negative posts, then those
// that people react to, then those many can read; the earliest breaks a tie.
func compareShown(a, b Mention) int {
	return cmp.Or(
		-cmp.Compare(weight(a), weight(b)),
		a.Published.Compare(b.Published),
		cmp.Compare(a.ID, b.ID),
	)
}

func weight(m Mention) uint64 {
	w := m.Engagement*100 + m.Followers
	if m.Sentiment == Negative {
		w += 1 << 62
	}
	return w
}

// evidence gathers ids, oldest first, and the posts to show: those of the minutes
// that rise above the usual count of one, where any does, for the posts of the
// calm before them prove nothing.
func (w *window) evidence(usual float64) (ids []string, truncated bool, posts []Mention) {
	var risen []Mention
	for _, m := range w.minutes {
		room := maxEvidence - len(ids)
		if len(m.ids) > room || len(m.ids) < len(m.seen) {
			truncated = true
		}
		ids = append(ids, m.ids[:min(len(m.ids), room)]...)
		posts = append(posts, m.posts...)
		if float64(len(m.seen)) > usual+2*math.Sqrt(usual) {
			risen = append(risen, m.posts...)
		}
	}
	if len(risen) > 0 {
		posts = risen
	}
	return ids, truncated, best(posts)
}
