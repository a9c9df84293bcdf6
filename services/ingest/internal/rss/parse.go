package rss

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
)

// limits bound what one document may cost.
type limits struct {
	body  int64         // bytes, unzipped
	items int           // read of one document; the rest is left
	depth int           // of elements in each other
	time  time.Duration // to read all of it
}

var defaultLimits = limits{body: 10 << 20, items: 2000, depth: 1000, time: 10 * time.Second}

// maxNamespaces bounds declarations of namespaces, which each element inherits.
const maxNamespaces = 200

// document is what a site answered.
type document struct {
	data        []byte
	contentType string
	cut         error // why there is no more of it; nil when it is whole
}

// feed is what could be read of a document.
type feed struct {
	recognised bool // it is a feed, even if an empty one
	title      string
	language   string
	home       string
	items      []*gofeed.Item
}

// fault is something that could not be read.
type fault struct {
	reason  bus.Reason
	err     error
	payload []byte
}

// faults of a document: at most one of the whole, and those of single items.
type faults struct {
	whole *fault
	items []fault
}

func (f faults) none() bool { return f.whole == nil && len(f.items) == 0 }

var (
	errNoFeed  = errors.New("neither RSS nor Atom nor JSON Feed")
	errCut     = errors.New("the document ends in its middle")
	errTooDeep = errors.New("elements nested too deep, or too many namespaces")
	errTooSlow = errors.New("reading it takes too long")
	errTooMany = errors.New("too many items, the rest is left")
	errNoItem  = errors.New("there is no item in it")
)

// inRoot is what stands between a root element and its items, by the root's name.
var inRoot = map[string]struct{ before, after string }{
	"rss": {"<channel>", "</channel>"}, "rdf": {}, "feed": {},
}

// parse reads a document item by item. What is wrong with one item costs that
// item only.
func parse(page document, lim limits, now time.Time) (feed, faults) {
	reader := &reader{limits: lim, deadline: now.Add(lim.time)}
	text := withoutProlog(toUTF8(page.data, page.contentType))
	if page.cut != nil {
		reader.whole(cutReason(page.cut), page.cut, text)
	}
	var f feed
	if bytes.HasPrefix(text, []byte("{")) {
		f = reader.json(text)
	} else {
		f = reader.xml(text)
	}
	if !f.recognised {
		reader.whole(bus.ReasonMalformed, errNoFeed, text)
	}
	return f, reader.faults
}

func cutReason(err error) bus.Reason {
	if errors.Is(err, fetch.ErrTooLarge) {
		return bus.ReasonTooLarge
	}
	return bus.ReasonTruncated
}

// reader reads one document.
type reader struct {
	limits   limits
	deadline time.Time
	faults   faults
}

// whole notes a fault of the document; the first tells more than those it causes.
func (r *reader) whole(reason bus.Reason, err error, payload []byte) {
	if r.faults.whole == nil {
		r.faults.whole = &fault{reason, fmt.Errorf("rss: %w", err), payload}
	}
}

func (r *reader) xml(text []byte) feed {
	p := cutXML(text)
	around, known := inRoot[local(p.name)]
	if !known {
		return feed{}
	}
	f := feed{recognised: true}
	if r.tooDeep(p.head, p.level) {
		r.whole(bus.ReasonTooLarge, errTooDeep, p.head)
		return f
	}
	end := []byte(around.after + "</" + p.rootName() + ">")
	if head, err := r.parse(p.head, end); err == nil {
		f.title, f.language, f.home = head.Title, head.Language, head.Link
	}
	r.items(&f, p, []byte(p.root+around.before), end)
	r.end(p, text)
	return f
}

func (r *reader) json(text []byte) feed {
	p, ok := cutJSON(text)
	if !ok {
		return feed{}
	}
	f := feed{recognised: true}
	if head, err := r.parse(p.head); err == nil {
		f.title, f.language, f.home = head.Title, head.Language, head.Link
	}
	r.items(&f, p, []byte(`{"version":"https://jsonfeed.org/version/1.1","items":[`), []byte("]}"))
	r.end(p, text)
	return f
}

// tooDeep says whether reading these bytes would cost more than they weigh.
func (r *reader) tooDeep(text []byte, level int) bool {
	return level > r.limits.depth || bytes.Count(text, []byte("xmlns")) > maxNamespaces
}

// items reads each item in a document of its own.
func (r *reader) items(f *feed, p pieces, before, after []byte) {
	for i, item := range p.items {
		switch {
		case i >= r.limits.items:
			r.whole(bus.ReasonTooLarge, fmt.Errorf("%w: %d of %d", errTooMany, len(p.items)-i, len(p.items)), item)
			return
		case time.Now().After(r.deadline):
			r.whole(bus.ReasonTooLarge, errTooSlow, item)
			return
		case r.tooDeep(item, p.deep[i]):
			r.item(bus.ReasonTooLarge, errTooDeep, item)
			continue
		}
		alone, err := r.parse(before, item, after)
		if err == nil && len(alone.Items) == 0 {
			err = errNoItem
		}
		if err != nil {
			r.item(bus.ReasonMalformed, err, item)
			continue
		}
		f.items = append(f.items, alone.Items...)
	}
}

func (r *reader) item(reason bus.Reason, err error, payload []byte) {
	r.faults.items = append(r.faults.items, fault{reason, fmt.Errorf("rss: an item cannot be read: %w", err), payload})
}

// end notes that the document has no end.
func (r *reader) end(p pieces, text []byte) {
	switch {
	case p.rest != nil:
		r.whole(bus.ReasonTruncated, errCut, p.rest)
	case !p.whole:
		r.whole(bus.ReasonTruncated, errCut, tail(text))
	}
}

// parse gives the parts of a document to gofeed.
func (r *reader) parse(parts ...[]byte) (*gofeed.Feed, error) {
	readers := make([]io.Reader, len(parts))
	for i, part := range parts {
		readers[i] = bytes.NewReader(part)
	}
	parser := gofeed.NewParser()
	// The search for a picture would build the tree of every text.
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return parser.Parse(&clocked{io.MultiReader(readers...), r.deadline})
}

// clocked stops a parser that takes too long for what it has read.
type clocked struct {
	io.Reader
	deadline time.Time
}

// Read implements io.Reader.
func (c *clocked) Read(p []byte) (int, error) {
	if time.Now().After(c.deadline) {
		return 0, errTooSlow
	}
	return c.Reader.Read(p)
}

// tail is the end of a text, for a dead letter about its end.
func tail(text []byte) []byte { return text[max(0, len(text)-1<<10):] }
