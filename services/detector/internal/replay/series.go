package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Series counts mentions by published time, for a picture.
type Series struct {
	Since           time.Time
	Bucket          time.Duration
	Total, Negative []float64
}

// buckets are the lengths a series may have, so that its ticks are whole hours or days.
var buckets = []time.Duration{
	time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// NewSeries has as many buckets as it may between two moments, at most so many where
// days allow it.
func NewSeries(since, until time.Time, most int) *Series {
	s := &Series{Since: since}
	for _, s.Bucket = range buckets {
		if until.Sub(since) <= time.Duration(most)*s.Bucket {
			break
		}
	}
	n := int((until.Sub(since) + s.Bucket - 1) / s.Bucket)
	s.Total, s.Negative = make([]float64, n), make([]float64, n)
	return s
}

// Count adds a mention.
func (s *Series) Count(m *detect.Mention) {
	n := int(m.Published.Sub(s.Since) / s.Bucket)
	if m.Published.Before(s.Since) || n >= len(s.Total) {
		return
	}
	s.Total[n]++
	if m.Sentiment == detect.Negative {
		s.Negative[n]++
	}
}
