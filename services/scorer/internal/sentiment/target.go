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
	if len(own) == 0 || len(others) == 0 {
		return towards
	}
	clauses := r.clauses(language)
	var named owner
	split := make([]clause, 0, len(clauses)+1)
	for _, c := range clauses {
		c.owner = r.owner(c, own, others)
		if c.owner == both {
			first, second, compared := r.part(c, own, others)
			if compared {
				if r.owner(first, own, nil) == ours {
					return towards
				}
				return against
			}
			if second.to > 0 {
				split = append(split, first, second)
				named |= both
				continue
			}
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
// conjunction ("I love A and hate B"), where there is one; a comparison ("A is
// better than B") leaves it whole, and says so.
func (r *reading) part(c clause, own, others []query.Span) (first, second clause, compared bool) {
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
			switch h := r.tokens[j].hash; {
			case comparisons[h], thans[h] && r.compares(start, j):
				return clause{from: c.from, to: i, owner: who}, clause{from: i, to: c.to, owner: o}, true
			case conjunctions[h] && i-start > 2:
				first, second = clause{from: c.from, to: j, owner: who}, clause{from: j, to: c.to, owner: o}
			}
		}
		return first, second, false
	}
	return clause{}, clause{}, false
}

// comparisons stand between what is praised and what it is held against.
var comparisons = hashed(map[string]string{"": "than instead rather unlike versus plutot contrairement"})[""]

// thans are those that mean other things too, but behind one of comparatives; of which
// « plus » is none, for « ne marche plus ».
var (
	thans        = hashed(map[string]string{"": "que qu als di"})[""]
	comparatives = hashed(map[string]string{"": "mieux meilleur meilleure meilleurs meilleures pire pires moins mejor peor menos melhor pior besser schlechter schlimmer meglio peggio migliore peggiore meno"})[""]
)

// compares says whether a comparative stands in a range of tokens, be it part of an
// idiom (« pire que »).
func (r *reading) compares(from, to int) bool {
	return slices.ContainsFunc(r.tokens[from:to], func(t token) bool { return comparatives[hashBytes(r.buffer[t.a:t.b])] })
}

var conjunctions = hashed(map[string]string{"": "and et y e und و while alors"})[""]

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
