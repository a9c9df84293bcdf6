package query

import (
	"slices"
	"strings"
)

// searchSays puts leaves in the words of a search engine that knows words and
// phrases only, and finds a word as a hashtag or handle too.
func searchSays(source string) says {
	var say says
	say = func(leaf node, negated bool) node {
		switch n := leaf.(type) {
		case termNode:
			return asked(searchForms(n), negated, false)
		case nearNode:
			return both(n, negated, say)
		case filterNode:
			return ofSource(source, n, negated)
		default:
			return everything{}
		}
	}
	return say
}

// apostrophes are those that engines tell apart.
var apostrophes = strings.NewReplacer("’", "'", "‘", "'")

// searchForms are the ways to write a term: as it is and folded, with one apostrophe
// and the other, and as the one word that its hashtag is.
func searchForms(t termNode) []form {
	if t.prefix {
		return nil
	}
	var forms []form
	add := func(text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return !isWordPart(r) || standsAlone(r) }) || isOperator(text) {
			text = `"` + text + `"`
		}
		for _, f := range forms {
			if f == form(text) {
				return
			}
		}
		forms = append(forms, form(text))
	}
	source := strings.Trim(t.source, "#@＃＠ ")
	if len(t.tokens) == 1 {
		source = writtenWord(t.source)
	}
	written := strings.ToLower(apostrophes.Replace(strings.Join(strings.Fields(strings.NewReplacer(`"`, " ", `\`, " ", "*", " ").Replace(source)), " ")))
	for _, text := range []string{written, Fold(written)} {
		add(text)
		add(strings.ReplaceAll(text, "'", "’"))
	}
	if tag := t.asHashtag(); tag != "" {
		add(tag)
	}
	return forms
}

func isOperator(text string) bool {
	text = strings.ToUpper(text)
	return text == "AND" || text == "OR" || text == "NOT"
}

// conjunctions writes alternatives as searches of their own.
func conjunctions(n node) ([]string, error) {
	searches := alternatives(n)
	if len(searches) > maxRules {
		return nil, errTooManyRules
	}
	return searches, nil
}

// alternatives are searches of which one at least finds what the node matches: of
// what must all be there, the part with the fewest, and with it the single words
// of the others.
func alternatives(n node) []string {
	switch n := n.(type) {
	case orNode:
		var all []string
		for _, operand := range n.operands {
			for _, search := range alternatives(operand) {
				if !slices.Contains(all, search) { // oasis finds #oasis too
					all = append(all, search)
				}
			}
		}
		return all
	case andNode:
		var fewest []string
		at := -1
		for i, operand := range n.operands {
			if found := alternatives(operand); at < 0 || len(found) < len(fewest) {
				fewest, at = found, i
			}
		}
		for i, operand := range n.operands {
			if f, single := operand.(form); single && i != at {
				for j := range fewest {
					fewest[j] += " " + string(f)
				}
			}
		}
		return fewest
	default:
		return []string{write(n)}
	}
}
