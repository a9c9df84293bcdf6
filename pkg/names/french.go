package names

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// french are the sequences of capitals of which something tells the kind. Two or
// three words side by side within a sentence are else a person, for organisations
// have their first capital only; and a few capitals are an organisation.
func french(text string) []Name {
	var found []Name
	for _, sequence := range sequences(text) {
		kind := sequence.kind()
		switch {
		case kind != "":
		case sequence.acronym:
			kind = Organisation
		case len(sequence.words) > 1 && len(sequence.words) < 4 && !sequence.begins && !sequence.joined:
			kind = Person
		default:
			continue
		}
		found = append(found, Name{sequence.text, kind})
	}
	return found
}

// sequence is words with capitals, with what joins them.
type sequence struct {
	text    string
	words   []string // folded, without what joins them
	before  []string // two folded words that stand before it in its sentence
	begins  bool     // its sentence, where a capital tells nothing
	joined  bool     // by a "de"
	acronym bool
}

//go:embed cues.txt
var cuesFile string

// cues tell what a name is the name of.
var cues = readCues(cuesFile)

func readCues(source string) map[string]map[string]bool {
	cues, name := map[string]map[string]bool{}, ""
	for line := range strings.Lines(source) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if section, ok := strings.CutPrefix(line, "["); ok {
			name = strings.TrimSuffix(strings.TrimSpace(section), "]")
			cues[name] = map[string]bool{}
			continue
		}
		for _, word := range strings.Fields(line) {
			cues[name][query.Fold(word)] = true
		}
	}
	return cues
}

func (s sequence) has(cue string) bool {
	for _, word := range s.words {
		if cues[cue][word] {
			return true
		}
	}
	return false
}

func (s sequence) after(cue string) bool {
	return len(s.before) > 0 && cues[cue][s.before[len(s.before)-1]]
}

// kind is what tells of the sequence: its own words first, then what stands
// before it.
func (s sequence) kind() Kind {
	first := s.words[0]
	switch {
	case s.has("organisation") && (len(s.words) > 1 || s.acronym):
		return Organisation
	case s.after("title"), cues["given"][first] && len(s.words) > 1:
		return Person
	case s.has("place") && (len(s.words) > 1 || !cues["street"][first]), s.after("at"), s.after("of") && len(s.before) > 1 && cues["where"][s.before[0]]:
		return Place
	default:
		return ""
	}
}

var (
	token   = regexp.MustCompile(`[\pL\pN][\pL\pN\pM-]*['’]?|[.!?…:\n|«"“(]|[^\s\pL\pN]`)
	joining = map[string]bool{"de": true, "du": true, "des": true, "la": true, "le": true, "d'": true, "l'": true, "von": true, "van": true, "of": true}
)

// sequences are the runs of words with capitals of a text.
func sequences(text string) []sequence {
	var found []sequence
	places := token.FindAllStringIndex(text, -1)
	var before []string
	begins, wasCapitals := true, false
	for i := 0; i < len(places); i++ {
		word := text[places[i][0]:places[i][1]]
		if !isName(word) {
			before, begins = note(before, begins, word)
			wasCapitals = wasCapitals && isCapitals(word)
			continue
		}
		last, joined := i, false
		words := []string{query.Fold(word)}
		for next := i + 1; next < len(places) && next-last <= 3 && len(words) < 6; next++ {
			following := text[places[next][0]:places[next][1]]
			if isName(following) {
				last, joined, words = next, joined || next > last+1, append(words, query.Fold(following))
			} else if len(words) > 1 || !joining[strings.ToLower(strings.ReplaceAll(following, "’", "'"))] {
				break
			}
		}
		whole := strings.Join(strings.Fields(text[places[i][0]:places[last][1]]), " ")
		if capitals := isCapitals(whole); !cues["never"][words[0]] && (!capitals || len(words) == 1 && !wasCapitals) {
			found = append(found, sequence{
				text: strings.TrimRight(whole, "'’-"), words: words, before: before, begins: begins, joined: joined,
				acronym: capitals && len(whole) < 6,
			})
		}
		before, begins, wasCapitals, i = nil, false, isCapitals(whole), last
	}
	return found
}

// note remembers the last two words of a sentence, and whether one begins.
func note(before []string, begins bool, word string) ([]string, bool) {
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case strings.ContainsRune(".!?…:\n|", first):
		// « M. » and "Dr." end no sentence.
		if word == "." && len(before) > 0 && cues["title"][before[len(before)-1]] {
			return before, false
		}
		return nil, true
	case !unicode.IsLetter(first) && !unicode.IsDigit(first):
		return nil, begins || strings.ContainsRune(`«"“(`, first) || first > unicode.MaxLatin1
	default:
		folded := strings.TrimRight(query.Fold(word), "'’")
		if len(folded) <= 2 && cues["title"][folded] && !unicode.IsUpper(first) {
			folded = "" // « M. » and « Me », but not "I'm" and "me"
		}
		before = append(before, folded)
		return before[max(0, len(before)-2):], false
	}
}

// isName says whether a word has a capital first, and letters only, and is none
// that has capitals elsewhere too.
func isName(word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	if !unicode.IsUpper(first) || len(word) == size || strings.ContainsAny(word, "'’0123456789") {
		return false
	}
	folded := query.Fold(word)
	return !cues["title"][folded] && !cues["function"][folded]
}

// isCapitals says whether a text has capitals only.
func isCapitals(text string) bool { return strings.ToUpper(text) == text }
