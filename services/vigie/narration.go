package main

import "github.com/vigie-monitor/vigie/pkg/wording"

// narration is what the terminal says, in one language.
type narration struct {
	wording.Language
	up, pages, stopping, stopped string
	underWay, calm               string // at the start
	since, taken, untaken        string
	flow, none                   string
	resolved, sees               string
	sent, after, again, failed   string
	acked, how, colon            string
}

var frenchNarration = narration{
	Language: wording.French,
	up:       "Vigie est en marche.\n  bureau     %s\n  métriques  http://%s/metrics\n  arrêter    Ctrl-C\n",
	pages:    "  pages imaginaires et Slack\u00A0: http://%s\n",
	stopping: "arrêt\u00A0: d’abord les sources, puis ce qui est en cours, puis les serveurs (Ctrl-C encore\u00A0: tout de suite)",
	stopped:  "arrêté",
	underWay: "En cours\u00A0:", calm: "Rien n’est en cours.",
	since: "depuis %s", taken: "pris en charge par %s à %s", untaken: "à prendre en charge sur %s",
	flow: "mentions de vos marques\u00A0: ", none: "aucune pour l’instant",
	resolved: "terminé", sees: "voit de nouveau",
	sent: "page envoyée à %s par %s", after: ", %s après le message décisif", again: ", faute de réponse jusqu’ici",
	failed: "page à %s par %s EN ÉCHEC\u00A0: %s",
	acked:  "pris en charge par %s", how: "Pour prendre en charge, ouvrir le lien de la page\u00A0:", colon: "\u00A0: ",
}

var englishNarration = narration{
	Language: wording.English,
	up:       "Vigie is up.\n  desk     %s\n  metrics  http://%s/metrics\n  stop     Ctrl-C\n",
	pages:    "  pretended pages and Slack: http://%s\n",
	stopping: "stopping: sources first, then what is under way, then the servers (Ctrl-C again: at once)",
	stopped:  "stopped",
	underWay: "Under way:", calm: "Nothing is under way.",
	since: "since %s", taken: "taken in charge by %s at %s", untaken: "not taken in charge: do so on %s",
	flow: "mentions of your brands: ", none: "none yet",
	resolved: "resolved", sees: "sees again",
	sent: "page sent to %s by %s", after: ", %s after the post that tipped it", again: ", because nobody answered so far",
	failed: "page to %s by %s FAILED: %s",
	acked:  "taken in charge by %s", how: "To take it in charge, open the link of the page:", colon: ": ",
}
