package rss

import (
	"bytes"
	"errors"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// toUTF8 makes text of bytes. Feeds lie about their encoding, so what the bytes
// are counts more than what is claimed: bytes that are UTF-8 are UTF-8 (text in
// another encoding is so by chance only when it has no accents, and then it does
// not matter), and a claim of anything else is believed only when they are not.
// Where nothing fits, single bytes that are wrong are read as windows-1252, which
// they are in nearly all feeds of Western Europe; none makes the feed unreadable.
func toUTF8(body []byte, contentType string) []byte {
	claims := claimed(body, contentType)
	switch {
	case isWide(body):
		body = decode(body, unicode.UTF16(wideOrder(body), unicode.UseBOM))
	case utf8.Valid(body) && !claims.escapes():
	default:
		if enc := claims.legacy(); enc != nil {
			body = decode(body, enc)
		}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	return withoutForbidden(mend(body))
}

// withoutProlog drops white space and the XML declaration, whose encoding is no
// longer true.
func withoutProlog(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t\r\n")
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if end := bytes.Index(text, []byte("?>")); end >= 0 {
			return text[end+2:]
		}
	}
	return text
}

// claims are the encodings that a feed is said to have, the stronger first.
type claims []string

var prologRule = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

func claimed(body []byte, contentType string) claims {
	var list claims
	if _, parameters, err := mime.ParseMediaType(contentType); err == nil && parameters["charset"] != "" {
		list = append(list, parameters["charset"])
	}
	if found := prologRule.FindSubmatch(body[:min(len(body), 1<<10)]); found != nil {
		list = append(list, string(found[1]))
	}
	return list
}

// legacy is the first claimed encoding that is known and not UTF-8.
func (c claims) legacy() encoding.Encoding {
	for _, label := range c {
		if enc, name := charset.Lookup(label); enc != nil && name != "utf-8" {
			return enc
		}
	}
	return nil
}

// escapes says whether the encoding claimed writes other alphabets in ASCII.
func (c claims) escapes() bool {
	for _, label := range c {
		if _, name := charset.Lookup(label); name == "iso-2022-jp" {
			return true
		}
	}
	return false
}

// isWide says whether the bytes are UTF-16: by their mark, or by a "<" beside a zero.
func isWide(body []byte) bool {
	if len(body) < 2 {
		return false
	}
	switch [2]byte{body[0], body[1]} {
	case [2]byte{0xff, 0xfe}, [2]byte{0xfe, 0xff}, [2]byte{'<', 0}, [2]byte{0, '<'}:
		return true
	default:
		return false
	}
}

func wideOrder(body []byte) unicode.Endianness {
	if body[0] == '<' || body[0] == 0xff {
		return unicode.LittleEndian
	}
	return unicode.BigEndian
}

func decode(body []byte, enc encoding.Encoding) []byte {
	if out, err := enc.NewDecoder().Bytes(body); err == nil {
		return out
	}
	return body
}

// mend reads each byte that is not UTF-8 as windows-1252.
func mend(body []byte) []byte {
	if utf8.Valid(body) {
		return body
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(body[0])
		}
		out = utf8.AppendRune(out, r)
		body = body[size:]
	}
	return out
}

// withoutForbidden drops the characters that no XML document may hold, written
// as they are or as references: one of them would make the whole unreadable.
func withoutForbidden(body []byte) []byte {
	for _, noncharacter := range []string{"\uFFFE", "\uFFFF"} {
		body = bytes.ReplaceAll(body, []byte(noncharacter), nil)
	}
	var out []byte
	for {
		at := bytes.Index(body, []byte("&#"))
		if at < 0 {
			return append(out, body...)
		}
		if length := forbidden(body[at:]); length > 0 {
			out, body = append(out, body[:at]...), body[at+length:]
		} else {
			out, body = append(out, body[:at+2]...), body[at+2:]
		}
	}
}

// maxReference is longer than any character's reference needs to be.
const maxReference = 32

// forbidden is the length of the reference "&#0;" or "&#x0;" that a text begins
// with, if it names a character that XML forbids; 0 otherwise.
func forbidden(text []byte) int {
	end := bytes.IndexByte(text[:min(len(text), maxReference)], ';')
	if end < 0 {
		return 0
	}
	digits, base := strings.ToLower(string(text[2:end])), 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if errors.Is(err, strconv.ErrSyntax) || err == nil && n <= utf8.MaxRune && isCharacter(rune(n)) {
		return 0
	}
	return end + 1
}

// isCharacter says whether a document of XML may hold a character.
func isCharacter(r rune) bool {
	if r < ' ' {
		return r == '\t' || r == '\n' || r == '\r'
	}
	return utf8.ValidRune(r) && r != 0xFFFE && r != 0xFFFF
}
