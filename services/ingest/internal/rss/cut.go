package rss

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// pieces are a document cut into its items, so that each is read on its own: an
// item whose markup is broken, or the cut at the end, costs itself and no other.
type pieces struct {
	head  []byte   // from the start to the first item
	items [][]byte // from "<item" to "</item>", or the values of "items"
	deep  []int    // by item: how deep its elements are nested
	level int      // how deep the elements outside of items are nested
	rest  []byte   // an item that the end of the document cut off
	name  string   // of the root element, in lower case, with its prefix
	root  string   // its start tag, as it is
	whole bool     // the end of the document is there
}

// rootName is the name of the root element as it is written.
func (p *pieces) rootName() string {
	return strings.TrimLeft(p.root[:strings.IndexAny(p.root, " \t\r\n/>")], "<")
}

// maxName bounds the names that tell elements apart.
const maxName = 64

// tag is one tag of an XML document.
type tag struct {
	start, end int // from "<" to after ">"
	name       string
	closing    bool
	empty      bool // <br/>
}

// nextTag finds the next tag, passing over comments, CDATA sections, processing
// instructions, declarations, and a "<" that begins no tag. It looks at each byte
// about once, whatever the document.
func nextTag(doc []byte, from int) (tag, bool) {
	for {
		at := bytes.IndexByte(doc[from:], '<')
		if at < 0 {
			return tag{}, false
		}
		from += at
		if end := passedOver(doc[from:]); end != "" {
			length := bytes.Index(doc[from:], []byte(end))
			if length < 0 {
				return tag{}, false
			}
			from += length + len(end)
			continue
		}
		length := bytes.IndexAny(doc[from+1:], "<>")
		if length < 0 {
			return tag{}, false
		}
		end := from + 1 + length
		if doc[end] == '>' {
			if t := readTag(doc[from+1 : end]); t.name != "" {
				t.start, t.end = from, end+1
				return t, true
			}
		}
		from = end
	}
}

// passedOver is how a stretch ends that holds no tags, "" where a tag may begin.
func passedOver(doc []byte) (end string) {
	switch {
	case bytes.HasPrefix(doc, []byte("<!--")):
		return "-->"
	case bytes.HasPrefix(doc, []byte("<![CDATA[")):
		return "]]>"
	case bytes.HasPrefix(doc, []byte("<?")):
		return "?>"
	case bytes.HasPrefix(doc, []byte("<!")):
		return ">"
	default:
		return ""
	}
}

func readTag(inner []byte) tag {
	var t tag
	if len(inner) > 0 && inner[0] == '/' {
		t.closing, inner = true, inner[1:]
	}
	t.empty = len(inner) > 0 && inner[len(inner)-1] == '/'
	length := bytes.IndexAny(inner, " \t\r\n/")
	if length < 0 {
		length = len(inner)
	}
	name := strings.ToLower(string(inner[:min(length, maxName)]))
	if name != "" && (name[0] >= 'a' && name[0] <= 'z' || name[0] == '_') {
		t.name = name
	}
	return t
}

// local is a name without its prefix.
func local(name string) string { return name[strings.IndexByte(name, ':')+1:] }

// cutXML cuts an RSS or Atom document.
func cutXML(doc []byte) pieces {
	p := pieces{head: doc}
	var item tag // the start of the item we are in
	inside, depth, deepest := false, 0, 0
	leave := func(end int) {
		p.items = append(p.items, doc[item.start:end])
		p.deep = append(p.deep, deepest)
		inside, depth, deepest = false, 0, 0
	}
	for t, ok := nextTag(doc, 0); ok; t, ok = nextTag(doc, t.end) {
		isItem := local(t.name) == "item" || local(t.name) == "entry"
		switch {
		case p.name == "":
			p.name, p.root = t.name, string(doc[t.start:t.end])
		case t.name == p.name && t.closing:
			p.whole = true
		case isItem && !t.closing && !t.empty:
			if inside { // the one before was never closed
				leave(t.start)
			}
			if len(p.items) == 0 {
				p.head = doc[:t.start]
			}
			p.level = max(p.level, deepest)
			inside, item, depth, deepest = true, t, 0, 0
		case isItem && t.closing && inside:
			leave(t.end)
		case t.closing:
			depth--
		case !t.empty:
			depth++
			deepest = max(deepest, depth)
		}
	}
	if inside {
		p.rest = doc[item.start:]
	} else {
		p.level = max(p.level, deepest)
	}
	return p
}

// cutJSON cuts a JSON Feed. It answers false when the document is no such thing:
// many an error is told in JSON too.
func cutJSON(doc []byte) (pieces, bool) {
	var p pieces
	decoder := json.NewDecoder(bytes.NewReader(doc))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return p, false
	}
	head, found := map[string]json.RawMessage{}, false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			break
		}
		if key == "items" && !found {
			if found = p.cutItems(decoder, doc); p.rest != nil {
				break
			}
			continue
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			break
		}
		head[key.(string)] = value
	}
	end, err := decoder.Token()
	p.whole = err == nil && end == json.Delim('}')
	p.head, err = json.Marshal(head)
	return p, found && err == nil
}

// cutItems reads the array of items as far as it goes.
func (p *pieces) cutItems(decoder *json.Decoder, doc []byte) (isArray bool) {
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return false
	}
	for decoder.More() {
		at := decoder.InputOffset()
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			p.rest = doc[at:]
			return true
		}
		p.items, p.deep = append(p.items, item), append(p.deep, 0)
	}
	if _, err := decoder.Token(); errors.Is(err, io.EOF) {
		p.rest = doc[decoder.InputOffset():]
	}
	return true
}
