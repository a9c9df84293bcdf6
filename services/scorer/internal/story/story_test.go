package story_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/story"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const window = 72 * time.Hour

func TestWhatIsACopy(t *testing.T) {
	t.Parallel()
	const (
		wire     = "Zestaline rappelle trois lots de jus d'orange après la découverte de morceaux de verre"
		campaign = "Télémur sells our phone numbers to call centres. I am leaving today, leave with me #LeaveTelemur"
	)
	for _, c := range []struct {
		name, first, second string
		copies              bool
	}{
		{"the same words", wire, wire, true},
		{"other capitals and punctuation", wire, "ZESTALINE RAPPELLE TROIS LOTS de jus d’orange, après la découverte de morceaux de verre !!!", true},
		{"a retweet without its mark", wire, "RT @afpfr: " + wire, true},
		{"with a link and a site's name", wire, wire + " https://exemple.fr/a | Le Courrier", true},
		{"handles and hashtags more", campaign, "@ana @noor " + campaign + " #telecom #privacy", true},
		{"cut off", campaign, "RT @bob: Télémur sells our phone numbers to call centres. I am leaving tod…", true},
		{"a comment before", campaign, "So true, please read this: " + campaign, true},
		{"a comment after", wire, wire + " — incroyable, on en donne aux enfants", true},
		{"a word changed", campaign, strings.Replace(campaign, "call centres", "call centers", 1), true},
		{"the same news in other words", wire, "Du verre dans des bouteilles de jus : Zestaline retire des produits de la vente", false},
		{"a template filled in twice", "Le train 8123 de 7h12 pour Lille est annoncé avec 15 minutes de retard", "Le train 6640 de 18h05 pour Nice est annoncé avec 40 minutes de retard", false},
		{"an article that quotes it", wire, strings.Repeat("Le groupe n'a pas encore répondu aux questions du journal sur ce point. ", 4) + wire + strings.Repeat(" Les magasins ont été prévenus dans la nuit, sans autre précision.", 4), false},
		{"two people who say thank you", "thank you", "thank you", false},
		{"at some length", "@telemur thank you so much for your help", "@telemur thank you so much for your help", false},
		{"who chant", "Boycott Zestaline !", "Boycott Zestaline !", false},
	} {
		x := story.New(window, 100)
		require.Equal(t, "x:1", x.Assign("x:1", noon, c.first), c.name)
		want := "rss:2"
		if c.copies {
			want = "x:1"
		}
		require.Equal(t, want, x.Assign("rss:2", noon.Add(time.Hour), c.second), c.name)
	}
}

// text is one of many that have little in common.
func text(n int) string {
	things := strings.Fields("counter window garden bottle ticket station morning parcel driver battery kitchen mountain number letter summer colour")
	r := rand.New(rand.NewPCG(uint64(n), 0))
	words := make([]string, 14)
	for i := range words {
		words[i] = things[r.IntN(len(things))]
	}
	return strings.Join(words, " ")
}

func TestAStoryLivesAsLongAsCopiesComeWithinTheWindow(t *testing.T) {
	t.Parallel()
	x := story.New(window, 100)
	require.Equal(t, "a", x.Assign("a", noon, text(1)))
	require.Equal(t, "a", x.Assign("b", noon.Add(70*time.Hour), text(1)))
	require.Equal(t, "a", x.Assign("c", noon.Add(140*time.Hour), text(1)), "70h after the one before")
	require.Equal(t, "d", x.Assign("d", noon.Add(213*time.Hour), text(1)), "73h after it")
	require.Equal(t, "d", x.Assign("late", noon.Add(150*time.Hour), text(1)), "an earlier post that comes later")
}

func TestAPostThatComesAgainKeepsItsStory(t *testing.T) {
	t.Parallel()
	x := story.New(window, 100)
	for range 3 {
		require.Equal(t, "a", x.Assign("a", noon, text(1)))
		require.Equal(t, "a", x.Assign("b", noon, "RT @a "+text(1)+" well well"))
	}
}

func TestTheTextUnusedLongestLeavesFirst(t *testing.T) {
	t.Parallel()
	x := story.New(window, 3)
	for i := range 3 {
		x.Assign(fmt.Sprint(i), noon, text(i))
	}
	require.Equal(t, "0", x.Assign("again", noon, text(0)))
	require.Equal(t, "3", x.Assign("3", noon, text(3)))
	require.Equal(t, "0", x.Assign("still", noon, text(0)))
	require.Equal(t, "gone", x.Assign("gone", noon, text(1)))
}

// stream is what a day brings: new texts, and copies of the last ones with edits.
func stream(r *rand.Rand, n int) (ids []string, at []time.Time, texts []string) {
	for i := range n {
		body := text(r.IntN(n))
		if i > 0 && r.IntN(3) == 0 {
			body = texts[max(0, i-1-r.IntN(50))] + strings.Repeat(" well", r.IntN(3))
		}
		ids, at, texts = append(ids, fmt.Sprint("x:", i)), append(at, noon.Add(time.Duration(i)*window/2000)), append(texts, body)
	}
	return ids, at, texts
}

// What a service does that starts again: it feeds what it decided in the last
// window, and goes on as if it had never stopped.
func TestAnIndexFilledAgainGoesOnAsBefore(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	ids, at, texts := stream(r, 10_000)
	stories := make([]string, len(ids))
	first := story.New(window, 1_000)
	for i := range 8_000 {
		stories[i] = first.Assign(ids[i], at[i], texts[i])
	}
	again := story.New(window, 1_000)
	for i := 8_000 - 2_000; i < 8_000; i++ {
		again.Restore(stories[i], at[i], texts[i])
	}
	copies := 0
	for i := 8_000; i < len(ids); i++ {
		want := first.Assign(ids[i], at[i], texts[i])
		require.Equal(t, want, again.Assign(ids[i], at[i], texts[i]), i)
		if want != ids[i] {
			copies++
		}
	}
	require.Greater(t, copies, 500)
}

func TestManyMayAskAtOnce(t *testing.T) {
	t.Parallel()
	x := story.New(window, 500)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 1_000 {
				x.Assign(fmt.Sprint(i), noon, text(i))
			}
		})
	}
	group.Wait()
	require.Equal(t, "999", x.Assign("other", noon, text(999)))
}

func hostile() map[string]string {
	return map[string]string{
		"a letter, 1 MB":  strings.Repeat("a", 1<<20),
		"10,000 hashtags": strings.Repeat("#tag ", 10_000),
		"different hashtags": func() string {
			var b strings.Builder
			for i := range 10_000 {
				fmt.Fprintf(&b, "#tag%d ", i)
			}
			return b.String()
		}(),
		"zalgo":         strings.Repeat("z\u0301\u0302\u0303", 50_000),
		"NUL":           strings.Repeat("\x00", 1<<20),
		"right to left": strings.Repeat("\u202eabc ", 50_000),
		"no UTF-8":      strings.Repeat("\xff\xfe word ", 50_000),
	}
}

func TestHostileTextIsAStoryLikeAnother(t *testing.T) {
	t.Parallel()
	x := story.New(window, 100)
	for name, text := range hostile() {
		x.Assign("1", noon, text)
		x.Assign("2", noon, text)
		x.Restore("1", noon, name)
	}
}

func FuzzAssign(f *testing.F) {
	f.Add("Zestaline rappelle trois lots de jus d'orange", "RT @a Zestaline rappelle trois lots de jus d'orange…", int64(0))
	f.Add("\x00\xff", "\u202e #a#b", int64(1)<<62)
	x := story.New(window, 64)
	f.Fuzz(func(t *testing.T, a, b string, nanoseconds int64) {
		at := noon.Add(time.Duration(nanoseconds))
		first := x.Assign("a", at, a)
		x.Assign("b", noon, b)
		require.NotEmpty(t, first)
	})
}
