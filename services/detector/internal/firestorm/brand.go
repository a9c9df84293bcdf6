package firestorm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Brand is one of the generated world, and its ordinary life.
type Brand struct {
	ID, Name  string
	PerDay    float64         // mentions a day, on average, shares included
	Zone      string          // whose hours Rhythm is in
	Rhythm    [7 * 24]float64 // how busy each hour of the week is, from Monday 0:00; only ratios count
	Growth    float64         // a week, as a part of what is
	Mood      Mood            // of ordinary posts, in truth
	Sources   []Source        // at most sixteen
	Regulars  int             // authors who come back; how often follows Zipf's law
	Branching float64         // posts that an ordinary post leads to directly, on average: below 1
	Confusion [3][3]float64   // rows: the true sentiment; columns: what the scorer says of it
}

// Mood is the share of negative, neutral and positive posts.
type Mood [3]float64

// Source brings a part of the mentions, with a delay.
type Source struct {
	Name   string
	Share  float64
	Lag    time.Duration // from publication until it can be had, on average
	Every  time.Duration // how often it is polled; 0: it streams
	Social bool          // its posts can be shared natively
}

// Outage is when nothing could be had of a source: what it brought meanwhile
// came in bulk afterwards.
type Outage struct {
	Source      string
	From, Until time.Time
}

// week is a French week: the hours of six airlines' real posts, told from a
// country with one time zone: nights near zero, a first height at noon, a second
// in the evening; people get up later at the week-end, and write less.
func week() (rhythm [7 * 24]float64) {
	hours := [24]float64{
		0.35, 0.18, 0.09, 0.05, 0.05, 0.10, 0.30, 0.75, 1.15, 1.35, 1.45, 1.50,
		1.60, 1.50, 1.45, 1.45, 1.50, 1.60, 1.65, 1.60, 1.55, 1.45, 1.10, 0.65,
	}
	for h := range rhythm {
		if rhythm[h] = hours[h%24]; h >= 5*24 {
			rhythm[h] = 0.85 * hours[max(h%24-1, 0)]
		}
	}
	return rhythm
}

// sources bring it in: streams within seconds, polled pages within minutes, and
// feeds, which their sites refresh when they like, within tens of minutes.
func sources() []Source {
	return []Source{
		{Name: "x", Share: 0.45, Lag: time.Second, Social: true},
		{Name: "facebook", Share: 0.20, Lag: 2 * time.Second, Social: true},
		{Name: "bluesky", Share: 0.10, Lag: 500 * time.Millisecond, Social: true},
		{Name: "instagram", Share: 0.10, Lag: 10 * time.Second, Every: 5 * time.Minute},
		{Name: "reddit", Share: 0.05, Lag: 10 * time.Second, Every: 2 * time.Minute},
		{Name: "rss", Share: 0.10, Lag: 8 * time.Minute, Every: 15 * time.Minute},
	}
}

// usual is a scorer of today on brands' posts: right on 70 % of each class. It is
// the mean of what docs/sentiment.md says of ours on French posts (fr-umsab) and
// on the airlines'.
var usual = [3][3]float64{{0.74, 0.15, 0.11}, {0.18, 0.58, 0.24}, {0.10, 0.13, 0.77}}

// NewBrand is a brand with the defaults of everything else.
func NewBrand(id, name string, perDay float64, mood Mood) Brand {
	return Brand{
		ID: id, Name: name, PerDay: perDay, Zone: "Europe/Paris", Rhythm: week(), Mood: mood, Sources: sources(),
		Regulars: 5 + int(perDay), Branching: 0.5, Confusion: usual,
	}
}

// Brands are from small to huge: 3 mentions a day, 30, 500 (20 an hour), 5,000
// and 250,000 (3 a second). No company has these names.
func Brands() []Brand {
	brands := []Brand{
		NewBrand("marsolette", "Marsolette", 3, Mood{0.20, 0.45, 0.35}),
		NewBrand("panipluie", "Panipluie", 30, Mood{0.25, 0.45, 0.30}),
		NewBrand("zestaline", "Zestaline", 500, Mood{0.30, 0.42, 0.28}),
		NewBrand("ferrovelle", "Ferrovelle", 5_000, Mood{0.50, 0.30, 0.20}),
		NewBrand("telemur", "Télémur", 250_000, Mood{0.35, 0.40, 0.25}),
	}
	brands[1].Growth, brands[3].Growth = 0.01, -0.01
	return brands
}

// clock tells activity, which is time weighed by how busy it is, and back. A
// process that is homogeneous in activity has the brand's nights and days: who
// sleeps answers in the morning.
type clock struct {
	start, end int64     // ms
	passed     []float64 // hours of activity until the beginning of each quarter of an hour
	quarter    int       // looked at last
}

const quarter = 15 * minute

// newClock sums up how busy every moment is; 1 is the average.
func newClock(start, end int64, busy func(ms int64) float64) *clock {
	c := &clock{start: start, end: end, passed: make([]float64, 1, (end-start)/quarter+2)}
	sum := 0.0
	for at := start; at < end; at += quarter {
		sum += busy(at+quarter/2) / 4
		c.passed = append(c.passed, sum)
	}
	return c
}

// activity is how much has passed until a moment.
func (c *clock) activity(ms int64) float64 {
	i := (ms - c.start) / quarter
	part := float64(ms-c.start-i*quarter) / float64(quarter)
	return c.passed[i] + part*(c.passed[i+1]-c.passed[i])
}

// time is the moment when so much has passed, or the end.
func (c *clock) time(activity float64) int64 {
	if activity >= c.passed[len(c.passed)-1] {
		return c.end
	}
	for c.passed[c.quarter] > activity {
		c.quarter--
	}
	for c.passed[c.quarter+1] <= activity {
		c.quarter++
	}
	from, to := c.passed[c.quarter], c.passed[c.quarter+1]
	return c.start + int64(c.quarter)*quarter + int64(float64(quarter)*(activity-from)/(to-from))
}

// The intensity of ordinary life wanders by a quarter within six hours.
// Without it a huge brand would be far smoother than any real one: the excess of
// self-excitation over Poisson vanishes in its numbers.
const (
	wandering = 0.25
	wanders   = 6 * hour
)

// days is the clock of a brand's ordinary life.
func (b *Brand) days(start, end int64, zone *time.Location, r *rand.Rand) *clock {
	rhythm := b.busy(zone)
	keep := math.Exp(-float64(quarter) / float64(wanders))
	state := r.NormFloat64()
	return newClock(start, end, func(ms int64) float64 {
		state = keep*state + math.Sqrt(1-keep*keep)*r.NormFloat64()
		weeks := float64(ms-start) / float64(7*24*hour)
		return rhythm(ms) * math.Pow(1+b.Growth, weeks) * math.Exp(wandering*state-wandering*wandering/2)
	})
}

// alarmed is the clock of what people stay up for, or write about from elsewhere.
func (b *Brand) alarmed(start, end int64, zone *time.Location) *clock {
	rhythm := b.busy(zone)
	return newClock(start, end, func(ms int64) float64 { return 0.25 + 0.75*rhythm(ms) })
}

// busy is how busy a moment of the week is, 1 on average.
func (b *Brand) busy(zone *time.Location) func(ms int64) float64 {
	sum := 0.0
	for _, v := range b.Rhythm {
		sum += v
	}
	return func(ms int64) float64 {
		t := time.UnixMilli(ms).In(zone)
		h := (int(t.Weekday())+6)%7*24 + t.Hour()
		within := float64(t.Minute()) / 60
		return float64(len(b.Rhythm)) / sum * (b.Rhythm[h]*(1-within) + b.Rhythm[(h+1)%len(b.Rhythm)]*within)
	}
}

func (b *Brand) check() error {
	switch {
	case b.PerDay <= 0 || b.Branching < 0 || b.Branching >= 1:
		return fmt.Errorf("firestorm: brand %s: mentions a day must be above 0 and branching from 0 to below 1: they are %v and %v",
			b.ID, b.PerDay, b.Branching)
	case len(b.Sources) == 0 || len(b.Sources) > 16:
		return fmt.Errorf("firestorm: brand %s: it has %d sources: give 1 to 16", b.ID, len(b.Sources))
	}
	return nil
}
