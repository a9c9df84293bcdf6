// Package recommendation owns whether an author recommends a brand to others or
// warns them off it: the advocates and detractors a community manager looks for
// first. What the author feels is not its concern: most complaints warn nobody.
package recommendation

import (
	_ "embed"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
)

// Recommendation is what an author tells others to do.
type Recommendation int

// Recommendations.
const (
	None Recommendation = iota
	Recommends
	Warns
)

// String is the word under which it is stored; nothing for None.
func (r Recommendation) String() string { return [...]string{"", "recommends", "warns"}[r] }

var (
	//go:embed cues.txt
	source string
	cues   = phrase.MustParse(source)

	denials = phrase.Set("not no never nobody cannot don doesn didn won wouldn couldn can't dont wouldnt cant ne n ni hardly")
	// French denies after the verb too, and "can't recommend enough" denies nothing.
	deniedAfter = phrase.Set("pas plus jamais guère aucunement personne nullement")
	infinitives = phrase.Set("recommander conseiller")
	of, not     = phrase.Set("de d"), phrase.Set("pas")
	shun        = phrase.Set("éviter fuir")
	everyone    = phrase.Set("anyone anybody everyone everybody all my your family friends others people")
	enough      = phrase.Set("enough assez")
	askers      = phrase.Set("anyone anybody someone somebody you quelqu qui vous tu")
	lead        = phrase.Set("chez à a au aux de d du le la l les un une the to with for my mon ma plutôt vers sur")
	over        = phrase.MustParse("[over]\nrather than, instead of, over, plutot que|qu, au lieu de|d, and not, et pas, pas, not")
)

const (
	// maxCues bounds how many are looked at, the last of them.
	maxCues = 32
	// reach is how many words after a cue its brand may stand.
	reach = 4
	// afterVerb is how far a "pas" or an "enough" stands behind.
	afterVerb, enoughReach = 2, 5
	// overReach is how far behind what is recommended stands what it beats.
	overReach = 12
)

// Of says what the author does to the brand named at own, beside others named at
// others, both in order and not overlapping. Where neither is given the post as a
// whole is about the brand. The last word counts, as in "I used to recommend it.
// Avoid!".
func Of(text *phrase.Text, own, others []query.Span) Recommendation {
	var space [4]phrase.Match
	result := None
	r := reader{text, own, others}
	found := cues.Find(space[:0], text)
	for _, cue := range found[max(0, len(found)-maxCues):] {
		if text.Words[cue.First].Asks {
			continue
		}
		if said := r.read(cue); said != None {
			result = said
		}
	}
	return result
}

type reader struct {
	*phrase.Text
	own, others []query.Span
}

func (r *reader) read(cue phrase.Match) Recommendation {
	switch cue.Name {
	case "recommends":
		if r.asks(cue) || r.isAdvice(cue) {
			return None
		}
		if r.denied(cue) {
			return r.toward(cue, Warns)
		}
		return r.toward(cue, Recommends)
	case "opening":
		if cue.First > 0 && r.Words[cue.First-1].Clause == r.Words[cue.First].Clause && !r.afterName(cue.First) {
			return None
		}
		return r.toward(cue, Warns)
	case "elsewhere":
		if r.Before(cue, 3, denials) {
			return None
		}
		return Warns
	case "to":
		return r.to(cue)
	case "neither":
		return None
	default:
		if r.Before(cue, 2, denials) || r.takenBack(cue) {
			return None
		}
		return r.toward(cue, Warns)
	}
}

// takenBack says whether a warning is none, as in « pas de boycott », « pas à fuir »
// and « je déconseille pas ». « Pas terrible, à fuir » is one.
func (r *reader) takenBack(cue phrase.Match) bool {
	return r.Before(cue, 1, deniedAfter) || r.Before(cue, 1, of) && r.Before(cue, 2, deniedAfter) || r.After(cue, 1, not)
}

// afterName says whether only names and handles stand before a word in its clause:
// "@telemur fuyez".
func (r *reader) afterName(word int) bool {
	for i := word - 1; i >= 0 && r.Words[i].Clause == r.Words[word].Clause; i-- {
		if r.Words[i].Text != "@" && !within(r.own, r.Words[i].From) && !within(r.others, r.Words[i].From) {
			return false
		}
	}
	return true
}

// denied says whether a "not" stands before or within a cue, or behind it as in
// French, and no "enough" takes it back.
func (r *reader) denied(cue phrase.Match) bool {
	if r.After(cue, enoughReach, enough) {
		return false
	}
	said := r.Words[cue.Last].Text
	for i := cue.First; i <= cue.Last; i++ {
		switch word := r.Words[i].Text; {
		case denials[word] && word != "n" && word != "ne" || word == "t":
			return said != "regret" && said != "disappointed"
		case deniedAfter[word] && infinitives[said]: // « je ne peux pas recommander »; « n'hésitez pas » denies nothing
			return true
		}
	}
	if r.After(cue, afterVerb, deniedAfter) {
		return r.Words[min(cue.Last+2, len(r.Words)-1)].Text != "que" // « plus que jamais »
	}
	return r.Before(cue, 2, denials) || r.After(cue, afterVerb, shun)
}

// asks says whether somebody else is to recommend.
func (r *reader) asks(cue phrase.Match) bool {
	for i := cue.First + 1; i < cue.Last; i++ {
		if word := r.Words[i].Text; askers[word] && word != "vous" && word != "you" {
			return true
		}
	}
	first := r.Words[cue.First].Text
	return (first == "can" || first == "do" || first == "would") && cue.First+1 < cue.Last && askers[r.Words[cue.First+1].Text]
}

// isAdvice says whether something to do is recommended and no brand: "to wait",
// « de patienter », "upgrading your software".
func (r *reader) isAdvice(cue phrase.Match) bool {
	if cue.Last+1 >= len(r.Words) || r.Words[cue.Last+1].Clause != r.Words[cue.Last].Clause {
		return false
	}
	after := r.Words[cue.Last+1].Text
	switch {
	case after == "to" || r.Words[cue.Last].Text == "to":
		return !r.After(cue, afterVerb, everyone)
	case after == "that" || after == "de":
		return true
	default:
		return strings.HasSuffix(after, "ing") && next(r.own, r.Words[cue.Last].To, r.limit(cue, clause)) < 0
	}
}

// toward turns what is said of a cue's brand into what is said of ours.
func (r *reader) toward(cue phrase.Match, said Recommendation) Recommendation {
	if !r.ofAnother(cue) {
		return said
	}
	if said == Recommends && r.overOurs(cue) {
		return Warns
	}
	return None
}

// to reads a cue that names where to go.
func (r *reader) to(cue phrase.Match) Recommendation {
	if r.Before(cue, 2, denials) {
		return None
	}
	limit := r.limit(cue, clause)
	ours, theirs := next(r.own, r.Words[cue.Last].To, limit), next(r.others, r.Words[cue.Last].To, limit)
	switch {
	case ours >= 0 && (theirs < 0 || ours < theirs):
		return Recommends
	case theirs >= 0 || r.namesAnother(cue):
		return Warns
	default:
		return None
	}
}

// ofAnother says whether a cue is about another brand: the next that is named
// after it, or else the last before it, within its sentence.
func (r *reader) ofAnother(cue phrase.Match) bool {
	from, limit := r.Words[cue.Last].To, r.limit(cue, sentence)
	ours, theirs := next(r.own, from, limit), next(r.others, from, limit)
	if ours >= 0 || theirs >= 0 {
		return ours < 0 || theirs >= 0 && theirs < ours
	}
	if r.namesAnother(cue) {
		return true
	}
	since, until := r.began(cue), r.Words[cue.First].From
	return last(r.others, since, until) > last(r.own, since, until)
}

// namesAnother says whether a name that is not ours follows: brands that nobody
// watches are known by their capital.
func (r *reader) namesAnother(cue phrase.Match) bool {
	if len(r.own) == 0 {
		return false
	}
	for i := cue.Last + 1; i < len(r.Words) && r.Words[i].Clause == r.Words[cue.Last].Clause; i++ {
		word := r.Words[i]
		if lead[word.Text] {
			continue
		}
		first, size := utf8.DecodeRuneInString(r.Source[word.From:])
		second, _ := utf8.DecodeRuneInString(r.Source[word.From+size:])
		return (word.Text == "@" || unicode.IsUpper(first) && unicode.IsLower(second)) && !within(r.own, word.From)
	}
	return false
}

// overOurs says whether our brand is what a recommended one is better than.
func (r *reader) overOurs(cue phrase.Match) bool {
	var space [2]phrase.Match
	rest := phrase.Text{Source: r.Source, Words: r.Words[cue.Last+1 : min(len(r.Words), cue.Last+1+overReach)]}
	for _, match := range over.Find(space[:0], &rest) {
		if next(r.own, rest.Words[match.Last].To, rest.Words[len(rest.Words)-1].To) >= 0 {
			return true
		}
	}
	return false
}

func clause(w phrase.Word) int   { return w.Clause }
func sentence(w phrase.Word) int { return w.Sentence }

// limit is the byte up to which a cue's brand may stand, within its part of the
// text.
func (r *reader) limit(cue phrase.Match, part func(phrase.Word) int) int {
	i := cue.Last
	for i+1 < len(r.Words) && i < cue.Last+reach && part(r.Words[i+1]) == part(r.Words[cue.Last]) {
		i++
	}
	return r.Words[i].To
}

// began is the byte at which a cue's sentence begins.
func (r *reader) began(cue phrase.Match) int {
	i := cue.First
	for i > 0 && r.Words[i-1].Sentence == r.Words[cue.First].Sentence {
		i--
	}
	return r.Words[i].From
}

// next is where the first span between two bytes begins, -1 where there is none.
func next(spans []query.Span, from, limit int) int {
	if i := beginning(spans, from); i < len(spans) && spans[i].From < limit {
		return spans[i].From
	}
	return -1
}

// last is where the last span between two bytes begins, -1 where there is none.
func last(spans []query.Span, since, until int) int {
	if i := beginning(spans, until) - 1; i >= 0 && spans[i].From >= since {
		return spans[i].From
	}
	return -1
}

// beginning is the index of the first span that begins at a byte or after it.
func beginning(spans []query.Span, at int) int {
	return sort.Search(len(spans), func(i int) bool { return spans[i].From >= at })
}

// within says whether a word at a byte is part of a span, or the word of a handle
// or hashtag of which the span has the sign.
func within(spans []query.Span, at int) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].To > at })
	return i < len(spans) && at >= spans[i].From-1
}
