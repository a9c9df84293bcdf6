package weekly

// Counts are counts of mentions, each counted once.
type Counts struct {
	Mentions   uint64
	Sentiments [4]uint64 // by Sentiment
	Official   uint64
	Engagement uint64
}

func (c *Counts) add(m Mention) {
	c.Mentions++
	c.Sentiments[m.Sentiment]++
	if m.Official {
		c.Official++
	}
	c.Engagement += m.Engagement()
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

// Tally is Counts with its authors, who are counted once whatever they write.
type Tally struct {
	Counts
	followers map[authorKey]uint64
}

// authorKey: the same name at two sources is two authors.
type authorKey struct{ source, key string }

func (t *Tally) add(m Mention) {
	t.Counts.add(m)
	key := authorKey{m.Source, m.Author.key()}
	if key.key == "" {
		return
	}
	if t.followers == nil {
		t.followers = map[authorKey]uint64{}
	}
	t.followers[key] = max(t.followers[key], m.Author.Followers)
}

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
