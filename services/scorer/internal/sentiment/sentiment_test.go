package sentiment_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

func judge(language, text string) sentiment.Verdict {
	return sentiment.Embedded().Judge(language, text, nil, nil)
}

func TestWhatPeopleWriteOfBrands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story, language, text string
		want                  sentiment.Label
	}{
		{"anger", "en", "worst service ever, I hate this", sentiment.Negative},
		{"praise", "en", "I love it, thank you so much, amazing!", sentiment.Positive},
		{"news", "en", "The store opens on Monday at nine", sentiment.Neutral},
		{"anger", "fr", "Quelle honte, un scandale", sentiment.Negative},
		{"praise", "fr", "Bravo et merci, c'est une bonne nouvelle", sentiment.Positive},
		{"news", "fr", "La réunion est prévue lundi à la mairie", sentiment.Neutral},
		{"negated praise", "fr", "Franchement pas terrible ce yaourt", sentiment.Negative},
		{"negated praise", "en", "not happy with this phone", sentiment.Negative},
		{"negated blame", "en", "not bad at all!", sentiment.Positive},
		{"negated blame", "fr", "pas mal du tout ce nouveau train", sentiment.Positive},
		{"after the but", "en", "nice shop but the staff was rude and useless", sentiment.Negative},
		{"after the but", "fr", "beau magasin mais accueil lamentable", sentiment.Negative},
		{"irony", "fr", "merci pour rien", sentiment.Negative},
		{"irony", "en", "thanks for nothing", sentiment.Negative},
		{"irony", "fr", "bravo la SNCF, 2h de retard", sentiment.Negative},
		{"irony", "fr", "Félicitations @oasis, encore une panne", sentiment.Negative},
		{"irony", "en", "great job @united, flight cancelled again", sentiment.Negative},
		{"irony", "en", "Well done. My bag is lost, two days now", sentiment.Negative},
		{"no irony", "fr", "bravo la SNCF, merci pour l'aide malgré le retard", sentiment.Positive},
		{"no irony", "en", "well done, the delay was handled very well, thanks", sentiment.Positive},
		{"negated blame", "en", "Telemur isn't bad at all", sentiment.Positive},
		{"negated blame", "en", "never had a problem with Telemur", sentiment.Positive},
		{"negated blame", "fr", "jamais déçue", sentiment.Positive},
		{"negated blame", "fr", "aucun souci avec Telemur", sentiment.Positive},
		{"a question", "fr", "Bonjour, à quelle heure ouvre votre boutique de Lyon ?", sentiment.Neutral},
		{"a question", "en", "what time do you open tomorrow?", sentiment.Neutral},
		{"an emoji alone", "fr", "😡😡😡", sentiment.Negative},
		{"an emoji alone", "en", "😍", sentiment.Positive},
		{"an emoticon", "en", "my parcel arrived :)", sentiment.Positive},
		{"drawn out", "en", "sooooooo goooood", sentiment.Positive},
		{"capitals", "fr", "NULLISSIME", sentiment.Negative},
		{"in a hashtag", "en", "#WorstAirlineEver", sentiment.Negative},
		{"in a hashtag", "fr", "#HonteAVous", sentiment.Negative},
		{"stars", "en", "★☆☆☆☆", sentiment.Negative},
		{"stars", "fr", "5/5", sentiment.Positive},
		{"stars", "en", "1 star", sentiment.Negative},
		{"two languages at once", "fr", "worst service ever, c'est une honte", sentiment.Negative},
		{"a signature is no thanks", "fr", "Toujours en panne, personne ne répond. Merci d'avance, cordialement", sentiment.Negative},
		{"Spanish", "es", "qué vergüenza, el peor servicio", sentiment.Negative},
		{"Spanish", "es", "me encanta, gracias", sentiment.Positive},
		{"Portuguese", "pt", "que lixo, péssimo", sentiment.Negative},
		{"Portuguese", "pt", "adorei, maravilhoso", sentiment.Positive},
		{"Italian", "it", "che schifo, vergogna", sentiment.Negative},
		{"Italian", "it", "bellissimo, complimenti", sentiment.Positive},
		{"German", "de", "so eine Frechheit, total schlecht", sentiment.Negative},
		{"German", "de", "vielen Dank, super schön", sentiment.Positive},
		{"Arabic", "ar", "خدمة سيئة جدا زفت", sentiment.Negative},
		{"Arabic", "ar", "شكرا رائع جدا", sentiment.Positive},
	} {
		got := judge(c.language, c.text)
		require.Equal(t, c.want, got.Label, "%s (%s): %q %v", c.story, c.language, c.text, got.Probabilities)
		require.InDelta(t, 1, got.Probabilities[0]+got.Probabilities[1]+got.Probabilities[2], 1e-5)
		require.InDelta(t, got.Probabilities[2]-got.Probabilities[0], got.Score, 1e-6)
	}
}

func TestNoVerdictRatherThanAGuess(t *testing.T) {
	t.Parallel()
	require.Equal(t, sentiment.Verdict{}, judge("und", "terrible"))
	require.Equal(t, sentiment.Verdict{}, judge("nl", "verschrikkelijk"))
	require.Equal(t, sentiment.Verdict{}, judge("hi", "यह बहुत बुरा है"), "the Hindi that was learned is in Latin letters")
	require.Nil(t, sentiment.Embedded().Explain("und", "terrible", nil, nil, 3))
}

// spans are where names stand in a text.
func spans(text string, names ...string) (all []query.Span) {
	for _, name := range names {
		if at := strings.Index(text, name); at >= 0 {
			all = append(all, query.Span{From: at, To: at + len(name)})
		}
	}
	return all
}

func TestTowardsWhom(t *testing.T) {
	t.Parallel()
	const n, p = sentiment.Negative, sentiment.Positive
	for _, c := range []struct {
		language, text, a, b string
		ofA, ofB             sentiment.Label
	}{
		{"fr", "SNCF encore en retard, heureusement que BlaBlaCar existe", "SNCF", "BlaBlaCar", n, p},
		{"fr", "J'adore Evian mais Vittel est dégueulasse", "Evian", "Vittel", p, n},
		{"fr", "Orange : panne encore, honteux. Free : tout marche, génial merci", "Orange", "Free", n, p},
		{"en", "I love Delta and hate United", "Delta", "United", p, n},
		{"en", "Delta is great, whereas United lost my bag, awful", "Delta", "United", p, n},
		{"en", "Pepsi is so much better than Coke, love it", "Pepsi", "Coke", p, n},
		{"fr", "La SNCF est pire que BlaBlaCar, honteux", "SNCF", "BlaBlaCar", n, p},
		{"fr", "Franchement BlaBlaCar est bien mieux que la SNCF", "BlaBlaCar", "SNCF", p, n},
		{"fr", "Evian est meilleure que Vittel, j'adore", "Evian", "Vittel", p, n},
		{"fr", "La SNCF est nulle alors que BlaBlaCar est super", "SNCF", "BlaBlaCar", n, p},
		{"es", "Movistar es mucho mejor que Orange, me encanta", "Movistar", "Orange", p, n},
		{"de", "Telekom ist viel besser als Vodafone, super", "Telekom", "Vodafone", p, n},
		{"en", "Delta and United both cancelled, terrible", "Delta", "United", n, n},
		{"fr", "Evian est bien mieux que Vittel", "Evian", "Vittel", p, n},
		{"fr", "Evian est meilleur qu'Orezza, j'adore", "Evian", "Orezza", p, n},
		{"fr", "Franchement je préfère Evian à Vittel, c'est meilleur", "Evian", "Vittel", p, n},
		{"fr", "Evian est pire que Vittel", "Evian", "Vittel", n, p},
		{"en", "I prefer Delta to United, so much better", "Delta", "United", p, n},
	} {
		model := sentiment.Embedded()
		a, b := spans(c.text, c.a), spans(c.text, c.b)
		require.Equal(t, c.ofA, model.Judge(c.language, c.text, a, b).Label, "%s in %q", c.a, c.text)
		require.Equal(t, c.ofB, model.Judge(c.language, c.text, b, a).Label, "%s in %q", c.b, c.text)
	}
}

func TestStarsAndFacesAreOfNoLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]sentiment.Label{
		"@telemur 😡😡": sentiment.Negative, "⭐⭐⭐⭐⭐ Telemur": sentiment.Positive, "1/5": sentiment.Negative, "👍": sentiment.Positive,
		"Telemur": sentiment.None, "很好 👍": sentiment.None, "dat is een heel goede trein 👍": sentiment.None, "": sentiment.None,
	} {
		require.Equal(t, want, judge("und", text).Label, text)
	}
}

// A rival need not be a brand that somebody watches.
func TestTowardsTheOnlyBrandKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text, brand string
		want                  sentiment.Label
	}{
		{"en", "SFR is so much better than Orange, love it", "Orange", sentiment.Negative},
		{"en", "Unlike Orange, they are great and answer fast", "Orange", sentiment.Negative},
		{"en", "Orange is great, so much better than the others", "Orange", sentiment.Positive},
		{"en", "I prefer Orange, lovely people", "Orange", sentiment.Positive},
		{"fr", "SFR est bien meilleur qu'Orange, j'adore", "Orange", sentiment.Negative},
		{"fr", "Oasis c'est trop sucré, beurk, je préfère l'autre, un délice", "Oasis", sentiment.Negative},
	} {
		got := sentiment.Embedded().Judge(c.language, c.text, spans(c.text, c.brand), nil)
		require.Equal(t, c.want, got.Label, "%q %v", c.text, got.Probabilities)
	}
}

func TestWhichWordsWeighed(t *testing.T) {
	t.Parallel()
	reasons := sentiment.Embedded().Explain("en", "The food was awful on the #WorstAirline", nil, nil, 2)
	require.Len(t, reasons, 2)
	require.ElementsMatch(t, []string{"awful", "#WorstAirline"}, []string{reasons[0].Word, reasons[1].Word})
	require.Negative(t, reasons[0].Weight)
	require.Negative(t, reasons[1].Weight)
}

func TestTrainingIsReproducible(t *testing.T) {
	t.Parallel()
	data := "label\ttext\n" + strings.Repeat("negative\tbad bad day\npositive\tgood good day\nneutral\tjust a day\nmixed\tpassed over\n", 20)
	train := func() []byte {
		examples, _, err := sentiment.ReadExamples(strings.NewReader(data))
		require.NoError(t, err)
		require.Len(t, examples, 60)
		lexicon, err := sentiment.ReadLexicon("en-afinn.txt", strings.NewReader("bad\t-3\nfine\t2\n"))
		require.NoError(t, err)
		var steps int
		model, err := sentiment.Train([]sentiment.Corpus{{Language: "en", Examples: examples, Weight: 1}},
			[]*sentiment.Lexicon{lexicon}, func(sentiment.Progress) { steps++ })
		require.NoError(t, err)
		require.Positive(t, steps)
		file, err := model.Write()
		require.NoError(t, err)
		return file
	}
	first := train()
	require.Equal(t, first, train())
	model, err := sentiment.Read(first)
	require.NoError(t, err)
	require.Equal(t, sentiment.Negative, model.Judge("en", "a bad one", nil, nil).Label)
	again, err := model.Write()
	require.NoError(t, err)
	require.Equal(t, first, again, "what is read is what was written")
}

func TestTrainingNeedsAllLabels(t *testing.T) {
	t.Parallel()
	_, err := sentiment.Train([]sentiment.Corpus{{Language: "en", Examples: []sentiment.Example{{Text: "bad", Label: sentiment.Negative}}, Weight: 1}}, nil, nil)
	require.ErrorContains(t, err, "all three labels")
}

func TestWhatIsNoModelIsRefused(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "vigie sentiment 1\n", "vigie sentiment 2\nnonsense", "vigie sentiment 2\n{\"Languages\":[{\"Language\":\"en\"}]}\n\xff\xff\xff\xff"} {
		_, err := sentiment.Read([]byte(data))
		require.ErrorIs(t, err, sentiment.ErrNoModel, "%q", data)
	}
}

// What is read in a text depends on the cues: a model of other ones is trained again.
func TestTheModelWasTrainedWithThePresentCues(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("cues.txt")
	require.NoError(t, err)
	for _, source := range sentiment.Embedded().Card().Lexicons {
		if source.Name == "cues.txt" {
			require.Equal(t, fmt.Sprintf("%x", sha256.Sum256(list)), source.SHA256, "train it again: vigie train sentiment --help")
			return
		}
	}
	t.Fatal("the card names no cues")
}

func TestTheModelIsSmall(t *testing.T) {
	t.Parallel()
	info, err := os.Stat("sentiment.model")
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(3<<20))
}

func BenchmarkLoading(b *testing.B) {
	file, err := os.ReadFile("sentiment.model")
	require.NoError(b, err)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		_, err = sentiment.Read(file)
		require.NoError(b, err)
	}
}

// Floors on validation splits the model was not trained on: what was measured,
// rounded down. They hold the line, they are no target.
func TestValidation(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the validation splits are not there")
	}
	for _, c := range []struct {
		language, file string
		floor          float64
	}{
		{"en", "validation/en-tweeteval.tsv", 0.69},
		{"fr", "validation/fr-umsab.tsv", 0.67},
		{"de", "validation/de-umsab.tsv", 0.69},
		{"pt", "validation/pt-umsab.tsv", 0.60},
		{"it", "validation/it-umsab.tsv", 0.60},
		{"es", "validation/es-umsab.tsv", 0.60},
		{"ar", "validation/ar-umsab.tsv", 0.64},
		{"en", "evaluate-only/en-sanders.tsv", 0.61},
		{"en", "evaluate-only/en-apple.tsv", 0.63},
	} {
		file, err := os.Open(filepath.Join(data, "sentiment", c.file))
		require.NoError(t, err)
		defer file.Close()
		examples, _, err := sentiment.ReadExamples(file)
		require.NoError(t, err)
		var tally sentiment.Tally
		for _, example := range examples {
			tally.Add(example.Label, judge(c.language, example.Text))
		}
		figures := tally.Figures()
		t.Logf("%s: macro-recall %.3f, macro-F1 %.3f, ECE %.3f on %d posts", c.file, figures.MacroRecall, figures.MacroF1, figures.ECE, figures.N)
		require.GreaterOrEqual(t, figures.MacroRecall, c.floor, c.file)
	}
}

var hostile = []string{
	"", " ", "\x00\xff\xfe", "@", "#", "'", "\\u", "\\u12", "★", "5/", "1 ", ":", ":'-", "x", "http", "http://",
	strings.Repeat("a", 1<<20), strings.Repeat("é", 1<<19), strings.Repeat("#a ", 10_000), strings.Repeat("#aB", 100_000),
	strings.Repeat("\u0301", 100_000), "a" + strings.Repeat("\u0301\u0489", 100_000), strings.Repeat("\u202e", 100_000),
	strings.Repeat("😡", 100_000), strings.Repeat("!", 1<<20), strings.Repeat("not ", 100_000), strings.Repeat("'", 1<<20),
	strings.Repeat("http://", 100_000), strings.Repeat("1 star", 100_000), strings.Repeat("\\u2019", 100_000), strings.Repeat("ﷺ", 100_000),
}

func FuzzJudge(f *testing.F) {
	for _, text := range hostile {
		f.Add(text[:min(len(text), 200)], 0, 1)
	}
	f.Add("SNCF en retard, BlaBlaCar super", 0, 20)
	model := sentiment.Embedded()
	f.Fuzz(func(t *testing.T, text string, own, other int) {
		for _, language := range []string{"en", "fr", "ar", "hi"} {
			v := model.Judge(language, text, []query.Span{{From: own, To: own + 3}}, []query.Span{{From: other, To: other + 5}})
			for _, p := range v.Probabilities {
				require.False(t, math.IsNaN(float64(p)) || p < 0 || p > 1, "%q: %v", text, v)
			}
			for _, reason := range model.Explain(language, text, nil, nil, 5) {
				require.Contains(t, text, reason.Word)
			}
		}
	})
}

func BenchmarkHostileText(b *testing.B) {
	model := sentiment.Embedded()
	for b.Loop() {
		for _, text := range hostile {
			model.Judge("fr", text, []query.Span{{From: 0, To: 2}}, []query.Span{{From: 3, To: 4}})
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	model := sentiment.Embedded()
	posts := []struct{ language, text string }{
		{"fr", "@telemur Télémur encore en panne depuis ce matin, 2h d'attente au service client et aucune réponse 😡 #telemur"},
		{"en", "@VirginAmerica it's really aggressive to blast obnoxious \"entertainment\" in your guests' faces &amp; they have little recourse http://t.co/x"},
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := posts[i%len(posts)]
		model.Judge(p.language, p.text, nil, nil)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
