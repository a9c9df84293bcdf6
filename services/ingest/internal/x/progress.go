package x

import (
	"context"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const cursorName = "stream"

// progress is how far we have come. A cursor of the newest id alone would lose
// posts, for the stream delivers them in no strict order and search lags behind;
// and it would stand still where a brand is quiet. So it is a time: every post
// published before it was brought.
type progress struct {
	mu     sync.Mutex
	loaded bool
	upto   time.Time
	saved  time.Time
	gap    bool // something before now may be missing: the stream alone does not move us
}

type cursor struct {
	Upto time.Time `json:"upto"`
}

// load reads the cursor, once; start is where to begin when there is none.
func (p *progress) load(ctx context.Context, sink *source.Sink, start time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded {
		return nil
	}
	c := cursor{Upto: start}
	if _, err := sink.LoadCursor(ctx, cursorName, &c); err != nil {
		return err
	}
	p.upto, p.gap, p.loaded = c.Upto, true, true
	return nil
}

// reached is where we stand.
func (p *progress) reached() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.upto
}

// streamed moves us forward because the stream has brought everything before t.
func (p *progress) streamed(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gap && t.After(p.upto) {
		p.upto = t
	}
}

// searched moves us forward because search has brought everything before t.
func (p *progress) searched(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.After(p.upto) {
		p.upto = t
	}
}

func (p *progress) setGap(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gap = open
}

// save writes the cursor, if it has moved.
func (p *progress) save(ctx context.Context, sink *source.Sink) error {
	p.mu.Lock()
	upto, moved := p.upto, p.upto != p.saved
	p.mu.Unlock()
	if !moved {
		return nil
	}
	if err := sink.SaveCursor(ctx, cursorName, cursor{upto}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.saved = upto
	return nil
}

// maxRecent is how many posts of the stream are remembered.
const maxRecent = 50_000

// recent are the posts that the stream brought last. Search finds them again: it
// would bring them as belonging to the past, which they do not.
type recent struct {
	mu    sync.Mutex
	known map[string]struct{}
	ring  []string
	next  int
}

func newRecent(size int) *recent {
	return &recent{known: map[string]struct{}{}, ring: make([]string, size)}
}

func (r *recent) add(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.known[id]; known {
		return
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = id
	r.known[id] = struct{}{}
	r.next = (r.next + 1) % len(r.ring)
}

func (r *recent) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.known[id]
	return known
}
