package detector

import (
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// pictureWords is what a picture says, in one language.
type pictureWords struct {
	wording.Language
	title, allBrands  string // brand, from, to, mentions, incidents
	incident          wording.Noun
	anHour, meanHour  string
	usual, said, peak string
	negative, found   string
	bound             string
	aWeek, alertsIn   string
	recall, present   string
	months            [12]string
}

var frenchPicture = pictureWords{
	Language: wording.French,
	title:    "%s, du %s au %s\u00A0: %s, %s", allBrands: "toutes les marques",
	incident: wording.Noun{One: "incident", Several: "incidents"},
	anHour:   "voix par heure (un auteur compte une fois)", meanHour: "voix par heure, moyenne du jour\n(un auteur compte une fois)",
	usual: "attendu", said: "voix", negative: "négatives", peak: "heure de pointe", found: "trouvé par des gens",
	bound: "borne d’alerte\u00A0: 3 = ce que le hasard seul fait 1 fois sur 1\u202F000 regards, 6 = 1 fois sur un million",
	aWeek: "alertes par semaine", alertsIn: "alertes en %s",
	recall: "rappel %d sur %d", present: "actuelle",
	months: [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
}

var englishPicture = pictureWords{
	Language: wording.English,
	title:    "%s, %s to %s: %s, %s", allBrands: "all brands",
	incident: wording.Noun{One: "incident", Several: "incidents"},
	anHour:   "voices an hour (an author counts once)", meanHour: "voices an hour, mean of the day\n(an author counts once)",
	usual: "expected", said: "voices", negative: "negative", peak: "busiest hour", found: "found by people",
	bound: "alert bound: 3 = what chance alone does once in 1,000 looks, 6 = once in a million",
	aWeek: "alerts a week", alertsIn: "alerts in %s",
	recall: "recall %d of %d", present: "present",
	months: [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

func (w *pictureWords) monthName(at time.Time) string { return w.months[at.Month()-1] }

func (w *pictureWords) day(at time.Time) string { return fmt.Sprint(at.Day(), " ", w.monthName(at)) }

func (w *pictureWords) date(at time.Time) string { return w.day(at) + at.Format(" 2006") }

// month names the year with its first month only.
func (w *pictureWords) month(at time.Time) string {
	if at.Month() == time.January {
		return fmt.Sprint(w.monthName(at), " ", at.Year())
	}
	return w.monthName(at)
}
