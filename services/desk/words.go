package desk

import (
	"fmt"
	"strconv"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// words are the page in one language. A template names them by their field.
type words struct {
	wording.Language
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
	ago, days                           string
}

func languageOf(code string) words {
	if code == "fr" {
		return french
	}
	return english
}

// age is how long ago something was.
func (w words) age(at, now time.Time) string {
	return fmt.Sprintf(w.ago, w.span(now.Sub(at).Truncate(time.Second)))
}

// span is a length of time, in the largest unit that says something.
func (w words) span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return w.Number(d.Seconds()) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + w.days
}

// known is a count, or a dash for one that is not known.
func (w words) known(n *uint64) string {
	if n == nil {
		return "–"
	}
	return w.Count(*n)
}

// several says "1 crise" or "3 crises".
func (w words) several(n int, forms [2]string) string {
	if n == 1 {
		return "1 " + forms[0]
	}
	return strconv.Itoa(n) + " " + forms[1]
}
