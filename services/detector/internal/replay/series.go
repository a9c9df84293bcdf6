package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Series is what was said, and what was expected, in buckets of whole hours.
type Series struct {
	Since          time.Time
	Bucket         time.Duration
	Said, Expected []detect.Voices
}

// buckets are the lengths a series may have, so that its ticks are whole hours or days.
var buckets = []time.Duration{time.Hour, 24 * time.Hour}

// NewSeries has as many buckets as it may between two moments, at most so many where
// days allow it.
func NewSeries(since, until time.Time, most int) *Series {
	s := &Series{Since: since.Truncate(time.Hour)}
	for _, s.Bucket = range buckets {
		if until.Sub(s.Since) <= time.Duration(most)*s.Bucket {
			break
		}
	}
	n := int((until.Sub(s.Since) + s.Bucket - 1) / s.Bucket)
	s.Said, s.Expected = make([]detect.Voices, n), make([]detect.Voices, n)
	return s
}

// Note adds what was said in an hour, and what was expected of it.
func (s *Series) Note(hour time.Time, said, expected detect.Voices) {
	n := int(hour.Sub(s.Since) / s.Bucket)
	if hour.Before(s.Since) || n >= len(s.Said) {
		return
	}
	s.Said[n].Add(said)
	s.Expected[n].Add(expected)
}
