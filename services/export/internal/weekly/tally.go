package weekly

import "cmp"

// Counts are counts of mentions, each counted once.
type Counts struct {
	Mentions   uint64
	Sentiments [4]uint64 // by Sentiment
	Official   uint64
	Engagement uint64

	// What the brand itself published is in none of these.
	Risky   uint64    // mentions with a risk or several
	Stances [3]uint64 // by Stance
}

func (c *Counts) add(m Mention) {
	c.Mentions++
	c.Sentiments[m.Sentiment]++
	if m.Official {
		c.Official++
	}
	c.Engagement += m.Engagement()
	if m.Own() {
		return
	}
	if len(m.Risks) > 0 {
		c.Risky++
	}
	c.Stances[m.Stance]++
}

// ThirdParty counts mentions on pages that are not the brand's own.
func (c Counts) ThirdParty() uint64 { return c.Mentions - c.Official }

// Scored counts mentions that have a sentiment.
func (c Counts) Scored() uint64 { return c.Mentions - c.Sentiments[Unscored] }

// NegativeShare is the share of negative mentions among the scored ones.
func (c Counts) NegativeShare() Value { return ratio(c.Sentiments[Negative], c.Scored()) }

// NetSentiment is the share of positive mentions less that of negative ones, in
// points: from -100 to 100.
func (c Counts) NetSentiment() Value {
	if c.Scored() == 0 {
		return Value{}
	}
	return known(100 * (float64(c.Sentiments[Positive]) - float64(c.Sentiments[Negative])) / float64(c.Scored()))
}

// Tally is Counts with its authors, who are counted once whatever they write, and
// its stories, which are counted once however often they are copied.
type Tally struct {
	Counts
	followers map[authorKey]uint64
	stories   map[string]telling
}

type authorKey struct{ source, key string }

// telling is how often a story was told, and its largest voice.
type telling struct {
	mentions uint64
	largest  voice
}

// voice is an author as reach counts one.
type voice struct {
	followers uint64
	author    authorKey
}

// larger orders voices by their followers, then by name so that the rows' order
// does not matter.
func larger(a, b voice) int {
	return cmp.Or(
		cmp.Compare(a.followers, b.followers),
		cmp.Compare(a.author.source, b.author.source),
		cmp.Compare(a.author.key, b.author.key),
	)
}

func (t *Tally) add(m Mention) {
	t.Counts.add(m)
	if t.stories == nil {
		t.followers, t.stories = map[authorKey]uint64{}, map[string]telling{}
	}
	story, author := t.stories[m.StoryID], m.authorKey()
	story.mentions++
	if author.key != "" {
		t.followers[author] = max(t.followers[author], m.Author.Followers)
		if v := (voice{m.Author.Followers, author}); larger(v, story.largest) > 0 {
			story.largest = v
		}
	}
	t.stories[m.StoryID] = story
}

// Stories counts mentions without their copies.
func (t Tally) Stories() uint64 { return uint64(len(t.stories)) }

// Authors counts the distinct authors that the sources name.
func (t Tally) Authors() uint64 { return uint64(len(t.followers)) }

// PotentialReach is the sum of the followers of distinct authors: how many might
// have seen it, not how many did.
func (t Tally) PotentialReach() uint64 {
	var sum uint64
	for _, followers := range t.followers {
		sum += followers
	}
	return sum
}

// ReachWithoutCopies is the potential reach of each story's largest voice alone,
// each author once. The first to tell a story would not do: it is often small,
// unknown, or of another week.
func (t Tally) ReachWithoutCopies() uint64 {
	alone := map[authorKey]uint64{}
	for _, story := range t.stories {
		author := story.largest.author
		alone[author] = max(alone[author], story.largest.followers)
	}
	var sum uint64
	for _, followers := range alone {
		sum += followers
	}
	return sum
}

// Value is a number that may be unknown, as a share of nothing is.
type Value struct {
	Number float64
	Known  bool
}

func known(number float64) Value { return Value{Number: number, Known: true} }

func count(n uint64) Value { return known(float64(n)) }

func ratio(part, whole uint64) Value {
	if whole == 0 {
		return Value{}
	}
	return known(float64(part) / float64(whole))
}
