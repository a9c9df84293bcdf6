package source

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stripTags keeps the text of a fragment of HTML. It reads token by token, so
// that a bomb of nested tags costs its length and no more.
func stripTags(markup string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	z.SetMaxBuf(len(markup) + 1)
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return collapse(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); {
			case isHidden(tag):
				hidden++
			case isBlock(tag):
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); {
			case isHidden(tag) && hidden > 0:
				hidden--
			case isBlock(tag):
				b.WriteByte('\n')
			}
		}
	}
}

func isHidden(tag atom.Atom) bool {
	return tag == atom.Script || tag == atom.Style || tag == atom.Template || tag == atom.Noscript
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.Tr, atom.Blockquote:
		return true
	default:
		return false
	}
}

// collapse joins the lines and spaces that markup leaves behind.
func collapse(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}
