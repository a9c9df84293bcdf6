package xapi

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parse reads a rule or a query: words, "phrases", #tags, @handles, from:, to:,
// lang:, is:, AND as a space, OR, - before single terms, parentheses. What else X
// knows is refused, as X refuses what an access level does not have.
func parse(text string, limit int) (expression, error) {
	if n := utf8.RuneCountInString(text); n > limit {
		return nil, fmt.Errorf("Rule length is too long: it has %d characters, at most %d are allowed", n, limit)
	}
	p := &parser{text: text}
	e, err := p.alternatives(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.at < len(text) {
		return nil, p.wrong("no viable alternative at input %q", text[p.at:])
	}
	if !e.positive() {
		return nil, p.wrong("Rules must contain at least one positive, non-stopword clause")
	}
	return e, nil
}

const maxDepth = 64

// operators are those that are understood, and their values where those are few.
var operators = map[string][]string{
	"from": nil, "to": nil, "lang": nil, "is": {"retweet", "reply", "quote"},
}

type parser struct {
	text string
	at   int
}

func (p *parser) wrong(format string, args ...any) error {
	return fmt.Errorf(format+" (at position %d)", append(args, p.at+1)...)
}

func (p *parser) skip() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// ahead says whether a text comes next.
func (p *parser) ahead(text string) bool { return strings.HasPrefix(p.text[p.at:], text) }

// isOr says whether the operator OR comes next, as a word of its own.
func (p *parser) isOr() bool {
	return p.ahead("OR ") || p.ahead("OR(") || p.text[p.at:] == "OR"
}

func (p *parser) alternatives(depth int) (expression, error) {
	var list alternative
	for {
		e, err := p.terms(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if p.skip(); !p.isOr() {
			break
		}
		p.at += len("OR")
	}
	if len(list) == 1 {
		return list[0], nil
	}
	if !list.positive() {
		return nil, p.wrong("a negated clause cannot be an alternative of OR")
	}
	return list, nil
}

func (p *parser) terms(depth int) (expression, error) {
	var list conjunction
	for p.skip(); p.at < len(p.text) && !p.ahead(")") && !p.isOr(); p.skip() {
		e, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	switch len(list) {
	case 0:
		return nil, p.wrong("missing a clause")
	case 1:
		return list[0], nil
	default:
		return list, nil
	}
}

func (p *parser) term(depth int) (expression, error) {
	if depth > maxDepth {
		return nil, p.wrong("nested too deep")
	}
	switch {
	case p.ahead("-("):
		return nil, p.wrong("groups cannot be negated")
	case p.ahead("-"):
		p.at++
		e, err := p.term(depth + 1)
		return negation{e}, err
	case p.ahead("("):
		p.at++
		e, err := p.alternatives(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.skip(); !p.ahead(")") {
			return nil, p.wrong("missing ')'")
		}
		p.at++
		return e, nil
	case p.ahead(`"`):
		end := strings.IndexByte(p.text[p.at+1:], '"')
		if end < 0 {
			return nil, p.wrong("missing '\"'")
		}
		phrase := p.text[p.at+1 : p.at+1+end]
		p.at += end + 2
		return p.keyword(phrase)
	default:
		return p.word()
	}
}

func (p *parser) keyword(text string) (expression, error) {
	k := keyword(tokens(text))
	if len(k) == 0 {
		return nil, p.wrong("%q holds no word", text)
	}
	return k, nil
}

func (p *parser) word() (expression, error) {
	end := strings.IndexAny(p.text[p.at:], ` ()"`)
	if end < 0 {
		end = len(p.text) - p.at
	}
	word := p.text[p.at : p.at+end]
	p.at += end
	if word == "" {
		return nil, p.wrong("missing a clause")
	}
	if name, value, isOperator := strings.Cut(word, ":"); isOperator {
		values, known := operators[name]
		if !known || value == "" || values != nil && !slices.Contains(values, value) {
			return nil, p.wrong("Reference to invalid operator '%s'. Operator is not available in current product or product packaging", word)
		}
		return operator{name, strings.TrimPrefix(value, "@")}, nil
	}
	if sign := word[:1]; sign == "#" || sign == "@" {
		if name := word[1:]; name != "" && strings.IndexFunc(name, notName) < 0 {
			return operator{sign, name}, nil
		}
		return nil, p.wrong("%q is no hashtag or username", word)
	}
	return p.keyword(word)
}

func notName(r rune) bool {
	return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
}
