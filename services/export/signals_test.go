package export_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// own: every row is a post, so what stands on the brand's own page is its own.
func (r row) own() bool { return r.ownership == "official" }

func (r row) engagement() float64 { return float64(r.likes + r.likes/2 + 1) }

// stories are the rows by the text they tell, oldest first.
func (c recount) stories() map[string][]row {
	stories := map[string][]row{}
	for _, r := range c.rows {
		story := cmp.Or(r.story, r.id)
		stories[story] = append(stories[story], r)
	}
	for _, copies := range stories {
		slices.SortFunc(copies, func(a, b row) int {
			return cmp.Or(a.published.Compare(b.published), cmp.Compare(a.id, b.id))
		})
	}
	return stories
}

// reachAlone leaves of each story the row of its largest author, and adds up the
// followers of those authors.
func (c recount) reachAlone() float64 {
	alone := recount{reach: map[string]uint64{}}
	for _, copies := range c.stories() {
		signed := slices.DeleteFunc(slices.Clone(copies), func(r row) bool { return r.author == "" })
		if len(signed) == 0 {
			continue
		}
		largest := slices.MaxFunc(signed, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.followers, b.followers), cmp.Compare(a.source, b.source), cmp.Compare(a.author, b.author))
		})
		author := largest.source + "/" + largest.author
		alone.reach[author] = max(alone.reach[author], largest.followers)
	}
	return alone.potentialReach()
}

// warned are the rows with a risk, but for the brand's own.
func (c recount) warned(risk string) []row {
	return slices.DeleteFunc(slices.Clone(c.rows), func(r row) bool { return r.own() || !slices.Contains(r.risks, risk) })
}

// wordsOf are what most rows say, without regard to case, six at most.
func wordsOf(rows []row) string {
	said := map[string]int{}
	for _, r := range rows {
		words := strings.Fields(strings.ToLower(strings.ReplaceAll(strings.Join(r.words, "\n"), " ", "_")))
		slices.Sort(words)
		for _, word := range slices.Compact(words) {
			said[strings.ReplaceAll(word, "_", " ")]++
		}
	}
	var list []string
	for word := range said {
		list = append(list, word)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(said[b]-said[a], strings.Compare(a, b)) })
	return strings.Join(list[:min(6, len(list))], ", ")
}

// The risks, the stories and the recommendations of a week are those of a plain
// recount of the raw rows, delivered twice, edited and deleted as they were.
func TestSignalsEqualARecountOfTheRawRows(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	zone := db.cfg.Location()
	from := time.Date(2026, 11, 9, 0, 0, 0, 0, zone)
	to := from.AddDate(0, 0, 7)
	random := rand.New(rand.NewPCG(3, 46))
	rows := invent(random, from, to, 2000)
	db.twice(random, rows)
	result := db.weekly("2026-W46")
	counted := standing(rows)
	now, was := count(counted, "acme", from, to, zone), count(counted, "acme", from.AddDate(0, 0, -7), from, zone)
	byText := map[string]row{}
	for _, r := range now.rows {
		byText[r.text] = r
	}

	t.Run("risks", func(t *testing.T) {
		t.Parallel()
		risks := sheet(t, result.XLSX, "Risks")[2:]
		require.Len(t, risks, 2)
		for i, name := range []string{"boycott", "recall"} {
			label := []string{"Boycott", "Product recall"}[i]
			cells, warned := line(t, risks, label), now.warned(name)
			assert.InDelta(t, len(warned), number(t, cells[1]), 0, name)
			assert.InDelta(t, len(was.warned(name)), number(t, cells[2]), 0, name)
			assert.InDelta(t, len(recount{rows: warned}.stories()), number(t, cells[3]), 0, name)
			assert.Equal(t, wordsOf(warned), cells[4])
			most := slices.MaxFunc(warned, func(a, b row) int { return cmp.Compare(a.engagement(), b.engagement()) })
			example, known := byText[cells[5]]
			require.True(t, known, cells[5])
			assert.Contains(t, example.risks, name)
			assert.InDelta(t, most.engagement(), example.engagement(), 0, "the one most people reacted to")
		}
	})

	t.Run("stories", func(t *testing.T) {
		t.Parallel()
		stories, listed := now.stories(), 0
		var told []int
		for _, copies := range stories {
			if len(copies) > 1 {
				told = append(told, len(copies))
			}
		}
		slices.SortFunc(told, func(a, b int) int { return b - a })
		require.Greater(t, len(told), 20, "there are more than are shown")
		for i, cells := range sheet(t, result.XLSX, "Stories")[2:] {
			listed++
			assert.InDelta(t, told[i], number(t, cells[2]), 0, "the most told first")
			first := byText[cells[1]]
			copies := stories[first.story]
			require.Equal(t, first.id, copies[0].id, "the first of the week")
			c := count(copies, "acme", from, to, zone)
			assert.InDelta(t, c.mentions, number(t, cells[2]), 0)
			assert.InDelta(t, len(c.reach), number(t, cells[3]), 0)
			sources := make([]string, 0, len(c.bySource))
			for source := range c.bySource {
				sources = append(sources, source)
			}
			slices.Sort(sources)
			assert.Equal(t, strings.Join(sources, ", "), cells[4])
			assert.InDelta(t, c.potentialReach(), number(t, cells[5]), 0)
			assert.InDelta(t, c.reachAlone(), number(t, cells[6]), 0)
			if c.scored() > 0 {
				assert.InDelta(t, c.sentiment["negative"]/c.scored(), number(t, cells[7]), 1e-9)
			}
		}
		assert.Equal(t, 20, listed)
	})

	t.Run("recommendations", func(t *testing.T) {
		t.Parallel()
		posts := sheet(t, result.XLSX, "Recommendations")[2:]
		for _, stance := range []string{"warns", "recommends"} {
			said := slices.DeleteFunc(slices.Clone(now.rows), func(r row) bool { return r.own() || r.recommendation != stance })
			slices.SortFunc(said, func(a, b row) int { return cmp.Compare(b.engagement(), a.engagement()) })
			shown := map[string]bool{}
			for _, r := range said {
				if story := cmp.Or(r.story, r.id); !shown[story] && len(shown) < 20 {
					shown[story] = true
					require.NotEmpty(t, posts)
					post := byText[posts[0][6]]
					assert.Equal(t, map[string]string{"warns": "Warns", "recommends": "Recommends"}[stance], posts[0][0])
					assert.Equal(t, stance, post.recommendation)
					assert.InDelta(t, r.engagement(), post.engagement(), 0)
					posts = posts[1:]
				}
			}
			require.Len(t, shown, 20)
		}
		assert.Empty(t, posts)
	})

	t.Run("names", func(t *testing.T) {
		t.Parallel()
		var rows []string
		for _, cells := range sheet(t, result.XLSX, "Names")[2:] {
			rows = append(rows, strings.Join(cells[:3], " "))
			post, known := byText[cells[3]]
			require.True(t, known, cells[3])
			assert.Contains(t, post.named, cells[1])
			assert.False(t, post.own())
		}
		expected := now.names()
		require.Len(t, expected, 12, "a person, ten of the towns, a union")
		assert.Equal(t, expected, rows)
	})

	t.Run("the CSV has them for each mention", func(t *testing.T) {
		t.Parallel()
		list := readCSV(t, result.CSV, ',')
		at := func(title string) int { return slices.Index(list[0], title) }
		labels := map[string]string{"boycott": "boycott", "recall": "product recall"}
		for _, cells := range list[1:] {
			r := byText[cells[at("Text")]]
			require.Equal(t, r.id, cells[at("Mention")])
			var risks []string
			for _, risk := range r.risks {
				risks = append(risks, labels[risk])
			}
			assert.Equal(t, strings.Join(risks, ", "), cells[at("Risks")])
			assert.Equal(t, strings.Join(r.words, ", "), cells[at("Risk words")])
			assert.Equal(t, strings.TrimPrefix(r.recommendation, "none"), cells[at("Recommendation")])
			assert.Equal(t, cmp.Or(r.story, r.id), cells[at("Story")])
		}
	})
}

// Management reads it in two sentences, each in its own language.
func TestSignalsAreTold(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)
	post := row{brand: "acme", revision: 1, source: "x", ownership: "third_party", sentiment: "negative", story: "t"}
	var rows []row
	for i, recommendation := range []string{"warns", "warns", "recommends", "none"} {
		r := post
		r.id, r.recommendation, r.published = fmt.Sprint("x:", i), recommendation, monday.Add(time.Duration(i)*time.Minute)
		r.risks = [][]string{{"recall"}, {"recall", "leak"}, nil, {"a risk of our own"}}[i]
		rows = append(rows, r)
	}
	for _, test := range []struct {
		language, summary string
		says              []string
	}{
		{"en", "Summary", []string{
			"•  4 mentions. What was said the week before is not known. Without copies: 1.",
			"•  Risks: product recall (2 mentions), a risk of our own (1 mention), data leak (1 mention).",
			"•  1 mention recommends the brand, 2 warn others off it.",
		}},
		{"fr", "Synthèse", []string{
			"•  4 mentions. Ce qui s’est dit la semaine précédente n’est pas connu. Sans les copies : 1.",
			"•  Risques : rappel de produit (2 mentions), a risk of our own (1 mention), fuite de données (1 mention).",
			"•  1 mention recommande la marque, 2 la déconseillent.",
		}},
	} {
		t.Run(test.language, func(t *testing.T) {
			t.Parallel()
			db := newTables(t)
			db.cfg.Language = test.language
			db.insert(rows...)
			summary := sheet(t, db.weekly("2026-W46").XLSX, test.summary)
			for _, sentence := range test.says {
				line(t, summary, sentence)
			}
		})
	}
}
