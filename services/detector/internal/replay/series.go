package replay

import (
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Series is what was said in each hour, and what was expected.
type Series struct {
	since          time.Time
	said, expected []detect.Voices
}

// NewSeries has every hour between two moments.
func NewSeries(since, until time.Time) *Series {
	s := &Series{since: since.Truncate(time.Hour)}
	hours := int((until.Sub(s.since) + time.Hour - 1) / time.Hour)
	s.said, s.expected = make([]detect.Voices, hours), make([]detect.Voices, hours)
	return s
}

// Note adds what was said in an hour, and what was expected of it.
func (s *Series) Note(hour time.Time, said, expected detect.Voices) {
	n := int(hour.Sub(s.since) / time.Hour)
	if hour.Before(s.since) || n >= len(s.said) {
		return
	}
	s.said[n].Add(said)
	s.expected[n].Add(expected)
}

// Bucket is one hour or several: how much an hour of it held in the mean, and the hours that
// held most of all, and of the negative.
type Bucket struct {
	From, To       time.Time
	Said, Expected detect.Voices
	Most, Angriest Peak
}

// Peak is an hour, and what was said in it: of all voices or of the negative ones.
type Peak struct {
	Hour time.Time
	Said float64
}

// Buckets are the hours from a moment on, or where there are more than so many, the days.
func (s *Series) Buckets(from time.Time, most int) (buckets []Bucket) {
	first := max(0, int(from.Sub(s.since)/time.Hour))
	each := 1
	if len(s.said)-first > most {
		each = 24
	}
	for n := first; n < len(s.said); n += each {
		end := min(n+each, len(s.said))
		buckets = append(buckets, Bucket{
			From: s.hour(n), To: s.hour(end), Said: mean(s.said[n:end]), Expected: mean(s.expected[n:end]),
			Most:     s.peak(n, end, func(v detect.Voices) float64 { return v.All }),
			Angriest: s.peak(n, end, func(v detect.Voices) float64 { return v.Negative }),
		})
	}
	return buckets
}

func (s *Series) hour(n int) time.Time { return s.since.Add(time.Duration(n) * time.Hour) }

func mean(hours []detect.Voices) (sum detect.Voices) {
	for _, hour := range hours {
		sum.Add(hour)
	}
	return detect.Voices{All: sum.All / float64(len(hours)), Negative: sum.Negative / float64(len(hours))}
}

// peak is the hour that holds most, the first of several.
func (s *Series) peak(from, to int, of func(detect.Voices) float64) Peak {
	most := from
	for n := from; n < to; n++ {
		if of(s.said[n]) > of(s.said[most]) {
			most = n
		}
	}
	return Peak{s.hour(most), of(s.said[most])}
}
