package names_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/names"
)

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// It runs before the tests in parallel: no English was read yet.
func TestTheModelTakesMemoryOnceEnglishIsRead(t *testing.T) {
	const megabyte = 1 << 20
	start := heap()
	names.Of("fr", "Élisabeth Borne est à Paris")
	require.Less(t, heap(), start+2*megabyte)
	names.Of("en", "Karen Miller landed in Boston")
	loaded := heap()
	require.Greater(t, loaded, start+10*megabyte)
	require.Less(t, loaded, start+100*megabyte)
	names.Of("en", "Karen Miller left from Chicago")
	require.Less(t, heap(), loaded+2*megabyte, "loaded once")
}

func write(found []names.Name) string {
	parts := make([]string, len(found))
	for i, name := range found {
		parts[i] = fmt.Sprintf("%s (%s)", name.Text, name.Kind)
	}
	return strings.Join(parts, ", ")
}

func TestNamesInFrench(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Le rappel a été décidé par Camille Durand à Lyon":             "Camille Durand (person), Lyon (place)",
		"Élisabeth Borne et Emmanuel #Macron se sont rendus à Rungis.": "Élisabeth Borne (person), Emmanuel Macron (person), Rungis (place)",
		"La ministre Agnès Pannier-Runacher a répondu à la CGT":        "Agnès Pannier-Runacher (person), CGT (organisation)",
		"Contactez M. Lefèvre, du Groupe Zestaline":                    "Lefèvre (person), Groupe Zestaline (organisation)",
		"Accident près de Villefranche, gare de Perrache fermée":       "Villefranche (place), Perrache (place)",
		"Encore en panne ! Merci Télémur":                              "",
		"Bonjour, Pourquoi Mon Colis est perdu ?":                      "",
		"JE SUIS FURIEUX CONTRE CETTE MARQUE A PARIS":                  "",
		"voir https://exemple.fr/Paris et @Camille_Durand":             "",
		"Je suis à P" + strings.Repeat("a", 60):                        "",
		"Paris, Paris et encore Paris":                                 "Paris (place)",
		"":                                                             "",
	} {
		require.Equal(t, want, write(names.Of("fr", text)), text)
	}
}

func TestNamesInEnglish(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Stuck in Boston, my flight from Chicago is late":      "Boston (place), Chicago (place)",
		"Thank you! Great flight, Good crew":                   "",
		"I'm Late again and they told me Nothing":              "",
		"Karen Miller of United Airlines helped us in Houston": "Karen Miller (person), United Airlines (organisation), Houston (place)",
	} {
		require.Equal(t, want, write(names.Of("en", text)), text)
	}
}

func TestOtherLanguagesHaveNoNames(t *testing.T) {
	t.Parallel()
	require.Empty(t, names.Of("es", "Camille Durand en Madrid"))
	require.Empty(t, names.Of("und", "Camille Durand"))
}

func TestTheNamesThatStandInMostTexts(t *testing.T) {
	t.Parallel()
	texts := []names.Text{
		{"fr", "Camille Durand est à Lyon, Camille Durand !"},
		{"fr", "un rappel à Lyon"},
		{"fr", "les lots de Lyon sont à Nantes, dit la CGT"},
		{"fr", "On a vu Camille Durand"},
		{"fr", "Et CAMILLE DURAND encore, dans le Groupe Zestaline"},
		{"fr", "parti de Lyon à Nantes, le Groupe Zestaline"},
	}
	ours := func(name string) bool { return name == "Groupe Zestaline" }
	require.Equal(t, []names.Count{
		{names.Name{Text: "Lyon", Kind: names.Place}, []int{0, 1, 2, 5}},
		{names.Name{Text: "Camille Durand", Kind: names.Person}, []int{0, 3}},
		{names.Name{Text: "Nantes", Kind: names.Place}, []int{2, 5}},
	}, names.Top(texts, 2, ours), "the CGT is named once")
	require.Len(t, names.Top(texts, 1, ours), 2, "a person and a place")
}

var hostile = map[string]string{
	"a letter, 1 MB":  strings.Repeat("a", 1<<20),
	"capitals, 1 MB":  strings.Repeat("Aa ", 1<<18),
	"10,000 hashtags": strings.Repeat("#Tag ", 10_000),
	"zalgo":           strings.Repeat("Z\u0301\u0302\u0303", 50_000),
	"NUL":             strings.Repeat("\x00Paris", 50_000),
	"right to left":   strings.Repeat("\u202eParis ", 50_000),
}

func BenchmarkOf(b *testing.B) {
	texts := map[string]string{"post": "Karen Miller landed in Boston with United Airlines, two hours late, and nobody from the crew could say why"}
	for name, text := range hostile {
		texts[name] = text
	}
	for name, text := range texts {
		for _, language := range []string{"en", "fr"} {
			b.Run(name+"/"+language, func(b *testing.B) {
				names.Of(language, "")
				for b.Loop() {
					names.Of(language, text)
				}
			})
		}
	}
}

// French is our own reading; prose is too slow to be fuzzed, and read hostile text
// in the benchmark.
func FuzzFrench(f *testing.F) {
	for _, text := range hostile {
		f.Add(text[:500])
	}
	f.Add("M. Lefèvre à Lyon, I'm in \xff Paris.")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names.Of("fr", text) {
			require.NotEmpty(t, name.Kind)
			require.NotEmpty(t, name.Text)
		}
	})
}
