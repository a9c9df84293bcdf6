package query_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// TestXRulesSayWhatXUnderstands: X takes NOT before single terms only, no NOT
// alone, and matches accents to the letter.
func TestXRulesSayWhatXUnderstands(t *testing.T) {
	t.Parallel()
	for q, want := range map[string]string{
		"télémur":                "télémur OR telemur",
		"Télémur boycott":        "(Télémur OR telemur) boycott",
		"#Été":                   "#Été OR #ete",
		"#Boycott":               "#Boycott",
		`"société générale"`:     `"société générale" OR "societe generale" OR #societegenerale OR #sociétégénérale`,
		"a (b OR c) NOT d":       "a (b OR c) -d",
		"a NOT (b OR c)":         "a -b -c",
		`@oasis OR "l'eau"`:      `@oasis OR "l'eau" OR #leau`,
		"a NOT été":              "a -été -ete",
		"a NOT (b c)":            "a",    // "not both" cannot be said
		"a (b OR NOT c)":         "a",    // nor "or else not"
		"a NOT (b OR (c NOT d))": "a -b", // nor "no c without d"
		"a NOT NOT b":            "a b",
		`a "OR"`:                 `a "OR"`,
		"zesta AND zest*":        "zesta", // X knows whole words only
		"a NOT zest*":            "a",
		`raw:"Été" OR b`:         "Été OR b",
		`a NOT raw:"SNCF"`:       "a", // X would leave out "sncf" as well
		"(a OR b) NEAR/5 c":      "(a OR b) c",
		"a NOT (b NEAR/5 c)":     "a",
		"a lang:fr followers:>9": "a",
		"a author:@Ana":          "a from:ana",
		"a NOT author:ana":       "a -from:ana",
		"a source:x":             "a",
		"a NOT source:rss":       "a",
		"a OR (b source:rss)":    "a",
		"(a NOT b) OR c":         "(a -b) OR c",
		"canal+ OR at&t":         `canal OR "at&t" OR #att`,
		"@Oasis_FR":              "@oasis_fr",
		"😡":                      "😡",
		`"👨‍👩‍👧 famille"`:        `"👨‍👩‍👧 famille"`,
		`"a\ b"`:                 `"a b" OR #ab`,
		"a AND (b OR (c OR d))":  "a (b OR c OR d)",
	} {
		parsed, err := query.Parse(q)
		require.NoError(t, err, q)
		rules, err := parsed.XRules(1024)
		require.NoError(t, err, q)
		require.Equal(t, []string{want}, rules, q)
	}
}

func TestALongQueryBecomesSeveralRules(t *testing.T) {
	t.Parallel()
	words := func(prefix string, n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprint(prefix, i))
		}
		return strings.Join(list, " OR ")
	}
	for q, count := range map[string]int{
		words("mot", 10):  1,
		words("mot", 200): 4,
		"oasis (" + words("mot", 100) + ") NOT eau":         3,
		"(" + words("a", 60) + ") (" + words("b", 60) + ")": 4,
	} {
		parsed, err := query.Parse(q)
		require.NoError(t, err)
		rules, err := parsed.XRules(512)
		require.NoError(t, err)
		require.LessOrEqual(t, len(rules), count+2)
		require.GreaterOrEqual(t, len(rules), count-1)
		for _, rule := range rules {
			require.LessOrEqual(t, len(rule), 512)
		}
		for word := range strings.FieldsSeq(strings.NewReplacer("(", " ", ")", " ", "OR", " ", "NOT eau", " ").Replace(q)) {
			require.Contains(t, " "+strings.NewReplacer("(", "", ")", "").Replace(strings.Join(rules, " "))+" ", " "+word+" ")
		}
	}
	hopeless, err := query.Parse(strings.Repeat("mot ", 300))
	require.NoError(t, err)
	_, err = hopeless.XRules(512)
	require.ErrorContains(t, err, "shorten")
	// NOTs are left out before anything that a post must hold
	many, err := query.Parse("oasis eau NOT (" + words("mot", 200) + ")")
	require.NoError(t, err)
	rules, err := many.XRules(512)
	require.NoError(t, err)
	require.Len(t, rules, 1)
	require.LessOrEqual(t, len(rules[0]), 512)
	require.True(t, strings.HasPrefix(rules[0], "oasis eau -mot0 -mot1 "), rules[0])
}

// What a source has no words for is not asked for as something broader than the
// brand.
func TestAQueryThatNoSourceCanSearchForSaysWhy(t *testing.T) {
	t.Parallel()
	context, err := query.ParseContext("boisson")
	require.NoError(t, err)
	for _, q := range []*query.Query{mustParse(t, "oasis OR zest*"), mustParse(t, "oasis OR zest*").Within(context, nil)} {
		_, err := q.XRules(query.MaxXRule)
		require.EqualError(t, err, "query: X looks for whole words, and this query cannot do without zest*: name the words, joined by OR")
		_, err = q.RedditSearches()
		require.ErrorContains(t, err, "query: Reddit looks for whole words")
		_, err = q.MastodonSearches()
		require.ErrorContains(t, err, "query: Mastodon looks for whole words")
	}
	rules, err := mustParse(t, "oasis source:rss").XRules(query.MaxXRule)
	require.NoError(t, err)
	require.Empty(t, rules, "it cannot match there")
}

func TestSearches(t *testing.T) {
	t.Parallel()
	for q, want := range map[string]struct {
		reddit   string
		mastodon []string
	}{
		"oasis":                           {"oasis", []string{"oasis"}},
		"orange AND (facture OR réseau)":  {"orange (facture OR réseau OR reseau)", []string{"orange"}},
		`(a OR "b c") panne NOT d`:        {`(a OR "b c" OR bc) panne`, []string{"panne"}},
		"a b c":                           {"a b c", []string{"a b c"}},
		"l'oréal":                         {"\"l'oréal\" OR \"l’oréal\" OR \"l'oreal\" OR \"l’oreal\" OR loreal", []string{`"l'oréal"`, `"l’oréal"`, `"l'oreal"`, `"l’oreal"`, "loreal"}},
		"#AirFrance OR @sncf lang:fr":     {"airfrance OR sncf", []string{"airfrance", "sncf"}},
		"(a NEAR/5 b) OR c source:reddit": {"(a b) OR c", []string{"a b"}},
	} {
		parsed := mustParse(t, q)
		reddit, err := parsed.RedditSearches()
		require.NoError(t, err, q)
		require.Equal(t, []string{want.reddit}, reddit, q)
		mastodon, err := parsed.MastodonSearches()
		require.NoError(t, err, q)
		require.Equal(t, want.mastodon, mastodon, q)
	}
}
