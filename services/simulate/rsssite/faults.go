package rsssite

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Faults are the ways in which a site can misbehave. The zero value is a site
// that behaves.
type Faults struct {
	// Times ends the faults after so many requests; 0 keeps them.
	Times int

	// Status answers with this status and a page of HTML; RetryAfter is added as it is.
	Status     int
	RetryAfter string
	// MovedTo sends feeds to the same path of another site, with MovedStatus.
	// MovedTo "" and a MovedStatus sends them back to themselves, for ever.
	MovedTo     string
	MovedStatus int
	// Page answers 200 with a page of HTML in place of the feed.
	Page bool
	// Delay comes before the answer, Drip between its kilobytes.
	Delay time.Duration
	Drip  time.Duration
	// Forgetful ignores the ETag and the date of a request.
	Forgetful bool

	// Charset is how the document is encoded ("windows-1252"); Prolog what its
	// first line claims; ContentType the header, as it is.
	Charset     string
	Prolog      string
	ContentType string
	// BadByte puts a byte that is no UTF-8 into each item.
	BadByte bool
	// BadReferences names forbidden characters in each item: &#0; and &#x1f;
	BadReferences bool
	// BrokenItem puts a "<" that begins nothing into the second item.
	BrokenItem bool
	// Keep is the share of the document that is sent before it ends: 0 is all.
	Keep float64
	// Cut breaks the connection there, rather than ending the answer in order.
	Cut bool
	// Padding adds so many bytes of white space: a bomb, once zipped.
	Padding int
	// Nested puts so many elements, one in the other, into the first item.
	Nested int

	// SameGUID gives all items the same identity; NoGUIDs none, NoLinks no link,
	// NoDates no date.
	SameGUID bool
	NoGUIDs  bool
	NoLinks  bool
	NoDates  bool
	// DatesMove makes an edit change the date of publication.
	DatesMove bool
}

// feed answers a request for a feed.
func (v *view) feed(w http.ResponseWriter, r *http.Request, contentType string, document func() []byte) {
	f := v.faults
	wait(r, f.Delay)
	switch {
	case f.MovedStatus != 0:
		http.Redirect(w, r, f.MovedTo+r.URL.Path, f.MovedStatus)
		return
	case f.Status != 0:
		w.Header().Set("Content-Type", "text/html")
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		w.WriteHeader(f.Status)
		errorPage(w, f.Status)
		return
	case f.Page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		errorPage(w, http.StatusServiceUnavailable)
		return
	}
	body := f.spoil(document())
	tag := etag(body)
	w.Header().Set("ETag", tag)
	w.Header().Set("Last-Modified", v.changed.UTC().Format(http.TimeFormat))
	w.Header().Set("Vary", "Accept-Encoding")
	if !f.Forgetful && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", contentType)
	if f.ContentType != "" {
		w.Header().Set("Content-Type", f.ContentType)
	}
	f.send(w, r, body)
}

// spoil makes the document what the faults say.
func (f Faults) spoil(body []byte) []byte {
	if f.Nested > 0 {
		bomb := strings.Repeat("<div>", f.Nested) + "boom" + strings.Repeat("</div>", f.Nested)
		body = inItem(body, 1, bomb)
	}
	if f.BrokenItem {
		body = inItem(body, 2, "<category>prix <5 euros</category>")
	}
	if f.BadReferences {
		body = bytes.ReplaceAll(body, []byte("</title>"), []byte("&#0;&#x1f;</title>"))
	}
	if f.Prolog != "" {
		body = bytes.Replace(body, []byte(`encoding="UTF-8"`), []byte(`encoding="`+f.Prolog+`"`), 1)
	}
	if f.Charset != "" {
		body = encode(body, f.Charset)
	}
	if f.BadByte {
		body = bytes.ReplaceAll(body, []byte("</title>"), []byte("\xff</title>"))
		body = bytes.ReplaceAll(body, []byte(`"content_html": "`), []byte("\"content_html\": \"\xff"))
	}
	return append(body, bytes.Repeat([]byte{' '}, f.Padding)...)
}

// inItem puts markup at the beginning of the nth item.
func inItem(body []byte, n int, markup string) []byte {
	for _, open := range []string{"<item>", "<entry>"} {
		if parts := bytes.SplitN(body, []byte(open), n+1); len(parts) == n+1 {
			parts[n] = append([]byte(markup), parts[n]...)
			return bytes.Join(parts, []byte(open))
		}
	}
	return body
}

func encode(body []byte, charset string) []byte {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		panic(fmt.Sprintf("rsssite: %q is no charset", charset))
	}
	out, err := encoding.ReplaceUnsupported(enc.NewEncoder()).Bytes(body)
	if err != nil {
		panic(err)
	}
	return out
}

// send writes the body, zipped where the reader takes that.
func (f Faults) send(w http.ResponseWriter, r *http.Request, body []byte) {
	whole := len(body)
	if f.Keep > 0 {
		body = body[:int(float64(whole)*f.Keep)]
	}
	if f.Cut { // it announces more than it sends
		w.Header().Set("Content-Length", fmt.Sprint(whole+1))
		_, _ = w.Write(body)
		panic(http.ErrAbortHandler)
	}
	out := io.Writer(w)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer func() { _ = z.Close() }()
		out = z
	}
	if f.Drip == 0 {
		_, _ = out.Write(body)
		return
	}
	for len(body) > 0 && r.Context().Err() == nil {
		n := min(len(body), 1<<10)
		_, _ = out.Write(body[:n])
		_ = http.NewResponseController(w).Flush()
		body = body[n:]
		wait(r, f.Drip)
	}
}

func errorPage(w io.Writer, status int) {
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>%d %s</title></head>"+
		"<body><h1>Oups</h1><p>Error establishing a database connection</p></body></html>\n", status, http.StatusText(status))
}

func etag(body []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(body)
	return fmt.Sprintf(`"%x"`, h.Sum64())
}

func wait(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}
