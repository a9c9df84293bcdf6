package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// language is how the files speak.
type language struct {
	french    bool
	separator rune   // of the CSV
	decimal   string // mark in numbers written as text
	thousand  string
	tag       string // of the file's properties

	// Number formats of cells. The reader's spreadsheet chooses the marks.
	dateFormat string
	dayFormat  string
	axisFormat string
}

func languageOf(code string) language {
	if code == "fr" {
		return language{
			french: true, separator: ';', decimal: ",", thousand: "\u202F", tag: "fr-FR",
			dateFormat: "dd/mm/yyyy hh:mm", dayFormat: "[$-40C]ddd d mmm", axisFormat: "[$-40C]ddd d",
		}
	}
	return language{
		separator: ',', decimal: ".", thousand: ",", tag: "en-GB",
		dateFormat: "yyyy-mm-dd hh:mm", dayFormat: "[$-809]ddd d mmm", axisFormat: "[$-809]ddd d",
	}
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

// plural says how many, in the singular or the plural.
func (l language) plural(key string, n uint64) string {
	one, many, _ := strings.Cut(l.say(key), "|")
	if n == 1 || n == 0 && l.french {
		many = one
	}
	return fmt.Sprintf(many, l.number(n))
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

func (l language) level(level weekly.Level) string {
	return l.say([]string{"", "watch", "alert", "crisis"}[level])
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
	return l.marks(strconv.FormatFloat(float64(m.Score), 'f', 3, 32))
}

// marks puts the language's decimal mark into a number.
func (l language) marks(number string) string { return strings.Replace(number, ".", l.decimal, 1) }

// number writes a count with its thousands apart: 12,345 or 12 345.
func (l language) number(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(l.thousand)
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// percent writes a part of one: 12.5% or 12,5 %.
func (l language) percent(part float64) string {
	number := l.marks(strconv.FormatFloat(100*math.Abs(part), 'f', 1, 64))
	if l.french {
		return number + "\u00A0%"
	}
	return number + "%"
}

// points writes net sentiment with its sign.
func (l language) points(v weekly.Value) string {
	rounded := math.Round(v.Number)
	if rounded == 0 {
		return "0"
	}
	return strings.Replace(fmt.Sprintf("%+.0f", rounded), "-", "−", 1)
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

// duration writes 2 d 5 h, 1 h 05 min or 12 min.
func (l language) duration(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours >= 24:
		return l.say("days_hours", hours/24, hours%24)
	case hours > 0:
		return fmt.Sprintf("%d\u00A0h\u00A0%02d\u00A0min", hours, minutes)
	default:
		return fmt.Sprintf("%d\u00A0min", minutes)
	}
}

// span writes the days of a week, from Monday to Sunday.
func (l language) span(w weekly.Week) string {
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
