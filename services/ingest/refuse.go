package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/services/ingest/internal/history"
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

// unreadableAfter is how many records at the start of a file may be unreadable, one
// after the other, until the file is taken for something else.
const unreadableAfter = 100

// errUnreadable means that a file is not of the format it was said to be.
var errUnreadable = errors.New("no line could be read")

// check notices a file of another format.
type check struct {
	format     string
	unreadable int
	readable   bool
	first      byte // of its first record
}

func (c *check) record(r history.Record) error {
	if r.Mention != nil {
		c.readable = true
	}
	if c.readable {
		return nil
	}
	if c.unreadable++; c.unreadable == 1 && len(r.Raw) > 0 {
		c.first = r.Raw[0]
	}
	if c.unreadable < unreadableAfter {
		return nil
	}
	return c.end()
}

// end says what is wrong with a file of which nothing could be read.
func (c *check) end() error {
	if c.readable || c.unreadable == 0 {
		return nil
	}
	likely := "csv"
	switch {
	case c.first != '{':
	case c.format == "x-v2":
		likely = "ndjson"
	default:
		likely = "x-v2"
	}
	if likely == c.format {
		return fmt.Errorf("%w as %s", errUnreadable, c.format)
	}
	return fmt.Errorf("%w as %s: is it %s?", errUnreadable, c.format, likely)
}
