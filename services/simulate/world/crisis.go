package world

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// CrisisKind is what goes wrong.
type CrisisKind string

// Kinds of crises.
const (
	CrisisSafety CrisisKind = "safety" // people are ill
	CrisisOutage CrisisKind = "outage" // nothing works
	CrisisPeople CrisisKind = "people" // someone was treated badly, on film
)

// CrisisKinds lists them all.
var CrisisKinds = []CrisisKind{CrisisSafety, CrisisOutage, CrisisPeople}

// drama is what is said in a crisis.
type drama struct {
	origin, headline, article, hashtag string
	angry, relays, replies             []string
}

// The course of a crisis: it doubles every eight seconds until it has reached
// its height, stays there, then fades.
const (
	crisisDoubling = 8 * time.Second
	crisisRise     = 48 * time.Second
	crisisHeight   = 75 * time.Second
	crisisHalfLife = 2 * time.Minute
	crisisEnd      = 12 * time.Minute
	pressDelay     = 55 * time.Second
)

// Crisis lets one break out at a moment, or at once where that is past: a first
// post, people who relay and answer it and each other, ever more of them, and
// newspapers at the end. It returns the first post. Step hands the posts out as
// they fall due.
func (w *World) Crisis(brandID string, kind CrisisKind, at time.Time) (Post, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.newCrisis(brandID, kind)
	if err != nil {
		return Post{}, err
	}
	if w.reached.IsZero() {
		w.begin(at)
	}
	if !at.After(w.reached) {
		at = w.reached.Add(time.Millisecond)
	}
	for _, post := range c.unfold(at) {
		heap.Push(&w.due, post)
	}
	return c.posts[0], nil
}

// Retell tells the whole of a crisis of the past again, oldest first: at is the
// time of the first post that Crisis returned. It moves the world nowhere.
func (w *World) Retell(brandID string, kind CrisisKind, at time.Time) ([]Post, error) {
	c, err := w.newCrisis(brandID, kind)
	if err != nil {
		return nil, err
	}
	posts := c.unfold(at)
	slices.SortStableFunc(posts, func(a, b Post) int { return a.Time.Compare(b.Time) })
	return posts, nil
}

func (w *World) newCrisis(brandID string, kind CrisisKind) (*crisis, error) {
	brand, err := w.brand(brandID)
	if err != nil {
		return nil, err
	}
	if _, known := french.crises[kind]; !known {
		return nil, fmt.Errorf("world: no crisis is of the kind %q: write one of %v", kind, CrisisKinds)
	}
	return &crisis{world: w, brand: brand, kind: kind}, nil
}

type crisis struct {
	world *World
	brand Brand
	kind  CrisisKind
	r     *rand.Rand
	posts []Post
}

// unfold writes the whole crisis down in advance. It depends on the world's seed and
// rate and on the moment alone.
func (c *crisis) unfold(at time.Time) []Post {
	c.r = rand.New(rand.NewPCG(c.world.seed^uint64(at.UnixNano()), uint64(len(c.brand.ID))))
	c.origin(at)
	height := max(6, 8*c.world.rate)
	const tick = 250 * time.Millisecond
	for since := 3 * time.Second; since < crisisEnd; since += tick {
		for range poisson(c.r, height*swell(since)*tick.Seconds()) {
			c.join(within(c.r, at.Add(since), tick))
		}
	}
	c.press(at.Add(pressDelay))
	return c.posts
}

// swell is how much of its height a crisis has some time after it began.
func swell(since time.Duration) float64 {
	switch {
	case since < crisisRise:
		return math.Exp2(float64(since-crisisRise) / float64(crisisDoubling))
	case since < crisisHeight:
		return 1
	default:
		return math.Exp2(-float64(since-crisisHeight) / float64(crisisHalfLife))
	}
}

// origin is the post with which it begins: somebody known to a few thousand.
func (c *crisis) origin(at time.Time) {
	author, language := c.world.anyone(c.r)
	author.Followers = 3000 + c.r.IntN(4000)
	words := lexicons[language].crises[c.kind]
	first := c.write(at, author, language, words.origin)
	first.Likes, first.Shares, first.Replies = 900, 640, 310
	c.posts = append(c.posts, first)
}

// join adds somebody: half speak for themselves, the others answer or relay
// what was said before, the first post more than any other.
func (c *crisis) join(at time.Time) {
	author, language := c.world.anyone(c.r)
	words := lexicons[language].crises[c.kind]
	before := c.posts[0]
	if c.r.Float64() < 0.5 {
		before = pick(c.r, c.posts)
	}
	if !before.Time.Before(at) {
		before = c.posts[0]
	}
	switch x := c.r.Float64(); {
	case x < 0.5:
		c.posts = append(c.posts, c.write(at, author, language, embroider(c.r, lexicons[language], Negative, pick(c.r, words.angry))))
	case x < 0.75:
		relay := c.write(at, author, language, pick(c.r, words.relays))
		relay.ShareOf, relay.Thread = before.Number, before.Thread
		c.posts = append(c.posts, relay)
	default:
		reply := c.write(at, author, language, pick(c.r, words.replies))
		reply.ReplyTo, reply.Thread = before.Number, before.Thread
		reply.Text = addressed(before, reply.Text)
		c.posts = append(c.posts, reply)
	}
}

// press adds an article in each language.
func (c *crisis) press(at time.Time) {
	for i, language := range []string{"fr", "en"} {
		words := lexicons[language].crises[c.kind]
		when := at.Add(time.Duration(i)*9*time.Second + time.Duration(c.r.Int64N(int64(time.Second))))
		article := c.write(when, newspaper(c.r, language), language, words.article)
		article.Text, article.Hashtags = fill(c.r, language, c.brand, c.brand.Name, words.article), nil
		article.Title = fill(c.r, language, c.brand, c.brand.Name, words.headline)
		article.Tone = Neutral
		c.posts = append(c.posts, article)
	}
}

func (c *crisis) write(at time.Time, author Author, language, sentence string) Post {
	topic := Topic(c.kind)
	text := finish(c.r, language, c.brand, sentence)
	post := Post{
		Number: at.UnixNano(), Time: at, Author: author, Language: language, Text: text,
		Brand: c.brand.ID, Topic: topic, Tone: Negative,
	}
	post.Thread = post.Number
	if c.r.Float64() < 0.4 {
		post.Hashtags = []string{hashtag(lexicons[language].crises[c.kind].hashtag + c.brand.Name)}
		post.Text += " #" + post.Hashtags[0]
	} else if c.r.Float64() < 0.5 {
		post.Text += " " + pick(c.r, emoji[tones(Negative)])
	}
	applaud(c.r, &post)
	return post
}
