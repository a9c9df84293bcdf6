package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
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

const storedIDs = `SELECT DISTINCT mention_id FROM mentions WHERE published_time BETWEEN ? AND ?`

// account waits until scorer and store are through with the import, then looks
// for each mention: in the table, among the receipts of what was dropped, and
// among the dead letters. None is inferred from the others.
func (im *importer) account(ctx context.Context) error {
	if len(im.published) == 0 {
		return nil
	}
	if err := im.await(ctx, bus.Scorer, im.lastSeq); err != nil {
		return err
	}
	last, err := im.lastScored(ctx)
	if err != nil {
		return err
	}
	if err := im.await(ctx, bus.StoreScored, last); err != nil {
		return err
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
		if err := sleep(ctx, accountEvery); err != nil {
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
			return fmt.Errorf("import: %s has not moved for %s: is it running? (%d to go; the mentions are safe in the stream): %w",
				consumer.Durable, accountPatience, progress.Pending, ErrUnaccounted)
		}
		if im.Storing != nil && err == nil {
			im.Storing(max(0, len(im.published)-int(progress.Pending)), len(im.published))
		}
		if err := sleep(ctx, accountEvery); err != nil {
			return err
		}
	}
}

func (im *importer) lastScored(ctx context.Context) (last uint64, err error) {
	err = im.retry(ctx, func() error {
		stream, err := im.Bus.JetStream().Stream(ctx, bus.StreamScored)
		if err != nil {
			return fmt.Errorf("import: stream %s: %w", bus.StreamScored, err)
		}
		last = stream.CachedInfo().State.LastSeq
		return nil
	})
	return last, err
}

// reconcile counts what became of each mention and answers how many have not
// become anything.
func (im *importer) reconcile(ctx context.Context, conn driver.Conn) (missing int, err error) {
	open := make(map[string]bool, len(im.published))
	for id := range im.published {
		open[id] = true
	}
	im.summary.Stored = 0
	if err := im.countStored(ctx, conn, open); err != nil {
		return len(open), err
	}
	dropped := map[string]int{}
	if err := im.countDropped(ctx, open, dropped); err != nil {
		return len(open), err
	}
	if err := im.countDead(ctx, open, dropped); err != nil {
		return len(open), err
	}
	if len(open) == 0 {
		for reason, n := range dropped {
			im.summary.Dropped[reason] += n
		}
		if im.Storing != nil {
			im.Storing(len(im.published), len(im.published))
		}
	}
	return len(open), nil
}

func (im *importer) countStored(ctx context.Context, conn driver.Conn, open map[string]bool) error {
	rows, err := conn.Query(ctx, storedIDs, im.first.Add(-time.Second), im.last.Add(time.Second))
	if err != nil {
		return fmt.Errorf("import: count what is stored: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("import: count what is stored: %w", err)
		}
		if open[id] {
			delete(open, id)
			im.summary.Stored++
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("import: count what is stored: %w", err)
	}
	return nil
}

// countDropped reads the scorer's receipts of this run.
func (im *importer) countDropped(ctx context.Context, open map[string]bool, dropped map[string]int) error {
	stream, err := im.Bus.JetStream().Stream(ctx, bus.StreamDropped)
	if err != nil {
		return fmt.Errorf("import: stream %s: %w", bus.StreamDropped, err)
	}
	last := stream.CachedInfo().State.LastSeq
	from := im.started.Add(-time.Minute)
	receipts, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &from,
	})
	if err != nil {
		return fmt.Errorf("import: read the receipts: %w", err)
	}
	info, err := receipts.Info(ctx)
	if err != nil {
		return fmt.Errorf("import: read the receipts: %w", err)
	}
	if info.NumPending == 0 {
		return nil
	}
	messages, err := receipts.Messages()
	if err != nil {
		return fmt.Errorf("import: read the receipts: %w", err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextMaxWait(10 * time.Second))
		if err != nil {
			return fmt.Errorf("import: read the receipts: %w", err)
		}
		var drop vigiev1.Drop
		if proto.Unmarshal(msg.Data(), &drop) == nil && drop.ImportId == im.id && open[drop.MentionId] {
			delete(open, drop.MentionId)
			dropped[drop.Reason]++
		}
		if meta, err := msg.Metadata(); err != nil || meta.Sequence.Stream >= last {
			return nil
		}
	}
}

// countDead reads the dead letters that came from the mentions of this run.
func (im *importer) countDead(ctx context.Context, open map[string]bool, dropped map[string]int) error {
	if len(open) == 0 {
		return nil
	}
	return im.Bus.DeadLetters(ctx, func(letter bus.DeadLetter) bool {
		var mention vigiev1.Mention
		var scored vigiev1.ScoredMention
		id := ""
		if proto.Unmarshal(letter.Payload, &mention) == nil && mention.ImportId == im.id {
			id = mention.MentionId
		} else if proto.Unmarshal(letter.Payload, &scored) == nil && scored.GetMention().GetImportId() == im.id {
			id = scored.Mention.MentionId
		}
		if open[id] {
			delete(open, id)
			dropped[string(letter.Reason)]++
		}
		return true
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
