package wording

// Language is how a language writes figures, and the words that every reader
// sees. Whoever has more to say embeds it.
type Language struct {
	Code string // fr, en

	Mention, NegativeMention, Blind Noun
	Reasons                         map[string]string // why a source is blind, by the config's word

	thousands, decimal, percent string
	zeroIsOne                   bool
	day                         string // layout of a time that is not today's
	instant, daysHours          string

	levels                           map[string]Noun
	topics                           map[string]string // those of a config that names none
	in                               string            // so many mentions in so long
	usually, usuallyNone, usuallyFew string
	negative, author                 Noun
}

// The languages that are written.
var (
	French = Language{
		Code:            "fr",
		Mention:         Noun{"mention", "mentions"},
		NegativeMention: Noun{"mention négative", "mentions négatives"},
		Blind:           Noun{"source aveugle", "sources aveugles"},
		Reasons: map[string]string{
			"silent": "aucun signe de vie", "erroring": "répond par des erreurs", "quota": "quota ou budget épuisé",
		},
		thousands: "\u202F", decimal: ",", percent: "\u00A0%", zeroIsOne: true, day: "02/01 15:04",
		instant: "moins de 1\u00A0s", daysHours: "%d\u00A0j %d\u00A0h",
		levels: map[string]Noun{"watch": {"veille", "veilles"}, "alert": {"alerte", "alertes"}, "crisis": {"crise", "crises"}},
		topics: map[string]string{
			"safety": "sécurité", "ethics": "éthique", "outage": "panne", "delivery": "livraison",
			"service": "service client", "price": "prix", "product": "produit", "people": "personnel",
			"data-leak": "fuite de données", "legal": "juridique", "environment": "environnement", "delay": "retards et annulations",
			"luggage": "bagages", "order": "commande et compte", "availability": "disponibilité", "app": "site et application",
			"store": "magasin", "advertising": "publicité",
		},
		in: "%s en %s", usually: "d’habitude %s", usuallyNone: "d’habitude aucune", usuallyFew: "d’habitude moins d’une",
		negative: Noun{"négative", "négatives"}, author: Noun{"auteur", "auteurs différents"},
	}
	English = Language{
		Code:            "en",
		Mention:         Noun{"mention", "mentions"},
		NegativeMention: Noun{"negative mention", "negative mentions"},
		Blind:           Noun{"blind source", "blind sources"},
		Reasons: map[string]string{
			"silent": "no sign of life", "erroring": "answers with errors", "quota": "quota or budget used up",
		},
		thousands: ",", decimal: ".", percent: "%", day: "2 Jan 15:04",
		instant: "less than 1\u00A0s", daysHours: "%d\u00A0d %d\u00A0h",
		levels: map[string]Noun{"watch": {"watch", "watches"}, "alert": {"alert", "alerts"}, "crisis": {"crisis", "crises"}},
		topics: map[string]string{
			"data-leak": "data leak", "delay": "delays and cancellations", "order": "order and account", "app": "site and app",
		},
		in: "%s in %s", usually: "usually %s", usuallyNone: "usually none", usuallyFew: "usually less than one",
		negative: Noun{"negative", "negative"}, author: Noun{"author", "different authors"},
	}
)
