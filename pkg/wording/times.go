package wording

import (
	"fmt"
	"time"
)

// Clock writes the time of day in a zone, with the day where it is not that of
// now, and "–" for no time at all.
func (l Language) Clock(at, now time.Time, zone *time.Location) string {
	if at.IsZero() {
		return "–"
	}
	at, now = at.In(zone), now.In(zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format(l.day)
}

// Span writes a length of time in the units that say something: 12 s, 12 min,
// 1 h 05 min, 2 d 5 h.
func (l Language) Span(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case d < time.Second:
		return l.instant
	case d < time.Minute:
		return fmt.Sprintf("%d\u00A0s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d\u00A0min", minutes)
	case d < 24*time.Hour && minutes == 0:
		return fmt.Sprintf("%d\u00A0h", hours)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d\u00A0h\u00A0%02d\u00A0min", hours, minutes)
	}
	return fmt.Sprintf(l.daysHours, hours/24, hours%24)
}

// Window writes the length of what was counted in. Counting goes by whole
// minutes, of which the last has only begun: it counts as one.
func (l Language) Window(d time.Duration) string {
	return l.Span((d + time.Minute - 1).Truncate(time.Minute))
}
