package source

import (
	"context"
	"time"
)

// Connector reads one page, or one stream of pages, of one source.
type Connector interface {
	// Describe says what is read. It is constant.
	Describe() Description
	// Run brings mentions to the sink until ctx is done, and then returns nil.
	// It reconnects, backs off and fills gaps by itself; it returns an error only
	// when trying again cannot help (a refused token): the source is then blind
	// until the config changes.
	Run(ctx context.Context, sink *Sink) error
}

// Description names a connector.
type Description struct {
	Source string // "rss", "bluesky", "mastodon", "x"
	Page   string // what an operator calls it: a feed's URL, an instance's host and stream
	// Silence is how long it may show no sign of life before it counts as blind.
	// At most 50 s where the protocol has a heartbeat.
	Silence time.Duration
}
