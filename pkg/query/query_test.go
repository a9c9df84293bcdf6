package query_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

func matches(t testing.TB, q, text string) bool {
	t.Helper()
	parsed, err := query.Parse(q)
	require.NoError(t, err, q)
	return len(query.NewSet([]*query.Query{parsed}).Match(nil, text)) == 1
}

func TestWhatACommunityManagerExpects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"oasis", "J'adore OASIS !", true},
		{"oasis", "oasisien", false},
		{"oasis", "#Oasis au frais", true},
		{"oasis", "merci @oasis", true},
		{"oasis", "voir https://oasis.example/page", false},
		{"#oasis", "oasis", false},
		{"#oasis", "vive #Oasis", true},
		{"@united", "@united.Thanks for nothing", true},
		{"@united", "ana@united.com", false},
		{"@ana.bsky.social", "avec @ana.bsky.social hier", true},
		{"l'Oréal", "L’OREAL Paris", true},
		{"L'OREAL", "chez l'oréal", true},
		{"coeur", "un cœur", true},
		{`"eau de source"`, "de l'eau de source, fraîche", true},
		{`"eau de source"`, "source de l'eau", false},
		{"orange AND (facture OR réseau)", "Orange : ma FACTURE est fausse", true},
		{"orange AND (facture OR réseau)", "jus d'orange", false},
		{"orange NOT jus", "jus d'orange", false},
		{"orange NOT jus", "orange en panne", true},
		{"orange panne", "panne chez orange", true},
		{"日本", "私は日本が好き", true},
		{"🔥", "c'est 🔥", true},
		{"a OR b AND c", "a", true},
		{"(a OR b) AND c", "a", false},
	} {
		require.Equal(t, c.want, matches(t, c.query, c.text), "%s ~ %s", c.query, c.text)
	}
}

func TestASyntaxErrorSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query    string
		position int
		found    string
	}{
		{"", 1, "the end"},
		{"é AND", 6, "the end"},
		{"(a OR b", 8, "the end"},
		{"a OR OR b", 6, `"OR"`},
		{`"sans fin`, 1, "never closed"},
		{"NOT a", 1, "nearly everything"},
		{"a OR NOT b", 1, "nearly everything"},
		{"a )", 3, `")"`},
		{"!!!", 1, `"!!!"`},
		{strings.Repeat("(", 100) + "a", 66, "more"},
	} {
		_, err := query.Parse(c.query)
		var syntax *query.SyntaxError
		require.ErrorAs(t, err, &syntax, c.query)
		require.Equal(t, c.position, syntax.Position, c.query)
		require.Contains(t, syntax.Found, c.found, c.query)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"L'ORÉAL": "l'oreal", "CŒUR": "coeur", "Straße": "strasse", "e\u0301te\u0301": "ete", "Łódź": "lodz",
		"ＦＵＬＬ": "full", "Ελλάδα": "ελλαδα", "ﬁn": "fin", "日本": "日本", "🔥A": "🔥a", "\xff": "\uFFFD",
	} {
		require.Equal(t, want, query.Fold(text))
		require.Equal(t, want, query.Fold(query.Fold(text)), "folding twice changes nothing")
	}
}

// The compiled set answers what a naive reading of each query answers, on random
// queries and texts over a small vocabulary.
func TestTheSetEqualsANaiveEvaluator(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 2000 {
		var queries []*query.Query
		var naive []expression
		for len(queries) < 5 {
			e := randomExpression(r, 3)
			q, err := query.Parse(e.String())
			var syntax *query.SyntaxError
			if errors.As(err, &syntax) {
				continue // only negations
			}
			queries, naive = append(queries, q), append(naive, e)
		}
		words := make([]string, 1+r.IntN(6))
		for i := range words {
			words[i] = vocabulary[r.IntN(len(vocabulary))]
		}
		var want []int
		for i, e := range naive {
			if e.holds(words) {
				want = append(want, i)
			}
		}
		text := strings.Join(words, " ")
		require.Equal(t, want, query.NewSet(queries).Match(nil, text), "seed %d round %d: %v ~ %s", seed, round, naive, text)
	}
}

var vocabulary = []string{"ami", "bus", "cri", "don"}

type expression struct {
	operator string // "", AND, OR, NOT
	words    []string
	operands []expression
}

func randomExpression(r *rand.Rand, depth int) expression {
	if depth == 0 || r.IntN(3) == 0 {
		words := []string{vocabulary[r.IntN(len(vocabulary))]}
		if r.IntN(3) == 0 {
			words = append(words, vocabulary[r.IntN(len(vocabulary))])
		}
		return expression{words: words}
	}
	operator := []string{"AND", "OR", "NOT"}[r.IntN(3)]
	e := expression{operator: operator, operands: []expression{randomExpression(r, depth-1)}}
	if operator != "NOT" {
		e.operands = append(e.operands, randomExpression(r, depth-1))
	}
	return e
}

func (e expression) String() string {
	switch e.operator {
	case "":
		return `"` + strings.Join(e.words, " ") + `"`
	case "NOT":
		return fmt.Sprintf("(NOT %s)", e.operands[0])
	default:
		return fmt.Sprintf("(%s %s %s)", e.operands[0], e.operator, e.operands[1])
	}
}

func (e expression) holds(words []string) bool {
	switch e.operator {
	case "":
		return strings.Contains(" "+strings.Join(words, " ")+" ", " "+strings.Join(e.words, " ")+" ")
	case "AND":
		return e.operands[0].holds(words) && e.operands[1].holds(words)
	case "OR":
		return e.operands[0].holds(words) || e.operands[1].holds(words)
	default:
		return !e.operands[0].holds(words)
	}
}

func TestXRules(t *testing.T) {
	t.Parallel()
	for q, want := range map[string]string{
		"oasis":                       "oasis",
		`@oasis OR #oasis OR "l'eau"`: `@oasis OR #oasis OR "l'eau"`,
		"a (b OR c) NOT d":            "a (b OR c) -d",
		"a NOT (b OR c)":              "a -b -c",
	} {
		parsed, err := query.Parse(q)
		require.NoError(t, err)
		rule, err := parsed.XRule()
		require.NoError(t, err)
		require.Equal(t, want, rule)
	}
	long, err := query.Parse(strings.Repeat("mot OR ", 200) + "mot")
	require.NoError(t, err)
	_, err = long.XRule()
	require.ErrorContains(t, err, "1024")
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a AND b", `"x`, "((((", "NOT NOT a", "é\x00", "@", "#", `a OR "b c" NOT (d)`} {
		f.Add(seed, "un texte a b")
	}
	f.Fuzz(func(_ *testing.T, q, text string) {
		parsed, err := query.Parse(q)
		if err == nil {
			query.NewSet([]*query.Query{parsed}).Match(nil, text)
			_, _ = parsed.XRules(64)
			parsed.Hashtags()
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	text := "@united yes. We waited in line for almost an hour to do so. Some passengers just left #fail"
	for _, brands := range []int{1, 1000} {
		var queries []*query.Query
		for i := range brands {
			terms := make([]string, 20)
			for j := range terms {
				terms[j] = fmt.Sprintf("brand%dterm%d", i, j)
			}
			q, err := query.Parse("@united OR " + strings.Join(terms, " OR "))
			if i > 0 {
				q, err = query.Parse(strings.Join(terms, " OR "))
			}
			require.NoError(b, err)
			queries = append(queries, q)
		}
		set := query.NewSet(queries)
		b.Run(fmt.Sprintf("brands=%d", brands), func(b *testing.B) {
			for b.Loop() {
				set.Match(nil, text)
			}
		})
	}
}
