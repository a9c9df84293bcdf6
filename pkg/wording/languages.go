package wording

// Language is how a language writes figures, and the words that every reader
// sees. Whoever has more to say embeds it.
type Language struct {
	Code string // fr, en

	Mention, NegativeMention, Blind, Opportunity Noun
	Reasons                                      map[string]string // why a source is blind, by the config's word
	Unwatched                                    string            // why an incident was resolved, where that was not for calm

	thousands, decimal, percent string
	zeroIsOne                   bool
	day                         string // layout of a time that is not today's
	instant, daysHours          string

	levels                           map[string]Noun
	topics                           map[string]string // those of a config that names none
	in                               string            // so many mentions in so long
	usually, usuallyNone, usuallyFew string
	negative, author                 Noun
	copies                           Noun
	surplus, surplusAbout            string
	surplusAll, surplusNone          string
	atLeast, reach                   string
	rarest, rare                     string

	on, speaksOf, speaksAlso, shared string
	path, accounts, words, occasion  string
	ownPosts                         string // lower an incident
	also, sector                     string
	colon                            string
	risk                             Noun
	risks, reasons, reasonsAgain     map[string]string // why a post is shown; why another is
	single, loud                     map[string]string // kinds of parts that are one thing; signals of one thing alone
}

// The languages that are written.
var (
	French = Language{
		Code:            "fr",
		Mention:         Noun{"mention", "mentions"},
		NegativeMention: Noun{"mention négative", "mentions négatives"},
		Blind:           Noun{"source aveugle", "sources aveugles"},
		Opportunity:     Noun{"opportunité", "opportunités"},
		Reasons: map[string]string{
			"silent": "aucun signe de vie", "erroring": "répond par des erreurs", "quota": "quota ou budget épuisé",
		},
		Unwatched: "Cette marque a été retirée de la configuration\u00A0: Vigie ne la suit plus.",
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
		copies:  Noun{"copie non comptée", "copies non comptées"},
		surplus: "du surplus, %s à %s une fois corrigé", surplusAbout: "du surplus, environ %s une fois corrigé",
		surplusAll: "et pratiquement tout le surplus", surplusNone: "et pratiquement rien du surplus", atLeast: "au moins %s", reach: "portée potentielle %s",
		rarest: "rien de tel dans les %s jours connus", rare: "rien de tel en %s jours",
		on: "sur %s", speaksOf: "%s\u00A0: %s", speaksAlso: "%s aussi", shared: "partagé sur %s",
		path: "Chemin", accounts: "Plus suivis", words: "Mots", occasion: "Annoncé", ownPosts: "La marque publie plus que d’habitude\u00A0: un niveau plus bas", colon: "\u00A0:",
		also: "Aussi en hausse", sector: "peut-être tout le secteur",
		risk: Noun{"risque", "risques"},
		risks: map[string]string{
			"boycott": "boycott", "recall": "rappel de produit", "injury": "blessure", "legal_threat": "menace juridique",
			"leak": "fuite de données", "discrimination": "discrimination", "strike": "grève",
			"journalist": "demande de journaliste", "influencer": "influenceur mécontent",
		},
		reasons: map[string]string{
			"latest": "le plus récent", "first": "le premier", "most_engaged": "le plus de réactions",
			"widest_reach": "le plus suivi", "typical": "typique",
		},
		reasonsAgain: map[string]string{
			"latest": "un autre des plus récents", "first": "un autre des premiers", "most_engaged": "beaucoup de réactions aussi",
			"widest_reach": "très suivi aussi", "typical": "typique aussi",
		},
		single: map[string]string{"story": "un même texte", "post": "une seule publication"},
		loud: map[string]string{
			"reach": "auteur très suivi", "engagement": "publication qui s’emballe", "story": "texte repris par beaucoup",
		},
	}
	English = Language{
		Code:            "en",
		Mention:         Noun{"mention", "mentions"},
		NegativeMention: Noun{"negative mention", "negative mentions"},
		Blind:           Noun{"blind source", "blind sources"},
		Opportunity:     Noun{"opportunity", "opportunities"},
		Reasons: map[string]string{
			"silent": "no sign of life", "erroring": "answers with errors", "quota": "quota or budget used up",
		},
		Unwatched: "This brand was taken out of the config: it is watched no more.",
		thousands: ",", decimal: ".", percent: "%", day: "2 Jan 15:04",
		instant: "less than 1\u00A0s", daysHours: "%d\u00A0d %d\u00A0h",
		levels: map[string]Noun{"watch": {"watch", "watches"}, "alert": {"alert", "alerts"}, "crisis": {"crisis", "crises"}},
		topics: map[string]string{
			"data-leak": "data leak", "delay": "delays and cancellations", "order": "order and account", "app": "site and app",
		},
		in: "%s in %s", usually: "usually %s", usuallyNone: "usually none", usuallyFew: "usually less than one",
		negative: Noun{"negative", "negative"}, author: Noun{"author", "different authors"},
		copies:  Noun{"copy not counted", "copies not counted"},
		surplus: "of the surplus, %s to %s once corrected", surplusAbout: "of the surplus, about %s once corrected",
		surplusAll: "and practically all of the surplus", surplusNone: "and practically none of the surplus", atLeast: "at least %s", reach: "potential reach %s",
		rarest: "nothing like it in the %s days known", rare: "nothing like it in %s days",
		on: "on %s", speaksOf: "%s: %s", speaksAlso: "%s too", shared: "shared on %s",
		path: "Path", accounts: "Widest reach", words: "Words", occasion: "Announced", ownPosts: "The brand publishes more than usual: one level lower", colon: ":",
		also: "Also rising", sector: "perhaps the whole sector",
		risk: Noun{"risk", "risks"},
		risks: map[string]string{
			"recall": "product recall", "legal_threat": "legal threat", "leak": "data leak",
			"journalist": "journalist asking", "influencer": "influencer complaining",
		},
		reasons: map[string]string{
			"latest": "the latest", "first": "the first", "most_engaged": "most reactions",
			"widest_reach": "widest reach", "typical": "typical",
		},
		reasonsAgain: map[string]string{
			"latest": "another of the latest", "first": "another of the first", "most_engaged": "many reactions too",
			"widest_reach": "wide reach too", "typical": "typical too",
		},
		single: map[string]string{"story": "one text", "post": "a single post"},
		loud:   map[string]string{"reach": "widely followed author", "engagement": "a post that takes off", "story": "told by many"},
	}
)
