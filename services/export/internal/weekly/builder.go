package weekly

import (
	"cmp"
	"slices"
	"time"
)

// Plan says what a report is about.
type Plan struct {
	Week        Week
	Brand       string
	Competitors []string
	Owners      map[string]string // the department that answers a topic
	MaxListed   int               // mentions listed one by one, at most

	// Own says that a name is the brand's or a competitor's.
	Own func(name string) bool
}

// topPosts is how many posts are shown.
const topPosts = 20

// Builder counts rows as they come.
type Builder struct {
	plan   Plan
	before Week

	rivals    map[string]*span
	since     map[string]time.Time // first mentions known, by brand
	sources   map[string]*Group
	topics    map[string]*Group
	days      [7]Day
	risks     map[string]*riskTally
	top       *shortlist
	stances   map[Stance]*shortlist
	stories   map[string]*Story // those told most
	sample    *sample           // of which the names are read
	listed    []Mention
	incidents map[string][]Step
	pages     []Page
}

// span is a brand in the week and in the week before.
type span struct{ now, before Tally }

// New makes a Builder that has seen nothing.
func New(plan Plan) *Builder {
	b := &Builder{
		plan: plan, before: plan.Week.Before(),
		rivals: map[string]*span{}, since: map[string]time.Time{}, sources: map[string]*Group{}, topics: map[string]*Group{},
		risks: map[string]*riskTally{}, stories: map[string]*Story{}, sample: &sample{first: map[string]Mention{}},
		top: &shortlist{}, stances: map[Stance]*shortlist{Recommends: {}, Warns: {}},
		incidents: map[string][]Step{},
	}
	for _, brand := range append([]string{plan.Brand}, plan.Competitors...) {
		b.rivals[brand] = &span{}
	}
	for i := range b.days {
		b.days[i].Start, b.days[i].Before = plan.Week.Start(i), b.before.Start(i)
	}
	return b
}

// AddMention counts a mention; one of another brand or time counts for nothing.
// The week's own mentions of the brand are listed in the order they come.
func (b *Builder) AddMention(m Mention) {
	brand, watched := b.rivals[m.BrandID]
	if !watched {
		return
	}
	now := b.plan.Week.Has(m.Published)
	switch {
	case now:
		brand.now.add(m)
	case b.before.Has(m.Published):
		brand.before.add(m)
	default:
		return
	}
	if m.BrandID != b.plan.Brand {
		return
	}
	b.split(m, now)
	b.signal(m, now)
	if now {
		b.show(m)
	}
}

// AddFirst notes the first mention known of a brand.
func (b *Builder) AddFirst(brandID string, at time.Time) { b.since[brandID] = at }

// split counts a mention of the brand by day, by source and by topic.
func (b *Builder) split(m Mention, now bool) {
	if now {
		b.days[b.plan.Week.Day(m.Published)].Now.add(m)
	} else {
		b.days[b.before.Day(m.Published)].WeekBefore.add(m)
	}
	group(b.sources, m.Source).add(m, now)
	if len(m.Topics) == 0 {
		group(b.topics, "").add(m, now)
	}
	for _, topic := range distinct(m.Topics) {
		group(b.topics, topic).add(m, now)
	}
}

func group(groups map[string]*Group, name string) *Group {
	g, known := groups[name]
	if !known {
		g = &Group{Name: name}
		groups[name] = g
	}
	return g
}

// show keeps a mention where it is shown as a post.
func (b *Builder) show(m Mention) {
	if len(b.listed) < b.plan.MaxListed {
		b.listed = append(b.listed, m)
	}
	b.top.add(m)
}

// shortlist are the posts that most people reacted to, each story once.
type shortlist struct{ posts []Mention }

func (s *shortlist) add(m Mention) {
	s.posts = append(s.posts, m)
	if len(s.posts) > 10*topPosts {
		s.posts = s.best()
	}
}

func (s *shortlist) best() []Mention {
	slices.SortFunc(s.posts, byReactions)
	shown := map[string]bool{}
	posts := slices.DeleteFunc(s.posts, func(m Mention) bool {
		again := shown[m.StoryID]
		shown[m.StoryID] = true
		return again
	})
	return posts[:min(len(posts), topPosts)]
}

// byReactions puts first what most people reacted to, then could see.
func byReactions(a, b Mention) int {
	return cmp.Or(
		cmp.Compare(b.Engagement(), a.Engagement()),
		cmp.Compare(b.Author.Followers, a.Author.Followers),
		a.Published.Compare(b.Published),
		cmp.Compare(a.ID, b.ID),
	)
}

// Report is what was counted so far.
func (b *Builder) Report() Report {
	brand := b.rivals[b.plan.Brand]
	report := Report{
		Week: b.plan.Week, Brand: b.plan.Brand, Since: b.since[b.plan.Brand], Now: brand.now, Before: brand.before,
		Days: b.days, Sources: ranked(b.sources), Topics: ranked(b.topics),
		Risks: b.ranking(), Stories: b.retold(), Named: b.named(),
		Top: b.top.best(), Advocates: b.stances[Recommends].best(), Detractors: b.stances[Warns].best(), Listed: b.listed,
		Incidents: b.timelines(), Blind: b.blind(),
	}
	for i := range report.Days {
		report.Days[i].Watched = report.Since.Before(b.plan.Week.Start(i + 1))
	}
	for i := range report.Topics {
		report.Topics[i].Owner = b.plan.Owners[report.Topics[i].Name]
	}
	report.Rivals = b.standings()
	report.Crises, report.CrisesBefore = b.crises()
	return report
}

// standings compares the brands: the brand first, then its competitors by size.
func (b *Builder) standings() []Rival {
	var now, before uint64
	all := true // were watched in the week before
	rivals := make([]Rival, 0, len(b.rivals))
	for id, brand := range b.rivals {
		now += brand.now.Mentions
		before += brand.before.Mentions
		rival := Rival{BrandID: id, Now: brand.now, Before: brand.before, Compared: compared(b.since[id], b.before)}
		all = all && rival.Compared
		rivals = append(rivals, rival)
	}
	for i := range rivals {
		rivals[i].Share = ratio(rivals[i].Now.Mentions, now)
		if all {
			rivals[i].ShareBefore = ratio(rivals[i].Before.Mentions, before)
		}
	}
	slices.SortFunc(rivals, func(x, y Rival) int {
		if x.BrandID == b.plan.Brand || y.BrandID == b.plan.Brand {
			return cmp.Compare(rank(x.BrandID != b.plan.Brand), rank(y.BrandID != b.plan.Brand))
		}
		return cmp.Or(cmp.Compare(y.Now.Mentions, x.Now.Mentions), cmp.Compare(x.BrandID, y.BrandID))
	})
	return rivals
}

// ranked are groups by size, what has no name last.
func ranked(groups map[string]*Group) []Group {
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(
			cmp.Compare(rank(a.Name == ""), rank(b.Name == "")),
			cmp.Compare(b.Now.Mentions, a.Now.Mentions),
			cmp.Compare(b.Before.Mentions, a.Before.Mentions),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return list
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}
