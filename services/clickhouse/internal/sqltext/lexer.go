package sqltext

import "strings"

type kind uint8

const (
	word   kind = iota // a bare identifier, a keyword or a number
	ident              // `quoted` or "quoted"
	str                // 'string' or $tag$heredoc$tag$
	symbol             // one character of punctuation
)

// token is a piece of the text, [start, end). Comments and white space lie between tokens.
type token struct {
	kind       kind
	start, end int
}

// lexer cuts text into tokens. It never fails: an unfinished quote or comment extends to the end.
type lexer struct {
	text string
	pos  int
}

// next returns the next token, and false at the end.
func (l *lexer) next() (token, bool) {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case isSpace(rest[0]):
			l.pos++
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "#!"), strings.HasPrefix(rest, "# "):
			l.pos = skipPast(l.text, l.pos, "\n")
		case strings.HasPrefix(rest, "/*"):
			l.pos = skipPast(l.text, l.pos+2, "*/")
		default:
			t := token{symbol, l.pos, l.pos + 1}
			switch tag := heredocTag(rest); {
			case rest[0] == '\'':
				t.kind, t.end = str, skipQuoted(l.text, l.pos)
			case rest[0] == '`' || rest[0] == '"':
				t.kind, t.end = ident, skipQuoted(l.text, l.pos)
			case tag != "":
				t.kind, t.end = str, skipPast(l.text, l.pos+len(tag), tag)
			case isWord(rest[0]):
				t.kind = word
				for t.end < len(l.text) && isWord(l.text[t.end]) {
					t.end++
				}
			}
			l.pos = t.end
			return t, true
		}
	}
	return token{}, false
}

func isSpace(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r') }

// isWord takes every byte above ASCII for a letter, so that no multi-byte character is ever cut.
func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func skipPast(text string, from int, end string) int {
	if n := strings.Index(text[from:], end); n >= 0 {
		return from + n + len(end)
	}
	return len(text)
}

// skipQuoted returns the position after the quoted piece that begins at i; a backslash or a doubled quote
// escapes.
func skipQuoted(text string, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == quote && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// heredocTag returns the opening $tag$ that text begins with, or "".
func heredocTag(text string) string {
	if text[0] != '$' {
		return ""
	}
	for i := 1; i < len(text); i++ {
		if text[i] == '$' {
			return text[:i+1]
		}
		if !isWord(text[i]) {
			return ""
		}
	}
	return ""
}

// unquote returns the name an identifier token stands for.
func unquote(s string) string {
	if len(s) < 2 || (s[0] != '`' && s[0] != '"') {
		return s
	}
	quote, body := s[0], s[1:len(s)-1]
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\' && i+1 < len(body):
			i++
			b.WriteByte(unescape(body[i]))
		case c == quote && i+1 < len(body) && body[i+1] == quote:
			i++
			b.WriteByte(quote)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case '0':
		return 0
	}
	return c
}

// Quote writes s as a string literal.
func Quote(s string) string { return "'" + escaper.Replace(s) + "'" }

// QuoteName writes s as a quoted identifier.
func QuoteName(s string) string { return "`" + nameEscaper.Replace(s) + "`" }

var (
	escaper     = strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	nameEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`")
)
