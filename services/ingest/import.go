package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/history"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// importBatch is how many mentions are published side by side.
	importBatch = 1000
	// publishPatience is how long a bus that went away is waited for.
	publishPatience = 2 * time.Minute
	// publishAgain is how often it is tried meanwhile.
	publishAgain = 500 * time.Millisecond

	reasonDuplicate = "duplicate"     // the same mention again in this run
	reasonKnown     = "already_known" // in the tables, and not because of this run
	reasonDeleted   = "deleted"       // its source took it back
	reasonOutdated  = "outdated"      // a newer revision of it concerns no brand
)

// Import says what to import and where it goes.
type Import struct {
	Config *config.Config
	Bus    *bus.Bus
	Logger *slog.Logger
	Format string // one of Formats
	Paths  []string
	// Progress is told the bytes read of all files, and the mentions accounted
	// for out of those published. Either may be nil.
	Reading func(bytes int64)
	Storing func(accounted, published int)
}

// Formats that can be imported.
var Formats = []string{"x-v2", "ndjson", "csv"}

// Summary accounts for every record that this run read, and for nothing else:
// Read = Stored + all of Dropped.
type Summary struct {
	ImportID  string         `json:"import_id"`
	Read      int            `json:"read"`
	Published int            `json:"published"` // distinct mentions given to the scorer
	Stored    int            `json:"stored"`    // of those, in the tables because of this run
	Dropped   map[string]int `json:"dropped"`

	Unread int      `json:"-"` // of the dropped, those that could not be read
	KeptBy []string `json:"-"` // the imports that keep them as dead letters: this one, or earlier ones
}

// ErrUnaccounted means that a mention was published and neither stored, dropped
// nor kept as a dead letter: something of ours is broken.
var ErrUnaccounted = errors.New("mentions are unaccounted for")

// importer is one run.
type importer struct {
	Import
	id        string
	started   time.Time
	interests *source.Interests
	summary   Summary
	entries   map[string]entry // by mention_id, of what was published
	first     time.Time        // earliest published_time
	last      time.Time
	lastSeq   uint64 // in MENTIONS
	receipt   uint64 // last receipt read, in DROPPED
	pending   []*vigiev1.Mention
	followers []*follower
	batches   int
	refused   map[[32]byte]string // dead letters of imports, and of which; nil until the first is needed
}

// entry is what is known of a published mention.
type entry struct {
	revision uint64
	fate     string // fateStored, or why it was dropped; empty while unknown
}

// Run publishes every record, waits until each is accounted for, and says what
// became of them. History feeds baselines and dashboards; it pages nobody. A file
// that cannot be read does not keep the others out.
func (in Import) Run(ctx context.Context) (Summary, error) {
	interests, err := source.NewInterests(in.Config.Brands)
	if err != nil {
		return Summary{}, err
	}
	im := &importer{
		Import: in, id: nuid.Next(), started: time.Now(), interests: interests,
		entries: map[string]entry{}, summary: Summary{Dropped: map[string]int{}}, followers: newFollowers(),
	}
	im.summary.ImportID = im.id
	if im.receipt, err = im.lastOf(ctx, bus.StreamDropped); err != nil {
		return im.summary, err
	}
	var unread error
	for _, path := range in.Paths {
		fault, err := im.file(ctx, path)
		if err != nil {
			return im.summary, fmt.Errorf("import %s: %w", path, err)
		}
		if fault != nil {
			unread = errors.Join(unread, fmt.Errorf("import %s: %w", path, fault))
		}
	}
	if err := im.publish(ctx); err != nil {
		return im.summary, errors.Join(unread, err)
	}
	im.summary.Published = len(im.entries)
	err = im.account(ctx)
	return im.summary, errors.Join(unread, err)
}

// file reads a file to its end. A fault is the file's, an error is ours.
func (im *importer) file(ctx context.Context, path string) (fault, err error) {
	file, fault := os.Open(path)
	if fault != nil {
		return fault, nil
	}
	defer file.Close()
	reader := io.Reader(file)
	if im.Reading != nil {
		reader = &counted{file, im.Reading}
	}
	checked := &check{format: im.Format}
	visit := func(r history.Record) error {
		if err = im.record(ctx, path, r); err != nil {
			return err
		}
		return checked.record(r)
	}
	switch im.Format {
	case "csv":
		fault = history.CSV(reader, visit)
	case "ndjson", "x-v2":
		fault = history.Lines(reader, lineFormats[im.Format], visit)
	default:
		fault = fmt.Errorf("unknown format %q: one of %v", im.Format, Formats)
	}
	var header *history.HeaderError
	switch {
	case err != nil:
		return nil, err
	case fault == nil:
		fault = checked.end()
	case errors.As(fault, &header):
		fault = checked.header(header)
	}
	return fault, nil
}

// record takes one record in.
func (im *importer) record(ctx context.Context, path string, r history.Record) error {
	im.summary.Read++
	if r.Err == nil {
		source.Tidy(r.Mention)
		r.Mention.Origin, r.Mention.ImportId = vigiev1.Origin_ORIGIN_IMPORTED, im.id
		r.Reason, r.Err = source.Validate(r.Mention, im.started)
	}
	if r.Err != nil {
		im.summary.Dropped[string(r.Reason)]++
		return im.refuse(ctx, path, r)
	}
	im.interests.Own(r.Mention)
	before, again := im.entries[r.Mention.MentionId]
	if again {
		im.summary.Dropped[reasonDuplicate]++
		if r.Mention.Revision <= before.revision {
			return nil
		}
	}
	im.entries[r.Mention.MentionId] = entry{revision: r.Mention.Revision}
	im.span(r.Mention.PublishedTime.AsTime())
	im.pending = append(im.pending, r.Mention)
	if len(im.pending) < importBatch {
		return nil
	}
	if err := im.publish(ctx); err != nil {
		return err
	}
	return im.giveWay(ctx)
}

func (im *importer) span(t time.Time) {
	if im.first.IsZero() || t.Before(im.first) {
		im.first = t
	}
	if t.After(im.last) {
		im.last = t
	}
}

// publish makes what is pending durable. The ids carry the import's own, so that
// importing again after a change of the brands goes the whole way again.
func (im *importer) publish(ctx context.Context) error {
	outs := make([]bus.Outgoing, len(im.pending))
	now := timestamppb.Now()
	for i, m := range im.pending {
		m.CollectedTime = now
		outs[i] = source.Outgoing(m)
		outs[i].ID += ":" + im.id
	}
	err := im.retry(ctx, func() error {
		var failed []bus.Outgoing
		var failure error
		for i, result := range im.Bus.PublishAll(ctx, outs) {
			if result.Err != nil {
				failed, failure = append(failed, outs[i]), result.Err
				continue
			}
			im.lastSeq = max(im.lastSeq, result.Sequence)
		}
		outs = failed
		return failure
	})
	im.pending = im.pending[:0]
	return err
}

// retry tries until it succeeds, for as long as a bus may need to come back.
func (im *importer) retry(ctx context.Context, try func() error) error {
	return wait.Until(ctx, publishPatience, publishAgain, func() error {
		err := try()
		if err != nil && ctx.Err() == nil {
			im.Logger.Warn("import: the bus does not answer", "err", err)
		}
		return err
	})
}

// Sum is the number of records dropped, whatever the reason.
func (s Summary) Sum() int {
	var sum int
	for _, n := range s.Dropped {
		sum += n
	}
	return sum
}

// counted tells how much is read.
type counted struct {
	io.Reader
	tell func(bytes int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.tell(int64(n))
	return n, err
}
