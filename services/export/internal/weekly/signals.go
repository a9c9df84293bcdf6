package weekly

import (
	"cmp"
	"slices"
	"strings"
)

// riskWords is how many words are shown of a risk.
const riskWords = 6

// Risk is a sign of what can become a crisis: a boycott, a recall.
type Risk struct {
	Name        string
	Now, Before uint64   // mentions; one with two risks is in both
	Stories     uint64   // those of the week, without their copies
	Words       []string // that say so, the most frequent first, of all risks of its mentions
	Example     Mention  // the one most people reacted to
}

// riskTally is a risk while it is counted.
type riskTally struct {
	Risk
	stories map[string]bool
	words   map[string]uint64 // mentions, by word
}

// signal counts what a mention of the brand warns of, and whether it speaks for or
// against the brand; what the brand itself published is none, nor are its names.
func (b *Builder) signal(m Mention, now bool) {
	if m.Own() {
		return
	}
	for _, name := range distinct(m.Risks) {
		risk, known := b.risks[name]
		if !known {
			risk = &riskTally{Risk: Risk{Name: name}, stories: map[string]bool{}, words: map[string]uint64{}}
			b.risks[name] = risk
		}
		if now {
			risk.add(m)
		} else {
			risk.Before++
		}
	}
	if !now {
		return
	}
	b.sample.add(m)
	if list := b.stances[m.Stance]; list != nil {
		list.add(m)
	}
}

func (r *riskTally) add(m Mention) {
	r.Now++
	r.stories[m.StoryID] = true
	lower := make([]string, len(m.RiskWords))
	for i, word := range m.RiskWords {
		lower[i] = strings.ToLower(word)
	}
	for _, word := range distinct(lower) {
		r.words[word]++
	}
	if r.Now == 1 || byReactions(m, r.Example) < 0 {
		r.Example = m
	}
}

// distinct are the names of a mention, in order: one that stands twice counts once.
func distinct(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// ranking are the risks of the week, the most frequent first.
func (b *Builder) ranking() []Risk {
	var list []Risk
	for _, risk := range b.risks {
		if risk.Now == 0 {
			continue
		}
		risk.Stories = uint64(len(risk.stories))
		risk.Words = frequent(risk.words, riskWords)
		list = append(list, risk.Risk)
	}
	slices.SortFunc(list, func(a, b Risk) int {
		return cmp.Or(cmp.Compare(b.Now, a.Now), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// frequent are the words that most mentions have.
func frequent(mentions map[string]uint64, most int) []string {
	words := make([]string, 0, len(mentions))
	for word := range mentions {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(mentions[b], mentions[a]), cmp.Compare(a, b))
	})
	return words[:min(len(words), most)]
}
