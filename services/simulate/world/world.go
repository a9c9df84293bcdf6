// Package world owns the invented posts that the pretended pages show: invented
// brands, authors and words in French and English, a rhythm of day and night,
// and a crisis on command. It knows no protocol and no clock: now is an argument.
//
// A world is a function of its seed and of time. Whoever asks for the same
// minute gets the same posts, before and after a restart, whatever the steps in
// which they are asked for: so the demonstration can be stopped and started
// again without telling the same history twice under other names. Crises come on
// command: whoever remembers when they began can have them told again.
package world

import (
	"sync"
	"time"
)

// Post is an invented post. A server of this folder shows it in its own protocol.
type Post struct {
	Number   int64 // unique in a world, growing with Time
	Time     time.Time
	Author   Author
	Title    string // for articles
	Text     string
	Language string // "fr" or "en"
	Hashtags []string
	Likes    int
	Shares   int
	Replies  int
	ReplyTo  int64 // Number of the post answered, 0 if none
	Edited   time.Time

	Brand   string // id of the brand it speaks of
	Topic   Topic
	Tone    Tone
	ShareOf int64 // Number of the post passed on, 0 if none
	// Thread is the Number of the post that began the conversation, its own for
	// that post. Whoever deals posts out to several networks deals by Thread.
	Thread int64
}

// Author is an invented author.
type Author struct {
	ID        int64
	Handle    string
	Name      string
	Followers int
}

// Topic is what a post is about.
type Topic string

// Topics of posts.
const (
	Product  Topic = "product"
	Service  Topic = "service"
	Price    Topic = "price"
	Delivery Topic = "delivery"
	Outage   Topic = "outage"
	Safety   Topic = "safety"
	People   Topic = "people"
)

// Topics lists them all.
var Topics = []Topic{Product, Service, Price, Delivery, Outage, Safety, People}

// Tone is how a post speaks of the brand.
type Tone int8

// Tones of posts.
const (
	Negative Tone = iota - 1
	Neutral
	Positive
)

// World invents posts. Its methods may be called side by side.
type World struct {
	seed   uint64
	rate   float64
	brands []Brand
	paris  *time.Location

	mu      sync.Mutex
	reached time.Time // everything up to here has been handed out
	sown    int64     // the last minute whose posts are in due
	due     schedule
	last    int64 // Number of the last post handed out
}

// New makes a world in which rate posts a second are written at the busiest hour
// of a working day, over all brands. Without brands it takes its own.
func New(seed uint64, rate float64, brands ...Brand) *World {
	if len(brands) == 0 {
		brands = Brands()
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.FixedZone("CET", 3600) // a machine without time zones still has days and nights
	}
	return &World{seed: seed, rate: rate, brands: brands, paris: paris}
}

// History tells what was written after from and until to, oldest first. Step
// goes on from there.
func (w *World) History(from, to time.Time) []Post {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begin(from)
	return w.advance(to)
}

// Step tells what was written since the last call until now, oldest first. The
// first call begins the world, and tells nothing.
func (w *World) Step(now time.Time) []Post {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reached.IsZero() {
		w.begin(now)
	}
	return w.advance(now)
}
