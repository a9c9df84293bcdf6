package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type symbol uint8

const (
	end symbol = iota
	open
	closing
	opAnd
	opOr
	opNot
	opNear
	bare   // a word without quotation marks
	quoted // what stands between them
	field  // "lang:", whose value comes next
	unclosed
)

// lexer reads the symbols of a query.
type lexer struct {
	text   string
	pos    int // next byte to read
	start  int // first byte of the current symbol
	symbol symbol
	value  string
}

// quotes are those that people and their word processors write.
var quotes = map[rune]rune{'"': '"', '“': '”', '”': '”', '„': '“', '«': '»'}

// next reads one symbol.
func (l *lexer) next() {
	l.space()
	if l.simple() {
		return
	}
	l.word()
	switch {
	case l.value == "AND":
		l.symbol = opAnd
	case l.value == "OR":
		l.symbol = opOr
	case l.value == "NOT":
		l.symbol = opNot
	case l.value == "NEAR" || strings.HasPrefix(l.value, "NEAR/"):
		l.symbol = opNear
	default:
		l.symbol = bare
		if name := fieldName(l.value); name != "" {
			l.symbol, l.value = field, name
			l.pos = l.start + len(name) + len(":")
		}
	}
}

// nextValue reads one symbol of the value of a filter, where a word may hold
// colons.
func (l *lexer) nextValue() {
	l.space()
	if l.simple() {
		return
	}
	l.word()
	if l.symbol = bare; l.value == "OR" {
		l.symbol = opOr
	}
}

func (l *lexer) space() {
	for l.pos < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		l.pos += size
	}
}

// simple reads what is no word.
func (l *lexer) simple() bool {
	l.start, l.value = l.pos, ""
	if l.pos >= len(l.text) {
		l.symbol = end
		return true
	}
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	closer, opens := quotes[r]
	switch {
	case r == '(':
		l.symbol, l.pos = open, l.pos+size
	case r == ')':
		l.symbol, l.pos = closing, l.pos+size
	case opens:
		l.pos += size
		length := strings.IndexRune(l.text[l.pos:], closer)
		if length < 0 {
			l.symbol, l.pos = unclosed, len(l.text)
			return true
		}
		l.symbol, l.value = quoted, l.text[l.pos:l.pos+length]
		l.pos += length + utf8.RuneLen(closer)
	default:
		return false
	}
	return true
}

func (l *lexer) word() {
	length := wordEnd(l.text[l.pos:], func(r rune) bool {
		_, opens := quotes[r]
		return !unicode.IsSpace(r) && r != '(' && r != ')' && !opens
	})
	l.value = l.text[l.pos : l.pos+length]
	l.pos += length
}

// fieldName is the name before the first colon, "" where there is no such name.
func fieldName(word string) string {
	name, _, found := strings.Cut(word, ":")
	if !found || strings.IndexFunc(name, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' && r != '_' }) >= 0 {
		return ""
	}
	return name
}

func (l *lexer) fail(expected, found, hint string) error {
	return &SyntaxError{
		Position: utf8.RuneCountInString(l.text[:min(l.start, len(l.text))]) + 1,
		Expected: expected, Found: found, Hint: hint,
	}
}

func (l *lexer) found() string {
	switch l.symbol {
	case end:
		return "the end"
	case unclosed:
		return "a quotation mark that is never closed"
	default:
		return fmt.Sprintf("%q", l.text[l.start:l.pos])
	}
}
