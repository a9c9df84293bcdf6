package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/vigie-monitor/vigie/pkg/wait"
)

const (
	// leaseTerm is how long a lease holds without being renewed, as whoever waits
	// for it sees on a clock of its own: the clocks of two machines are never
	// compared. Another process takes over that long after one died.
	leaseTerm  = 10 * time.Second
	leaseRenew = 3 * time.Second
	// leaseSafe is how long a holder works on after its last renewal. It was sent
	// before anyone could see it, so that the term of whoever waits ends later.
	leaseSafe = leaseTerm - leaseRenew
	// leaseLook is how often whoever waits looks: a lease given back is free then.
	leaseLook = 250 * time.Millisecond
)

// ErrLeaseLost is the cause of a context whose lease another process took.
var ErrLeaseLost = errors.New("bus: the lease was lost")

type epochKey struct{}

// Epoch is the epoch of the lease that a work of Hold works under. It grows with
// each take-over: whoever marks what it writes with its epoch, and leaves alone
// what a higher one marked, does no harm when it wakes up after its lease is gone.
func Epoch(ctx context.Context) uint64 {
	epoch, _ := ctx.Value(epochKey{}).(uint64)
	return epoch
}

// Hold does a work that only one process may do at a time. It waits for the
// lease of that name, works with a context that ends when the lease is lost, and
// gives the lease back once the work has ended. waiting is called once, when
// another process is seen to renew it: one that died does not.
func (b *Bus) Hold(ctx context.Context, name string, waiting func(), work func(ctx context.Context) error) error {
	bucket, err := b.Bucket(ctx, BucketLeases)
	if err != nil {
		return err
	}
	holder := nuid.Next()
	revision, err := acquire(ctx, bucket, name, holder, waiting)
	if err != nil {
		return err
	}
	working, lose := context.WithCancelCause(context.WithValue(ctx, epochKey{}, revision))
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx)) // a work that is told to stop still has it
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		b.renew(renewing, bucket, name, holder, revision, lose)
	}()
	err = work(working)
	lost := context.Cause(working)
	stop()
	lose(nil)
	<-renewed
	if errors.Is(lost, ErrLeaseLost) {
		return fmt.Errorf("%w: %s", ErrLeaseLost, name)
	}
	giveBack(context.WithoutCancel(ctx), bucket, name, holder)
	return err
}

// giveBack frees a lease where it is still the holder's; it expires anyway. The
// revision is asked for, and asked again: a last renewal may succeed as the work ends, or
// just after.
func giveBack(ctx context.Context, bucket jetstream.KeyValue, name, holder string) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = wait.Until(ctx, patience, leaseLook/5, func() error {
		entry, err := bucket.Get(ctx, name)
		if err != nil || string(entry.Value()) != holder {
			return err
		}
		return bucket.Delete(ctx, name, jetstream.LastRevision(entry.Revision()))
	})
}

// acquire takes the lease where it is free, or was not renewed for a term.
func acquire(ctx context.Context, bucket jetstream.KeyValue, name, holder string, waiting func()) (uint64, error) {
	var seen uint64     // the lease's last revision
	var since time.Time // when it was first seen: on this machine's monotonic clock
	for {
		entry, err := bucket.Get(ctx, name)
		revision := uint64(0)
		switch {
		case errors.Is(err, jetstream.ErrKeyNotFound):
			revision, err = bucket.Create(ctx, name, []byte(holder))
		case err != nil: // the bus is away for a moment
		case string(entry.Value()) == holder: // the answer to our own request was lost
			return entry.Revision(), nil
		case entry.Revision() != seen:
			if seen != 0 && waiting != nil {
				waiting()
				waiting = nil
			}
			seen, since = entry.Revision(), time.Now()
		case time.Since(since) >= leaseTerm:
			revision, err = bucket.Update(ctx, name, []byte(holder), seen) // one of all who wait succeeds
		}
		if err == nil && revision != 0 {
			return revision, nil
		}
		if err := wait.For(ctx, leaseLook); err != nil {
			return 0, err
		}
	}
}

// renew keeps the lease until ctx is done.
func (b *Bus) renew(ctx context.Context, bucket jetstream.KeyValue, name, holder string, revision uint64, lose context.CancelCauseFunc) {
	safe := time.Now().Add(leaseSafe - leaseRenew) // it was sent up to a request's time ago
	for {
		if wait.For(ctx, min(leaseRenew, time.Until(safe))) != nil {
			return
		}
		sent := time.Now()
		next, err := b.renewOnce(ctx, bucket, name, holder, revision, safe)
		switch {
		case err == nil:
			revision, safe = next, sent.Add(leaseSafe)
		case ctx.Err() != nil:
			return
		case errors.Is(err, jetstream.ErrKeyRevisionMismatch), errors.Is(err, jetstream.ErrKeyNotFound), !time.Now().Before(safe):
			b.logger.Warn("bus: lease lost", "lease", name, "err", err)
			lose(ErrLeaseLost)
			return
		}
	}
}

// renewOnce renews the lease; an earlier renewal may have succeeded of which the
// answer was lost.
func (b *Bus) renewOnce(ctx context.Context, bucket jetstream.KeyValue, name, holder string, revision uint64, safe time.Time) (uint64, error) {
	ctx, cancel := context.WithDeadline(ctx, safe)
	defer cancel()
	next, err := bucket.Update(ctx, name, []byte(holder), revision)
	if !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return next, err
	}
	entry, found := bucket.Get(ctx, name)
	if found != nil || string(entry.Value()) != holder {
		return 0, err
	}
	return entry.Revision(), nil
}
