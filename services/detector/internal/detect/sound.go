package detect

import (
	"errors"
	"fmt"
)

// errUnsound means that bytes are no state that a brand can be in.
var errUnsound = errors.New("no brand is like this")

// sound says whether all that was read of a brand at a step can be gone on from: what is
// listed is no longer than what is kept, what points somewhere points to something, and no
// moment is one that has not come, nor so long ago that it would take for ever to get here.
func (b *brand) sound(step int64) error {
	minute := step / stepsPerMinute
	const years = 12 * 366 * day
	lately := func(at, per, ago int64) bool { return at == 0 || at <= minute/per+1 && at >= minute/per-ago/per }
	x := &b.Exhibits
	ids, said := 0, 0
	placed := len(x.Places) <= mostPlaces
	for i := range x.Traces.List {
		t := &x.Traces.List[i]
		ids, said = ids+int(t.ID), said+int(t.Said)
		placed = placed && int(t.Place) <= len(x.Places)
	}
	calm := b.Burn == burn{}
	for i := range b.Burn.Since {
		calm = calm || lately(b.Burn.Since[i], 60, years)
	}
	pending := true
	for i := range b.Pending {
		p := &b.Pending[i]
		pending = pending && p.Due <= step+10*stepsPerMinute && lately(minuteOf(p.Mention.Published), 1, 3*day)
	}
	tracks := b.Whole.Series.Newest <= minute+1
	for i := range b.Parts {
		tracks = tracks && b.Parts[i].Track.Series.Newest <= minute+1
	}
	for what, holds := range map[string]bool{
		"a name":      b.ID != "" && minute > 0,
		"parts":       len(b.Names) == len(b.Parts) && len(b.Parts) <= mostParts,
		"authors":     len(b.Authors.List) <= mostAuthors,
		"traces":      len(x.Traces.List) <= mostTraces && ids == len(x.Traces.IDs) && said == len(x.Traces.Said) && ids <= idBytes && said <= saidWords,
		"places":      placed && len(x.Way.Steps) <= longestWay,
		"posts":       len(x.Negative) <= mostNegative && len(x.Positive) <= mostPositive && len(x.Other) <= mostOther,
		"tops":        len(x.Engaged) <= mostTop && len(x.Followed) <= mostTop && len(x.Risky) <= mostTop,
		"an incident": b.Incident == nil || b.Incident.Scale >= 0 && b.Incident.Scale < len(scales) && b.Incident.Level > Calm && b.Incident.Level < levels,
		"hours":       b.Rhythm.Newest >= 0 && b.Rhythm.Newest <= minute/60+1,
		"minutes":     tracks && lately(b.Sealed, 1, day) && x.Copies.Newest <= minute/five+1,
		"days":        lately(b.Highs.Newest, day, years),
		"a burn":      calm,
		"pending":     pending,
	} {
		if !holds {
			return fmt.Errorf("%w: its %s", errUnsound, what)
		}
	}
	return nil
}
