package mastodon

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// maxKept is how many of the statuses brought are asked for again after a
// connection, to learn what became of them.
const maxKept = 400

// position is where the reader stands in its timeline.
type position struct {
	sink   *source.Sink
	name   string
	timing timing

	loaded  bool
	durable string // everything up to here has been brought; "" at the first start
	live    string // the latest the stream brought
	reading bool   // the timeline has not been read up to the present yet
	good    string // up to here the stream is known to have missed nothing
	kept    []string
	saved   cursor
	savedAt time.Time
	unsaved source.Trouble
}

type cursor struct {
	ID   string   `json:"id"`
	Kept []string `json:"kept,omitempty"`
}

// load reads the cursor once.
func (p *position) load(ctx context.Context) error {
	if p.loaded {
		return nil
	}
	var c cursor
	if _, err := p.sink.LoadCursor(ctx, p.name, &c); err != nil {
		return fmt.Errorf("%w: %w", source.ErrBus, err)
	}
	p.durable, p.kept, p.saved, p.loaded = c.ID, c.Kept, c, true
	return nil
}

// begin starts a session whose timeline is read from somewhere.
func (p *position) begin(from string) {
	p.reading, p.live, p.good = true, "", from
	if p.durable == "" {
		p.durable = from
	}
}

// streamed notes what the stream brought.
func (p *position) streamed(id string) {
	if newer(id, p.live) {
		p.live = id
	}
}

// read notes that the timeline was read up to somewhere; last says that there is
// no more.
func (p *position) read(upTo string, last bool) {
	if newer(upTo, p.durable) {
		p.durable = upTo
	}
	if last {
		p.reading = false
	}
}

// settle moves the cursor, once the effects of everything noted are durable.
func (p *position) settle(ctx context.Context) {
	if !p.reading && newer(p.live, p.durable) {
		p.durable = p.live
	}
	if time.Since(p.savedAt) >= p.timing.save {
		p.save(ctx)
	}
}

// fallBack moves the cursor back to where the stream was last known to be whole.
func (p *position) fallBack() {
	if newer(p.durable, p.good) {
		p.durable = p.good
	}
}

// keep remembers that a status was brought.
func (p *position) keep(id string) {
	p.kept = append(p.kept, id)
	if len(p.kept) > 2*maxKept {
		p.kept = slices.Clone(p.latest())
	}
}

// latest are the statuses brought most recently.
func (p *position) latest() []string { return p.kept[max(0, len(p.kept)-maxKept):] }

// save writes the cursor down. A cursor that could not be saved is one that is
// read again from further back: no reason to stop.
func (p *position) save(ctx context.Context) {
	now := cursor{ID: p.durable, Kept: p.latest()}
	if now.ID == p.saved.ID && len(now.Kept) == len(p.saved.Kept) && last(now.Kept) == last(p.saved.Kept) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := p.sink.SaveCursor(ctx, p.name, now); err != nil {
		p.unsaved.Goes(p.sink.Logger(), "mastodon: cannot save the cursor", err)
		return
	}
	p.unsaved.Over()
	p.saved, p.savedAt = cursor{ID: now.ID, Kept: slices.Clone(now.Kept)}, time.Now()
}

func last(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[len(ids)-1]
}

// newer says whether an id comes after another. Ids of one instance are numbers,
// or sort like them when they have the same length.
func newer(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// idAt is the id that a status of a moment has at least: Mastodon's ids begin with
// the milliseconds of the status's date.
func idAt(t time.Time) string { return strconv.FormatInt(max(0, t.UnixMilli())<<16, 10) }

// timeOf reads the moment out of an id. It answers false for the ids of other
// software, and for those of notifications, which are counted.
func timeOf(id string) (time.Time, bool) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	moment := time.UnixMilli(number >> 16)
	return moment, moment.Year() >= 2016
}

// before is the id a while before another, where ids tell the time.
func before(id string, by time.Duration) string {
	if moment, ok := timeOf(id); ok {
		return idAt(moment.Add(-by))
	}
	return id
}

// drop forgets a status that is gone.
func (p *position) drop(id string) {
	p.kept = slices.DeleteFunc(p.kept, func(other string) bool { return other == id })
}
