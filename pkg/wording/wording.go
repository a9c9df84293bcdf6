// Package wording writes what French and English readers see everywhere in the
// same words: counts, shares and times, the levels of an incident and its
// figures. It is pure, and knows no page and no file: their sentences belong to
// whoever says them.
package wording

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Pick chooses what is French for a French reader, and English for any other.
func Pick[T any](code string, french, english T) T {
	if code == French.Code {
		return french
	}
	return english
}

// Of is the language of a code: "fr", or English.
func Of(code string) Language { return Pick(code, French, English) }

// Noun is what is counted, in its two forms.
type Noun struct{ One, Several string }

// Several says how many: 1 crisis, 3 crises.
func (l Language) Several(n uint64, noun Noun) string { return l.Count(n) + " " + l.Form(n, noun) }

// Form is the form that goes with a number. French has none in the singular too.
func (l Language) Form(n uint64, noun Noun) string {
	if n == 1 || n == 0 && l.zeroIsOne {
		return noun.One
	}
	return noun.Several
}

// Level is what a level is called: watch, alert or crisis; anything else as it is.
func (l Language) Level(name string) Noun {
	if noun, known := l.levels[name]; known {
		return noun
	}
	return Noun{name, name}
}

// Topic is what a topic is called: one that the config invents, as it is.
func (l Language) Topic(id string) string {
	if name, known := l.topics[id]; known {
		return name
	}
	return id
}

// Capital begins a word with a capital.
func Capital(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	return strings.ToUpper(word[:size]) + word[size:]
}

// Count writes a whole number with its thousands apart: 12,345 or 12 345.
func (l Language) Count(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(l.thousands)
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// Number writes a number that is not negative, with one decimal where that says
// something: 2.5, 6, 14.
func (l Language) Number(n float64) string {
	if n >= 10 || math.Abs(n-math.Round(n)) < 0.05 {
		return l.Count(uint64(math.Round(max(n, 0))))
	}
	return l.Decimal(n, 1)
}

// Decimal writes a number with so many decimals, and no thousands.
func (l Language) Decimal(n float64, decimals int) string {
	return strings.Replace(strconv.FormatFloat(n, 'f', decimals, 64), ".", l.decimal, 1)
}

// Share writes a part of a whole in percent, "–" where there is no whole.
func (l Language) Share(part, whole float64) string {
	if !(whole > 0) {
		return "–"
	}
	return strconv.Itoa(int(math.Round(100*part/whole))) + l.percent
}

// Percent writes a part of one with a decimal: 12.5%.
func (l Language) Percent(part float64) string { return l.Decimal(100*part, 1) + l.percent }
