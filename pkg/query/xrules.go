package query

import (
	"fmt"
	"regexp"
	"strings"
)

// MaxXRule is how long a rule of X's filtered stream may be.
const MaxXRule = 1024

// XRules writes the query in the language of X's rules and searches, as few as
// fit into limit bytes each; none where it cannot match on X. Together they let
// through all that the query matches, and somewhat more: what X lets through is
// checked again here. A query that X cannot narrow down is an error.
//
// Source: X API v2, "Build a rule". Space is AND and binds tighter than OR; "-"
// is NOT, stands before single terms only, and never alone. X looks for whole words
// and knows no distance between them but in short phrases; it decides on languages
// by itself. A rule with an accent matches the accent only, so words are asked for
// with and without. Not found are a word with an accent that the query writes
// without, and a word that a post has inside a hashtag of several words only.
func (q *Query) XRules(limit int) ([]string, error) {
	return q.searches("X", limit, xSays)
}

// RedditSearches writes the query as searches of Reddit, as XRules does for X.
//
// Source: Reddit's help on search. AND, OR and parentheses; NOT is left out, for
// Reddit looks for words of the same stem too, and would leave out too much.
func (q *Query) RedditSearches() ([]string, error) {
	return q.searches("Reddit", maxRedditSearch, searchSays("reddit"))
}

const maxRedditSearch = 512

// MastodonSearches writes the query as searches of Mastodon, as XRules does for X.
//
// Source: Mastodon's search_query_transformer.rb. All words and "phrases" must be
// there, and there is no OR: each alternative is a search of its own. Words of the
// same stem are found too, so NOT is left out.
func (q *Query) MastodonSearches() ([]string, error) {
	relaxed, err := q.relaxed("Mastodon", searchSays("mastodon"))
	if relaxed == nil || err != nil {
		return nil, err
	}
	return conjunctions(relaxed)
}

func (q *Query) searches(source string, limit int, say says) ([]string, error) {
	relaxed, err := q.relaxed(source, say)
	if relaxed == nil || err != nil {
		return nil, err
	}
	parts, err := split(relaxed, limit)
	if err != nil {
		return nil, err
	}
	rules := make([]string, len(parts))
	for i, part := range parts {
		rules[i] = write(part)
	}
	return rules, nil
}

// relaxed is the query in the words of a source; nil where it cannot match there. A
// context without the name that it belongs to would ask for the whole world.
func (q *Query) relaxed(source string, say says) (node, error) {
	n := relax(q.root, false, say)
	if _, never := n.(nothing); never {
		return nil, nil
	}
	named := n
	if context, ok := q.root.(contextNode); ok {
		named = relax(context.named, false, say)
	}
	if isNegative(named) {
		return nil, fmt.Errorf("query: %s looks for whole words, and this query cannot do without %s: name the words, joined by OR", source, unsaid(q.root))
	}
	return n, nil
}

// unsaid is the first term that no source can look for.
func unsaid(n node) string {
	switch n := n.(type) {
	case andNode:
		return firstUnsaid(n.operands)
	case orNode:
		return firstUnsaid(n.operands)
	case contextNode:
		return unsaid(n.named)
	case nearNode:
		for _, t := range append(append([]termNode(nil), n.left...), n.right...) {
			if t.prefix {
				return t.text()
			}
		}
	case termNode:
		if n.prefix {
			return n.text()
		}
	}
	return ""
}

func firstUnsaid(nodes []node) string {
	for _, n := range nodes {
		if found := unsaid(n); found != "" {
			return found
		}
	}
	return ""
}

// form is a term as a source writes it.
type form string

// xHandle is what can stand after from:.
var xHandle = regexp.MustCompile(`^[a-z0-9_]{1,15}$`)

func xSays(leaf node, negated bool) node {
	switch n := leaf.(type) {
	case termNode:
		exact := n.raw == "" // what X finds is what we find
		return asked(xForms(n), negated, exact)
	case nearNode:
		return both(n, negated, xSays)
	case filterNode:
		if n.name == "author" && xHandle.MatchString(n.value) {
			return asked([]form{form("from:" + n.value)}, negated, true)
		}
		return ofSource("x", n, negated)
	default:
		return everything{}
	}
}

// asked asks for one form or another, or for none of them.
func asked(forms []form, negated, exact bool) node {
	if len(forms) == 0 || negated && !exact {
		return everything{}
	}
	nodes := make([]node, len(forms))
	for i, f := range forms {
		if nodes[i] = f; negated {
			nodes[i] = notNode{f}
		}
	}
	if negated {
		return allOf(nodes)
	}
	return anyOf(nodes)
}

// both asks for either side of NEAR: no source knows distances as ours does.
func both(n nearNode, negated bool, say says) node {
	if negated {
		return everything{}
	}
	either := func(group []termNode) node {
		said := make([]node, len(group))
		for i, t := range group {
			said[i] = say(t, false)
		}
		return anyOf(said)
	}
	return allOf([]node{either(n.left), either(n.right)})
}

// ofSource decides the filter source:, and lets through what others would leave out.
func ofSource(source string, f filterNode, negated bool) node {
	if f.name == "source" && (f.value == source) == negated {
		return nothing{}
	}
	return everything{}
}

// xForms are the ways to write a term that X must be asked for; none where it has
// no words for it.
func xForms(t termNode) []form {
	if t.prefix {
		return nil
	}
	forms := []form{xForm(t, false)}
	if t.raw != "" {
		return forms
	}
	add := func(f form) {
		if f != forms[0] {
			forms = append(forms, f)
		}
	}
	add(xForm(t, true))
	if tag := t.asHashtag(); tag != "" {
		forms = append(forms, form("#"+tag))
		if written := writtenTag(t.source); Fold(written) == tag && strings.ToLower(written) != tag {
			forms = append(forms, form("#"+written))
		}
	}
	return forms
}

// writtenTag is a phrase written as one word, with its accents.
func writtenTag(source string) string {
	return strings.Map(func(r rune) rune {
		if isWordPart(r) {
			return r
		}
		return -1
	}, source)
}

// xForm is a term in X's words, as written in the query or folded.
func xForm(t termNode, folded bool) form {
	if len(t.tokens) > 1 {
		phrase := strings.Join(strings.Fields(strings.NewReplacer(`\`, " ", `"`, " ").Replace(t.source)), " ")
		if plain := Fold(phrase); folded && plain != visible(strings.ToLower(phrase)) {
			phrase = plain
		}
		return form(`"` + phrase + `"`)
	}
	tok := t.tokens[0]
	word := tok.text
	if written := writtenWord(t.source); !folded && Fold(written) == tok.text || strings.ToLower(written) == tok.text {
		word = written
	}
	switch {
	case tok.kind == hashtag:
		return form("#" + word)
	case tok.kind == handle:
		return form("@" + tok.text)
	case word == "OR" || word == "AND" || word == "NOT":
		return form(`"` + word + `"`)
	default:
		return form(word)
	}
}

// visible is a text without its invisible signs.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, text)
}

// writtenWord is the one word of a source, without the signs around it.
func writtenWord(source string) string {
	start := strings.IndexFunc(source, func(r rune) bool { return isWordPart(r) || standsAlone(r) })
	if start < 0 {
		return ""
	}
	return source[start : start+wordEnd(source[start:], func(r rune) bool { return isWordPart(r) || standsAlone(r) })]
}

// write writes a relaxed query.
func write(n node) string {
	switch n := n.(type) {
	case andNode:
		return join(n.operands, " ")
	case orNode:
		return join(n.operands, " OR ")
	case notNode:
		return "-" + write(n.operand)
	default:
		return string(n.(form))
	}
}

func join(operands []node, between string) string {
	parts := make([]string, len(operands))
	for i, operand := range operands {
		parts[i] = write(operand)
		switch operand.(type) {
		case andNode, orNode:
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, between)
}
