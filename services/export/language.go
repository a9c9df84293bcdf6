package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// language is how the files speak.
type language struct {
	wording.Language
	french    bool
	separator rune   // of the CSV
	tag       string // of the file's properties

	// Number formats of cells. The reader's spreadsheet chooses the marks.
	dateFormat string
	dayFormat  string
	axisFormat string
}

func languageOf(code string) language {
	return wording.Pick(code, language{
		Language: wording.French, french: true, separator: ';', tag: "fr-FR",
		dateFormat: "dd/mm/yyyy hh:mm", dayFormat: "[$-40C]ddd d mmm", axisFormat: "[$-40C]ddd d",
	}, language{
		Language: wording.English, separator: ',', tag: "en-GB",
		dateFormat: "yyyy-mm-dd hh:mm", dayFormat: "[$-809]ddd d mmm", axisFormat: "[$-809]ddd d",
	})
}

// say gives the word or sentence of a key; what is no key is said as it is.
func (l language) say(key string, args ...any) string {
	phrase, known := dictionary[key]
	if !known {
		return plain(key)
	}
	text := phrase.en
	if l.french {
		text = phrase.fr
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// at says a heading of a column of local times.
func (l language) at(key string, zone *time.Location) string { return l.say(key, zone.String()) }

func (l language) ownership(official bool) string {
	if official {
		return l.say("is_official")
	}
	return l.say("is_third_party")
}

func (l language) sentiment(s weekly.Sentiment) string {
	return l.say([]string{"unscored", "negative", "neutral", "positive"}[s])
}

// levelNames are the levels as pkg/wording knows them.
var levelNames = map[weekly.Level]string{weekly.Watch: "watch", weekly.Alert: "alert", weekly.Crisis: "crisis"}

func (l language) level(level weekly.Level) string { return l.levelNoun(level).One }

func (l language) levelNoun(level weekly.Level) wording.Noun {
	if level == weekly.Opportunity {
		return l.Opportunity
	}
	return l.Level(levelNames[level])
}

// topics names them all.
func (l language) topics(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = l.Topic(id)
	}
	return strings.Join(names, ", ")
}

// risk names a risk: one that nobody has named, as it is.
func (l language) risk(id string) string {
	if name := "risk_" + id; dictionary[name].en != "" {
		return l.say(name)
	}
	return plain(id)
}

func (l language) risks(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = l.risk(id)
	}
	return strings.Join(names, ", ")
}

// stance says what a mention tells others to do, "" where it does not.
func (l language) stance(s weekly.Stance) string {
	return map[weekly.Stance]string{weekly.Recommends: l.say("recommends"), weekly.Warns: l.say("warns")}[s]
}

// department names who answers, as the config's closed set has it.
func (l language) department(owner string) string {
	if owner == "" {
		return ""
	}
	return l.say(owner)
}

// score writes a sentiment's score, nothing where there is none.
func (l language) score(m weekly.Mention) string {
	if m.Sentiment == weekly.Unscored {
		return ""
	}
	return l.Decimal(float64(m.Score), 3)
}

// points writes net sentiment with its sign.
func (l language) points(v weekly.Value) string {
	rounded := math.Round(v.Number)
	if rounded == 0 {
		return "0"
	}
	return strings.Replace(fmt.Sprintf("%+.0f", rounded), "-", "−", 1)
}

// mood is net sentiment in points.
func (l language) mood(v weekly.Value) string {
	return l.points(v) + " " + l.Form(uint64(math.Abs(math.Round(v.Number))), wording.Noun{One: "point", Several: "points"})
}

var (
	englishMonths = strings.Fields("January February March April May June July August September October November December")
	frenchMonths  = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
)

// date writes 9 November 2026, or 9 novembre 2026.
func (l language) date(t time.Time) string {
	return l.dayAndMonth(t) + " " + strconv.Itoa(t.Year())
}

func (l language) dayAndMonth(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if !l.french {
		return day + " " + englishMonths[t.Month()-1]
	}
	if t.Day() == 1 {
		day = "1er"
	}
	return day + " " + frenchMonths[t.Month()-1]
}

// moment writes a time of the week: 9 November 14:05.
func (l language) moment(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if l.french {
		return l.dayAndMonth(t) + " à " + t.Format("15") + "\u00A0h\u00A0" + t.Format("04")
	}
	return l.dayAndMonth(t) + " " + t.Format("15:04")
}

// days writes those of a week, from Monday to Sunday.
func (l language) days(w weekly.Week) string {
	monday, sunday := w.Start(0), w.Start(6)
	from := l.dayAndMonth(monday)
	switch {
	case monday.Year() != sunday.Year():
		from = l.date(monday)
	case monday.Month() == sunday.Month():
		from = strconv.Itoa(monday.Day())
		if l.french && monday.Day() == 1 {
			from = "1er"
		}
	}
	if l.french {
		return "du " + from + " au " + l.date(sunday)
	}
	return from + " to " + l.date(sunday)
}
