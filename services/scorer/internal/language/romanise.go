package language

import "strings"

// hindiInLatin is the class of Hindi in Latin letters, as most posts have it.
const hindiInLatin = "hi-Latn"

// withRomanised gives Hindi in Latin letters its own class: posts are written so,
// and there are few of them to train on, so other text is spelt as people type it.
func withRomanised(sources []Source) []Source {
	var out []Source
	for _, source := range sources {
		if source.Language != "hi" {
			out = append(out, source)
			continue
		}
		if !source.Posts {
			out = append(out, source)
			source.Lines = romanised(source.Lines)
		}
		source.Language = hindiInLatin
		out = append(out, source)
	}
	return out
}

func romanised(lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		var words []string
		for word := range strings.FieldsSeq(line) {
			words = append(words, romanise(word))
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

var consonants = map[rune]string{
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'ङ': "n", 'च': "ch", 'छ': "ch", 'ज': "j", 'झ': "jh", 'ञ': "n", 'ट': "t", 'ठ': "th", 'ड': "d",
	'ढ': "dh", 'ण': "n", 'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n", 'प': "p", 'फ': "f", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y",
	'र': "r", 'ल': "l", 'व': "v", 'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h", 'ळ': "l", '\u095b': "z", '\u095c': "d", '\u095d': "dh", '\u095e': "f",
}

var vowels = map[rune]string{
	'अ': "a", 'आ': "aa", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ऋ': "ri", 'ए': "e", 'ऐ': "ai", 'ओ': "o", 'औ': "au", 'ऑ': "o", 'ऍ': "e",
}

var signs = map[rune]string{
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'ृ': "ri", 'े': "e", 'ै': "ai", 'ो': "o", 'ौ': "au", 'ॉ': "o", 'ॅ': "e",
}

const (
	virama   = '्'
	nukta    = '़'
	anusvara = 'ं'
	bindu    = 'ँ'
	visarga  = 'ः'
)

// romanise spells a word. The vowel that a consonant carries unwritten is left
// out at the end of a word, and between two syllables that have theirs.
func romanise(word string) string {
	type syllable struct {
		onset, vowel string
		unwritten    bool
	}
	var syllables []syllable
	for _, r := range word {
		last := len(syllables) - 1
		switch {
		case consonants[r] != "":
			syllables = append(syllables, syllable{consonants[r], "a", true})
		case vowels[r] != "":
			syllables = append(syllables, syllable{"", vowels[r], false})
		case r == nukta && last >= 0:
			if syllables[last].onset == "j" {
				syllables[last].onset = "z"
			}
		case signs[r] != "" && last >= 0:
			syllables[last].vowel, syllables[last].unwritten = signs[r], false
		case r == virama && last >= 0:
			syllables[last].vowel, syllables[last].unwritten = "", false
		case (r == anusvara || r == bindu) && last >= 0:
			syllables[last].vowel += "n"
			syllables[last].unwritten = false
		case r == visarga:
		default:
			syllables = append(syllables, syllable{string(r), "", false})
		}
	}
	for i := range syllables {
		end := i == len(syllables)-1 && i > 0
		between := i > 0 && i < len(syllables)-1 && syllables[i-1].vowel != "" && syllables[i+1].vowel != "" && !syllables[i+1].unwritten
		if syllables[i].unwritten && (end || between) {
			syllables[i].vowel = ""
		}
	}
	var out strings.Builder
	for _, s := range syllables {
		out.WriteString(s.onset + s.vowel)
	}
	return out.String()
}
