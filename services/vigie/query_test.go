package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A community manager tries a brand's query on texts, and learns of each why.
func TestAQueryIsTried(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	config := file("vigie.yaml", `
brands:
  - id: oasis
    name: Oasis
    query: 'oasis OR (orange NEAR/3 panne)'
    context: {require: 'boisson OR soif OR panne', exclude: 'concert OR lang:en'}
    pages: {x: [oasis_fr]}
`)
	texts := file("texts", `J'ai soif d'Oasis !
Concert d'Oasis : quelle soif
Oasis

Orange : rien ne va plus, et voilà la panne
un mirage`+"\x1b[31m"+`
{"source":"x","author":"Oasis_FR","text":"Merci à tous"}
{"source":"rss","url":"https://a.fr/1","title":"Oasis","text":"the boisson that I would like to drink with all of my friends"}
{"data":{"id":"1480911111444742148","text":"Panne chez Orange","created_at":"2022-01-11T14:34:57.000Z","author_id":"5"},"includes":{"users":[{"id":"5","username":"ana"}]}}
{"data":{"id":"x"}}
`)
	out, _, err := vigie("query", "test", "--config", config, "--brand", "oasis", texts)
	require.ErrorContains(t, err, "1 of 9 lines could not be read")
	require.Equal(t, `✓ 1  J'ai soif d'[Oasis] !
     found: oasis
     required context: soif
✗ 2  [Concert] d'Oasis : quelle soif
     excluded context: concert, there is « Concert »
✗ 3  Oasis
     required context: missing: boisson OR soif OR panne
✗ 5  [Orange] : rien ne va plus, et voilà la [panne]
     not near enough: orange NEAR/3 panne, there is « Orange », « panne »
✗ 6  un mirage[31m
     missing: oasis OR orange NEAR/3 panne
✗ 7  Merci à tous
     counts for the brand all the same: it stands on the brand's own page
     missing: oasis OR orange NEAR/3 panne
✗ 8  Oasis the boisson that I would like to drink with all of my friends
     excluded context: filter: NOT lang:en, it is en
✓ 9  [Panne] chez [Orange]
     found: orange NEAR/3 panne
     required context: panne
`, out[:strings.Index(out, "! 10")])
	require.Contains(t, out, "\n9 texts, 2 matched, 1 on the brand's own pages, 1 without its words, 1 with words too far apart, "+
		"1 without the required context, 1 in the excluded context, 1 refused by a filter of the excluded context, 1 unreadable\n")

	out, _, err = vigie("query", "test", "--query", "oasis lang:fr", "--json", file("one", "Oasis\n"))
	require.NoError(t, err)
	line, sums, _ := strings.Cut(out, "\n")
	require.JSONEq(t, `{"line":1,"text":"Oasis","matched":false,"because":[{"reason":"filtered","in":"query","term":"lang:fr","value":"und"}]}`, line)
	require.Equal(t, "1 text, 0 matched, 1 refused by a filter\n", sums)

	out, _, err = vigie("query", "show", "--config", config, "--brand", "oasis")
	require.NoError(t, err)
	require.Contains(t, out, "Rules of X:\n  (oasis OR (orange panne)) (boisson OR soif OR panne) -concert\n")
}

// Real posts of six airlines are read as they came, and every one is told of.
func TestAQueryIsTriedOnRealPosts(t *testing.T) {
	t.Parallel()
	if os.Getenv("VIGIE_DATA") == "" {
		t.Skip("VIGIE_DATA is not set: it names the folder of real posts")
	}
	paths, err := filepath.Glob(filepath.Join(os.Getenv("VIGIE_DATA"), "replay", "airlines-*.x.ndjson"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	data, err := os.ReadFile(paths[0])
	require.NoError(t, err)
	out, _, err := vigie("query", "test", "--query", "@united NEAR/5 (late OR cancelled) NOT thanks", "--json", paths[0])
	require.NoError(t, err)
	matched, told := 0, 0
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var verdict struct {
			Text    string
			Matched bool
			Found   []struct{ Spans [][2]int }
		}
		require.NoError(t, json.Unmarshal([]byte(line), &verdict))
		if told++; verdict.Matched {
			matched++
			span := verdict.Found[0].Spans[0]
			require.Contains(t, []string{"@united", "late", "cancelled"}, strings.ToLower(verdict.Text[span[0]:span[1]]))
		}
	}
	require.Equal(t, bytes.Count(data, []byte("\n")), told)
	require.Greater(t, matched, 10)
}

func TestAWrongQueryIsExplained(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "vigie.yaml")
	require.NoError(t, os.WriteFile(config, []byte("brands: [{id: oasis, name: Oasis, query: oasis}]\n"), 0o600))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--query", "oasis langue:fr", "-"}, "the query, at character 7: expected one of the filters"},
		{[]string{"--query", "", "-"}, "the query, at character 1: expected a word"},
		{[]string{"--query", "oasis", "--input", "csv", "-"}, "unknown input"},
		{[]string{"--brand", "oasi", "--config", config, "-"}, `"oasi" is no brand of the config: oasis`},
		{[]string{"--query", "oasis", filepath.Join(t.TempDir(), "none")}, "no such file"},
	} {
		_, _, err := vigie(append([]string{"query", "test"}, c.args...)...)
		require.ErrorAs(t, err, &usageError{}, c.want)
		require.ErrorContains(t, err, c.want)
	}
	_, begun, err := vigie("query", "test", "-")
	require.ErrorContains(t, err, "at least one of the flags")
	require.False(t, begun)
	help, _, err := vigie("query", "test", "--help")
	require.NoError(t, err)
	for _, taught := range []string{"NEAR/5f", "zest*", `raw:"SNCF"`, "followers:>1000", "context:", "lang:(fr OR en)"} {
		require.Contains(t, help, taught)
	}
}
