package message

import "github.com/vigie-monitor/vigie/pkg/wording"

var french = tongue{
	Language: wording.French,
	crisis:   "CRISE", alert: "ALERTE", crisisNoun: "crise", alertNoun: "alerte",
	blind: "SOURCE AVEUGLE", over: "DÉJÀ TERMINÉ", ended: "FIN",
	spike: "pic de mentions", negativeSpike: "pic de mentions négatives",
	since: "depuis %s", fromTo: "%s de %s à %s",
	mentions: "%s mentions en %s", usual: "d'habitude %s", usualNone: "d'habitude aucune",
	usualFew: "d'habitude moins d'une",
	negative: "%s négatives", authors: "%s auteurs différents",
	unanswered: [2]string{"%s n'a pas répondu\u00A0: à vous, %s.", "%s n'ont pas répondu\u00A0: à vous, %s."},
	unreached:  "Personne d'autre n'a pu être joint\u00A0: à vous, %s.",
	ackedBy:    "Prise en charge par %s à %s.", nobodyAcked: "Personne ne l'avait prise en charge.",
	untold:     "Vigie n'a pu prévenir personne pendant qu'elle durait.",
	blindMeans: "Ce qui s'y dit n'est plus compté, et une crise peut y passer inaperçue.",
	reasons: map[string]string{
		"silent":   "Aucun signe de vie",
		"erroring": "Elle répond par des erreurs",
		"quota":    "Le quota ou le budget est épuisé",
	},
	blindNow: "⚠ Sans voir\u00A0: %s.", andMore: "(et %d autres)",
	ack: "Prendre en charge", desk: "Ouvrir le bureau", open: "Voir",
	reader: "pour %s", rule: "règle", model: "modèle",
	colon: "\u00A0:",
}

var english = tongue{
	Language: wording.English,
	crisis:   "CRISIS", alert: "ALERT", crisisNoun: "crisis", alertNoun: "alert",
	blind: "BLIND SOURCE", over: "ALREADY OVER", ended: "OVER",
	spike: "spike of mentions", negativeSpike: "spike of negative mentions",
	since: "since %s", fromTo: "%s from %s to %s",
	mentions: "%s mentions in %s", usual: "usually %s", usualNone: "usually none",
	usualFew: "usually less than one",
	negative: "%s negative", authors: "%s different authors",
	unanswered: [2]string{"No answer from %s: over to you, %s.", "No answer from %s: over to you, %s."},
	unreached:  "Nobody else could be reached: over to you, %s.",
	ackedBy:    "Taken in charge by %s at %s.", nobodyAcked: "Nobody had taken it in charge.",
	untold:     "Vigie could not tell anyone while it lasted.",
	blindMeans: "What is said there is no longer counted, and a crisis there may go unseen.",
	reasons: map[string]string{
		"silent":   "No sign of life",
		"erroring": "It answers with errors",
		"quota":    "The quota or budget is used up",
	},
	blindNow: "⚠ Not seeing: %s.", andMore: "(and %d more)",
	ack: "Take charge", desk: "Open the desk", open: "Open",
	reader: "for %s", rule: "rule", model: "model",
	colon: ":",
}
