package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/vigie-monitor/vigie/pkg/wait"
)

const (
	// leaseTerm is how long a lease holds without being renewed: how long it takes
	// until another process takes over from one that died.
	leaseTerm  = 10 * time.Second
	leaseRenew = 3 * time.Second
)

// ErrLeaseLost is the cause of a context whose lease another process took.
var ErrLeaseLost = errors.New("bus: the lease was lost")

type leaseRecord struct {
	Holder  string    `json:"holder"`
	Expires time.Time `json:"expires"`
}

type epochKey struct{}

// Epoch is the epoch of the lease that a work of Hold works under. It grows from
// holder to holder: whoever marks what it writes with its epoch, and leaves alone
// what a higher one marked, does no harm when it wakes up after its lease is gone.
func Epoch(ctx context.Context) uint64 {
	epoch, _ := ctx.Value(epochKey{}).(uint64)
	return epoch
}

// Hold does a work that only one process may do at a time. It waits for the
// lease of that name, works with a context that ends when the lease is lost, and
// gives the lease back once the work has ended. waiting is called once if another
// process holds it.
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
	renewed := make(chan uint64, 1)
	go func() { renewed <- b.renew(renewing, bucket, name, holder, revision, lose) }()
	err = work(working)
	lost := context.Cause(working)
	stop()
	lose(nil)
	last := <-renewed
	if errors.Is(lost, ErrLeaseLost) {
		return fmt.Errorf("%w: %s", ErrLeaseLost, name)
	}
	giveBack, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = bucket.Delete(giveBack, name, jetstream.LastRevision(last)) // it expires anyway
	return err
}

// acquire takes the lease where it is free or has expired.
func acquire(ctx context.Context, bucket jetstream.KeyValue, name, holder string, waiting func()) (uint64, error) {
	for first := true; ; first = false {
		revision, err := tryAcquire(ctx, bucket, name, holder)
		if err == nil {
			return revision, nil
		}
		if first && waiting != nil {
			waiting()
		}
		if err := wait.For(ctx, time.Second); err != nil {
			return 0, err
		}
	}
}

var errHeld = errors.New("held")

func tryAcquire(ctx context.Context, bucket jetstream.KeyValue, name, holder string) (uint64, error) {
	entry, err := bucket.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return bucket.Create(ctx, name, encodeLease(holder))
	}
	if err != nil {
		return 0, err
	}
	var record leaseRecord
	if json.Unmarshal(entry.Value(), &record) == nil && time.Now().Before(record.Expires) {
		return 0, errHeld
	}
	return bucket.Update(ctx, name, encodeLease(holder), entry.Revision())
}

func encodeLease(holder string) []byte {
	data, _ := json.Marshal(leaseRecord{Holder: holder, Expires: time.Now().Add(leaseTerm)}) // cannot fail
	return data
}

// renew keeps the lease until ctx is done, and answers its last revision.
func (b *Bus) renew(ctx context.Context, bucket jetstream.KeyValue, name, holder string, revision uint64, lose context.CancelCauseFunc) uint64 {
	expires := time.Now().Add(leaseTerm)
	for {
		if wait.For(ctx, leaseRenew) != nil {
			return revision
		}
		next, err := bucket.Update(ctx, name, encodeLease(holder), revision)
		if isTaken(err) {
			next, err = ownRevision(ctx, bucket, name, holder, err)
		}
		switch {
		case err == nil:
			revision, expires = next, time.Now().Add(leaseTerm)
		case ctx.Err() != nil:
			return revision
		case isTaken(err) || time.Now().After(expires.Add(-leaseRenew)):
			b.logger.Warn("bus: lease lost", "lease", name, "err", err)
			lose(ErrLeaseLost)
			return revision
		}
	}
}

// ownRevision finds the lease's revision where it is still the holder's: the
// answer to a renewal can be lost. Otherwise it answers the error given.
func ownRevision(ctx context.Context, bucket jetstream.KeyValue, name, holder string, taken error) (uint64, error) {
	entry, err := bucket.Get(ctx, name)
	if err != nil {
		return 0, taken
	}
	var record leaseRecord
	if json.Unmarshal(entry.Value(), &record) != nil || record.Holder != holder {
		return 0, taken
	}
	return entry.Revision(), nil
}

func isTaken(err error) bool { return errors.Is(err, jetstream.ErrKeyRevisionMismatch) }
