package ingest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
	"unique"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	// accountEvery is how often the services are asked where they stand.
	accountEvery = 250 * time.Millisecond
	// accountPatience is how long they may show no progress before the import
	// ends with an error.
	accountPatience = 3 * time.Minute
	// settlePatience is how long the last mentions may take to show in the table
	// once every service says it is done.
	settlePatience = 15 * time.Second
)

const (
	// fateStored is the fate of a mention that stands in the tables because of
	// this run: its rows name the run that brought them first.
	fateStored = "stored"

	shownIDs = `SELECT mention_id, max(import_id = ?) FROM mentions WHERE published_time BETWEEN ? AND ? GROUP BY mention_id`
	// headsOf asks after those that the time span did not show.
	headsOf = `SELECT mention_id, max(revision), max(is_deleted = 0), max(is_deleted = 0 AND import_id = ?)
		FROM mention_heads FINAL WHERE mention_id IN (?) GROUP BY mention_id`
	// headsAtOnce is how many mentions are asked after at once.
	headsAtOnce = 1000
)

// account waits until scorer and store are through with the import, then looks
// for each mention: in the table, among the receipts of what was dropped, and
// among the dead letters. None is inferred from the others.
func (im *importer) account(ctx context.Context) error {
	if len(im.entries) == 0 {
		return nil
	}
	if err := im.await(ctx, bus.Scorer, im.lastSeq); err != nil {
		return err
	}
	for _, consumer := range []bus.Consumer{bus.StoreScored, bus.StoreDropped} {
		last, err := im.lastOf(ctx, consumer.Stream)
		if err != nil {
			return err
		}
		if err := im.await(ctx, consumer, last); err != nil {
			return err
		}
	}
	conn, err := clickhouse.Open(ctx, im.Config, publishPatience)
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline := time.Now().Add(settlePatience)
	for {
		missing, err := im.reconcile(ctx, conn)
		if missing == 0 && err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			if err == nil {
				err = fmt.Errorf("import: %d %w", missing, ErrUnaccounted)
			}
			return err
		}
		if err := wait.For(ctx, accountEvery); err != nil {
			return err
		}
	}
}

// await waits until a consumer has finished everything up to a sequence.
func (im *importer) await(ctx context.Context, consumer bus.Consumer, sequence uint64) error {
	var best uint64
	deadline := time.Now().Add(accountPatience)
	for {
		progress, err := im.Bus.Progress(ctx, consumer)
		if err == nil && progress.Done >= sequence {
			return nil
		}
		if err == nil && progress.Done > best {
			best, deadline = progress.Done, time.Now().Add(accountPatience)
		}
		if time.Now().After(deadline) {
			return notMoving(consumer, accountPatience, progress.Pending)
		}
		if im.Storing != nil && err == nil {
			im.Storing(max(0, len(im.entries)-int(progress.Pending)), len(im.entries))
		}
		if err := wait.For(ctx, accountEvery); err != nil {
			return err
		}
	}
}

// lastOf is the last sequence of a stream.
func (im *importer) lastOf(ctx context.Context, name string) (last uint64, err error) {
	err = im.retry(ctx, func() error {
		extent, err := im.Bus.Extent(ctx, name)
		last = extent.Last
		return err
	})
	return last, err
}

// reconcile looks for what became of each mention and answers how many have not
// become anything. What was found once stays.
func (im *importer) reconcile(ctx context.Context, conn driver.Conn) (missing int, err error) {
	for _, look := range []func() error{
		func() error { return im.readReceipts(ctx) },
		func() error { return im.findShown(ctx, conn) },
		func() error { return im.findDead(ctx) },
		func() error { return im.findHeads(ctx, conn) },
	} {
		if err := look(); err != nil {
			return len(im.open()), err
		}
	}
	if missing = len(im.open()); missing > 0 {
		return missing, nil
	}
	for _, e := range im.entries {
		if e.fate == fateStored {
			im.summary.Stored++
		} else {
			im.summary.Dropped[e.fate]++
		}
	}
	if im.Storing != nil {
		im.Storing(len(im.entries), len(im.entries))
	}
	return 0, nil
}

// open lists the mentions whose fate is not known.
func (im *importer) open() (ids []string) {
	for id, e := range im.entries {
		if e.fate == "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// found notes what became of a mention, unless it is known.
func (im *importer) found(id, fate string) {
	if e, ours := im.entries[id]; ours && e.fate == "" {
		e.fate = fate
		im.entries[id] = e
	}
}

// findShown looks in the view that everyone reads.
func (im *importer) findShown(ctx context.Context, conn driver.Conn) error {
	return visit(ctx, conn, func(rows driver.Rows) error {
		var id string
		var mine uint8
		if err := rows.Scan(&id, &mine); err != nil {
			return err
		}
		im.found(id, fateOfShown(mine))
		return nil
	}, shownIDs, im.id, im.first.Add(-time.Second), im.last.Add(time.Second))
}

func fateOfShown(mine uint8) string {
	if mine == 1 {
		return fateStored
	}
	return reasonKnown
}

// findHeads asks what the store knows of mentions that were nowhere else: shown
// under another time, deleted, or superseded.
func (im *importer) findHeads(ctx context.Context, conn driver.Conn) error {
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(clickhousego.Settings{"max_query_size": 8 << 20}))
	for ids := range slices.Chunk(slices.Sorted(slices.Values(im.open())), headsAtOnce) {
		err := visit(ctx, conn, func(rows driver.Rows) error {
			var id string
			var newest uint64
			var shown, mine uint8
			if err := rows.Scan(&id, &newest, &shown, &mine); err != nil {
				return err
			}
			switch {
			case shown == 1:
				im.found(id, fateOfShown(mine))
			case newest == math.MaxUint64:
				im.found(id, reasonDeleted)
			case newest > im.entries[id].revision:
				im.found(id, reasonOutdated)
			}
			return nil
		}, headsOf, im.id, ids)
		if err != nil {
			return err
		}
	}
	return nil
}

func visit(ctx context.Context, conn driver.Conn, row func(driver.Rows) error, query string, args ...any) error {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("import: look for what is stored: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return fmt.Errorf("import: look for what is stored: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("import: look for what is stored: %w", err)
	}
	return nil
}

// readReceipts reads on in the scorer's receipts, for those of this run.
func (im *importer) readReceipts(ctx context.Context) error {
	var err error
	im.receipt, err = im.Bus.ReadOn(ctx, bus.StreamDropped, im.receipt, bus.End, func(m *bus.Message) {
		var drop vigiev1.Drop
		if m.Decode(&drop) == nil && drop.ImportId == im.id && drop.Revision == im.entries[drop.MentionId].revision {
			im.found(drop.MentionId, unique.Make(drop.Reason).Value())
		}
	})
	if err != nil {
		return fmt.Errorf("import: read the receipts: %w", err)
	}
	return nil
}

// findDead reads the dead letters that came from the mentions of this run.
func (im *importer) findDead(ctx context.Context) error {
	if len(im.open()) == 0 {
		return nil
	}
	return im.Bus.DeadLetters(ctx, func(letter bus.DeadLetter) bool {
		var mention vigiev1.Mention
		var scored vigiev1.ScoredMention
		if proto.Unmarshal(letter.Payload, &mention) == nil && mention.ImportId == im.id {
			im.found(mention.MentionId, string(letter.Reason))
		} else if proto.Unmarshal(letter.Payload, &scored) == nil && scored.GetMention().GetImportId() == im.id {
			im.found(scored.Mention.MentionId, string(letter.Reason))
		}
		return true
	})
}
