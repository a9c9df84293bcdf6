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
		twice := seen[key] || utf8.RuneCountInString(n.Text) < 2
		seen[key] = true
		return twice
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

// Count is a name and in how many texts it stands.
type Count struct {
	Name
	Texts int
}

// Top are the n names that stand in most texts, the most frequent first, without
// those that are the brand's own. A name is spelt as it is most often.
func Top(texts []Text, n int, own ...string) []Count {
	type tally struct {
		texts     int
		spellings map[Name]int
	}
	tallies := map[string]*tally{}
	for _, text := range texts {
		for _, name := range Of(text.Language, text.Text) {
			key := query.Fold(name.Text)
			if slices.ContainsFunc(own, func(o string) bool { return key == query.Fold(o) }) {
				continue
			}
			if tallies[key] == nil {
				tallies[key] = &tally{spellings: map[Name]int{}}
			}
			tallies[key].texts++
			tallies[key].spellings[name]++
		}
	}
	var counts []Count
	for _, t := range tallies {
		best := Name{}
		for name, times := range t.spellings {
			if c := cmp.Compare(times, t.spellings[best]); c > 0 || c == 0 && before(name, best) {
				best = name
			}
		}
		counts = append(counts, Count{best, t.texts})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(b.Texts-a.Texts, strings.Compare(a.Text, b.Text))
	})
	return counts[:min(n, len(counts))]
}

func before(a, b Name) bool {
	return cmp.Or(strings.Compare(a.Text, b.Text), strings.Compare(string(a.Kind), string(b.Kind))) < 0
}
