package sentiment

import (
	"cmp"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// stance says how the verdict on what is left of a text speaks of the brand.
type stance int

const (
	towards stance = iota
	against        // the brand is what the other is better than
)

func (s stance) of(v Verdict) Verdict {
	if s == against {
		p := v.Probabilities
		return verdict([labels]float32{p[2], p[1], p[0]})
	}
	return v
}

// owner is of whom a clause speaks.
type owner uint8

const (
	nobody owner = iota
	ours
	theirs
	both = ours | theirs
)

// clause is a range of tokens.
type clause struct {
	from, to int
	owner    owner
}

// target takes out what speaks of other brands only. A clause that names nobody
// goes with the one before it. Where nothing tells brands apart, all is left.
func (r *reading) target(language string, own, others []query.Span) stance {
	if len(own) == 0 {
		return towards
	}
	clauses := r.clauses(language)
	switch {
	case r.outdone(language, clauses, own):
		return against
	case r.outdone(language, clauses, others):
		return towards
	}
	var named owner
	split := make([]clause, 0, len(clauses)+1)
	for _, c := range clauses {
		c.owner = r.owner(c, own, others)
		if c.owner == both {
			if first, second := r.part(c, own, others); second.to > 0 {
				split = append(split, first, second)
				named |= both
				continue
			}
		}
		if c.owner == nobody && r.prefers(c) {
			c.owner = theirs // somebody nobody watches
		}
		named |= c.owner
		split = append(split, c)
	}
	if named != both {
		return towards
	}
	var current owner
	for _, c := range split {
		if c.owner != nobody {
			current = c.owner
			break
		}
	}
	kept := 0
	for i := range split {
		if split[i].owner == nobody {
			split[i].owner = current
		}
		current = split[i].owner
		if current&ours != 0 {
			kept += split[i].to - split[i].from
		}
	}
	if kept == 0 {
		return towards
	}
	for _, c := range split {
		if c.owner&ours == 0 {
			for i := c.from; i < c.to; i++ {
				r.tokens[i].kind = excluded
			}
		}
	}
	return towards
}

// clauses parts the text at punctuation and at words of contrast.
func (r *reading) clauses(language string) []clause {
	var all []clause
	from, parts := 0, contrasts[language]
	for i := range r.tokens {
		t := &r.tokens[i]
		switch {
		case t.kind == mark || t.kind == stop:
			all = append(all, clause{from: from, to: i + 1})
			from = i + 1
		case t.kind == word && parts[t.hash] && i > from:
			all = append(all, clause{from: from, to: i})
			from = i
		}
	}
	if from < len(r.tokens) {
		all = append(all, clause{from: from, to: len(r.tokens)})
	}
	return all
}

func (r *reading) owner(c clause, own, others []query.Span) (o owner) {
	for i := c.from; i < c.to; i++ {
		if r.within(i, own) {
			o |= ours
		}
		if r.within(i, others) {
			o |= theirs
		}
	}
	return o
}

// within says whether a token stands in one of the spans, which are in order.
func (r *reading) within(i int, spans []query.Span) bool {
	t := &r.tokens[i]
	first, _ := slices.BinarySearchFunc(spans, int(t.from), func(s query.Span, from int) int { return cmp.Compare(s.To, from+1) })
	return first < len(spans) && spans[first].From < int(t.to)
}

// part parts a clause that names both, between the two first names: at a
// conjunction ("I love A and hate B"), where there is one.
func (r *reading) part(c clause, own, others []query.Span) (first, second clause) {
	start, who := -1, nobody
	for i := c.from; i < c.to; i++ {
		o := r.owner(clause{from: i, to: i + 1}, own, others)
		switch {
		case o == nobody:
			continue
		case start < 0 || o == who:
			start, who = i, o
			continue
		}
		for j := start + 1; j < i; j++ {
			if conjunctions[r.tokens[j].hash] && i-start > 2 {
				first, second = clause{from: c.from, to: j, owner: who}, clause{from: j, to: c.to, owner: o}
			}
		}
		break
	}
	return first, second
}

// outdone says whether what is named is what another is held against: "better than
// A", « je préfère B à A », "unlike A". Whatever is said there is said of the other.
func (r *reading) outdone(language string, clauses []clause, named []query.Span) bool {
	for _, c := range clauses {
		for i := c.from + 1; i < c.to; i++ {
			if r.within(i, named) && !r.within(i-1, named) && r.heldAgainst(language, c, i) {
				return true
			}
		}
	}
	return false
}

// heldAgainst says whether what stands before a name holds somebody against it.
func (r *reading) heldAgainst(language string, c clause, name int) bool {
	joined := false
	i := name - 1
	for ; i >= c.from; i-- {
		h := hashBytes(r.buffer[r.tokens[i].a:r.tokens[i].b])
		if holders[h] {
			return true
		}
		if joins[language][h] {
			joined = true
		} else if !articles[h] {
			break
		}
	}
	for ; joined && i >= c.from; i-- {
		// An idiom ("pire que") keeps its words, under another hash.
		if h := hashBytes(r.buffer[r.tokens[i].a:r.tokens[i].b]); comparatives[h] || preferences[h] {
			return true
		}
	}
	return false
}

// prefers says whether a clause that names nobody prefers somebody all the same.
func (r *reading) prefers(c clause) bool {
	for i := c.from; i < c.to; i++ {
		if preferences[r.tokens[i].hash] {
			return true
		}
	}
	return false
}

func wordSet(list string) map[uint32]bool { return hashed(map[string]string{"": list})[""] }

var (
	conjunctions = wordSet("and et y e und while alors")
	articles     = wordSet("the an le la les l el los il lo i der die das den of de d du des")
	// holders hold somebody against what follows by themselves, joins after a comparative.
	holders = wordSet("than instead rather unlike plutot contrairement")
	joins   = hashed(map[string]string{
		"en": "to", "fr": "que qu à", "es": "que a", "pt": "que do a", "it": "di che a", "de": "als",
	})
	// « plus » is no comparative: « ne marche plus ».
	comparatives = wordSet("better worse mieux meilleur meilleure meilleurs meilleures pire pires moins mejor peor menos melhor pior meglio peggio migliore peggiore meno besser schlechter schlimmer")
	preferences  = wordSet("prefer prefers preferred préfère préfères préfèrent préférer préféré préférons préférais prefiero prefiere prefiro preferisco bevorzuge lieber")
)

// unreadable says whether a text is in a script that the language's model never saw:
// the Hindi it learned from is written in Latin letters.
func (r *reading) unreadable(language string) bool {
	if language != "hi" {
		return false
	}
	var latin, other int
	for i := range r.tokens {
		if t := &r.tokens[i]; t.kind == word {
			if r.buffer[t.a] < 0x80 {
				latin++
			} else {
				other++
			}
		}
	}
	return other > latin
}
