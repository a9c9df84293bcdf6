package query_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

func matches(t testing.TB, q, text string) bool {
	t.Helper()
	return len(query.NewSet([]*query.Query{mustParse(t, q)}).Match(nil, text)) == 1
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
		// accents, apostrophes, ligatures, invisible signs
		{"l'oréal", "l’Oréal", true},
		{"L’ORÉAL", "L'OREAL", true},
		{"l'oréal", "loreal", false},
		{"l'oréal OR loreal", "chez loreal", true},
		{"oréal", "l'Oréal", true},
		{"l'oréal", "#LOréal et #loreal", true},
		{"levi's", "mes Levi’s", true},
		{"zestaline", "Zes\u00adta\u200dline", true},
		{"nike", "Nike™ et Nike®", true},
		{"télémur", "Te\u0301le\u0301mur", true},
		{"ελλας", "ΕΛΛΑΣ", true},
		{"👍", "bravo 👍🏽", true},
		{"👨‍👩‍👧", "ma 👨‍👩‍👧 !", true},
		{"हिन्दी", "मेरी हिन्दी", true},
		{"हिन्दी", "हन्द", false},
		{"한국", "한국 여행", true},
		{"日本旅行", "#日本旅行", true},
		{"日本", "#日本旅行", true},
		// hashtags and their words
		{`"air france"`, "vol #AirFrance annulé", true},
		{`"air france"`, "vol #airfrance annulé", true},
		{`"air france"`, "vol #Air_France", true},
		{`"air france"`, "merci @airfrance", false},
		{"airfrance", "merci @airfrance", true},
		{"france", "#AirFrance", true},
		{"france", "#airfrance", false},
		{"#airfrance", "#AirFrance", true},
		{"#france", "#AirFrance", false},
		{"airfrance", "#AirFrance", true},
		{"sncf", "#SNCFConnect", true},
		{"connect", "#SNCFConnect", true},
		{"jo", "#JO2024", true},
		{`"boycott air france paris"`, "#BoycottAirFrance Paris", true},
		{`"vol airfrance paris"`, "vol #AirFrance Paris", true},
		// words that go on
		{"zest*", "zestaline", true},
		{"zest*", "le Zesté", true},
		{"zest*", "un zes", false},
		{"zest*", "#Zestaline @zestaline", true},
		{"#zest*", "zestaline", false},
		{"#zest*", "#zestaline", true},
		{"@ana.bsk*", "de @ana.bsky.social", true},
		{`"air fran*"`, "Air Française", true},
		{`"air fran*"`, "#airfrançaise", true},
		{`"air fran*"`, "air de France", false},
		{"日本*", "日本旅行", true},
		// near each other
		{"orange NEAR/2 panne", "panne chez Orange", true},
		{"orange NEAR/1 panne", "panne chez Orange", false},
		{"orange NEAR/2f panne", "panne chez Orange", false},
		{"orange NEAR/2f panne", "Orange en panne", true},
		{"orange NEAR/2 orange", "orange", false},
		{"(orange OR sfr) NEAR/3 (panne OR coupure OR \"plus de réseau\")", "SFR : toujours plus de réseau", true},
		{"boycott NEAR/1f oasis", "#BoycottOasis", true},
		// to the letter
		{`raw:"SNCF"`, "la SNCF", true},
		{`raw:"SNCF"`, "la sncf", false},
		{`raw:SNCF`, "#SNCF", true},
		{`raw:"Orange"`, "une orange", false},
		{`raw:"Été"`, "Ete", false},
		{`raw:"Été"`, "E\u0301te\u0301", true},
		{`raw:"Air France"`, "Air\n France", true},
		{`raw:"Air France"`, "AIR France", false},
		{`raw:"Yahoo!"`, "Yahoo", false},
		{`raw:"Yahoo!"`, "chez Yahoo!", true},
		{`raw:("C&A" OR LU)`, "un LU", true},
		{`raw:"C&A"`, "C A", false},
		{`raw:"C++"`, "c'est bien", false},
		{`raw:"C++"`, "j'aime C++ !", true},
		// signs are no part of words
		{"canal+", "Canal est en panne", true},
		{"quick?", "chez Quick", true},
		// as people and their word processors write
		{"“eau de source”", "source de l'eau", false},
		{"« eau de source »", "eau de source", true},
		{"oasis lang:fr", "oasis", false},
		{"oasis NOT lang:fr", "oasis", true},
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
		{"lang:fr", 1, "nearly everything"},
		{"a OR source:x", 1, "nearly everything"},
		{"é *tion", 3, "*tion"},
		{"zes*ine", 1, "zes*ine"},
		{"a le*", 3, "le*"},
		{"a NEAR b", 3, "NEAR"},
		{"a NEAR/0 b", 3, "NEAR/0"},
		{"(a AND b) NEAR/5 c", 1, "a AND b"},
		{"a NEAR/5 lang:fr", 10, "lang:fr"},
		{"a NEAR/5 b NEAR/5 c", 12, "NEAR/5"},
		{"a langue:fr", 3, "langue:"},
		{"a lang: fr", 8, "nothing"},
		{"a kind:(post OR tweet)", 17, "tweet"},
		{"a followers:1000", 13, "1000"},
		{"a https://b.fr", 3, "https://"},
		{strings.Repeat("a OR ", 1000) + "a", 5001, "more"},
		{strings.Repeat("a", 20000), 1, "more"},
		{`b "` + strings.Repeat("a ", 33) + `"`, 3, "more"},
	} {
		_, err := query.Parse(c.query)
		var syntax *query.SyntaxError
		require.ErrorAs(t, err, &syntax, c.query)
		require.Equal(t, c.position, syntax.Position, c.query)
		require.Contains(t, syntax.Found, c.found, c.query)
	}
}

// What was likely meant is suggested.
func TestASyntaxErrorSuggests(t *testing.T) {
	t.Parallel()
	for q, hint := range map[string]string{
		"oasis or orange": "did you mean OR?", "oasis ET orange": `did you mean AND? To look for the word, write "ET"`, "oasis -jus": "did you mean NOT jus?",
		"oasis langue:fr": "did you mean lang:?", "oasis athor:ana": "did you mean author:?", "oasis lang:french": "did you mean lang:fr?",
		"oasis lang:fr-CA": "did you mean lang:fr?", "oasis kind:tweet": "did you mean post?", "oasis kind:artcle": "did you mean article?",
		"oasis ownership:third": "did you mean third_party?", "oasis followers:1000": "did you mean followers:>=1000?",
		"oasis site:https://www.lemonde.fr/sport": "did you mean site:lemonde.fr?", "oasis NEAR/5 b NEAR/5 c": "(a NEAR/5 b) AND (b NEAR/5 c)",
		"*oasis": "so *oasis cannot be found", `"oasis b"~5`: "a NEAR/5 b", "oasis)": "one parenthesis too many", "oasis https://x.fr": "site:example.org",
		"oasis author:a*": "author:(a OR b)", "oasis near/3 jus": "did you mean NEAR/3?", "oasis ONEAR/3 jus": "did you mean NEAR/3f?", "oasis NEAR5 jus": "did you mean NEAR/5?",
		"organi?e": "? stands for no letter here", `"we organi?e"`: "? stands for no letter here", "'air france'": `("air france")`, `oasis "jus`: "leave the mark out",
		"oasis et concert": "did you mean AND?", "!oasis jus": "did you mean NOT oasis?", "oasis^2": "write oasis", "AND oasis": "between two terms",
		"oasis AND AND jus": "between two terms", "oasis AND": "leave that out",
		"C++": `write raw:"C++"`, "oasis ()": "nothing between the parentheses", "vie:chère": "to look for the words, put them in quotation marks",
	} {
		_, err := query.Parse(q)
		require.ErrorContains(t, err, hint, q)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	post := query.Post{
		Source: "rss", Page: "https://www.LeMonde.fr/rss/", Author: "Ana", Site: "sport.lemonde.fr", Ownership: "third_party", Kind: "article",
		Followers: 1000, Title: "Oasis", Text: "en panne", Language: func() string { return "fr" },
	}
	for q, want := range map[string]bool{
		"oasis source:rss": true, "oasis source:x": false, "oasis source:(x OR rss)": true, `oasis page:"https://www.lemonde.fr/rss"`: true,
		"oasis page:https://www.lemonde.fr/rss/": true, "oasis author:@ana": true, "oasis author:an": false, "oasis site:lemonde.fr": true,
		"oasis site:www.lemonde.fr": true, "oasis site:monde.fr": false, "oasis lang:fr": true, "oasis lang:(en OR de)": false, "oasis NOT lang:en": true,
		"oasis ownership:third_party": true, "oasis ownership:official": false, "oasis kind:article": true, "oasis NOT kind:(post OR share)": true,
		"oasis followers:>1000": false, "oasis followers:>=1k": true, "oasis followers:<1M": true, "oasis followers:<=999": false, "oasis followers:=1000": true,
		`"oasis en panne"`: true, // a title and its text are read as one
	} {
		var document query.Document
		document.ReadPost(post)
		require.Equal(t, want, len(query.NewSet([]*query.Query{mustParse(t, q)}).MatchDocument(nil, &document)) == 1, q)
	}
}

// The language costs, so it is asked for once, and only by a query whose words are
// there.
func TestTheLanguageIsAskedForWhenItIsNeeded(t *testing.T) {
	t.Parallel()
	asked := 0
	post := query.Post{Text: "oasis", Language: func() string { asked++; return "fr" }}
	set := query.NewSet([]*query.Query{mustParse(t, "orange lang:fr"), mustParse(t, "oasis")})
	var document query.Document
	document.ReadPost(post)
	require.Equal(t, []int{1}, set.MatchDocument(nil, &document))
	require.Zero(t, asked)
	set = query.NewSet([]*query.Query{mustParse(t, "oasis lang:fr"), mustParse(t, "oasis lang:en"), mustParse(t, "oasis lang:fr NOT x")})
	require.Equal(t, []int{0, 2}, set.MatchDocument(nil, &document))
	require.Equal(t, 1, asked)
	document.Read("oasis")
	require.Empty(t, set.MatchDocument(nil, &document), "nothing is known of the next text")
}

func TestAnAmbiguousNameNeedsItsContext(t *testing.T) {
	t.Parallel()
	require_, err := query.ParseContext("(boisson OR soif OR bouteille) OR author:oasis_fr")
	require.NoError(t, err)
	exclude, err := query.ParseContext(`concert OR désert OR "noel gallagher"`)
	require.NoError(t, err)
	set := query.NewSet([]*query.Query{mustParse(t, "oasis").Within(require_, exclude), mustParse(t, "oasis").Within(nil, exclude)})
	for text, want := range map[string][]int{
		"j'ai soif d'Oasis": {0, 1}, "Oasis": {1}, "Oasis en concert": nil, "une bouteille d'eau": nil, "bouteille d'oasis dans le désert": nil,
	} {
		require.Equal(t, want, set.Match(nil, text), text)
	}
	var document query.Document
	document.ReadPost(query.Post{Author: "Oasis_FR", Text: "Oasis"})
	require.Equal(t, []int{0, 1}, set.MatchDocument(nil, &document))
	document.Read("Bouteille d'Oasis")
	require.Equal(t, []query.Span{{From: 12, To: 17}}, set.Spans(nil, &document, 0), "the context does not name the brand")
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, text, want string }{
		{"oasis", "Oasis, #OASIS et @oasis", "[Oasis], [#OASIS] et [@oasis]"},
		{"oasis OR zest", "Zest", "[Zest]"},
		{"oasis NOT jus", "oasis", "[oasis]"},
		{"oasis NOT jus", "oasis jus", "oasis jus"},
		{"l'oréal", "chez L’ORE\u0301AL !", "chez [L’ORE\u0301AL] !"},
		{"cœur", "mon Cœur, coeur", "mon [Cœur], [coeur]"},
		{"air OR \"air france\"", "Air France, l'air", "[Air France], l'[air]"},
		{"oasis", "#BoycottOasis", "#Boycott[Oasis]"},
		{`"boycott oasis"`, "#BoycottOasis", "[#BoycottOasis]"},
		{"été", "#ÉtéÀParis", "#[Été]ÀParis"},
		{"(orange NEAR/2 panne) OR sfr", "orange en panne chez moi, orange", "[orange] en [panne] chez moi, orange"},
		{"(a AND b) OR c", "a c", "a [c]"},
		{"@ana.bsky.social", "de @Ana.bsky.social.", "de [@Ana.bsky.social]."},
		{"zest*", "le ＺＥＳＴé", "le [ＺＥＳＴé]"},
		{"日本", "私は日本が", "私は[日本]が"},
		{"ﬁn OR bit", "la ﬁn ½ bit", "la [ﬁn] ½ [bit]"},
	} {
		var document query.Document
		document.Read(c.text)
		got, from := "", 0
		for _, span := range query.NewSet([]*query.Query{mustParse(t, c.query)}).Spans(nil, &document, 0) {
			got += c.text[from:span.From] + "[" + c.text[span.From:span.To] + "]"
			from = span.To
		}
		require.Equal(t, c.want, got+c.text[from:], "%s ~ %s", c.query, c.text)
	}
}

// What a query found, and what kept it from matching.
func TestAQueryIsExplained(t *testing.T) {
	t.Parallel()
	requires, err := query.ParseContext("boisson OR soif")
	require.NoError(t, err)
	excludes, err := query.ParseContext("concert OR (tour NEAR/3 dates) OR lang:es")
	require.NoError(t, err)
	q := mustParse(t, `oasis OR (orange NEAR/2 jus) OR ("eau pure" followers:>10)`)
	set := query.NewSet([]*query.Query{q.Within(requires, excludes), mustParse(t, "oasis NOT (mirage OR désert)")})
	for _, c := range []struct {
		text  string
		query int
		want  string
	}{
		{"soif d'Oasis", 0, `{"matched":true,"found":[{"term":"oasis","in":"query","spans":[[7,12]]},{"term":"soif","in":"context.require","spans":[[0,4]]}]}`},
		{"Oasis", 0, `{"matched":false,"because":[{"reason":"missing","in":"context.require","term":"boisson OR soif"}]}`},
		{"soif", 0, `{"matched":false,"because":[{"reason":"missing","in":"query","term":"oasis OR orange NEAR/2 jus OR (\"eau pure\" AND followers:>10)"}]}`},
		{"un jus pour ma soif, c'est l'orange", 0, `{"matched":false,"because":[{"reason":"apart","in":"query","term":"orange NEAR/2 jus","spans":[[3,6],[29,35]]}]}`},
		{"soif, eau pure", 0, `{"matched":false,"because":[{"reason":"filtered","in":"query","term":"followers:>10","value":"0"}]}`},
		{"soif, Oasis, concert", 0, `{"matched":false,"because":[{"reason":"excluded","in":"context.exclude","term":"concert","spans":[[13,20]]}]}`},
		{"soif, Oasis tour dates", 0, `{"matched":false,"because":[{"reason":"excluded","in":"context.exclude","term":"tour NEAR/3 dates","spans":[[12,16],[17,22]]}]}`},
		{"Oasis dans le désert", 1, `{"matched":false,"because":[{"reason":"excluded","in":"query","term":"désert","spans":[[14,21]]}]}`},
		{"rien", 1, `{"matched":false,"because":[{"reason":"missing","in":"query","term":"oasis"}]}`},
	} {
		var document query.Document
		document.Read(c.text)
		got, err := json.Marshal(set.Explain(&document, c.query))
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(got), c.text)
	}
}

// A query is written as it can be typed, and means the same.
func TestAQueryIsWrittenAsItCanBeTyped(t *testing.T) {
	t.Parallel()
	for _, q := range []string{
		`oasis AND (a OR "b c") AND NOT d`, `raw:"SNCF" OR zest*`, "(a OR b) NEAR/5f c", "a AND (lang:fr OR lang:en) AND followers:>10k", "@a OR #b",
	} {
		require.Equal(t, q, mustParse(t, q).String())
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"L'ORÉAL": "l'oreal", "CŒUR": "coeur", "Straße": "strasse", "e\u0301te\u0301": "ete", "Łódź": "lodz",
		"ＦＵＬＬ": "full", "Ελλάδα": "ελλαδα", "ﬁn": "fin", "日本": "日本", "🔥A": "🔥a", "\xff": "\uFFFD", "a\u0301\u00ad": "a", "Nike™": "nike™", "کتاب\u200cها": "کتابها",
	} {
		require.Equal(t, want, query.Fold(text))
		require.Equal(t, want, query.Fold(query.Fold(text)), "folding twice changes nothing")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a AND b", `"x`, "((((", "NOT NOT a", "é\x00", "@", "#", `a OR "b c" NOT (d)`, "abc* NEAR/3f (b OR #c)", `raw:("A b" OR C)`,
		"a lang:(fr OR en) followers:>10k site:b.fr", "«l'été» #AirFrance", "a NEAR/99999999999999999999 b", "*a", "a~5", "raw:*",
	} {
		f.Add(seed, "un texte a b #AirFrance @c.d abcd l’été A b")
	}
	f.Fuzz(func(t *testing.T, q, text string) {
		parsed, err := query.Parse(q)
		if err != nil {
			var syntax *query.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Positive(t, syntax.Position)
			return
		}
		_, _ = parsed.XRules(64)
		_, _ = parsed.RedditSearches()
		_, _ = parsed.MastodonSearches()
		parsed.Hashtags()
		var document query.Document
		document.Read(text)
		set := query.NewSet([]*query.Query{parsed, parsed.Words()})
		matched := set.MatchDocument(nil, &document)
		spans := set.Spans(nil, &document, 0)
		why := set.Explain(&document, 0)
		require.Equal(t, slices.Contains(matched, 0), why.Matched)
		require.NotEqual(t, why.Matched, len(why.Because) > 0)
		_ = parsed.String()
		if !why.Matched {
			require.Empty(t, spans)
			return
		}
		require.Contains(t, matched, 1, "without its filters a query matches more")
		for i, span := range spans {
			require.Less(t, span.From, span.To)
			require.LessOrEqual(t, span.To, len(text))
			require.True(t, i == 0 || spans[i-1].To <= span.From)
		}
	})
}

// What one post costs with one brand and with a thousand, of 20 terms each, on real
// posts where there are some. Both are measured by turns: on a machine that others
// use too, only the ratio tells something.
func BenchmarkMatch(b *testing.B) {
	texts := posts(b)
	queries := []*query.Query{mustParse(b, airlines)}
	for i := 1; i < 1000; i++ {
		queries = append(queries, mustParse(b, brandOf(i)))
	}
	one, thousand := query.NewSet(queries[:1]), query.NewSet(queries)
	var matched []int
	found, read := 0, 0
	cost := func(set *query.Set, some []string) time.Duration {
		start := time.Now()
		for _, text := range some {
			matched = set.Match(matched[:0], text)
			found += len(matched)
		}
		return time.Since(start)
	}
	var single, many time.Duration
	for i := 0; b.Loop(); i++ {
		from := i * 100 % len(texts)
		some := texts[from:min(from+100, len(texts))]
		single += cost(one, some)
		many += cost(thousand, some)
		read += len(some)
	}
	b.ReportMetric(float64(read)/single.Seconds(), "posts/s:1-brand")
	b.ReportMetric(float64(read)/many.Seconds(), "posts/s:1000-brands")
	b.ReportMetric(many.Seconds()/single.Seconds(), "times-one-brand")
	b.ReportMetric(float64(found)/float64(2*read), "brands/post")
}

// airlines is the one brand that the real posts speak of.
const airlines = `(united OR @jetblue OR americanair OR "customer service" OR southwestair OR usairways OR virginamerica OR #fail OR delay* OR
	(flight NEAR/3 cancelled) OR "air france" OR lufthansa OR "british airways" OR klm OR ryanair OR easyjet OR raw:"SAS" OR vueling OR iberia) NOT job`

// brandOf makes a brand of 20 terms of all sorts, that have first letters of many
// words.
func brandOf(i int) string {
	names := []string{"air", "ban", "car", "del", "eco", "fli", "gar", "hot", "int", "jar", "kin", "lin", "mar", "not", "ora", "pla", "ser", "tra", "uni", "vol"}
	name := fmt.Sprintf("%s%dx", names[i%len(names)], i)
	terms := []string{name, "#" + name + "fail", "@" + name + "_help", `"` + name + ` customer service"`, name + "corp*"}
	for j := len(terms); j < 18; j++ {
		terms = append(terms, fmt.Sprintf("%sproduct%d", name, j))
	}
	return "(" + strings.Join(terms, " OR ") + fmt.Sprintf(" OR (%s NEAR/5 (flight OR service))) NOT %sland", name, name)
}

// posts are those of VIGIE_DATA, or some like them.
func posts(b *testing.B) []string {
	b.Helper()
	paths, err := filepath.Glob(filepath.Join(os.Getenv("VIGIE_DATA"), "replay", "*.x.ndjson"))
	require.NoError(b, err)
	if os.Getenv("VIGIE_DATA") == "" || len(paths) == 0 {
		return []string{
			"@united yes. We waited in line for almost an hour to do so. Some passengers just left #fail",
			"Encore un retard ce matin… bravo la compagnie, 2h d’attente à l’aéroport 😡 #RasLeBol https://example.org/x",
		}
	}
	var texts []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(b, err)
		for line := range bytes.Lines(data) {
			var post struct{ Data struct{ Text string } }
			require.NoError(b, json.Unmarshal(line, &post))
			texts = append(texts, post.Data.Text)
		}
	}
	return texts
}

// Hostile texts cost no more by the byte than others, whatever the queries.
func BenchmarkHostile(b *testing.B) {
	set := query.NewSet([]*query.Query{
		mustParse(b, "aaaa* OR (a NEAR/100 (b OR c)) OR (a NEAR/100f zzz)"), mustParse(b, `"a a a a a a a b" OR raw:"A a" OR "air aira*"`),
	})
	bomb := "a"
	for i := range 200 {
		bomb += fmt.Sprintf(` OR (a NEAR/9 (b%d OR a)) OR "%s b%d"`, i, strings.Repeat("a ", 20), i)
	}
	bombs := query.NewSet([]*query.Query{mustParse(b, bomb)})
	b.Run("bomb", func(b *testing.B) { // a query as hostile as the text, of the most that a mention holds
		for b.Loop() {
			bombs.Match(nil, strings.Repeat("a ", 32<<10))
		}
	})
	for name, text := range map[string]string{
		"letter": strings.Repeat("a", 1<<20), "word": strings.Repeat("a ", 1<<19), "hashtags": strings.Repeat("#AirAir", 150_000),
		"zalgo": "a" + strings.Repeat("\u0301\u0302", 1<<18), "nul": strings.Repeat("\x00a", 1<<19), "marks": strings.Repeat("a\u202e", 1<<18),
		"handles": strings.Repeat("@a.a.a-a@a", 100_000), "emoji": strings.Repeat("👩‍👧", 90_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				set.Match(nil, text)
			}
		})
	}
}

func mustParse(t testing.TB, q string) *query.Query {
	t.Helper()
	parsed, err := query.Parse(q)
	require.NoError(t, err, q)
	return parsed
}
