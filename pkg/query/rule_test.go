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
		`"société générale"`:     `"société générale" OR "societe generale"`,
		"a NOT été":              "a -été -ete",
		"a NOT (b c)":            "a",    // "not both" cannot be said
		"a (b OR NOT c)":         "a",    // nor "or else not"
		"a NOT (b OR (c NOT d))": "a -b", // nor "no c without d"
		"a NOT NOT b":            "a b",
		`a "OR"`:                 `a "OR"`,
		"-foo":                   "foo", // to us a word with a dash before it, to X a NOT
		"(a NOT b) OR c":         "(a -b) OR c",
		"c++ OR at&t":            `c OR "at&t"`,
		"@Oasis_FR":              "@oasis_fr",
		"😡":                      "😡",
		`"👨‍👩‍👧 famille"`:        `"👨‍👩‍👧 famille"`,
		`"a\ b"`:                 `"a b"`,
		"a AND (b OR (c OR d))":  "a (b OR c OR d)",
	} {
		parsed, err := query.Parse(q)
		require.NoError(t, err, q)
		rule, err := parsed.XRule()
		require.NoError(t, err, q)
		require.Equal(t, want, rule, q)
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
}
