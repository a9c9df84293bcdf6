package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wait"
)

const (
	// backlog is how many messages may wait at a consumer before an import stops
	// reading: what live mentions then stand behind.
	backlog = 5000
	// giveWayEvery is how often a consumer that is behind is looked at.
	giveWayEvery = 20 * time.Millisecond
	// detectorPatience is how long a detector that does not move is waited for: it
	// may not be running, and an import does without it.
	detectorPatience = 5 * time.Second
	// receiptsEvery is after how many batches the receipts are read, long before
	// their stream lets go of them.
	receiptsEvery = 50
)

// follower is a consumer that an import must not run away from.
type follower struct {
	consumer bus.Consumer
	patience time.Duration
	needed   bool
	done     uint64
	moved    time.Time
	given    bool // up, until it moves again
}

func newFollowers() []*follower {
	return []*follower{
		{consumer: bus.Scorer, patience: accountPatience, needed: true},
		{consumer: bus.StoreScored, patience: accountPatience, needed: true},
		{consumer: bus.StoreDropped, patience: accountPatience, needed: true},
		{consumer: bus.Detector, patience: detectorPatience},
	}
}

// giveWay waits until those behind have nearly caught up, so that a live mention
// waits a moment behind an import, and no stream grows to its limit.
func (im *importer) giveWay(ctx context.Context) error {
	if im.batches++; im.batches%receiptsEvery == 0 {
		if err := im.retry(ctx, func() error { return im.readReceipts(ctx) }); err != nil {
			return err
		}
	}
	for _, f := range im.followers {
		f.moved = time.Now()
		for {
			behind, err := f.behind(ctx, im.Bus)
			if err != nil {
				return err
			}
			if !behind {
				break
			}
			if err := wait.For(ctx, giveWayEvery); err != nil {
				return err
			}
		}
	}
	return nil
}

// behind says whether the import must wait for this follower. A bus that does not
// answer is waited for as long as one that does not move.
func (f *follower) behind(ctx context.Context, b *bus.Bus) (bool, error) {
	progress, err := b.Progress(ctx, f.consumer)
	if err == nil && (progress.Pending <= backlog || f.given && progress.Done == f.done) {
		return false, nil
	}
	if err == nil && progress.Done != f.done {
		f.done, f.moved, f.given = progress.Done, time.Now(), false
	}
	if time.Since(f.moved) < f.patience {
		return true, nil
	}
	if f.needed {
		return false, notMoving(f.consumer, f.patience, progress.Pending)
	}
	f.given = true
	return false, nil
}

func notMoving(consumer bus.Consumer, patience time.Duration, pending uint64) error {
	return fmt.Errorf("import: %s has not moved for %s: is it running? (%d to go; the mentions are safe in the stream): %w",
		consumer.Durable, patience, pending, ErrUnaccounted)
}
