package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// What strangers write is as long as they like; what is kept of it is not.
func TestWhatIsKeptOfABrandIsBounded(t *testing.T) {
	t.Parallel()
	kept := func(text, id, address string) int {
		x := &exhibits{}
		at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		for i := range 5000 {
			at = at.Add(time.Duration(i%300) * time.Second)
			x.keep(&Mention{ID: fmt.Sprint(id, i), Source: fmt.Sprint("source", i%100), Handle: text, Page: address, Text: fmt.Sprint(text, " word", i),
				URL: address, Sentiment: Sentiment(i % 4), Risks: []string{"injury"}, Followers: uint64(i), Engagement: uint64(i), Published: at}, uint32(i), 1, false)
		}
		return x.size()
	}
	require.Less(t, kept(strings.Repeat("très long texte ", 600), "rss:"+strings.Repeat("i", 240), "https://"+strings.Repeat("u", 280)), 49<<10)
	require.Less(t, kept("les yaourts de la marque nous ont rendus malades, et personne ne répond, c'est un scandale qui dure depuis", "x:19876543210987", "https://x.example/someone/status/19876543210987"), 38<<10)
}

func (x *exhibits) size() int {
	n := cap(x.Traces.List)*int(unsafe.Sizeof(trace{})) + cap(x.Traces.IDs) + cap(x.Traces.Said)*4 + int(unsafe.Sizeof(*x)) + cap(x.Places)*int(unsafe.Sizeof(place{}))
	weigh := func(p *post) { n += len(p.ID) + len(p.Page) + len(p.Handle) + len(p.Text) + len(p.URL) }
	for _, list := range []spread{x.Negative, x.Positive, x.Other} {
		n += cap(list) * int(unsafe.Sizeof(post{}))
		for i := range list {
			weigh(&list[i])
		}
	}
	for _, list := range []top{x.Engaged, x.Followed, x.Risky} {
		n += cap(list) * int(unsafe.Sizeof(standing{}))
		for i := range list {
			weigh(&list[i].Post)
		}
	}
	return n
}

func scanned(text string) (words []string) {
	for s := (scanner{text: text}); s.next(); {
		if !common.has(s.word) {
			words = append(words, strings.ToLower(text[s.from:s.to]))
		}
	}
	return words
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text  string
		words []string
	}{
		{"L’intoxication d'Élodie : RAPPEL immédiat !", []string{"intoxication", "élodie", "rappel", "immédiat"}},
		{"see https://evil.example/poison?a=b#c now, and www.zest.example/shop", []string{}},
		{"@zest@mastodon.example and @a.b-c: shame", []string{"shame"}},
		{"#BoycottZest #boycott_zest ##x", []string{"#boycottzest", "#boycott_zest"}},
		{"2026 24h 100 B2B covid19", []string{"24h", "b2b", "covid19"}},
		{"lemonde.fr/article/mort fini.", []string{"fini"}},
		{"Большой скандал", []string{"большой", "скандал"}},
		{"ab e\u0301te\u0301 \xff\xfe 🤢🤮 \x00 blé", []string{"e\u0301te\u0301", "blé"}},
		{strings.Repeat("a", 31), nil},
		{"aren't we all, c'est aujourd'hui qu'il", nil},
	} {
		require.Equal(t, append([]string{}, row.words...), append([]string{}, scanned(row.text)...), row.text)
	}
}

// The same word has the same hash however it is written.
func TestAWordIsOneHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	require.Equal(t, wordsOf(nil, "École RAPPEL"), wordsOf(nil, "#école «rappel»"))
	require.Len(t, wordsOf(nil, "rappel Rappel #rappel"), 1)
	require.LessOrEqual(t, len(wordsOf(nil, strings.Repeat("x", 5)+" "+strings.Join(many(100), " "))), mostWords)
}

func many(n int) (words []string) {
	for i := range n {
		words = append(words, fmt.Sprint("word", i))
	}
	return words
}

func FuzzScanner(f *testing.F) {
	for _, seed := range []string{"", "@", "#", "http://", "a.b", "é", "\xff", "x://", "@\xc3", "www.", strings.Repeat("é", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for s := (scanner{text: text}); s.next(); {
			if s.from < 0 || s.to <= s.from || s.to > len(text) || s.at < last {
				t.Fatalf("%q: %d to %d, at %d", text, s.from, s.to, s.at)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[s.from:s.to]) {
				t.Fatalf("%q is cut at %q", text, text[s.from:s.to])
			}
			last = s.at
		}
	})
}

// Old posts stay, spaced out, and the first of something rather than the next one of it.
func TestPostsAreKeptOfAllAges(t *testing.T) {
	t.Parallel()
	x := spread{}
	say := func(minute float64, id string) {
		x.keep(&post{ID: id, Published: int64(minute * 60_000)}, mostNegative)
	}
	for minute := range 600 {
		say(float64(minute), fmt.Sprint("calm", minute))
	}
	for second := range 300 {
		say(615+float64(second)/60, fmt.Sprint("rise", second))
	}
	require.Len(t, x, mostNegative)
	require.True(t, slices.IsSortedFunc(x, func(a, b post) int { return int(a.Published - b.Published) }))
	ids := []string{}
	for _, p := range x {
		ids = append(ids, p.ID)
	}
	require.Contains(t, ids, "rise0")
	require.Contains(t, ids, "rise299")
	require.True(t, strings.HasPrefix(ids[0], "calm"))
}

// The rise begins where most more come than are expected.
func TestTheOnsetOfARise(t *testing.T) {
	t.Parallel()
	var in []sighting
	for second := uint32(0); second < 600; second += 60 { // as expected
		in = append(in, sighting{trace: trace{Second: second}})
	}
	for second := uint32(600); second < 660; second += 2 {
		in = append(in, sighting{trace: trace{Second: second}})
	}
	require.EqualValues(t, 600, onset(in, 1.0/60))
	require.Zero(t, onset(nil, 1))
}

func TestTheTallyForgetsYesterday(t *testing.T) {
	t.Parallel()
	var c tally
	for minute := int64(100); minute < 100+3*day; minute++ {
		c.add(minute)
	}
	now := int64(100 + 3*day - 1)
	require.Equal(t, 10, c.since(now-9)/five*five)
	require.LessOrEqual(t, c.since(0), day+five)
	c.add(now - 2*day) // long past
	require.LessOrEqual(t, c.since(0), day+five)
}

// What it costs to keep what shows an incident, of a mention.
func BenchmarkKeep(b *testing.B) {
	text := "Rappel des yaourts @zest: trois enfants malades à l'école, c'est honteux et personne ne répond #BoycottZest https://zest.example/rappel"
	for _, calm := range []bool{true, false} {
		b.Run(map[bool]string{true: "calm", false: "rise"}[calm], func(b *testing.B) {
			x := &exhibits{}
			at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			m := Mention{Source: "x", Handle: "someone", Text: text, URL: "https://x.example/1", Followers: 100}
			for i := 0; b.Loop(); i++ {
				step := time.Second
				if !calm && i%400 < 200 {
					step = 10 * time.Millisecond
				}
				at = at.Add(step)
				m.ID, m.Published, m.Sentiment = "x:1987654321098765432", at, Sentiment(1+i%3)
				x.keep(&m, uint32(i), 1, false)
			}
		})
	}
}
