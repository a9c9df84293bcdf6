// Package names owns the people, places and organisations that a handful of texts
// name: the evidence on a page, the weekly report. It is far too slow for every
// post, and where it errs nobody is woken: no decision is made from it.
//
// English is read by prose's model, which is loaded at the first English text and
// takes some 40 MB from then on. French is read by capitals and what stands before
// them, and no more is claimed; other languages have no names.
package names

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Kind is what a name is the name of.
type Kind string

// Kinds.
const (
	Person       Kind = "person"
	Place        Kind = "place"
	Organisation Kind = "organisation"
)

// Name is one that a text has.
type Name struct {
	Text string
	Kind Kind
}

// readAtMost bounds what is read of a text, in bytes.
const readAtMost = 8 << 10

// longest is how many characters a name has at most.
const longest = 60

var (
	// beside is where no name is looked for: addresses, handles, a retweet's mark.
	beside = regexp.MustCompile(`https?://\S+|@[\w.]+|^RT\b`)
	// hashtags in a row are names apart; one in a sentence is a word of it.
	hashtags = regexp.MustCompile(`#[\pL\pN_]+(\s+#[\pL\pN_]+)+`)
)

// Of are the names of a text in its order, each once.
func Of(language, text string) []Name {
	if len(text) > readAtMost {
		text = text[:readAtMost]
	}
	text = beside.ReplaceAllString(strings.ToValidUTF8(text, " "), " ")
	text = hashtags.ReplaceAllStringFunc(text, func(row string) string { return strings.ReplaceAll(row, "#", "|") })
	text = strings.ReplaceAll(text, "#", "")
	if shouts(text) {
		return nil // capitals tell nothing
	}
	var found []Name
	switch language {
	case "en":
		found = english(text)
	case "fr":
		found = french(text)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(n Name) bool {
		key := query.Fold(n.Text)
		length := utf8.RuneCountInString(n.Text)
		out := seen[key] || length < 2 || length > longest
		seen[key] = true
		return out
	})
}

// shouts says whether a text is mostly in capitals.
func shouts(text string) bool {
	upper, letters := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return letters > 20 && 2*upper > letters
}

// Text is one that names are counted in.
type Text struct{ Language, Text string }

// Count is a name and the texts that have it, by their places in the list.
type Count struct {
	Name
	In []int
}

// Top are, of people, of places and of organisations, the n that stand in most
// texts, the most frequent first, without those that are the brand's own. A name
// is spelt as it is most often. One that a single text has is left out: it says
// little of the whole, and may be misread.
func Top(texts []Text, n int, own func(name string) bool) []Count {
	type tally struct {
		in        []int
		spellings map[Name]int
	}
	tallies := map[string]*tally{}
	for i, text := range texts {
		for _, name := range Of(text.Language, text.Text) {
			key := query.Fold(name.Text)
			if tallies[key] == nil {
				tallies[key] = &tally{spellings: map[Name]int{}}
			}
			tallies[key].in = append(tallies[key].in, i)
			tallies[key].spellings[name]++
		}
	}
	var counts []Count
	for _, t := range tallies {
		if name := commonest(t.spellings); len(t.in) > 1 && !own(name.Text) {
			counts = append(counts, Count{name, t.in})
		}
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(len(b.In)-len(a.In), strings.Compare(a.Text, b.Text))
	})
	kept := map[Kind]int{}
	return slices.DeleteFunc(counts, func(c Count) bool {
		kept[c.Kind]++
		return kept[c.Kind] > n
	})
}

func commonest(spellings map[Name]int) Name {
	return slices.MinFunc(slices.Collect(maps.Keys(spellings)), func(a, b Name) int {
		return cmp.Or(spellings[b]-spellings[a], strings.Compare(a.Text, b.Text), strings.Compare(string(a.Kind), string(b.Kind)))
	})
}
