package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds nesting, so that a hostile query cannot exhaust the stack.
const maxDepth = 64

// maxLength bounds a query's text, in bytes.
const maxLength = 16 << 10

// SyntaxError says where a query is wrong and what was expected there.
type SyntaxError struct {
	Position int    // in characters, from 1
	Expected string // what would be right
	Found    string // what is there
}

// Error is one sentence a community manager can act on.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("at character %d: expected %s, found %s", e.Position, e.Expected, e.Found)
}

// Query is a parsed brand query.
type Query struct {
	root node
}

type node interface{}

type (
	andNode  struct{ operands []node }
	orNode   struct{ operands []node }
	notNode  struct{ operand node }
	termNode struct {
		tokens []token // one word, or the words of a phrase
		source string  // as written, for rules and errors
	}
)

// Parse reads a query. Operators are in capitals; two terms side by side mean
// AND; NOT binds tightest, then AND, then OR.
func Parse(text string) (*Query, error) {
	p := &parser{text: text}
	if len(text) > maxLength {
		return nil, p.fail("at most 16 KiB of query", "more")
	}
	if !utf8.ValidString(text) {
		return nil, p.fail("valid UTF-8 text", "bytes that are not")
	}
	p.next()
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.symbol != end {
		return nil, p.fail("AND, OR, NOT or the end", p.found())
	}
	if !restricts(root) {
		p.start = 0
		return nil, p.fail("at least one term that is not under NOT", "a query that matches nearly everything")
	}
	return &Query{root: root}, nil
}

type symbol uint8

const (
	end symbol = iota
	open
	closing
	opAnd
	opOr
	opNot
	term
	unclosed
)

type parser struct {
	text   string
	pos    int // next byte to read
	start  int // first byte of the current symbol
	symbol symbol
	value  string
}

func (p *parser) fail(expected, found string) error {
	return &SyntaxError{Position: utf8.RuneCountInString(p.text[:min(p.start, len(p.text))]) + 1, Expected: expected, Found: found}
}

func (p *parser) found() string {
	switch p.symbol {
	case end:
		return "the end"
	case unclosed:
		return "a quotation mark that is never closed"
	default:
		return fmt.Sprintf("%q", p.text[p.start:p.pos])
	}
}

// next reads one symbol.
func (p *parser) next() {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if !unicode.IsSpace(r) {
			break
		}
		p.pos += size
	}
	p.start = p.pos
	if p.pos >= len(p.text) {
		p.symbol = end
		return
	}
	switch p.text[p.pos] {
	case '(':
		p.symbol, p.pos = open, p.pos+1
	case ')':
		p.symbol, p.pos = closing, p.pos+1
	case '"':
		length := strings.IndexByte(p.text[p.pos+1:], '"')
		if length < 0 {
			p.symbol, p.pos = unclosed, len(p.text)
			return
		}
		p.symbol, p.value = term, p.text[p.pos+1:p.pos+1+length]
		p.pos += length + 2
	default:
		p.bare()
	}
}

// bare reads an unquoted word, which may be an operator.
func (p *parser) bare() {
	length := wordEnd(p.text[p.pos:], func(r rune) bool {
		return !unicode.IsSpace(r) && r != '(' && r != ')' && r != '"'
	})
	p.value = p.text[p.pos : p.pos+length]
	p.pos += length
	switch p.value {
	case "AND":
		p.symbol = opAnd
	case "OR":
		p.symbol = opOr
	case "NOT":
		p.symbol = opNot
	default:
		p.symbol = term
	}
}

func (p *parser) or(depth int) (node, error) {
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	operands := []node{first}
	for p.symbol == opOr {
		p.next()
		operand, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		operands = append(operands, operand)
	}
	if len(operands) == 1 {
		return first, nil
	}
	return orNode{operands}, nil
}

func (p *parser) and(depth int) (node, error) {
	first, err := p.not(depth)
	if err != nil {
		return nil, err
	}
	operands := []node{first}
	for p.symbol == opAnd || p.symbol == opNot || p.symbol == term || p.symbol == open {
		if p.symbol == opAnd {
			p.next()
		}
		operand, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		operands = append(operands, operand)
	}
	if len(operands) == 1 {
		return first, nil
	}
	return andNode{operands}, nil
}

func (p *parser) not(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail("at most 64 levels of parentheses and NOT", "more")
	}
	switch p.symbol {
	case opNot:
		p.next()
		operand, err := p.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return notNode{operand}, nil
	case open:
		p.next()
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.symbol != closing {
			return nil, p.fail("a closing parenthesis", p.found())
		}
		p.next()
		return inner, nil
	case term:
		tokens := tokenize(nil, p.value)
		if len(tokens) == 0 {
			return nil, p.fail("a word, a \"phrase\", a #hashtag or a @handle", p.found())
		}
		leaf := termNode{tokens: tokens, source: p.value}
		p.next()
		return leaf, nil
	default:
		return nil, p.fail("a word, a \"phrase\", a #hashtag, a @handle or a parenthesis", p.found())
	}
}

// restricts says whether every text that matches holds some term of the query:
// only then can terms be looked up first.
func restricts(n node) bool {
	switch n := n.(type) {
	case andNode:
		for _, operand := range n.operands {
			if restricts(operand) {
				return true
			}
		}
		return false
	case orNode:
		for _, operand := range n.operands {
			if !restricts(operand) {
				return false
			}
		}
		return true
	case notNode:
		return false
	default:
		return true
	}
}
