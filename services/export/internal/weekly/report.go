package weekly

import "time"

// Report is a brand's week.
type Report struct {
	Week   Week
	Brand  string
	Now    Tally
	Before Tally // the week before

	// Since is the brand's first mention known, zero where none is.
	Since time.Time

	Rivals  []Rival // the brand first, then its competitors
	Days    [7]Day
	Sources []Group
	Topics  []Group // a mention with two topics is in both; without any, in ""

	Risks   []Risk  // the most frequent first
	Stories []Story // those that were copied, the most told first
	Named   Named   // who and what the week's stories name

	// The posts most people reacted to: all, those that recommend the brand, those
	// that warn others off it. Each story stands once.
	Top, Advocates, Detractors []Mention

	Listed []Mention // the week's mentions, up to the plan's limit

	Incidents    []Timeline // those that went on during the week
	Crises       Crises
	CrisesBefore Crises
	Blind        []Blind
}

// Rival is a brand among those it is compared with.
type Rival struct {
	BrandID     string
	Now, Before Tally
	Share       Value // of voice: its part in the mentions of all of them
	ShareBefore Value // unknown where one of them was not watched
	Compared    bool  // it was watched in the week before
}

// Day is a day of the week, beside the same day of the week before.
type Day struct {
	Start, Before   time.Time
	Now, WeekBefore Counts
	Watched         bool // a day before the first mention known has no counts
}

// Group is what mentions are split by: a source, a topic.
type Group struct {
	Name        string
	Owner       string
	Now, Before Counts
}

func (g *Group) add(m Mention, now bool) {
	if now {
		g.Now.add(m)
	} else {
		g.Before.add(m)
	}
}

// Compared says whether the week before was watched, but for a part of its first
// day: a week that was watched in part would look quiet.
func (r Report) Compared() bool { return compared(r.Since, r.Week.Before()) }

func compared(since time.Time, before Week) bool { return since.Before(before.Start(1)) }

// Empty says that nothing at all is known of the week.
func (r Report) Empty() bool { return r.Now.Mentions == 0 && len(r.Incidents) == 0 }

// Unlisted counts the week's mentions beyond the plan's limit.
func (r Report) Unlisted() uint64 { return r.Now.Mentions - uint64(len(r.Listed)) }

// Unit is how a figure is read.
type Unit int

// Units of figures.
const (
	Count  Unit = iota
	Share       // a part of one
	Points      // from -100 to 100
)

// Figure is one line of the summary.
type Figure struct {
	Name        string
	Unit        Unit
	Now, Before Value
	Good        int // 1 where more is better, -1 where less is, 0 where neither
}

// Change is what was added since the week before: a count, or points. A share
// that goes from 20% to 30% changes by 10 points.
func (f Figure) Change() Value {
	change := Value{Number: f.Now.Number - f.Before.Number, Known: f.Now.Known && f.Before.Known}
	if f.Unit == Share {
		change.Number *= 100
	}
	return change
}

// Growth is the change as a part of the week before. Nothing grows from zero,
// and points below zero have no meaningful growth.
func (f Figure) Growth() Value {
	if f.Unit == Points || !f.Change().Known || f.Before.Number <= 0 {
		return Value{}
	}
	return known((f.Now.Number - f.Before.Number) / f.Before.Number)
}

// Chapter is a group of figures that are read together.
type Chapter struct {
	Name    string
	Figures []Figure
}

// Chapters are the figures of the summary.
func (r Report) Chapters() []Chapter {
	now, before := r.Now, r.Before
	mood := func(name string, s Sentiment, good int) Figure {
		return Figure{name, Count, count(now.Sentiments[s]), count(before.Sentiments[s]), good}
	}
	voice := Figure{Name: "share_of_voice", Unit: Share, Good: 1}
	if len(r.Rivals) > 1 {
		voice.Now, voice.Before = r.Rivals[0].Share, r.Rivals[0].ShareBefore
	}
	chapters := []Chapter{
		{"volume", []Figure{
			{"mentions", Count, count(now.Mentions), count(before.Mentions), 0},
			{"stories", Count, count(now.Stories()), count(before.Stories()), 0},
			{"official", Count, count(now.Official), count(before.Official), 0},
			{"third_party", Count, count(now.ThirdParty()), count(before.ThirdParty()), 0},
			voice,
		}},
		{"sentiment", []Figure{
			{"net_sentiment", Points, now.NetSentiment(), before.NetSentiment(), 1},
			{"negative_share", Share, now.NegativeShare(), before.NegativeShare(), -1},
			mood("negative", Negative, -1),
			mood("neutral", Neutral, 0),
			mood("positive", Positive, 1),
			mood("unscored", Unscored, 0),
		}},
		{"signals", []Figure{
			{"risky", Count, count(now.Risky), count(before.Risky), -1},
			{"recommend", Count, count(now.Stances[Recommends]), count(before.Stances[Recommends]), 1},
			{"warn", Count, count(now.Stances[Warns]), count(before.Stances[Warns]), -1},
		}},
		{"audience", []Figure{
			{"authors", Count, count(now.Authors()), count(before.Authors()), 0},
			{"potential_reach", Count, count(now.PotentialReach()), count(before.PotentialReach()), 0},
			{"reach_alone", Count, count(now.ReachWithoutCopies()), count(before.ReachWithoutCopies()), 0},
			{"engagement", Count, count(now.Engagement), count(before.Engagement), 0},
		}},
		{"incidents", []Figure{
			{"crises", Count, count(r.Crises.Crises), count(r.CrisesBefore.Crises), -1},
			{"alerts", Count, count(r.Crises.Alerts), count(r.CrisesBefore.Alerts), -1},
			{"watches", Count, count(r.Crises.Watches), count(r.CrisesBefore.Watches), 0},
			{"opportunities", Count, count(r.Crises.Opportunities), count(r.CrisesBefore.Opportunities), 0},
			{"pages", Count, count(r.Crises.Pages), count(r.CrisesBefore.Pages), 0},
		}},
	}
	if !r.Compared() {
		for _, chapter := range chapters {
			for i := range chapter.Figures {
				chapter.Figures[i].Before = Value{}
			}
		}
	}
	return chapters
}
