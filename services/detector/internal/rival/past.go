package rival

import (
	"math"
	"time"
)

// past holds the newest counts of buckets of one length, as far back as its spans
// reach, and keeps the sums over these.
type past struct {
	bucket time.Duration
	day    int // buckets in one
	ring   []float64
	pushed int
	spans  []*span
}

func newPast(bucket time.Duration) *past {
	p := &past{bucket: bucket}
	p.day = p.buckets(day)
	return p
}

// buckets in a time, at least one.
func (p *past) buckets(d time.Duration) int { return max(1, int(d/p.bucket)) }

// span is a stretch of the past by age in buckets: the newest has age 0, the one
// of age to is out.
type span struct {
	from, to     int
	day          int
	known        int
	sum, squares float64
}

// span is the past that is at least from old, and less than from+length. All
// spans are asked for before anything is pushed.
func (p *past) span(from, length time.Duration) *span {
	s := &span{day: p.day}
	if from > 0 {
		s.from = p.buckets(from)
	}
	s.to = s.from + p.buckets(length)
	p.spans = append(p.spans, s)
	if s.to > len(p.ring) {
		p.ring = make([]float64, s.to)
	}
	return s
}

// at is the count of an age.
func (p *past) at(age int) float64 { return p.ring[(p.pushed-1-age)%len(p.ring)] }

func (p *past) push(count float64) {
	for _, s := range p.spans {
		if p.pushed >= s.to {
			s.add(p.at(s.to-1), -1)
		}
		switch {
		case s.from == 0:
			s.add(count, 1)
		case p.pushed >= s.from:
			s.add(p.at(s.from-1), 1)
		}
	}
	p.ring[p.pushed%len(p.ring)] = count
	p.pushed++
	if p.pushed%len(p.ring) == 0 {
		p.resum()
	}
}

func (s *span) add(count float64, times int) {
	s.known += times
	s.sum += float64(times) * count
	s.squares += float64(times) * count * count
}

// resum adds up anew what has been added and taken away a whole round long, so
// that errors of rounding do not pile up.
func (p *past) resum() {
	for _, s := range p.spans {
		s.known, s.sum, s.squares = 0, 0, 0
		for age := s.from; age < min(s.to, p.pushed); age++ {
			s.add(p.at(age), 1)
		}
	}
}

func (s *span) length() int   { return s.to - s.from }
func (s *span) mean() float64 { return s.sum / float64(max(s.known, 1)) }

func (s *span) deviation() float64 {
	mean := s.mean()
	return math.Sqrt(max(0, s.squares/float64(max(s.known, 1))-mean*mean))
}

// tells says whether enough of a span is known to hold another against it.
func (s *span) tells(now *span) bool {
	return s.known >= min(s.length(), max(s.day, now.length()))
}

// times is how many times the usual there is now, over the same time.
func (s *span) times(usual *span) float64 {
	if !usual.tells(s) {
		return 0
	}
	return s.sum / max(1, usual.mean()*float64(s.length()))
}

// deviations is how many deviations the mean is above the usual one.
func (s *span) deviations(usual *span) float64 {
	if !usual.tells(s) {
		return 0
	}
	return (s.mean() - usual.mean()) / max(1, usual.deviation())
}
