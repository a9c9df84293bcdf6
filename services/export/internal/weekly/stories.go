package weekly

import (
	"cmp"
	"slices"
)

// Story is a text with its copies, as the week told it.
type Story struct {
	Tally

	First   Mention  // of the week
	Sources []string // where it was told, by name
}

// Copied are the stories that were told most, the most first. What is shown of
// them is not kept of every mention: their mentions come again, to AddCopy.
func (b *Builder) Copied() []string {
	stories := b.rivals[b.plan.Brand].now.stories
	var ids []string
	for id, story := range stories {
		if story.mentions > 1 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int {
		return cmp.Or(
			cmp.Compare(stories[y].mentions, stories[x].mentions),
			larger(stories[y].largest, stories[x].largest),
			cmp.Compare(x, y),
		)
	})
	return ids[:min(len(ids), topPosts)]
}

// AddCopy takes a mention of a copied story again; the first comes first.
func (b *Builder) AddCopy(m Mention) {
	story, known := b.stories[m.StoryID]
	if !known {
		story = &Story{First: m}
		b.stories[m.StoryID] = story
	}
	story.add(m)
	if at, found := slices.BinarySearch(story.Sources, m.Source); !found {
		story.Sources = slices.Insert(story.Sources, at, m.Source)
	}
}

// retold are the copied stories whose mentions came again.
func (b *Builder) retold() []Story {
	var list []Story
	for _, id := range b.Copied() {
		if story, came := b.stories[id]; came {
			list = append(list, *story)
		}
	}
	return list
}
