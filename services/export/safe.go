package export

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCell is how many UTF-16 units of text a cell is given; a spreadsheet takes
// 32,767 at most, and spills what is longer over the next rows of a CSV.
const maxCell = 32_000

// plain makes foreign text fit for a cell: valid UTF-8 on one line, without
// control characters, and without the marks that make text read backwards. It is
// cut where a cell ends.
func plain(text string) string {
	units := 0
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			r = ' '
		case unicode.IsControl(r) || isDirection(r) || r == '\uFFFE' || r == '\uFFFF':
			continue
		}
		units++
		if r >= 0x10000 {
			units++
		}
		if units > maxCell {
			out.WriteRune('…')
			break
		}
		out.WriteRune(r) // an invalid byte is ranged over as utf8.RuneError
	}
	return out.String()
}

// isDirection says that a character turns the direction of reading around.
func isDirection(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F'
}

// inert is plain text that no spreadsheet takes for a formula when it opens a
// CSV: the apostrophe says "text". In an XLSX the type of the cell says so.
func inert(text string) string {
	text = plain(text)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, unicode.IsSpace))
	if strings.ContainsRune("=+-@＝＋－＠", first) && text != "" {
		return "'" + text
	}
	return text
}

// link is an address that may be opened from a cell, or "".
func link(url string) string {
	const maxLink = 2_000 // a spreadsheet refuses longer ones
	url = plain(url)
	if len(url) > maxLink || strings.ContainsAny(url, " \"<>") {
		return ""
	}
	lower := strings.ToLower(url)
	if !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") {
		return ""
	}
	return url
}
