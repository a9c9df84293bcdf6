package world

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexicon is what can be said in a language. Sentences have places to fill:
// {b} the brand, {t} the thing talked of, {p} a place, {d} a moment, {n} a number.
// Every sentence names the brand.
type lexicon struct {
	things   map[Sector][]string
	places   []string
	moments  []string
	cores    map[Topic][3][]string // by tone: negative, neutral, positive
	openers  [3][]string
	closers  [3][]string
	replies  [3][]string
	relays   []string
	official []string // what brands say of themselves
	// What newspapers write on a day like any other.
	headlines, articles []string
	hashtags            map[Topic][]string
	crises              map[CrisisKind]drama
}

var lexicons = map[string]lexicon{"fr": french, "en": english}

var emoji = [3][]string{
	{"😡", "🤬", "😤", "🙄", "👎", "😞"},
	{"🤔", "👀", "🤷", "ℹ️"},
	{"😍", "👏", "🙌", "👍", "❤️", "😋"},
}

func tones(t Tone) int { return int(t) + 1 }

// speech composes a post out of an opening, a sentence and an ending, each of
// which may be missing.
func speech(r *rand.Rand, language string, brand Brand, topic Topic, tone Tone) (text string, hashtags []string) {
	words := lexicons[language]
	text = finish(r, language, brand, embroider(r, words, tone, pick(r, words.cores[topic][tones(tone)])))
	if r.Float64() < 0.35 {
		text += " " + pick(r, emoji[tones(tone)])
	}
	if r.Float64() < 0.3 {
		hashtags = append(hashtags, hashtag(brand.Name))
		if r.Float64() < 0.5 {
			hashtags = append(hashtags, pick(r, words.hashtags[topic]))
		}
		text += " #" + strings.Join(hashtags, " #")
	}
	return text, hashtags
}

// embroider adds what people add: an opening, an ending, a slip of the finger.
func embroider(r *rand.Rand, words lexicon, tone Tone, sentence string) string {
	if r.Float64() < 0.45 {
		sentence = pick(r, words.openers[tones(tone)]) + " " + sentence
	}
	if r.Float64() < 0.45 && !strings.HasSuffix(sentence, "?") {
		sentence += pick(r, words.closers[tones(tone)])
	}
	if r.Float64() < 0.2 {
		sentence = stumble(r, sentence)
	}
	return sentence
}

// finish fills a sentence's places, and begins it with a capital most of the time.
func finish(r *rand.Rand, language string, brand Brand, sentence string) string {
	text := fill(r, language, brand, pick(r, brand.spellings()), sentence)
	if r.Float64() < 0.7 {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	return text
}

// fill puts something in every place of a sentence.
func fill(r *rand.Rand, language string, brand Brand, name, sentence string) string {
	words := lexicons[language]
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(sentence, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		switch rest[0] {
		case 'b':
			b.WriteString(name)
		case 't':
			b.WriteString(pick(r, words.things[brand.Sector]))
		case 'p':
			b.WriteString(pick(r, words.places))
		case 'd':
			b.WriteString(pick(r, words.moments))
		case 'n':
			b.WriteString(strconv.Itoa(12 + r.IntN(78)))
		}
		sentence = rest[len("b}"):]
	}
}

// stumble makes one slip of the finger, in a word that is not a place to fill.
func stumble(r *rand.Rand, sentence string) string {
	words := strings.Split(sentence, " ")
	i := r.IntN(len(words))
	letters := []rune(words[i])
	if len(letters) < 5 || strings.ContainsAny(words[i], "{}'’") {
		return sentence
	}
	at := 1 + r.IntN(len(letters)-3)
	switch r.IntN(3) {
	case 0:
		letters[at], letters[at+1] = letters[at+1], letters[at]
	case 1:
		letters = append(letters[:at], letters[at+1:]...)
	default:
		letters = append(letters[:at+1], letters[at:]...)
	}
	words[i] = string(letters)
	return strings.Join(words, " ")
}
