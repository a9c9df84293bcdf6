package world

import (
	"container/heap"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	// patience is how long after a post people still answer it.
	patience = 45 * time.Minute
	// answers is how many answers a post gets on average.
	answers = 0.3
	// officialShare is the share of posts that brands write themselves, in
	// office hours.
	officialShare = 0.04
	// pressShare is the share of conversations that are a newspaper's article.
	pressShare = 0.05
)

// schedule holds posts that are not due yet, the next one first.
type schedule []Post

func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].Number < s[j].Number }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(x any)        { *s = append(*s, x.(Post)) }
func (s *schedule) Pop() any {
	last := len(*s) - 1
	post := (*s)[last]
	*s = (*s)[:last]
	return post
}

// begin places the world at a moment, with the answers that are still to come to
// what was written before it.
func (w *World) begin(at time.Time) {
	w.reached, w.due, w.last = at, nil, 0
	w.sown = minuteOf(at.Add(-patience)) - 1
	w.sow(at)
	w.reap(at)
}

// advance hands out what is written until a moment.
func (w *World) advance(to time.Time) []Post {
	if !to.After(w.reached) {
		return nil
	}
	w.sow(to)
	w.reached = to
	return w.reap(to)
}

// sow schedules the posts of every minute that has begun.
func (w *World) sow(until time.Time) {
	for last := minuteOf(until); w.sown < last; {
		w.sown++
		for _, post := range w.minute(w.sown) {
			heap.Push(&w.due, post)
		}
	}
}

// reap takes what is due.
func (w *World) reap(until time.Time) []Post {
	var posts []Post
	for len(w.due) > 0 && !w.due[0].Time.After(until) {
		post := heap.Pop(&w.due).(Post)
		post.Number = max(post.Number, w.last+1)
		w.last = post.Number
		posts = append(posts, post)
	}
	return posts
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// minute invents the conversations that begin in a minute, with their answers.
// It depends on the seed and the minute alone.
func (w *World) minute(minute int64) []Post {
	r := rand.New(rand.NewPCG(w.seed, uint64(minute)))
	start := time.Unix(minute*60, 0).UTC()
	mean := w.rate * 60 / (1 + answers) * w.rhythm(start)
	var posts []Post
	for range poisson(r, mean) {
		root := w.root(r, within(r, start, time.Minute))
		posts = append(posts, root)
		if root.Title != "" {
			continue // nobody answers a newspaper where we could read it
		}
		for range poisson(r, answers) {
			late := time.Duration(r.ExpFloat64() * float64(4*time.Minute))
			posts = append(posts, w.answer(r, root, root.Time.Add(5*time.Second+min(late, patience-time.Minute))))
		}
	}
	return posts
}

// within picks a moment; its nanoseconds make numbers unique.
func within(r *rand.Rand, start time.Time, length time.Duration) time.Time {
	return start.Add(time.Duration(r.Int64N(int64(length))))
}

// root invents a post that begins a conversation.
func (w *World) root(r *rand.Rand, at time.Time) Post {
	i := r.IntN(len(w.brands))
	brand := w.brands[i]
	author, language := w.someone(r)
	if hour := at.In(w.paris).Hour(); hour >= 8 && hour < 19 && r.Float64() < officialShare {
		return w.announcement(r, at, official(i, brand), brand)
	}
	topic := pick(r, concerns[brand.Sector])
	if r.Float64() < pressShare {
		return w.article(r, at, language, brand, topic)
	}
	return w.post(r, at, author, language, brand, topic, someTone(r))
}

// article is what a newspaper writes of a brand on a day like any other.
func (w *World) article(r *rand.Rand, at time.Time, language string, brand Brand, topic Topic) Post {
	words := lexicons[language]
	p := w.post(r, at, newspaper(r, language), language, brand, topic, Neutral)
	p.Title = fill(r, language, brand, brand.Name, pick(r, words.headlines))
	p.Text, p.Hashtags = fill(r, language, brand, brand.Name, pick(r, words.articles)), nil
	return p
}

// announcement is a post of a brand's own account.
func (w *World) announcement(r *rand.Rand, at time.Time, account Author, brand Brand) Post {
	language := pick(r, []string{"fr", "en"})
	p := w.post(r, at, account, language, brand, Product, Positive)
	p.Text, p.Hashtags = finish(r, language, brand, pick(r, lexicons[language].official)), nil
	return p
}

// concerns are the topics of a sector, as often as people speak of them.
var concerns = map[Sector][]Topic{
	Drinks:   {Product, Product, Product, Product, Service, Price, Price, Delivery, Safety, People},
	Rail:     {Product, Product, Service, Service, Price, Price, Outage, Outage, Safety, People},
	Phone:    {Product, Product, Service, Service, Service, Price, Price, Outage, Outage, Delivery, People},
	Clothing: {Product, Product, Product, Service, Price, Price, Delivery, Delivery, Delivery, People},
}

// someTone leans a little to the negative, as people do.
func someTone(r *rand.Rand) Tone {
	switch x := r.Float64(); {
	case x < 0.30:
		return Negative
	case x < 0.65:
		return Neutral
	default:
		return Positive
	}
}

func (w *World) post(r *rand.Rand, at time.Time, author Author, language string, brand Brand, topic Topic, tone Tone) Post {
	text, hashtags := speech(r, language, brand, topic, tone)
	p := Post{
		Number: at.UnixNano(), Time: at, Author: author, Language: language,
		Text: text, Hashtags: hashtags, Brand: brand.ID, Topic: topic, Tone: tone,
	}
	p.Thread = p.Number
	applaud(r, &p)
	return p
}

// answer invents a reply to a post, or a post that passes it on.
func (w *World) answer(r *rand.Rand, to Post, at time.Time) Post {
	brand, err := w.brand(to.Brand)
	if err != nil {
		brand = w.brands[0]
	}
	author, language := w.someone(r)
	if language != to.Language && r.Float64() < 0.7 {
		language = to.Language
	}
	kind := lexicons[language].replies[tones(to.Tone)]
	share := r.Float64() < 0.25
	if share {
		kind = lexicons[language].relays
	}
	p := w.post(r, at, author, language, brand, to.Topic, to.Tone)
	p.Text, p.Hashtags = finish(r, language, brand, pick(r, kind)), nil
	p.Thread = to.Thread
	if share {
		p.ShareOf = to.Number
		return p
	}
	p.ReplyTo, p.Text = to.Number, addressed(to, p.Text)
	return p
}

// addressed begins a reply with whom it answers.
func addressed(to Post, text string) string {
	if handle := "@" + to.Author.Handle; !strings.HasPrefix(text, handle) {
		return handle + " " + text
	}
	return text
}

// applaud gives a post its reactions: most have few, a few have many.
func applaud(r *rand.Rand, p *Post) {
	warmth := r.ExpFloat64() * r.ExpFloat64()
	p.Likes = int(warmth * (2 + float64(p.Author.Followers)/250))
	p.Shares = int(warmth * (0.3 + float64(p.Author.Followers)/2500))
	p.Replies = int(warmth * (0.4 + float64(p.Author.Followers)/3000))
}

// hashtag writes words as one tag.
func hashtag(words string) string { return strings.ReplaceAll(words, " ", "") }
