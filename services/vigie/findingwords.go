package main

import (
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// findingWords is what a backtest says, in one language.
type findingWords struct {
	wording.Language
	date, moment, clock                    string // layouts
	span, rule, young, tooLittle, askedFew string
	level, incidents, aWeek, delay, worst  string
	precision, recall, share, of, counts   string
	levelsNote, noLabels, labelsNote       string
	labelsNone, labelsOfFile, labelsOfDesk string
	verdict                                wording.Noun
	verdictsNote                           string
	goingOn, lasted, nothing, called       string
	at, after, surprise                    string
	others, bound, alerts, missed, more    string
	present, curveNote                     string
	page                                   wording.Noun
	nothingTold, notYet, impossible        string
	proposal, times                        string
	missesNone, missesSome, try, tooShort  string
	keeps, noLower, lower, lowerAlike      string
	addsSome                               string
}

var englishFindings = findingWords{
	Language: wording.English, date: "2 Jan 2006 15:04", moment: "2 Jan 2006 15:04:05", clock: "15:04:05",
	span: "%s, %s to %s: %s", rule: "rule %s: watch %s, alert %s, crisis %s",
	young:     "Hardly anything is known of it before %s: figures a week are of the %s since.",
	tooLittle: "Too little is known for figures a week, which take 7 days: %s, from %s on. The counts are of that time.",
	askedFew:  "That is too short for figures a week, which take 7 days. The counts are of that time.",
	level:     "level", incidents: "incidents", aWeek: "a week", delay: "median delay", worst: "worst",
	precision: "precision", recall: "recall", share: "%s (%d of %d; %s to %s)", of: "– (%d of %d)", counts: "%d of %d",
	levelsNote: "An incident counts at its level and at those below; its delay, after its first post.",
	noLabels:   "How much of it people call right is not known: nobody said. Say it on the desk, or by --labels.",
	labelsNote: "Precision: of what is told, how much people call right. Recall: of what people found, how much is told. In brackets\nthe counts, and between which shares the truth lies, nine times in ten.",
	labelsNone: "labels: none in the file of this brand and time", labelsOfFile: "labels: %d of the file: %s", labelsOfDesk: "labels: %s of the desk: %s",
	verdict:      wording.Noun{One: "verdict", Several: "verdicts"},
	verdictsNote: "Precision is of what got a verdict, recall of what was told live: of anything else nobody said.",
	goingOn:      "going on", lasted: "lasted %s", nothing: "people call it nothing", called: "people call it %s",
	at: "%s at %s", after: "%s, %s after its first post", surprise: "surprise %s",
	others: "With other alert bounds:", bound: "alert", alerts: "alerts", missed: "missed", more: "more",
	present:     "present %s",
	curveNote:   "Missed: alerts of the present bound that this one does not tell; more: the other way round.",
	page:        wording.Noun{One: "page", Several: "pages"},
	nothingTold: "Nothing came near an alert in this time, by any bound: there is nothing to tune on. Keep the present bounds, or look at a longer time.",
	impossible:  "No alert bound tried keeps to %s a week: the highest, %s, pages %s times. Raise min_mentions or min_authors, and tune again.",
	notYet:      "Bounds are proposed by figures a week: tune again when 7 days are known, or with an earlier --since. Until then the defaults are a good start.",
	proposal:    "%s a week at most: alert %s, which pages %s.", times: "%s times a week (%s in %s)",
	keeps:   "The present alert bound, %s, keeps to %s a week at most: it pages %s.",
	noLower: "No lower one does: keep it.", lowerAlike: "Lower ones, down to %s, tell the same alerts: keep it.",
	lower:      "A lower one, %s, does too, and pages %s.",
	addsSome:   "To the alerts of the present one it adds %d:",
	missesNone: "It misses no alert of the present bound.", missesSome: "Of the present bound's alerts it misses %d:",
	try:      "To have it, for all brands, put into the config, or try it by --rule:",
	tooShort: "That is short: chance alone may bring twice as many, or none. Tune again when more is known.",
}

var frenchFindings = findingWords{
	Language: wording.French, date: "02/01/2006 15:04", moment: "02/01/2006 15:04:05", clock: "15:04:05",
	span: "%s, du %s au %s\u00A0: %s", rule: "règle %s\u00A0: watch (veille) %s, alert (alerte) %s, crisis (crise) %s",
	young:     "On n’en sait presque rien avant le %s\u00A0: les chiffres par semaine portent sur les %s depuis.",
	tooLittle: "On en sait trop peu pour des chiffres par semaine, qui demandent 7 jours\u00A0: %s, depuis le %s. Les comptes portent sur ce temps.",
	askedFew:  "C’est trop court pour des chiffres par semaine, qui demandent 7 jours. Les comptes portent sur ce temps.",
	level:     "niveau", incidents: "incidents", aWeek: "par semaine", delay: "délai médian", worst: "pire",
	precision: "précision", recall: "rappel", share: "%s (%d sur %d\u00A0; de %s à %s)", of: "– (%d sur %d)", counts: "%d sur %d",
	levelsNote: "Un incident compte à son niveau et à ceux d’en dessous\u00A0; son délai, après son premier message.",
	noLabels:   "Ce que des gens y trouvent juste n’est pas connu\u00A0: personne ne l’a dit. Le dire au bureau, ou par --labels.",
	labelsNote: "Précision\u00A0: de ce qui est signalé, la part que des gens trouvent juste. Rappel\u00A0: de ce que des gens ont trouvé, la part\nsignalée. Entre parenthèses, les comptes, et entre quelles parts est la vérité, neuf fois sur dix.",
	labelsNone: "étiquettes\u00A0: aucune dans le fichier pour cette marque et ce temps", labelsOfFile: "étiquettes\u00A0: %d du fichier\u00A0: %s", labelsOfDesk: "étiquettes\u00A0: %s du bureau\u00A0: %s",
	verdict:      wording.Noun{One: "verdict", Several: "verdicts"},
	verdictsNote: "La précision porte sur ce qui a reçu un verdict, le rappel sur ce qui a été signalé en vrai\u00A0: du reste, personne n’a rien dit.",
	goingOn:      "en cours", lasted: "a duré %s", nothing: "des gens n’y voient rien", called: "des gens disent\u00A0: %s",
	at: "%s à %s", after: "%s, %s après son premier message", surprise: "surprise %s",
	others: "Avec d’autres bornes d’alerte\u00A0:", bound: "alert", alerts: "alertes", missed: "manquées", more: "en plus",
	present:     "actuelle %s",
	curveNote:   "Manquées\u00A0: les alertes de la borne actuelle que celle-ci ne signale pas\u00A0; en plus\u00A0: l’inverse.",
	page:        wording.Noun{One: "page", Several: "pages"},
	nothingTold: "Rien n’a approché d’une alerte en ce temps, par aucune borne\u00A0: il n’y a rien à régler. Garder les bornes actuelles, ou regarder plus longtemps.",
	impossible:  "Aucune borne d’alerte essayée ne tient à %s par semaine\u00A0: la plus haute, %s, en envoie %s. Augmenter min_mentions ou min_authors, puis recommencer.",
	notYet:      "Une borne se propose sur des chiffres par semaine\u00A0: recommencer quand 7 jours sont connus, ou avec un --since plus ancien. D’ici là, les bornes par défaut sont un bon début.",
	proposal:    "%s par semaine au plus\u00A0: alert %s, qui en envoie %s.", times: "%s par semaine (%s en %s)",
	keeps:   "La borne d’alerte actuelle, %s, tient à %s par semaine au plus\u00A0: elle en envoie %s.",
	noLower: "Aucune plus basse n’y tient\u00A0: la garder.", lowerAlike: "De plus basses, jusqu’à %s, disent les mêmes alertes\u00A0: la garder.",
	lower:      "Une plus basse, %s, y tient aussi, et en envoie %s.",
	addsSome:   "Aux alertes de la borne actuelle, elle en ajoute %d\u00A0:",
	missesNone: "Elle ne manque aucune alerte de la borne actuelle.", missesSome: "Des alertes de la borne actuelle, elle en manque %d\u00A0:",
	try:      "Pour l’avoir, pour toutes les marques, à mettre dans la configuration, ou à essayer par --rule\u00A0:",
	tooShort: "C’est court\u00A0: le hasard seul peut en amener deux fois plus, ou aucune. Recommencer quand on en saura plus.",
}

// weeks is a length of time as figures a week are told with it.
func (w *findingWords) weeks(d time.Duration) string { return w.Span(d.Round(time.Hour)) }
