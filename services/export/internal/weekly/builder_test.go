package weekly

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/names"
)

// plan is week 46 of Acme, against Globex.
func plan(t *testing.T) Plan {
	return Plan{Week: week(t, "2026-W46", "Europe/Paris"), Brand: "acme", Competitors: []string{"globex"}, MaxListed: 3, Own: func(string) bool { return false }}
}

func TestAnAuthorIsCountedOnceAtASource(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	for i, author := range []struct {
		source string
		Author
	}{
		{"x", Author{ID: "1", Followers: 10}},
		{"x", Author{ID: "1", Handle: "renamed", Followers: 12}}, // the same, who gained two followers
		{"bluesky", Author{ID: "1", Followers: 100}},             // another, elsewhere
		{"rss", Author{Name: "Ana"}},                             // known by name only
		{"rss", Author{}},                                        // nobody knows who
		{"rss", Author{}},
	} {
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), Source: author.source, Author: author.Author, Published: p.Week.From()})
	}
	now := b.Report().Now
	assert.EqualValues(t, 6, now.Mentions)
	assert.EqualValues(t, 3, now.Authors())
	assert.EqualValues(t, 112, now.PotentialReach())
}

// A story copied by many reaches no more people without its copies than its
// largest author does, and an author who tells two stories is one.
func TestReachWithoutCopies(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	for i, told := range []struct {
		story string
		Author
	}{
		{"recall", Author{ID: "small", Followers: 10}}, // the first to tell it
		{"recall", Author{ID: "paper", Followers: 900}},
		{"recall", Author{ID: "blog", Followers: 50}},
		{"recall", Author{Followers: 9_000_000}}, // nobody knows who
		{"strike", Author{ID: "paper", Followers: 950}},
		{"strike", Author{ID: "small", Followers: 10}},
		{"hello", Author{ID: "small", Followers: 11}},
		{"feed", Author{}},
	} {
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), StoryID: told.story, Source: "x", Author: told.Author, Published: p.Week.From()})
	}
	now := b.Report().Now
	assert.EqualValues(t, 8, now.Mentions)
	assert.EqualValues(t, 4, now.Stories())
	assert.EqualValues(t, 950+50+11, now.PotentialReach())
	assert.EqualValues(t, 950+11, now.ReachWithoutCopies())
	assert.Equal(t, []string{"recall", "strike"}, b.Copied())
}

// What the brand itself publishes is neither a risk nor a recommendation, unless it
// is a comment that others wrote on its page.
func TestTheBrandsOwnWordsAreNoSignal(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	for i, kind := range []string{"post", "share", "article", "comment", "review"} {
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), StoryID: fmt.Sprint(i), Official: true, Kind: kind, Stance: Recommends,
			Risks: []string{"recall", "recall"}, RiskWords: []string{"Recall", "recall"}, Published: p.Week.From()})
	}
	report := b.Report()
	assert.EqualValues(t, 2, report.Now.Risky)
	assert.EqualValues(t, 2, report.Now.Stances[Recommends])
	assert.Len(t, report.Advocates, 2)
	require.Len(t, report.Risks, 1)
	assert.EqualValues(t, 2, report.Risks[0].Now)
	assert.Equal(t, []string{"recall"}, report.Risks[0].Words)
}

func TestOnlyTheWeeksAndBrandsOfThePlanCount(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	add := func(brand string, at time.Time) {
		b.AddMention(Mention{BrandID: brand, ID: at.String(), Published: at})
	}
	add("acme", p.Week.From())
	add("acme", p.Week.To().Add(-time.Millisecond))
	add("acme", p.Week.To())
	add("acme", p.Week.From().Add(-time.Millisecond))
	add("acme", p.Week.Before().From().Add(-time.Millisecond))
	add("globex", p.Week.From())
	add("hooli", p.Week.From())

	report := b.Report()
	assert.EqualValues(t, 2, report.Now.Mentions)
	assert.EqualValues(t, 1, report.Before.Mentions)
	assert.EqualValues(t, 1, report.Days[0].Now.Mentions)
	assert.EqualValues(t, 1, report.Days[6].Now.Mentions)
	assert.EqualValues(t, 1, report.Days[6].WeekBefore.Mentions)
	require.Len(t, report.Rivals, 2)
	assert.InDelta(t, 2.0/3, report.Rivals[0].Share.Number, 1e-12)
}

func TestTheListIsCutAndTheCountIsNot(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	for i := range 500 {
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), StoryID: fmt.Sprint(i), Likes: uint64(i), Published: p.Week.From().Add(time.Duration(i))})
	}
	report := b.Report()
	assert.EqualValues(t, 500, report.Now.Mentions)
	assert.Len(t, report.Listed, 3)
	assert.EqualValues(t, 497, report.Unlisted())
	require.Len(t, report.Top, 20)
	assert.EqualValues(t, 499, report.Top[0].Likes)
	assert.EqualValues(t, 480, report.Top[19].Likes)
}

func TestTopics(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Owners = map[string]string{"price": "sales"}
	b := New(p)
	for i, topics := range [][]string{{"price"}, {"price", "delivery"}, {"price", "price"}, {}} {
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), Topics: topics, Published: p.Week.From()})
	}
	topics := b.Report().Topics
	require.Len(t, topics, 3)
	assert.Equal(t, "price", topics[0].Name)
	assert.Equal(t, "sales", topics[0].Owner)
	assert.EqualValues(t, 3, topics[0].Now.Mentions, "a topic named twice in a mention counts once")
	assert.EqualValues(t, 1, topics[1].Now.Mentions)
	assert.Empty(t, topics[2].Name, "what has no topic comes last")
}

func TestWhatCannotBeKnownIsNotGiven(t *testing.T) {
	t.Parallel()
	assert.False(t, Counts{Mentions: 3, Sentiments: [4]uint64{3, 0, 0, 0}}.NegativeShare().Known, "nothing was scored")
	assert.False(t, Counts{}.NetSentiment().Known)
	for _, test := range []struct {
		name           string
		figure         Figure
		change, growth Value
	}{
		{"a count that grew", Figure{Unit: Count, Now: known(15), Before: known(10)}, known(5), known(0.5)},
		{"a count from nothing", Figure{Unit: Count, Now: known(15), Before: known(0)}, known(15), Value{}},
		{"a share changes by points", Figure{Unit: Share, Now: known(0.3), Before: known(0.2)}, known(10), known(0.5)},
		{"points have no growth", Figure{Unit: Points, Now: known(-10), Before: known(-20)}, known(10), Value{}},
	} {
		change, growth := test.figure.Change(), test.figure.Growth()
		assert.Equal(t, test.change.Known, change.Known, test.name)
		assert.InDelta(t, test.change.Number, change.Number, 1e-9, test.name)
		assert.Equal(t, test.growth.Known, growth.Known, test.name)
		assert.InDelta(t, test.growth.Number, growth.Number, 1e-9, test.name)
	}
	assert.False(t, Figure{Unit: Share, Now: known(0.3)}.Change().Known, "there was nothing to compare with")
}

// A name counts once for a story, however often it is copied, and not where the brand
// itself says it. Its example is the post most people reacted to.
func TestNamesOfStories(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Own = func(name string) bool { return name == "Acme Airlines" }
	b := New(p)
	for i, m := range []Mention{
		{StoryID: "a", Language: "en", Text: "Karen Miller of Acme Airlines landed in Boston"},
		{StoryID: "a", Language: "en", Text: "Karen Miller of Acme Airlines landed in Boston"},
		{StoryID: "b", Language: "en", Text: "stuck in Boston with Acme Airlines", Likes: 9},
		{StoryID: "c", Language: "fr", Title: "Retards", Text: "tout le monde attend à Boston"},
		{StoryID: "d", Language: "en", Text: "we met Karen Miller", Official: true, Kind: "post"},
		{StoryID: "e", Language: "en", Text: strings.Repeat("late again ", 100) + "and stuck in Boston"},
	} {
		m.BrandID, m.ID, m.Published = "acme", fmt.Sprint(i), p.Week.From()
		b.AddMention(m)
	}
	named := b.Report().Named
	require.Len(t, named.Names, 1)
	assert.Equal(t, names.Name{Text: "Boston", Kind: names.Place}, named.Names[0].Name)
	assert.Equal(t, 3, named.Names[0].Stories, "beyond 500 characters nothing is read")
	assert.Equal(t, "b", named.Names[0].Example.StoryID)
	assert.Zero(t, named.Drawn)
}

// A week of more stories than can be read: as many are drawn, and they are like the
// whole. The same week draws the same, in whatever order it came.
func TestNamesOfABusyWeekAreDrawn(t *testing.T) {
	t.Parallel()
	p := plan(t)
	forward, backward := New(p), New(p)
	const stories = 9000
	add := func(b *Builder, i int) {
		town := []string{"Lyon", "Nantes", "Lyon"}[i%3]
		b.AddMention(Mention{BrandID: "acme", ID: fmt.Sprint(i), StoryID: fmt.Sprint("s", i), Language: "fr", Text: "bloqués à " + town, Published: p.Week.From()})
	}
	for i := range stories {
		add(forward, i)
		add(backward, stories-1-i)
	}
	named := forward.Report().Named
	assert.Equal(t, namedStories, named.Drawn)
	require.Len(t, named.Names, 2)
	lyon, nantes := named.Names[0], named.Names[1]
	assert.Equal(t, "Lyon", lyon.Text)
	assert.Equal(t, namedStories, lyon.Stories+nantes.Stories)
	assert.InDelta(t, 2.0/3, float64(lyon.Stories)/namedStories, 0.05)
	assert.Equal(t, named, backward.Report().Named)
}
