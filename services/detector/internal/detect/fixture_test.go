package detect_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

var rule = detect.Rule{Watch: 3, Alert: 4.5, Crisis: 8, MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute}

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// stream posts at random moments at a rate that changes with time.
type stream struct {
	r        *rand.Rand
	n        int
	perHour  func(t time.Time) float64
	negative func(t time.Time) float64
	authors  int
}

// play feeds the engine second by second and gathers what changed.
func (s *stream) play(e *detect.Engine, from, to time.Time) []detect.Incident {
	var changes []detect.Incident
	for now := from; now.Before(to); now = now.Add(time.Second) {
		for range s.poisson(s.perHour(now) / 3600) {
			e.Observe("zest", s.mention(now))
		}
		changes = append(changes, e.Advance(now)...)
	}
	return changes
}

func (s *stream) mention(now time.Time) detect.Mention {
	s.n++
	return detect.Mention{
		ID: fmt.Sprintf("rss:%d", s.n), Source: "rss", Author: fmt.Sprint(s.r.IntN(s.authors)),
		Sentiment: felt(s.r.Float64() < s.negative(now)), Published: now, Collected: now, Known: now,
	}
}

func (s *stream) poisson(mean float64) int {
	n, p, limit := 0, 1.0, math.Exp(-mean)
	for {
		if p *= s.r.Float64(); p <= limit {
			return n
		}
		n++
	}
}

// storm is when the one of storming begins.
var storm = start.Add(30 * time.Hour)

// storming posts 60 an hour, and for 20 minutes 900 that are nearly all negative.
func storming() *stream {
	s := &stream{r: rand.New(rand.NewPCG(7, 7)), authors: 5000}
	s.perHour = func(at time.Time) float64 {
		if at.After(storm) && at.Before(storm.Add(20*time.Minute)) {
			return 900
		}
		return 60
	}
	s.negative = func(at time.Time) float64 { return s.perHour(at) / 1000 }
	return s
}

func constant(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }

// dayAndNight is five times as busy at 16:00 as at 04:00.
func dayAndNight(perHour float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		hour := float64(t.Hour()) + float64(t.Minute())/60
		return perHour * (1 + 0.66*math.Sin((hour-10)/24*2*math.Pi))
	}
}

// burst is n mentions of the last two minutes, known at once.
func burst(e *detect.Engine, at time.Time, n, authors int, negative bool) []detect.Incident {
	for i := range n {
		e.Observe("zest", detect.Mention{
			ID: fmt.Sprintf("x:%d-%d", at.Unix(), i), Source: "x", Author: fmt.Sprint("author", i%authors), Sentiment: felt(negative),
			Published: at.Add(-2 * time.Minute * time.Duration(n-i) / time.Duration(n)), Collected: at, Known: at,
		})
	}
	return e.Advance(at.Add(time.Second))
}

// watching gives an engine that watches one brand since the start.
func watching() *detect.Engine {
	e := detect.New(rule, start)
	e.Watch(map[string]detect.Terms{"zest": {Since: start}})
	return e
}

// everyMinute lets an engine hear one mention a minute.
func everyMinute(e *detect.Engine, from, to time.Time) {
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		e.Advance(at)
		e.Observe("zest", detect.Mention{ID: at.String(), Source: "x", Author: at.String(), Sentiment: detect.Neutral,
			Published: at, Collected: at, Known: at})
	}
}

// aDay gives an engine a calm day of one mention a minute.
func aDay() *detect.Engine {
	e := watching()
	everyMinute(e, start, start.Add(25*time.Hour))
	return e
}

func felt(negative bool) detect.Sentiment {
	if negative {
		return detect.Negative
	}
	return detect.Neutral
}
