package firestorm

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Kind of a scenario.
type Kind string

// Kinds of scenarios: what happens, and what a person who reads it wants.
const (
	Ordinary           Kind = "calm"                  // a month of ordinary life, with its harmless bursts: at most a watch
	Firestorm          Kind = "firestorm"             // a cascade of complaints by many: an alert at least
	GreatFirestorm     Kind = "great firestorm"       // one that nobody overlooks: a crisis
	SlowBurn           Kind = "slow burn"             // more complaints for days: a watch, then an alert
	BotFlood           Kind = "bot flood"             // hundreds of complaints by a handful of accounts: at most a watch
	CopyPaste          Kind = "copy-paste campaign"   // one text by many fresh accounts: at most a watch
	ViralPraise        Kind = "viral praise"          // everybody is delighted: at most a watch
	SourceOutage       Kind = "outage"                // a source is silent, then brings it all at once: nothing new
	OutageInAFirestorm Kind = "outage in a firestorm" // the firestorm breaks out meanwhile: an alert at least
	Campaign           Kind = "campaign"              // announced, on the brand's own pages, welcome to most: at most a watch
)

// Level is what a person who reads the posts wants done; in the order of the
// detector's levels, and with their meaning.
type Level uint8

// Levels.
const (
	Calm Level = iota
	Watch
	Alert
	Crisis
)

// Truth is what happens in a scenario, and what a person wants done about it.
type Truth struct {
	Onset time.Time // the publication of the event's first post; zero where nothing happens
	End   time.Time // when nine in ten of its posts are published
	Least Level     // to be reached between them
	Most  Level     // ever, in the part that counts
	Worse time.Time // where a watch does not do for ever: from then on an alert is wanted
}

// Scenario is some weeks of a brand's life. Only what is known in [From, Until) counts;
// what comes before is ordinary, so that a detector has a past.
type Scenario struct {
	Kind               Kind
	Brand              Brand
	Seed               uint64
	Start, From, Until time.Time
	Outages            []Outage
	Truth              Truth
}

// WarmUp is how much ordinary life a detector is given first unless asked otherwise.
const WarmUp = 28 * 24 * time.Hour

// counts is how many days count: a month of calm, or a fortnight with an event in its first week.
func (k Kind) counts() int {
	if k == Ordinary {
		return 30
	}
	return 14
}

// rounds is what a month of every brand's benchmark is made of.
var rounds = []Kind{
	Ordinary, Firestorm, Firestorm, GreatFirestorm, SlowBurn, BotFlood, CopyPaste, ViralPraise, SourceOutage, OutageInAFirestorm, Campaign,
}

// Scenarios are the benchmark: for each of Brands and each of so many months, one
// month of calm, two firestorms and one of each other kind. Of the huge brand, each
// of whose scenarios has ten million mentions, there is a sixth as much, rounded up.
func Scenarios(seed uint64, months int) []Scenario {
	var all []Scenario
	r := rand.New(rand.NewPCG(seed, 0))
	for _, brand := range Brands() {
		n := months
		if brand.PerDay > 100_000 {
			n = (months + 5) / 6
		}
		for range n {
			for _, kind := range rounds {
				all = append(all, New(kind, brand, WarmUp, r.Uint64()))
			}
		}
	}
	return all
}

// New is a scenario of a brand after so much ordinary life, in whole days. It
// panics on a brand that cannot be.
func New(kind Kind, brand Brand, warmUp time.Duration, seed uint64) Scenario {
	s := Scenario{Kind: kind, Brand: brand, Seed: seed}
	zone, err := time.LoadLocation(brand.Zone)
	if err == nil {
		err = brand.check()
	}
	if err != nil {
		panic(err)
	}
	week := rand.New(rand.NewPCG(seed, 1)).IntN(52) // any season: some cross a change of clocks
	s.Start = time.Date(2025, time.January, 6+7*week, 0, 0, 0, 0, zone)
	s.From = s.Start.AddDate(0, 0, int(warmUp/(24*time.Hour)))
	s.Until = s.From.AddDate(0, 0, kind.counts())
	w := newWorld(&s)
	s.Outages, s.Truth = w.outages, w.truth
	return s
}

// scale is how many posts make an event of a weight at a brand. Bigger brands have
// bigger ones, but not in proportion: what upsets people spreads among those who
// never spoke of the brand. Where complaints are many every day, it takes more to rise above them.
func (w *world) scale(weight, least float64) float64 {
	size := max(math.Pow(w.brand.PerDay, 0.88), 0.75*w.brand.Mood[0]*w.brand.PerDay)
	return max(least, weight*size) * between(w.r, 0.8, 1.3)
}

func between(r *rand.Rand, low, high float64) float64 { return low * math.Pow(high/low, r.Float64()) }

// happen lets the scenario's event happen: its posts are gathered, its truth told.
func (w *world) happen(kind Kind, onset int64) {
	w.truth = Truth{Most: Watch}
	theme := w.words.themes[w.r.IntN(len(w.words.themes))]
	switch r := w.r; kind {
	case Firestorm:
		w.fire(w.scale(5.5, 60), theme, onset)
		w.truth.Least, w.truth.Most = Alert, Crisis
	case GreatFirestorm:
		w.fire(w.scale(11, 200), theme, onset)
		w.truth.Least, w.truth.Most = Crisis, Crisis
	case OutageInAFirestorm:
		w.outage(onset-ms(between(r, 0.5, 2)), onset+ms(between(r, 2, 8)))
		w.fire(w.scale(5.5, 60), theme, onset)
		w.truth.Least, w.truth.Most = Alert, Crisis
	case SourceOutage:
		w.outage(onset, onset+ms(between(r, 3, 12)))
	case SlowBurn: // complaints are 1.75 to 3 times as many
		days := between(r, 4, 7)
		more := max(6, (between(r, 1.75, 3)-1)*w.brand.Mood[0]*w.brand.PerDay)
		w.event(&blaze{posts: days * more, wane: 24 * days, spread: spread{
			ratio: 0.3, shares: 0.4, thread: 0.5, alike: 0.9, fresh: 0.6, mood: Mood{0.92, 0.06, 0.02}, texts: theme.anger}}, onset, w.days)
		w.truth.Least, w.truth.Most, w.truth.Worse = Watch, Alert, w.truth.Onset.Add(48*time.Hour)
	case BotFlood:
		posts := max(200, 0.1*w.brand.PerDay)
		w.event(&blaze{posts: posts, wane: between(r, 1, 3), accounts: 1 + r.IntN(5) + int(posts/4000), spread: spread{
			mood: Mood{1}, texts: theme.anger, is: throwaway}}, onset, w.steady)
	case CopyPaste:
		w.event(&blaze{posts: max(60, 0.1*w.brand.PerDay), wane: between(r, 2, 6), copied: true, spread: spread{
			fresh: 1, mood: Mood{1}, texts: theme.anger, is: throwaway}}, onset, w.alarmed)
	case ViralPraise:
		w.event(&blaze{posts: w.scale(9, 120), rise: between(r, 0.3, 2), wane: between(r, 2, 5), spread: spread{
			ratio: 0.65, shares: 0.7, thread: 0.1, alike: 0.8, fresh: 0.85, mood: Mood{0.04, 0.16, 0.80}, texts: w.words.praise}}, onset, w.alarmed)
	case Campaign:
		w.event(&blaze{posts: w.scale(4, 40), rise: 0.5, wane: between(r, 4, 8), officials: 3 + r.IntN(4), spread: spread{
			ratio: 0.4, shares: 0.6, thread: 0.3, alike: 0.6, fresh: 0.6, mood: Mood{0.12, 0.45, 0.43}, texts: w.words.campaign}}, onset, w.days)
	}
}

// fire is a firestorm: a ramp of minutes to hours, mostly people who never spoke of
// the brand, nearly half of it shares; newspapers (on the last source) hours later; the brand's own word.
// Koch et al. 2021 and Strathern et al. 2020 describe what changes at the onset.
func (w *world) fire(posts float64, about theme, onset int64) {
	w.event(&blaze{posts: posts, rise: between(w.r, 0.15, 2.5), wane: between(w.r, 2.5, 7), spread: spread{
		ratio: 0.7, shares: 0.85, thread: 0.2, alike: 0.85, fresh: 0.85, mood: Mood{0.84, 0.12, 0.04}, texts: about.anger}}, onset, w.alarmed)
	for range 1 + int(math.Sqrt(posts)/6) {
		w.newcomers++
		journal := (uint32(w.brand.Regulars)+w.newcomers)<<sourceBits | uint32(len(w.shares)-1)
		w.tell(w.says(journal, detect.Neutral, about.headlines, press|ofEvent), onset+ms(between(w.r, 1.5, 12)))
	}
	w.tell(w.says(brandItself, detect.Neutral, w.words.statement, official|ofEvent), onset+ms(between(w.r, 3, 12)))
}

func (w *world) tell(p post, at int64) {
	p.published = at
	w.deliver(p)
}

// ordinarily lists the harmless bursts of a brand's life, soonest first: a month
// has an appearance on television, two promotions and two mild faults that few complain of.
func (w *world) ordinarily() (bursts []burst) {
	appearance := blaze{posts: max(4, 0.15*w.brand.PerDay), rise: 0.2, wane: 0.7, spread: w.life}
	appearance.spread.mood = Mood{0.12, 0.58, 0.30}
	promotion := blaze{posts: max(5, 0.3*w.brand.PerDay), rise: 1, wane: 4, spread: w.life}
	promotion.spread.mood = Mood{0.08, 0.47, 0.45}
	fault := blaze{posts: max(3, 0.04*w.brand.PerDay), rise: 0.5, wane: 2, spread: w.life}
	fault.spread.mood, fault.spread.ratio = Mood{0.80, 0.15, 0.05}, 0.3
	kinds := []*blaze{&appearance, &promotion, &promotion, &fault, &fault}
	const apart = 24 * 30 / 5 // hours
	for activity := 0.0; ; {
		activity += w.r.ExpFloat64() * apart
		at := w.days.time(activity)
		if at >= w.until {
			return bursts
		}
		bursts = append(bursts, burst{at: at, blaze: kinds[w.r.IntN(len(kinds))]})
	}
}
