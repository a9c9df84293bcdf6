package risk_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
	"github.com/vigie-monitor/vigie/services/scorer/internal/risk"
)

// find writes risks as "id: words; id: words".
func find(source string) string {
	var text phrase.Text
	text.Read(source)
	var parts []string
	for _, r := range risk.Find(&text) {
		parts = append(parts, r.ID+": "+strings.Join(r.Words, ", "))
	}
	return strings.Join(parts, "; ")
}

func TestWhatMayBecomeACrisis(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Mon fils a été blessé par une bouteille Zestaline qui a explosé":             "injury: blessé",
		"Two passengers were INJURED when the doors closed":                           "injury: INJURED",
		"Ma fille est aux urgences après avoir bu ce jus":                             "injury: aux urgences",
		"This yoghurt made the whole family sick":                                     "",
		"This yoghurt made us all sick":                                               "injury: made us all sick",
		"I broke a tooth on your cereal, glass in my bowl":                            "injury: broke a tooth, glass in my",
		"Zestaline rappelle trois lots de jus d'orange":                               "recall: rappelle trois lots",
		"RAPPEL CONSO : ne pas consommer les lots 12 à 15":                            "recall: RAPPEL CONSO, ne pas consommer",
		"Telemur Motors is recalling 20,000 cars over brakes":                         "recall: recalling 20,000 cars over",
		"Fuite de données chez Télémur, 2 millions de clients":                        "leak: Fuite de données",
		"my account got hacked, your passwords were leaked":                           "leak: got hacked, passwords were leaked",
		"Leaked memo: Zestaline knew":                                                 "leak: Leaked memo",
		"Votre pub est raciste et sexiste":                                            "discrimination: raciste, sexiste",
		"They refused my guide dog at the door":                                       "discrimination: refused my guide dog",
		"Je vais porter plainte, mon avocat est prévenu":                              "legal_threat: porter plainte, mon avocat",
		"Je n'hésiterai pas à saisir la justice":                                      "legal_threat: saisir la justice",
		"I will not hesitate to take you to court":                                    "legal_threat: take you to court",
		"If I get no answer today I'm going to sue you":                               "legal_threat: going to sue you",
		"Company recalls 12,000 car seats over faulty buckle":                         "recall: recalls 12,000 car seats",
		"Les données de 19 millions d'abonnés en vente sur un forum":                  "leak: abonnés en vente sur",
		"Internal emails leaked: they knew":                                           "leak: Internal emails leaked",
		"On m'a refusé l'entrée du magasin à cause de mon voile":                      "discrimination: à cause de mon voile",
		"They turned my brother away because of his wheelchair":                       "discrimination: because of his wheelchair",
		"Cabin crew walk out over pay from Friday":                                    "strike: crew walk out",
		"Les caissières débrayent ce matin":                                           "strike: débrayent",
		"La radio cherche des voyageurs bloqués pour témoigner":                       "journalist: cherche des voyageurs bloqués pour témoigner",
		"I will sue Telemur":                                                          "legal_threat: I will sue",
		"We're going to sue Telemur for this":                                         "legal_threat: going to sue",
		"Je vais faire un procès à Télémur":                                           "legal_threat: faire un procès",
		"Grève terminée à Lyon, et grève à Lille":                                     "strike: grève",
		"#BoycottZestaline ! N'achetez plus leurs jus":                                "boycott: BoycottZestaline, N'achetez plus",
		"Boycott them, stop buying this rubbish":                                      "boycott: Boycott, stop buying",
		"Préavis de grève à la SNCF, les grévistes sont 40 %":                         "strike: Préavis de, grève, grévistes",
		"Staff go on strike on Friday, cabin crew strike too":                         "strike: go on strike, crew strike",
		"Bonjour, je suis journaliste à La Voix, peut-on échanger ?":                  "journalist: je suis journaliste",
		"Hi, I'm a reporter with the Post, may we use your video?":                    "journalist: I'm a reporter, may we use your video",
		"Glass in my juice, child injured, my lawyer will call. #boycott this recall": "injury: Glass in my, injured; legal_threat: my lawyer; boycott: boycott",
	} {
		require.Equal(t, want, find(text), text)
	}
}

func TestWhatIsDeniedOrOnlyImaginedIsNoRisk(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"No injuries reported after the stop in Leeds",
		"Plus de peur que de mal : aucun blessé à Lyon",
		"il n'y a pas eu de blessés",
		"Pas de boycott pour moi, j'aime trop leur jus",
		"I would never boycott them",
		"Il n'y a pas de grève demain",
		"there is no strike today",
		"What if there is a data breach one day",
		"pour éviter une fuite de données, changez de code",
		"s'il y a une grève je prends le bus",
		"Ce commentaire me blesse",
		"This is not racist, stop it",
		"They strike a deal with Zestaline",
		"an air strike hit the port",
		"La fuite d'eau est réparée",
		"I recall a great summer",
		"You lost my bag, and adding insult to injury nobody answers",
		"Arrêtez de me faire un procès d'intention",
		"La grève est levée, retour à la normale",
		"The strike has been called off",
		"La grève est finie, les trains roulent",
		"Sa grève de la faim dure depuis lundi",
		"Careful, a phishing email pretends to come from them",
		"I will not sue Telemur",
		"dinner with my friend Sue tonight",
		"Je vous rappelle demain",
		"Ce produit n'est pas un danger",
		"j'ai adoré ce film de pirates",
		"Zestaline s'engage contre le racisme et l'homophobie",
		"blown away by their hospitality",
		"merci beaucoup", "",
	} {
		require.Empty(t, find(text), text)
	}
}

func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	require.Equal(t, "pr", risk.Owner(risk.Injury))
	require.Equal(t, "legal", risk.Owner(risk.LegalThreat))
	require.Equal(t, "legal", risk.Owner(risk.Leak))
	require.Equal(t, "hr", risk.Owner(risk.Strike))
}

func TestAnInfluencerComplains(t *testing.T) {
	t.Parallel()
	require.True(t, risk.InfluencerComplains(risk.ManyFollowers, true))
	require.False(t, risk.InfluencerComplains(risk.ManyFollowers, false))
	require.False(t, risk.InfluencerComplains(risk.ManyFollowers-1, true))
}

func TestEveryRiskOfTheListIsKnown(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("risks.txt")
	require.NoError(t, err)
	named := []string{risk.Influencer} // nobody says of himself that he is one
	for _, heading := range regexp.MustCompile(`(?m)^\[(\w+)\]`).FindAllSubmatch(list, -1) {
		if name := string(heading[1]); name != "idiom" {
			named = append(named, name)
		}
	}
	require.ElementsMatch(t, risk.All, named)
}

var hostile = map[string]string{
	"a letter, 1 MB":  strings.Repeat("a", 1<<20),
	"10,000 hashtags": strings.Repeat("#boycott ", 10_000),
	"half phrases":    strings.Repeat("rappel de des du ", 20_000),
	"zalgo":           strings.Repeat("z\u0301\u0302\u0303", 50_000),
	"NUL":             strings.Repeat("\x00boycott", 50_000),
	"right to left":   strings.Repeat("\u202eboycott ", 50_000),
}

func BenchmarkFind(b *testing.B) {
	texts := map[string]string{
		"post": "@telemur Télémur encore en panne depuis ce matin, 2h d'attente au service client et aucune réponse 😡 #telemur",
	}
	for name, text := range hostile {
		texts[name] = text
	}
	for name, source := range texts {
		b.Run(name, func(b *testing.B) {
			var text phrase.Text
			b.ReportAllocs()
			for b.Loop() {
				text.Read(source)
				risk.Find(&text)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	for _, text := range hostile {
		f.Add(text[:1000])
	}
	f.Add("Pas de boycott, mais mon avocat… \xff\u202e")
	f.Fuzz(func(t *testing.T, source string) {
		var text phrase.Text
		text.Read(source)
		for _, found := range risk.Find(&text) {
			require.Contains(t, risk.All, found.ID)
			for _, words := range found.Words {
				require.Contains(t, source, words)
			}
		}
	})
}
