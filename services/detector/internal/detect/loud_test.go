package detect_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// village is a brand of three mentions a day, a fifth of them negative: people who have
// some hundreds of followers, whose posts take some tens of likes in the end.
type village struct {
	e       *detect.Engine
	r       *rand.Rand
	now     time.Time
	n       int
	changes []detect.Incident
}

// aVillage has had so many days.
func aVillage(days int) *village {
	v := &village{e: watching(), r: rand.New(rand.NewPCG(3, 14)), now: start}
	v.live(days)
	return v
}

// live lets days pass.
func (v *village) live(days int) {
	for end := v.now.AddDate(0, 0, days); v.now.Before(end); {
		v.wait(time.Duration(float64(8*time.Hour) * v.r.ExpFloat64()))
		v.n++
		felt := []detect.Sentiment{detect.Negative, detect.Neutral, detect.Neutral, detect.Positive, detect.Positive}[v.r.IntN(5)]
		id := fmt.Sprint("x:", v.n)
		post := detect.Mention{ID: id, Story: id, Author: id, Sentiment: felt, Followers: uint64(100 / (0.01 + v.r.Float64()))}
		for _, likes := range []uint64{0, uint64(v.r.IntN(20)), uint64(20 + v.r.IntN(20))} {
			post.Engagement = likes
			v.say(post)
			v.wait(15 * time.Minute)
		}
	}
}

func (v *village) wait(d time.Duration) {
	v.now = v.now.Add(d.Truncate(time.Second))
	v.changes = append(v.changes, v.e.Advance(v.now)...)
}

// say has something said now, or heard again that was published.
func (v *village) say(m detect.Mention) {
	if m.Published.IsZero() {
		m.Published = v.now
	}
	m.Source, m.Measured, m.Collected, m.Known = "x", true, v.now, v.now
	v.e.Observe("zest", m)
	v.wait(time.Second)
}

// heard are the steps of incidents since they were asked for last.
func (v *village) heard() []detect.Incident {
	changes := v.changes
	v.changes = nil
	return changes
}

func star(id string, felt detect.Sentiment, followers uint64) detect.Mention {
	return detect.Mention{ID: id, Story: id, Author: "star" + fmt.Sprint(followers), Handle: "star", Text: "Zest, never again", Sentiment: felt, Followers: followers}
}

// One whom two million follow criticises a brand of three mentions a day: that is a watch,
// shown by the post, and it ends by itself. A week later it is hardly news.
func TestAStarCriticises(t *testing.T) {
	t.Parallel()
	v := aVillage(28)
	v.heard()
	v.say(star("x:star", detect.Negative, 2e6))
	opened := v.heard()
	require.Len(t, opened, 1)
	require.Equal(t, detect.Watch, opened[0].Level)
	require.Equal(t, detect.Spike, opened[0].Kind)
	e := opened[0].Evidence
	require.Equal(t, []string{"reach"}, e.Signals)
	require.Equal(t, detect.Part{Kind: "post", Key: "x:star"}, e.About)
	require.Equal(t, "x:star", e.Posts[0].ID)
	require.Equal(t, detect.WhyWidestReach, e.Posts[0].Why)
	require.GreaterOrEqual(t, e.Reach, uint64(2e6))
	require.Contains(t, e.IDs, "x:star")
	require.GreaterOrEqual(t, e.Surprise, rule.Watch)

	v.say(star("x:star2", detect.Negative, 2e6))
	v.wait(4 * time.Hour)
	resolved := v.heard()
	require.Len(t, resolved, 1, "it is told once")
	require.Equal(t, opened[0].ID, resolved[0].ID)
	require.WithinDuration(t, opened[0].Opened.Add(3*time.Hour+rule.ResolveAfter), resolved[0].Resolved, 2*time.Minute)

	v.live(7)
	v.heard()
	v.say(star("x:star3", detect.Negative, 2e6))
	v.say(star("x:another", detect.Negative, 19e5))
	require.Empty(t, v.heard(), "a week later")
	v.say(star("x:lover", detect.Positive, 3e6))
	loved := v.heard()
	require.Len(t, loved, 1, "praise is held against praise")
	require.Equal(t, detect.Opportunity, loved[0].Kind)
	require.Equal(t, detect.Watch, loved[0].Level)
}

// What nobody felt, what many have seen for hours, and what the brand says itself are no news.
func TestWhatIsNotLoud(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(v *village, m *detect.Mention){
		"neutral":  func(_ *village, m *detect.Mention) { m.Sentiment = detect.Neutral },
		"official": func(_ *village, m *detect.Mention) { m.Official = true },
		"late":     func(v *village, m *detect.Mention) { m.Published = v.now.Add(-4 * time.Hour) },
		"past":     func(_ *village, m *detect.Mention) { m.Past = true },
		"small":    func(_ *village, m *detect.Mention) { m.Followers = 40_000 },
	} {
		v := aVillage(28)
		v.heard()
		m := star("x:star", detect.Negative, 2e6)
		change(v, &m)
		v.say(m)
		require.Empty(t, v.heard(), name)
	}
}

// A post takes five thousand likes within an hour, where forty were the most: it is a
// watch as soon as that is known, and told once however many follow.
func TestAPostSpreadsFast(t *testing.T) {
	t.Parallel()
	for felt, kind := range map[detect.Sentiment]detect.Kind{detect.Neutral: detect.Spike, detect.Positive: detect.Opportunity} {
		v := aVillage(28)
		v.heard()
		began := v.now
		post := detect.Mention{ID: "x:viral", Story: "x:viral", Author: "ana", Text: "look at this", Sentiment: felt, Published: began}
		v.say(post)
		for likes := range 11 {
			v.wait(6 * time.Minute)
			post.Engagement = uint64(500 * (likes + 1))
			v.say(post)
			v.say(post) // delivered again
		}
		told := v.heard()
		require.Len(t, told, 1)
		require.Equal(t, kind, told[0].Kind)
		require.Equal(t, detect.Watch, told[0].Level)
		require.Equal(t, []string{"engagement"}, told[0].Evidence.Signals)
		require.Equal(t, detect.Part{Kind: "post", Key: "x:viral"}, told[0].Evidence.About)
		require.Equal(t, "x:viral", told[0].Evidence.Posts[0].ID)
		require.GreaterOrEqual(t, told[0].Evidence.Posts[0].Engagement, uint64(300))
		require.Less(t, told[0].Opened.Sub(began), time.Hour)
	}
}

// What a post has when it is found counts by the hour since it was published, and what it
// came to long after only teaches.
func TestEngagementIsByTheHour(t *testing.T) {
	t.Parallel()
	told := func(likes uint64, old time.Duration, measured bool) int {
		v := aVillage(28)
		v.heard()
		v.e.Observe("zest", detect.Mention{ID: "x:viral", Source: "x", Author: "ana", Sentiment: detect.Neutral, Engagement: likes, Measured: measured,
			Published: v.now.Add(-old), Collected: v.now, Known: v.now})
		v.wait(time.Second)
		return len(v.heard())
	}
	require.Equal(t, 1, told(5000, 30*time.Minute, true))
	require.Zero(t, told(5000, 20*time.Hour, true))
	require.Zero(t, told(5000, 30*time.Minute, false))

	v := aVillage(28)
	v.heard()
	gone := detect.Mention{ID: "x:gone", Source: "x", Author: "ana", Sentiment: detect.Neutral, Engagement: 5000, Measured: true, Again: true,
		Published: v.now, Collected: v.now, Known: v.now}
	v.e.Observe("zest", gone)
	v.wait(time.Second)
	require.Empty(t, v.heard(), "of a post that is gone, nothing")
	gone.Again = false
	v.e.Observe("zest", gone)
	v.wait(time.Second)
	require.Len(t, v.heard(), 1, "it did not make it known")
}

// Sixty accounts tell one story within an hour: a watch, and never more, however many
// follow. A few hundred copies of a few are none, nor are as many within days.
func TestAStoryIsToldByMany(t *testing.T) {
	t.Parallel()
	campaign := func(copies, authors int, apart time.Duration, felt detect.Sentiment, share bool) []detect.Incident {
		v := aVillage(28)
		v.say(detect.Mention{ID: "x:first", Story: "x:first", Author: "bot", Sentiment: felt, Text: "Zest poisons"})
		v.heard()
		for i := range copies {
			v.wait(apart)
			v.say(detect.Mention{ID: fmt.Sprint("x:copy", i), Story: "x:first", Share: share, Author: fmt.Sprint("bot", i%authors), Sentiment: felt, Text: "Zest poisons"})
		}
		return v.heard()
	}
	told := campaign(240, 240, 40*time.Second, detect.Negative, false)
	require.Len(t, told, 1)
	require.Equal(t, detect.Watch, told[0].Level)
	require.Equal(t, detect.Spike, told[0].Kind)
	e := told[0].Evidence
	require.Equal(t, []string{"story"}, e.Signals)
	require.Equal(t, detect.Part{Kind: "story", Key: "x:first"}, e.About)
	require.Equal(t, "x:first", e.Posts[0].ID)
	require.Greater(t, e.Authors, 20)
	require.Less(t, e.Authors, 60)

	praise := campaign(60, 60, 50*time.Second, detect.Positive, false)
	require.Len(t, praise, 1)
	require.Equal(t, detect.Opportunity, praise[0].Kind)
	shared := campaign(60, 60, 50*time.Second, detect.Neutral, true)
	require.Len(t, shared, 1)
	require.Equal(t, detect.Watch, shared[0].Level)
	require.Empty(t, campaign(300, 5, 10*time.Second, detect.Negative, false))
	require.Empty(t, campaign(100, 100, 10*time.Minute, detect.Negative, false))
}

// Of a brand of which nothing is known, ever louder voices are no news: they may be what is
// usual. One that is loud for anybody is.
func TestANewBrandDoesNotFlap(t *testing.T) {
	t.Parallel()
	v := &village{e: watching(), r: rand.New(rand.NewPCG(1, 1)), now: start}
	for i := range 60 {
		v.wait(40 * time.Minute)
		v.say(star(fmt.Sprint("x:", i), detect.Negative, uint64(100_000+100_000*i)))
	}
	for _, i := range v.heard() {
		require.NotContains(t, i.Evidence.Signals, "reach")
	}
	quiet := &village{e: watching(), now: start}
	quiet.say(star("x:1", detect.Negative, 100e6))
	require.Empty(t, quiet.heard(), "its first hour")
	quiet.wait(2 * time.Hour)
	quiet.say(star("x:2", detect.Negative, 100e6))
	require.Empty(t, quiet.heard(), "no more than the first")
	quiet.wait(30 * 24 * time.Hour)
	quiet.say(star("x:3", detect.Negative, 100e6))
	require.Len(t, quiet.heard(), 1)
}

// Something loud while an incident is open is told with it, and a rise of counts after
// something loud is not taken for it.
func TestLoudThingsBelongToTheIncident(t *testing.T) {
	t.Parallel()
	v := aVillage(28)
	v.heard()
	v.say(star("x:star", detect.Negative, 2e6))
	followed := append(v.heard(), burst(v.e, v.now, 60, 50, true)...)
	require.Len(t, followed, 2)
	require.Equal(t, followed[0].ID, followed[1].ID)
	require.Greater(t, followed[1].Level, detect.Watch)
	require.Equal(t, detect.Part{}, followed[1].Evidence.About)
	require.Equal(t, []string{"volume", "negative", "share", "reach"}, followed[1].Evidence.Signals)
}

// A brand taken up from its snapshot tells the same of what is loud.
func TestLoudnessGoesOnFromASnapshot(t *testing.T) {
	t.Parallel()
	play := func(putDown bool) []detect.Incident {
		v := aVillage(20)
		post := detect.Mention{ID: "x:viral", Story: "x:viral", Author: "ana", Sentiment: detect.Negative, Published: v.now}
		v.say(post)
		for i := range 40 {
			if putDown && (i == 3 || i == 17) {
				data, err := v.e.Snapshot("zest")
				require.NoError(t, err)
				again, err := detect.ReadSnapshot(data)
				require.NoError(t, err)
				v.e = detect.New(rule, again.At)
				v.e.Watch(map[string]detect.Terms{"zest": {Since: start}})
				v.e.Load(again)
				v.e.Know("zest", "x:viral")
			}
			post.Engagement += 600
			v.say(post)
			v.say(detect.Mention{ID: fmt.Sprint("x:copy", i), Story: "x:viral", Author: fmt.Sprint(i), Sentiment: detect.Negative, Followers: uint64(4000 * i)})
			v.wait(time.Minute)
		}
		v.live(10)
		v.say(star("x:star", detect.Negative, 9e6))
		v.wait(5 * time.Hour)
		return v.heard()
	}
	never := play(false)
	var signals []string
	for _, i := range never {
		signals = append(signals, i.Evidence.Signals...)
	}
	require.Subset(t, signals, []string{"engagement", "reach"})
	require.Equal(t, never, play(true))
}
