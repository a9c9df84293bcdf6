package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/services/ingest/internal/history"
	"github.com/vigie-monitor/vigie/services/ingest/internal/x"
)

// identified is how much of a bad record makes its identity, with its length.
const identified = 128 << 10

// refuse keeps a bad record as a dead letter: once, in whatever file and however
// often it is imported.
func (im *importer) refuse(ctx context.Context, path string, r history.Record) error {
	im.summary.Unread++
	if im.refused == nil {
		if err := im.retry(ctx, func() error { return im.loadRefused(ctx) }); err != nil {
			return err
		}
	}
	identity := identify(r.Reason, r.Raw, len(r.Raw))
	keeper, kept := im.refused[identity]
	if !kept {
		keeper, im.refused[identity] = im.id, im.id
	}
	if !slices.Contains(im.summary.KeptBy, keeper) {
		im.summary.KeptBy = append(im.summary.KeptBy, keeper)
	}
	if kept {
		return nil
	}
	refusal := bus.Refusal{
		Source: "import", ID: fmt.Sprintf("%x", identity[:16]), Place: fmt.Sprintf("%s:%d", path, r.Line), ImportID: im.id,
		Reason: r.Reason, Err: r.Err, Payload: r.Raw,
	}
	return im.retry(ctx, func() error { return im.Bus.Refuse(ctx, refusal) })
}

func (im *importer) loadRefused(ctx context.Context) error {
	im.refused = map[[32]byte]string{}
	return im.Bus.DeadLetters(ctx, func(letter bus.DeadLetter) bool {
		if letter.From == "ingest.import" {
			im.refused[identify(letter.Reason, letter.Payload, letter.Size)] = letter.ImportID
		}
		return true
	})
}

func identify(reason bus.Reason, payload []byte, size int) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s %d %s", reason, size, payload[:min(len(payload), identified)]))
}

// firstRecords is how many records at the start of a file, if none can be read, are
// held against the other formats.
const firstRecords = 100

// errUnreadable means that a file is not of the format it was said to be.
var errUnreadable = errors.New("no record could be read")

// check notices a file of another format: its first records are that format's. A
// file that is bad in some way of its own is read to its end.
type check struct {
	format     string
	unreadable int
	readable   bool
	like       map[string]int // by other format, how many of the first records are of it
}

// lineFormats are those of which each record is a line.
var lineFormats = map[string]history.Decode{"x-v2": x.Decode, "ndjson": history.NDJSON}

func (c *check) record(r history.Record) error {
	switch {
	case c.readable, r.Mention != nil:
		c.readable = true
		return nil
	case c.unreadable < firstRecords:
		c.look(r.Raw)
	}
	if c.unreadable++; c.unreadable == firstRecords && c.likely() != "" {
		return c.end()
	}
	return nil
}

// look holds a record against the other formats.
func (c *check) look(raw []byte) {
	if c.like == nil {
		c.like = map[string]int{}
	}
	for format, decode := range lineFormats {
		if _, err := decode(raw); err == nil {
			c.like[format]++
		}
	}
	if c.unreadable == 0 && history.Header(raw) == nil {
		c.like["csv"] = firstRecords // a header says so for all
	}
}

// likely is the format that most of the first records are of, "" for none.
func (c *check) likely() string {
	for _, format := range Formats {
		if 2*c.like[format] > min(c.unreadable, firstRecords) {
			return format
		}
	}
	return ""
}

// header says what is wrong with a CSV without its header.
func (c *check) header(fault *history.HeaderError) error {
	if c.look(fault.Line); len(c.like) == 0 {
		return fault
	}
	c.unreadable++
	return c.end()
}

// end says what is wrong with a file of which nothing could be read.
func (c *check) end() error {
	if c.readable || c.unreadable == 0 {
		return nil
	}
	fault := fmt.Errorf("%w as %s", errUnreadable, c.format)
	if likely := c.likely(); likely != "" {
		fault = fmt.Errorf("%w: is it %s?", fault, likely)
	}
	return fault
}
