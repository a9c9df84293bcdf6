package message

import "github.com/vigie-monitor/vigie/pkg/wording"

var french = tongue{
	Language: wording.French,
	over:     "DÉJÀ TERMINÉ", ended: "FIN",
	spike: "pic de mentions", negativeSpike: "pic de mentions négatives",
	since: "depuis %s", fromTo: "%s de %s à %s",
	unanswered: wording.Noun{One: "%s n’a pas répondu\u00A0: à vous, %s.", Several: "%s n’ont pas répondu\u00A0: à vous, %s."},
	unreached:  "Personne d’autre n’a pu être joint\u00A0: à vous, %s.",
	ackedBy:    "Prise en charge par %s à %s.", nobodyAcked: "Personne ne l’avait prise en charge.",
	untold:     "Vigie n’a pu prévenir personne pendant qu’elle durait.",
	blindMeans: "Ce qui s’y dit n’est plus compté, et une crise peut y passer inaperçue.",
	blindNow:   "⚠ Sans voir\u00A0: %s.", others: wording.Noun{One: "autre", Several: "autres"}, and: "et",
	ack: "Prendre en charge", desk: "Ouvrir le bureau", open: "Voir",
	reader: "pour %s", rule: "règle", model: "modèle", zone: "heures\u00A0: %s",
	colon: "\u00A0:",
}

var english = tongue{
	Language: wording.English,
	over:     "ALREADY OVER", ended: "OVER",
	spike: "spike of mentions", negativeSpike: "spike of negative mentions",
	since: "since %s", fromTo: "%s from %s to %s",
	unanswered: wording.Noun{One: "No answer from %s: over to you, %s.", Several: "No answer from %s: over to you, %s."},
	unreached:  "Nobody else could be reached: over to you, %s.",
	ackedBy:    "Taken in charge by %s at %s.", nobodyAcked: "Nobody had taken it in charge.",
	untold:     "Vigie could not tell anyone while it lasted.",
	blindMeans: "What is said there is no longer counted, and a crisis there may go unseen.",
	blindNow:   "⚠ Not seeing: %s.", others: wording.Noun{One: "more", Several: "more"}, and: "and",
	ack: "Take charge", desk: "Open the desk", open: "Open",
	reader: "for %s", rule: "rule", model: "model", zone: "times: %s",
	colon: ":",
}
