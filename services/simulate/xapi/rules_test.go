package xapi

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// says is a tweet with a text and nothing else.
func says(text string) *tweet {
	t := newTweet(world.Post{Number: 1, Time: time.Now(), Text: text, Language: "fr", Author: world.Author{Handle: "Lea"}}, nil)
	for _, word := range strings.Fields(text) {
		if tag, is := strings.CutPrefix(word, "#"); is {
			t.post.Hashtags = append(t.post.Hashtags, tag)
		}
	}
	t.refer(nil)
	return t
}

func TestRulesMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule, text       string
		streamed, search bool
	}{
		{"cat", "The CAT sat", true, true},
		{"cat", "catalogue", false, false},
		{"coca-cola", "a coca cola", true, true},
		{`"the cat"`, "under the cat", true, true},
		{`"the cat"`, "the black cat", false, false},
		{"été", "un été", true, true},
		{"été", "un ete", false, true}, // only search takes one for the other
		{"ete", "un été", false, false},
		{"#tag", "with #Tag", true, true},
		{"#tag", "with tag", false, false},
		{"tag", "with #tag", true, true},
		{"@lea", "hello @Lea!", true, true},
		{"@lea", "hello lea@lea.fr", false, false},
		{"from:lea", "anything", true, true},
		{"from:@lea", "anything", true, true},
		{"to:lea", "anything", false, false},
		{"cat -dog", "a cat", true, true},
		{"cat -dog", "a cat and a dog", false, false},
		{"apple OR iphone ipad", "iphone", false, false},
		{"(apple OR iphone) ipad", "iphone ipad", true, true},
		{"cat lang:fr", "cat", true, true},
		{"cat -is:retweet", "cat", true, true},
		{"😡", "non 😡😡", true, true},
	} {
		e, err := parse(c.rule, maxRule)
		require.NoError(t, err, c.rule)
		require.Equal(t, c.streamed, e.matches(says(c.text), true), "stream: %s: %s", c.rule, c.text)
		require.Equal(t, c.search, e.matches(says(c.text), false), "search: %s: %s", c.rule, c.text)
	}
}

func TestRulesAreValidated(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"":                        "missing a clause",
		"-cat":                    "at least one positive",
		"lang:fr":                 "at least one positive",
		"-(a OR b) c":             "groups cannot be negated",
		"a OR -b":                 "negated clause",
		"(a":                      "missing ')'",
		"a)":                      "no viable alternative",
		`"a`:                      "missing '\"'",
		`""`:                      "no word",
		"bio:chef":                "invalid operator",
		"is:nice a":               "invalid operator",
		"#":                       "no hashtag",
		"@a.b":                    "no hashtag or username",
		"a OR":                    "missing a clause",
		strings.Repeat("a ", 513): "too long",
		strings.Repeat("(", 100):  "nested too deep",
		strings.Repeat("-", 100):  "nested too deep",
	} {
		_, err := parse(rule, maxRule)
		require.ErrorContains(t, err, want, rule)
	}
}

// TestOurRulesLoseNothing compares X's language with ours: what a brand's query
// matches, its rules let through, whatever their number, in the stream and in
// search. The words of the queries have their accents, as people write them.
func TestOurRulesLoseNothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"oasis", "été", `"l'eau pétillante"`, "#Boycott", "@OasisFR", "Télémur", `"OR"`, "cœur", "a_b", "-moins", "c++", "😡", "日本",
		`"bus été"`, "tele*", `raw:"Télémur"`, "oasis NEAR/3 (été OR bus)", "author:lea", "author:ana", "source:x", "source:rss", "lang:fr", "followers:>10"}
	var write func(depth int) string
	write = func(depth int) string {
		switch n := random.IntN(8); {
		case depth == 0 || n < 3:
			return words[random.IntN(len(words))]
		case n < 5:
			return "(" + write(depth-1) + " OR " + write(depth-1) + ")"
		case n < 7:
			return "(" + write(depth-1) + " " + write(depth-1) + ")"
		default:
			return "(" + write(depth-1) + " NOT " + write(depth-1) + ")"
		}
	}
	texts := []string{
		"oasis", "OASIS", "été", "ete", "l’eau pétillante", "l'eau petillante", "eau", "#boycott", "boycott", "@oasisfr", "telemur",
		"#Télémur", "or", "cœur", "coeur", "a_b", "moins", "c", "😡", "日本", "vraiment", "bus", "bus été", "#busété", "#busete", "Télémur",
	}
	matched, parsedQueries := 0, 0
	var document query.Document
	for range 4000 {
		text := write(4)
		q, err := query.Parse(text)
		if err != nil {
			continue // nearly everything
		}
		parsedQueries++
		limit := 60 + random.IntN(200)
		rules, err := q.XRules(limit)
		if err != nil {
			require.ErrorContains(t, err, "query:", text)
			continue
		}
		set := query.NewSet([]*query.Query{q})
		for range 10 {
			var said []string
			for range 1 + random.IntN(6) {
				said = append(said, texts[random.IntN(len(texts))])
			}
			post := says(strings.Join(said, " "))
			document.ReadPost(query.Post{Source: "x", Author: "Lea", Text: post.text, Language: func() string { return "fr" }, Followers: 11})
			if len(set.MatchDocument(nil, &document)) == 0 {
				continue
			}
			matched++
			for _, stream := range []bool{true, false} {
				through := false
				for _, rule := range rules {
					require.LessOrEqual(t, len(rule), limit, text)
					e, err := parse(rule, limit)
					require.NoError(t, err, "%s became %s", text, rule)
					through = through || e.matches(post, stream)
				}
				require.True(t, through, "stream %t: %q is matched by %s, and by none of %s", stream, post.text, text, fmt.Sprintf("%q", rules))
			}
		}
	}
	require.Greater(t, parsedQueries, 500)
	require.Greater(t, matched, 500)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`(a OR "b c") -d #e @f from:g`, "((((", "-", `"`, "OR OR OR", "a:b", "é\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, rule string) {
		if e, err := parse(rule, maxRule); err == nil {
			e.matches(says("a b c"), true)
		}
	})
}
