// Package language owns which language a text is written in, by its commonest
// words: enough to choose a sentiment model, and honest about the rest ("und").
//
// It knows English, French, Spanish, Portuguese, Italian and German.
package language

import (
	_ "embed"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Undetermined is the answer where no language is likelier than the others.
const Undetermined = "und"

//go:embed words.txt
var wordList string

// known are the languages, in the order of the votes.
var known = [...]string{"en", "fr", "es", "pt", "it", "de"}

type votes [len(known)]float32

// words gives each common word to the languages it is common in; a word of
// several counts less for each.
var words = readWords(wordList)

func readWords(list string) map[string]votes {
	all := map[string]votes{}
	for line := range strings.Lines(list) {
		code, rest, found := strings.Cut(strings.TrimSpace(line), ":")
		index := indexOf(code)
		if !found || index < 0 {
			continue
		}
		for _, word := range strings.Fields(rest) {
			v := all[query.Fold(word)]
			v[index] = 1
			all[query.Fold(word)] = v
		}
	}
	for word, v := range all {
		var shared float32
		for _, vote := range v {
			shared += vote
		}
		for i := range v {
			v[i] /= shared
		}
		all[word] = v
	}
	return all
}

func indexOf(code string) int {
	for i, k := range known {
		if k == code {
			return i
		}
	}
	return -1
}

// letters that only some of the languages write.
var letters = map[rune]string{
	'œ': "fr", 'è': "fr it", 'ê': "fr pt", 'ù': "fr it", 'ç': "fr pt", 'à': "fr it pt", 'ë': "fr", 'û': "fr", 'î': "fr", 'é': "fr es pt it",
	'ñ': "es", '¿': "es", '¡': "es", 'í': "es pt", 'ó': "es pt", 'á': "es pt", 'ú': "es pt",
	'ã': "pt", 'õ': "pt", 'ò': "it", 'ì': "it", 'ß': "de", 'ä': "de", 'ö': "de", 'ü': "de",
}

// hintVote is what the source's own word weighs: it decides short texts, and
// gives way to several words that say otherwise.
const hintVote = 1.2

// minVotes is how much must speak for a language before it is told.
const minVotes = 0.9

// Detect tells the language of a text as an ISO 639-1 code, or Undetermined.
// hint is the language the source announces, or "".
func Detect(text string, document *query.Document, hint string) string {
	var tally votes
	for word := range document.Words() {
		v := words[word]
		for i := range tally {
			tally[i] += v[i]
		}
	}
	for _, r := range text {
		if r < 0x80 {
			continue
		}
		for code := range strings.FieldsSeq(letters[r]) {
			tally[indexOf(code)] += 0.4
		}
	}
	hint, _, _ = strings.Cut(strings.ToLower(hint), "-")
	hinted := indexOf(hint)
	if hinted >= 0 {
		tally[hinted] += hintVote
	}
	best, second := 0, -1
	for i := 1; i < len(tally); i++ {
		switch {
		case tally[i] > tally[best]:
			best, second = i, best
		case second < 0 || tally[i] > tally[second]:
			second = i
		}
	}
	if tally[best] < minVotes || tally[best] == tally[second] {
		return Undetermined
	}
	if hinted < 0 && hint != "" && hint != Undetermined && tally[best] < 2 {
		return Undetermined // the source names a language we do not know
	}
	return known[best]
}
