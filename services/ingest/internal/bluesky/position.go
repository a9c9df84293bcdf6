package bluesky

import (
	"context"
	"fmt"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// cursorName is the same for every feed: the cursor is a time, good on all of them.
const cursorName = "jetstream"

// maxAhead is how far a feed's clock may be ahead of ours.
const maxAhead = 10 * time.Minute

// position is where the reader stands in the feed, in microseconds of the feed's
// time.
type position struct {
	sink     *source.Sink
	timing   timing
	lookback time.Duration
	metrics  *Metrics

	loaded  bool
	durable int64 // everything up to here has its effects on the bus
	saved   int64
	unsaved source.Trouble
	savedAt time.Time

	connected time.Time // of this session
	asked     int64     // where this session was asked to begin, 0 for now
	reached   int64     // latest event seen, or where the first one is expected
	resumed   bool      // this session goes on from an earlier one
	caughtUp  bool      // an event at or after asked was seen
	floor     int64     // where a cursor is not refused any more
}

type cursor struct {
	TimeUS int64 `json:"time_us"`
}

// load reads the cursor once.
func (p *position) load(ctx context.Context) error {
	if p.loaded {
		return nil
	}
	var c cursor
	if _, err := p.sink.LoadCursor(ctx, cursorName, &c); err != nil {
		return fmt.Errorf("%w: %w", source.ErrBus, err)
	}
	p.durable, p.saved, p.loaded = c.TimeUS, c.TimeUS, true
	return nil
}

// begin starts a session, and answers the cursor to ask for, 0 for none.
func (p *position) begin(now time.Time) int64 {
	p.connected, p.caughtUp, p.resumed = now, false, p.durable > 0
	switch {
	case p.durable > 0:
		p.asked = max(p.durable-p.timing.rewind.Microseconds(), p.floor)
		p.reached = p.durable
	case p.lookback > 0:
		p.asked = max(now.Add(-p.lookback).UnixMicro(), p.floor)
		p.reached = p.asked
	default:
		p.asked, p.reached = 0, 0
	}
	if p.asked >= now.UnixMicro() {
		p.asked = 0
	}
	return p.asked
}

// refused notes that the feed refuses the cursor: the next session asks for as
// much as any feed keeps, and if that too is refused, for half as much, and so
// on down to nothing.
func (p *position) refused(now time.Time) {
	if p.asked == 0 {
		return
	}
	age := now.Sub(time.UnixMicro(p.asked))
	switch next := age / 2; {
	case age > maxLookback:
		p.floor = now.Add(10*time.Minute - maxLookback).UnixMicro()
	case next > p.timing.rewind:
		p.floor = now.Add(-next).UnixMicro()
	default:
		p.floor = now.Add(maxAhead).UnixMicro()
	}
}

// see notes an event, and says whether to look at it. On some feeds a replay
// begins up to an hour before it was asked to: that part is durable already.
func (p *position) see(timeUS int64) bool {
	if !p.caughtUp && timeUS < p.asked {
		return false
	}
	p.caughtUp = true
	if lost := time.Duration(timeUS-p.reached) * time.Microsecond; p.reached > 0 && lost > p.timing.jump {
		p.missed(lost)
	}
	p.reached = max(p.reached, timeUS)
	return true
}

// missed says that the feed left some of its time out.
func (p *position) missed(lost time.Duration) {
	from := time.UnixMicro(p.reached).UTC().Format(time.RFC3339)
	if !p.resumed && p.durable == 0 {
		p.sink.Logger().Info("bluesky: the feed does not go back as far as lookback asks", "missing", lost, "from", from)
		return
	}
	p.metrics.lost(lost)
	p.sink.Logger().Warn("bluesky: the feed has nothing for a while: what was said then is lost", "lost", lost, "from", from)
}

// live says whether an event was made around the connection or after, rather
// than long before.
func (p *position) live(timeUS int64) bool {
	return timeUS >= p.connected.Add(-p.timing.fresh).UnixMicro()
}

// done notes that the effects of everything up to a time are durable.
func (p *position) done(ctx context.Context, timeUS int64) {
	p.durable = max(p.durable, timeUS)
	if time.Since(p.savedAt) >= p.timing.save {
		p.save(ctx)
	}
}

// save writes the cursor down. A cursor that could not be saved is one that is
// read again from further back: no reason to stop.
func (p *position) save(ctx context.Context) {
	if p.durable == p.saved {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := p.sink.SaveCursor(ctx, cursorName, cursor{TimeUS: p.durable}); err != nil {
		p.unsaved.Goes(p.sink.Logger(), "bluesky: cannot save the cursor", err)
		return
	}
	p.unsaved.Over()
	p.saved, p.savedAt = p.durable, time.Now()
}
