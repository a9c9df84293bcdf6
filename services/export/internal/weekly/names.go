package weekly

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/vigie-monitor/vigie/pkg/names"
)

const (
	// namedStories is of how many stories the names are read: a post in English
	// takes milliseconds, so that these take a quarter of a minute.
	namedStories = 2000
	// namedText is how many characters of each are read: articles may be long.
	namedText = 500
	// topNames is how many are shown of people, of places and of organisations.
	topNames = 10
)

// Named are the names that most stories have.
type Named struct {
	Names []Name // the most frequent first
	Drawn int    // stories that were drawn by lot and read; 0 where all were
}

// Name is a person, a place or an organisation.
type Name struct {
	names.Name

	Stories int     // of those read
	Example Mention // the one most people reacted to
}

// sample draws stories by lot. The lots are made of their ids, so that the same
// week draws the same ones.
type sample struct {
	first map[string]Mention // as each was first told
	drawn bool               // there were too many to keep
}

func (s *sample) add(m Mention) {
	if _, known := s.first[m.StoryID]; known {
		return
	}
	s.first[m.StoryID] = m
	if len(s.first) > 2*namedStories {
		kept := s.draw()
		clear(s.first)
		for _, m := range kept {
			s.first[m.StoryID] = m
		}
	}
}

// draw are the stories that stay.
func (s *sample) draw() []Mention {
	type lot struct {
		number uint64
		Mention
	}
	lots := make([]lot, 0, len(s.first))
	for id, m := range s.first {
		lots = append(lots, lot{xxhash.Sum64String(id), m})
	}
	slices.SortFunc(lots, func(a, b lot) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.StoryID, b.StoryID))
	})
	if len(lots) > namedStories {
		lots, s.drawn = lots[:namedStories], true
	}
	stories := make([]Mention, len(lots))
	for i, l := range lots {
		stories[i] = l.Mention
	}
	return stories
}

// named reads the names of the week's stories.
func (b *Builder) named() Named {
	stories := b.sample.draw()
	texts := make([]names.Text, len(stories))
	for i, m := range stories {
		texts[i] = names.Text{Language: m.Language, Text: beginning(m.Title + "\n" + m.Text)}
	}
	var named Named
	if b.sample.drawn {
		named.Drawn = len(stories)
	}
	for _, count := range names.Top(texts, topNames, b.plan.Own) {
		name := Name{Name: count.Name, Stories: len(count.In), Example: stories[count.In[0]]}
		for _, i := range count.In[1:] {
			if byReactions(stories[i], name.Example) < 0 {
				name.Example = stories[i]
			}
		}
		named.Names = append(named.Names, name)
	}
	return named
}

// beginning cuts a text, between two characters.
func beginning(text string) string {
	at := 0
	for range namedText {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[:at]
}
