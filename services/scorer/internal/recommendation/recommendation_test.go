package recommendation_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
	"github.com/vigie-monitor/vigie/services/scorer/internal/recommendation"
)

// spans are where a name stands in a text.
func spans(text, name string) []query.Span {
	var found []query.Span
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return found
		}
		found = append(found, query.Span{From: at + i, To: at + i + len(name)})
		at += i + len(name)
	}
}

// of asks about Telemur, where Zest is another brand that is watched.
func of(source string) string {
	var text phrase.Text
	text.Read(source)
	return recommendation.Of(&text, spans(source, "Telemur"), spans(source, "Zest")).String()
}

func TestWhatAuthorsTellOthersToDo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// Recommends.
		"Je recommande Telemur, installés en deux jours":       "recommends",
		"Franchement je vous recommande vivement Telemur":      "recommends",
		"Telemur : foncez, c'est top":                          "recommends",
		"Telemur, les yeux fermés !":                           "recommends",
		"I'd highly recommend Telemur to anyone":               "recommends",
		"Can't recommend Telemur enough":                       "recommends",
		"I cannot recommend Telemur highly enough":             "recommends",
		"You won't regret it, Telemur is great":                "recommends",
		"Switch to Telemur, best thing I did this year":        "recommends",
		"Passez chez Telemur, vous verrez":                     "recommends",
		"Fuyez Zest, passez chez Telemur":                      "recommends",
		"Super service, je recommande !":                       "recommends",
		"Je recommande plus que jamais Telemur":                "recommends",
		"Telemur is a must have":                               "recommends",
		"Do yourself a favour and join Telemur":                "recommends",
		"On vous recommande Telemur à 100 %":                   "recommends",
		"Telemur, vous ne serez pas déçus":                     "recommends",
		"I recommend Telemur over Zest":                        "recommends",
		"I used to avoid them but now I'd recommend Telemur":   "recommends",
		"Ne pas hésiter : Telemur est vraiment à recommander.": "recommends",
		"Je ne peux que recommander Telemur":                   "recommends",
		"On ne saurait trop vous recommander Telemur":          "recommends",
		"N'hésitez pas à essayer Telemur":                      "recommends",
		// Warns.
		"Je ne peux pas recommander Telemur":               "warns",
		"Je ne peux plus recommander Telemur":              "warns",
		"Je ne peux que vous conseiller d'éviter Telemur":  "warns",
		"Telemur is not recommended":                       "warns",
		"Not recommended: Telemur":                         "warns",
		"Telemur, pas terrible, à fuir":                    "warns",
		"Je déconseille Telemur à tout le monde":           "warns",
		"Je ne recommande pas Telemur":                     "warns",
		"Telemur, je ne recommande à personne":             "warns",
		"Telemur à fuir !!!":                               "warns",
		"Fuyez Telemur tant qu'il est temps":               "warns",
		"@Telemur Fuyez !":                                 "warns",
		"N'allez surtout pas chez Telemur":                 "warns",
		"Passez votre chemin, Telemur ne répond jamais":    "warns",
		"Je vous conseille d'éviter Telemur":               "warns",
		"Allez voir ailleurs, Telemur c'est l'enfer":       "warns",
		"Changez d'opérateur, Telemur est mort":            "warns",
		"I would not recommend Telemur":                    "warns",
		"Wouldn't recommend. Telemur is a joke":            "",
		"I wouldn't recommend Telemur to my worst enemy":   "warns",
		"I do not recommend Telemur":                       "warns",
		"Avoid Telemur at all costs":                       "warns",
		"Stay away from Telemur":                           "warns",
		"Do not buy from Telemur, they never deliver":      "warns",
		"Please don't use Telemur":                         "warns",
		"I will never fly Telemur again":                   "warns",
		"Telemur down again, switch to Zest":               "warns",
		"Bye Telemur, I'm switching to Vodafone tomorrow":  "warns",
		"Telemur en panne, passez chez Zest":               "warns",
		"Encore en panne Telemur, je vais chez Bouygues":   "warns",
		"Telemur lost my parcel, go elsewhere":             "warns",
		"I recommend Zest rather than Telemur":             "warns",
		"I used to recommend Telemur. Avoid.":              "warns",
		"Taking my business elsewhere after 10 years":      "warns",
		"Should have flown Zest instead of Telemur, never": "warns",
		// Neither.
		"Pas de boycott de Telemur":                            "",
		"Telemur n'est pas à fuir":                             "",
		"Je déconseille pas Telemur":                           "",
		"Not recommended for children under three, Telemur":    "",
		"Je ne peux que vous conseiller de patienter, Telemur": "",
		"Does anyone recommend Telemur?":                       "",
		"Can anyone recommend a bank like Telemur":             "",
		"Vous recommandez Telemur ?":                           "",
		"Telemur en panne depuis ce matin":                     "",
		"I love Telemur":                                       "",
		"We left early to avoid Telemur queues":                "",
		"Fuyez Zest ! Rien à voir avec Telemur":                "",
		"Je recommande Zest, et Telemur a répondu":             "",
		"Je recommande Free. Telemur a répondu":                "",
		"Telemur recommends installing the update":             "",
		"Telemur va passer chez vous demain":                   "",
		"I am going with my family, thanks Telemur":            "",
		"N'hésitez pas à nous contacter, l'équipe Telemur":     "",
		"I switched to the annual plan of Telemur":             "",
		"The recommended daily dose is on the Telemur bottle":  "",
		"You guys must have been swamped, Telemur":             "",
		"I recommend upgrading your software, Telemur":         "",
		"We recommend to wait, says Telemur":                   "",
		"Je vous recommande de patienter, Telemur est débordé": "",
		"Thanks for trying to take my money, Telemur":          "",
		"Telemur please help me changing to another flight":    "",
		"You moved me from Econ to Business, thanks Telemur":   "",
		"": "",
	} {
		assert.Equal(t, want, of(text), text)
	}
}

var hostile = map[string]string{
	"a letter, 1 MB":  strings.Repeat("a", 1<<20),
	"10,000 hashtags": strings.Repeat("#fuyez ", 10_000),
	"all cues":        strings.Repeat("I recommend Zest over Zest ", 5_000),
	"no sentence":     strings.Repeat("fuyez je recommande Zest ", 5_000),
	"zalgo":           strings.Repeat("z\u0301\u0302\u0303", 50_000),
	"right to left":   strings.Repeat("\u202eavoid ", 50_000),
}

func BenchmarkOf(b *testing.B) {
	texts := map[string]string{"post": "Telemur encore en panne depuis ce matin, 2h d'attente, je vous déconseille vivement, passez chez Zest"}
	for name, text := range hostile {
		texts[name] = text
	}
	for name, source := range texts {
		b.Run(name, func(b *testing.B) {
			own, others := spans(source, "Telemur"), spans(source, "Zest")
			var text phrase.Text
			text.Read(source)
			b.ReportAllocs()
			for b.Loop() {
				recommendation.Of(&text, own, others)
			}
		})
	}
}

func FuzzOf(f *testing.F) {
	for _, text := range hostile {
		f.Add(text[:1000], 3, 9)
	}
	f.Add("je ne recommande pas \xff Telemur", -1, 100)
	f.Fuzz(func(t *testing.T, source string, from, to int) {
		var text phrase.Text
		text.Read(source)
		got := recommendation.Of(&text, []query.Span{{From: from, To: to}}, []query.Span{{From: to, To: from}})
		require.Contains(t, []string{"", "recommends", "warns"}, got.String())
	})
}
