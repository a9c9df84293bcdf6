// Package wait owns the pauses that give way to a shutdown: one by itself, and
// those between the tries of a work that may yet succeed.
package wait

import (
	"context"
	"errors"
	"fmt"
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

// finalError is an answer: to ask again would bring the same.
type finalError struct{ error }

// Final marks an error of a work that Until must not do again.
func Final(err error) error { return finalError{err} }

// Until does a work until it succeeds, again and again for up to patience, with a
// pause in between, and answers its last error. Told to stop, it answers ctx's error
// as well.
func Until(ctx context.Context, patience, pause time.Duration, work func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := work()
		if err == nil {
			return nil
		}
		var final finalError
		if errors.As(err, &final) {
			return final.error
		}
		if !time.Now().Before(deadline) {
			return err
		}
		if stopped := For(ctx, pause); stopped != nil {
			return fmt.Errorf("%w: %w", stopped, err)
		}
	}
}
