package desk

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// words are the page in one language. A template names them by their field.
type words struct {
	Lang, Other, OtherName string

	Title, Calm, Stale                                    string
	Incidents, NoIncident, OverTitle                      string
	Brands, LastHourTitle, Negative, Neutral, Positive    string
	Unscored, NoBrand                                     string
	Sources, Source, Minute, Hour, Total, LastPost, State string
	Sees, Blind, NoSource                                 string
	Pages, NoPage, Delay                                  string
	Posts, NoPost, Open                                   string
	ClickHouseAway, NegativeShare, Observed, Usual        string
	SinceTime, AckTitle, AckButton, AckWho, AckWhoPick    string
	AckDone, AckDoneOther, AckOver, AckUnknown            string
	AckExplain, AckWrong, AckWrongHelp, AckOld            string
	AckOldHelp, AckFailed, AckFailedHelp, AckRetry, Desk  string
	Rule, Model, Zone, BlindNow, Escalation, By           string

	Levels, States, Reasons, Sentiments map[string]string
	openCrises, openAlerts, openBlinds  [2]string // one, several
	unacked                             string
	ago                                 string
	day, thousands, decimal, percent    string
}

func languageOf(code string) words {
	if code == "fr" {
		return french
	}
	return english
}

// clock is the time of day, with the day where it is not today's.
func (w words) clock(at, now time.Time, zone *time.Location) string {
	if at.IsZero() {
		return "–"
	}
	at, now = at.In(zone), now.In(zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format(w.day)
}

// age is how long ago something was.
func (w words) age(at, now time.Time) string {
	return fmt.Sprintf(w.ago, w.span(now.Sub(at).Truncate(time.Second)))
}

// span is a length of time, in the largest unit that says something.
func (w words) span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return w.number(d.Seconds()) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h"
	}
	days := " d"
	if w.Lang == "fr" {
		days = " j"
	}
	return strconv.Itoa(int(d.Hours()/24)) + days
}

// number has one decimal where that says something.
func (w words) number(n float64) string {
	if n >= 10 || math.Abs(n-math.Round(n)) < 0.05 {
		return w.count(uint64(math.Round(n)))
	}
	return strings.ReplaceAll(strconv.FormatFloat(n, 'f', 1, 64), ".", w.decimal)
}

func (w words) count(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var out strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(w.thousands)
		}
		out.WriteRune(d)
	}
	return out.String()
}

// known is a count, or a dash for one that is not known.
func (w words) known(n *uint64) string {
	if n == nil {
		return "–"
	}
	return w.count(*n)
}

func (w words) share(part, whole float64) string {
	if whole <= 0 {
		return "–"
	}
	return strconv.Itoa(int(math.Round(100*part/whole))) + w.percent
}

// several says "1 crise" or "3 crises".
func (w words) several(n int, forms [2]string) string {
	if n == 1 {
		return "1 " + forms[0]
	}
	return strconv.Itoa(n) + " " + forms[1]
}
