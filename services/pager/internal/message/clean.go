package message

import (
	"net/url"
	"strings"
	"unicode"
)

const maxAddress = 2000

// Line makes one line of plain text out of what a stranger wrote, cut to max
// characters: no control characters, no marks that turn the direction of text
// or hide in it. Where it is cut it ends in "…".
func Line(text string, max int) string {
	var out strings.Builder
	var count int
	space := false
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029':
			space = count > 0
			continue
		case unicode.Is(unicode.Cf, r) && r != '\u200D': // it joins the parts of an emoji
			continue
		}
		if space {
			if count++; count < max {
				out.WriteByte(' ')
			}
			space = false
		}
		if count++; count > max {
			return shorten(out.String())
		}
		out.WriteRune(r)
	}
	return out.String()
}

// shorten makes room for "…" in a text that fills its place, at the end of a word
// where one is near.
func shorten(full string) string {
	runes := []rune(full)
	runes = runes[:max(0, len(runes)-1)]
	for back := 0; back < 15 && back < len(runes)/2; back++ {
		if runes[len(runes)-1-back] == ' ' {
			runes = runes[:len(runes)-1-back]
			break
		}
	}
	return strings.TrimRight(string(runes), " \u200D") + "…"
}

// address lets through what a person can open, and nothing else.
func address(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || len(text) > maxAddress || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	return strings.ReplaceAll(parsed.String(), " ", "%20")
}
