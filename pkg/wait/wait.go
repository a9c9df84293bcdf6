// Package wait owns the one pause that gives way to a shutdown.
package wait

import (
	"context"
	"time"
)

// For waits for a time, or until ctx is done: it then answers ctx's error.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
