package clickhouse

import (
	"context"
	"time"
)

// tidyInterval is how often memory is given back after queries. The allocator would keep what the largest
// query needed until somebody asks for it, on a machine that has other uses for it.
const tidyInterval = 5 * time.Second

// tidy gives the engine's free memory back to the system every now and then, until ctx is done.
func (e *engine) tidy(ctx context.Context) {
	ticker := time.NewTicker(tidyInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if e.used.Swap(false) {
				e.command("SYSTEM JEMALLOC PURGE")
			}
		}
	}
}
