package firestorm

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// post is a mention before it is spelt out.
type post struct {
	published, collected, known int64 // ms
	id, story                   uint64
	author                      uint32
	text                        uint16
	truth                       detect.Sentiment
	is                          trait
}

type trait uint8

const (
	share     trait = 1 << iota // passes on another post
	official                    // of the brand itself
	press                       // of a newspaper
	throwaway                   // of an account made yesterday
	ofEvent                     // of what the scenario is about
)

// An id and an author keep their source in the last bits.
const sourceBits = 4

func sourceOf[T uint32 | uint64](n T) int { return int(n & (1<<sourceBits - 1)) }

// spread is how posts come and lead to others.
type spread struct {
	ratio  float64 // posts that one leads to directly, on average: the branching ratio
	shares float64 // how many of those only pass it on
	thread float64 // how many of the others its author writes
	alike  float64 // how many of the others feel the same
	fresh  float64 // how many of the rest are by people who never spoke of the brand
	mood   Mood    // of those that answer nothing, and of answers that do not feel the same
	texts  list
	is     trait
}

// How long until a post is answered: a power law, as in Crane & Sornette 2008 and
// Rizoiu et al. 2017, with their exponent of about 0.4 and the five minutes below
// which it flattens in SEISMIC and TiDeH; cut at a day of activity. Its quartiles
// are 5, 20 and 100 minutes. Those of the real gaps between the posts of one
// author to one airline (43 % of all posts follow an earlier one) are 4, 20 and 96.
const (
	gapScale = 5.0 / 60 // hours
	longest  = 24.0
)

// cut is the part of the power law beyond the longest gap.
var cut = math.Pow(1+longest/gapScale, -0.4)

// gap is in hours of activity.
func gap(r *rand.Rand) float64 {
	u := 1 - r.Float64()*(1-cut)
	return gapScale * (1/(u*u*math.Sqrt(u)) - 1) // u to the power -1/0.4
}

// few draws from Poisson's law with a small mean, given exp(-mean).
func few(r *rand.Rand, none float64) int {
	n := 0
	for p := r.Float64(); p > none; p *= r.Float64() {
		n++
	}
	return n
}

// draw picks an index by its share.
func draw(u float64, shares []float64) int {
	for i, share := range shares {
		if u -= share; u < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// grow gathers a post published at a moment of a clock and all that it leads to:
// the construction of a Hawkes process by its branches (Hawkes & Oakes 1974).
// Gaps pass in activity, which is TiDeH's circadian rhythm (Kobayashi & Lambiotte
// 2016) as a change of time.
func (w *world) grow(p post, at float64, c *clock, s *spread, none float64) {
	if p.published = c.time(at); p.published >= c.end {
		return
	}
	w.grown = append(w.grown, p)
	for range few(w.r, none) {
		w.grow(w.answer(&p, s), at+gap(w.r), c, s, none)
	}
}

// original is a post that answers nothing, by somebody on some source.
func (w *world) original(s *spread) post {
	source := draw(w.r.Float64(), w.shares)
	return w.says(w.someone(source, s), w.feels(s.mood), s.texts, s.is)
}

func (w *world) feels(mood Mood) detect.Sentiment {
	return detect.Negative + detect.Sentiment(draw(w.r.Float64(), mood[:]))
}

func (w *world) says(author uint32, truth detect.Sentiment, texts list, is trait) post {
	w.posts++
	id := w.posts<<sourceBits | uint64(sourceOf(author))
	return post{id: id, story: id, author: author, truth: truth, text: w.words.pick(w.r, texts, truth), is: is}
}

// answer is what a post leads to: it is passed on, its author goes on, or
// somebody else has a say.
func (w *world) answer(to *post, s *spread) post {
	source := sourceOf(to.author)
	if w.brand.Sources[source].Social && w.r.Float64() < s.shares {
		w.posts++
		p := *to
		p.id, p.author, p.is = w.posts<<sourceBits|uint64(source), w.someone(source, s), s.is|share
		return p
	}
	author := to.author
	if to.is&(official|press) != 0 || w.r.Float64() >= s.thread {
		author = w.someone(source, s)
	}
	truth := to.truth
	if to.is&(official|press) != 0 || w.r.Float64() >= s.alike {
		truth = w.feels(s.mood)
	}
	return w.says(author, truth, s.texts, s.is)
}

// someone is an author on a source: a regular or somebody new.
func (w *world) someone(source int, s *spread) uint32 {
	n := uint32(0)
	if w.r.Float64() < s.fresh {
		w.newcomers++
		n = uint32(w.brand.Regulars) + w.newcomers
	} else { // e to a uniform power is Zipf's law
		n = uint32(math.Exp(w.r.Float64() * math.Log(float64(w.brand.Regulars)+1)))
	}
	return n<<sourceBits | uint32(source)
}

// blaze is a cascade from its first post to its last. What sets people off comes
// from outside (news, a video) at a rate that rises straight to its height and
// wanes as a power law, and each post leads to others.
type blaze struct {
	posts      float64 // in all
	rise, wane float64 // hours of activity; with rise 0, an even rate for wane hours
	spread     spread
	accounts   int  // so many wrote it all; 0: anyone
	copied     bool // the same text again and again
	officials  int  // so many of the first posts that answer nothing are the brand's own
}

// The rate wanes as (1+t/wane)^-2.2: of the height there is a half left after 1 h,
// a sixth after 4 h and 3 % after 12 h where wane is 3, before what answers add.
// Glasgow, New York, Spain and Guatemala in CrisisLexT26 have 0.45-0.87, 0.1-0.2
// and 0.05-0.18 left by then.
const wanesBy = 1.2

// after is how long after the first post another one comes, in hours of activity.
func (b *blaze) after(r *rand.Rand) float64 {
	if b.rise == 0 {
		return r.Float64() * b.wane
	}
	slope := wanesBy / b.wane // of the waning at its beginning, where both meet
	if r.Float64() < slope/(2/b.rise+slope) {
		return b.rise * math.Sqrt(r.Float64())
	}
	return b.rise + b.wane*(math.Pow(1-r.Float64(), -1/wanesBy)-1)
}

// burn leaves a blaze in w.grown, the first post first, at its onset. A cascade is
// all chance: one that fails to catch, or runs away, is not what was asked for and
// is lit again.
func (w *world) burn(b *blaze, onset int64, c *clock) {
	none, from := math.Exp(-b.spread.ratio), c.activity(onset)
	sparks := max(1, int(math.Round(b.posts*(1-b.spread.ratio))))
	for range 100 {
		w.grown = w.grown[:0]
		var first post
		for i := range sparks {
			p, at := w.spark(b, first, i), from
			if i == 0 {
				first = p
			} else {
				at += b.after(w.r)
			}
			w.grow(p, at, c, &b.spread, none)
		}
		if n := float64(len(w.grown)); n > 0.75*b.posts && n < 1.35*b.posts {
			break
		}
	}
	for i := range w.grown {
		w.grown[i].published = max(w.grown[i].published, onset)
	}
	w.grown[0].published = onset
}

// spark is the nth post of a blaze that answers nothing. What most feel, the first does.
func (w *world) spark(b *blaze, first post, nth int) post {
	s := &b.spread
	switch {
	case nth < b.officials:
		return w.says(brandItself, detect.Neutral, s.texts, s.is|official)
	case b.accounts > 0:
		return w.says((botsFrom+uint32(nth%b.accounts))<<sourceBits, detect.Negative, s.texts, s.is)
	case b.copied && nth > 0:
		p := w.original(s)
		p.story, p.text, p.truth = first.story, first.text, first.truth
		return p
	case nth == 0:
		most := slices.Index(s.mood[:], slices.Max(s.mood[:]))
		return w.says(w.someone(0, s), detect.Negative+detect.Sentiment(most), s.texts, s.is)
	default:
		return w.original(s)
	}
}

// The brand itself writes on the first source, as bots do; the numbers of these begin far above all others'.
const (
	brandItself = uint32(0)
	botsFrom    = uint32(1 << 27)
)
