package sentiment

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// polarities tell how far words, emoji, hashtags and short phrases lean, from -1
// to 1, by their hash.
type polarities map[uint32]float32

//go:embed cues.txt
var cueList string

// cueStrength is what a cue leans.
const cueStrength = 0.7

// irony is the name of praise that is meant the other way round: see doubt.
const irony = "[irony]"

// lore is what we know of the words of a language: the cues, and those of them that
// are of two and three words, the idioms.
type lore struct {
	cues   polarities
	idioms map[uint32]bool
}

// known is the lore of every language.
var known = sync.OnceValue(func() map[string]lore {
	all := map[string]lore{}
	for language := range negators {
		all[language] = lore{cues: polarities{}, idioms: map[uint32]bool{}}
	}
	for line := range strings.Lines(cueList) {
		head, entries, found := strings.Cut(line, ": ")
		code, label, _ := strings.Cut(head, " ")
		towards, labelled := names[label]
		if !found || !labelled {
			continue // the words on top
		}
		for entry := range strings.FieldsSeq(entries) {
			phrase := entry
			if entry != "-_-" {
				phrase = strings.ReplaceAll(entry, "_", " ")
			}
			hash, short := phraseHash(phrase)
			for language, l := range all {
				if short && (code == language || code == "all") {
					l.cues[hash] = float32(towards-Neutral) * cueStrength
					l.idioms[hash] = l.idioms[hash] || strings.Contains(entry, "_") && code == language
				}
			}
		}
	}
	return all
})

// joinIdioms makes one token of an idiom: its words do not mean what they mean
// apart, as « merci » in « merci pour rien ».
func (r *reading) joinIdioms(language string) {
	known := known()[language].idioms
	for i := 0; i+1 < len(r.tokens); i++ {
		t := r.tokens[i:]
		if t[0].kind != word || t[1].kind != word {
			continue
		}
		hash, length := join(seedPair, t[0].hash, t[1].hash), 2
		if len(t) > 2 && t[2].kind == word {
			if three := join(seedTriple, hash, t[2].hash); known[three] {
				hash, length = three, 3
			}
		}
		if !known[hash] {
			continue
		}
		t[0].hash, t[0].kind, t[0].to = hash, idiom, t[length-1].to
		for j := 1; j < length; j++ {
			t[j].kind = excluded
		}
	}
}

// phraseHash is the hash under which up to three words are a feature.
func phraseHash(phrase string) (hash uint32, short bool) {
	if phrase == irony || slices.Contains(ratings[:], phrase) { // a name, of what is written in many ways
		return hashBytes([]byte(phrase)), true
	}
	var r reading
	r.cut(phrase)
	switch t := r.tokens; len(t) {
	case 1:
		return t[0].hash, true
	case 2:
		return join(seedPair, t[0].hash, t[1].hash), true
	case 3:
		return join(seedTriple, join(seedPair, t[0].hash, t[1].hash), t[2].hash), true
	}
	return 0, false
}

// learner learns polarities from examples, against a prior that counts for
// priorWeight texts.
type learner struct {
	tallies map[uint32]*tally
	prior   polarities
	cues    polarities
}

// tally is in how many texts a word stands, by label, each label weighing alike.
type tally struct {
	texts int
	sums  [labels]float32
}

const priorWeight = 8

// learn counts an example, with by 1, or takes it back, with by -1.
func (l *learner) learn(r *reading, label int, weight float32, by int) {
	for i := range r.tokens {
		t := &r.tokens[i]
		if t.negated || !t.leans() || t.kind == idiom || isRating[t.hash] {
			continue // what stars and idioms mean need not be learned
		}
		n := l.tallies[t.hash]
		if n == nil {
			n = &tally{}
			l.tallies[t.hash] = n
		}
		n.texts += by
		n.sums[label] += float32(by) * weight
	}
}

// polarity of a word: only what examples have shown, and our own cues, lean.
func (l *learner) polarity(hash uint32) float32 {
	n := l.tallies[hash]
	if n == nil || n.texts == 0 {
		return l.cues[hash]
	}
	all := n.sums[0] + n.sums[1] + n.sums[2]
	return (n.sums[2] - n.sums[0] + priorWeight*l.prior[hash]) / (all + priorWeight)
}

// leans says whether a token can lean at all.
func (t *token) leans() bool {
	return t.kind == word || t.kind == tag || t.kind == symbol || t.kind == idiom
}
