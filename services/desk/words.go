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
	Other, OtherName string

	Title, Calm, Stale                                    string
	Incidents, NoIncident, OverTitle                      string
	Brands, LastHourTitle, Negative, Neutral, Positive    string
	Unscored, NoBrand                                     string
	Sources, Source, Minute, Hour, Total, LastPost, State string
	Sees, BlindState, NoSource                            string
	Pages, NoPage, Delay                                  string
	Posts, NoPost, Open                                   string
	ClickHouseAway, Named                                 string
	SinceTime, AckTitle, AckButton, AckWho, AckWhoPick    string
	AckDone, AckDoneOther, AckOver, AckUnknown, Taken     string
	AckExplain, AckWrong, AckWrongHelp, AckOld            string
	AckOldHelp, AckFailed, AckFailedHelp, AckRetry, Desk  string
	VerdictAsk, VerdictSay, VerdictChange, VerdictWho     string
	VerdictExplain, VerdictNoted, VerdictFailedHelp       string
	VerdictUnsaid                                         string
	Rule, Model, Zone, BlindNow, Escalation, By, Resolved string

	States, Sentiments map[string]string
	verdicts           map[string]string // as one says them
	verdictSaid        string
	ago, now           string
	underWay           string // before the list of what is
	answers            [2]answers
}

// answers say how many of those under way somebody took in charge: of one, of
// several.
type answers struct{ none, some, all string }

func languageOf(code string) words { return wording.Pick(code, french, english) }

// age is how long ago something was.
func (w words) age(at, now time.Time) string {
	if d := now.Sub(at); d >= justNow {
		return fmt.Sprintf(w.ago, w.Span(d))
	}
	return w.now
}

const justNow = 10 * time.Second

// known is a count, or a dash for one that is not known.
func (w words) known(n *uint64) string {
	if n == nil {
		return "–"
	}
	return w.Count(*n)
}

// verdict says who says what it was, and when they said so.
func (w words) verdict(level, by, clock string) string {
	return fmt.Sprintf(w.verdictSaid, w.verdicts[level], by, clock)
}

// step is what a step is called: a level, or the end.
func (w words) step(name string) string {
	if name == stepResolved {
		return w.Resolved
	}
	return wording.Capital(w.Level(name).One)
}

// open says how many incidents of a kind are under way, and how many of them
// nobody took in charge yet.
func (w words) open(noun wording.Noun, count, unanswered int) string {
	forms := w.answers[min(count, 2)-1]
	state := forms.all
	switch {
	case unanswered == count:
		state = forms.none
	case unanswered > 0:
		state = fmt.Sprintf(forms.some, strconv.Itoa(unanswered))
	}
	return w.Several(uint64(count), noun) + ", " + state
}
