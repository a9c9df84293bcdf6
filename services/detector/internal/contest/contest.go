package contest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

// Storms is a contest on generated scenarios.
type Storms struct {
	Rule     detect.Rule // where the zone and the scorer's mistakes are those of each scenario
	Seed     uint64
	Months   int                // of each kind of scenario, for each brand
	Only     string             // kind of scenarios; all where it is ""
	Progress func(part float64) // is told by how much of the whole it has come on; may be nil
}

const (
	// huge is from how many mentions a day on a brand's scenarios cost so much that there
	// are few: one of a kind, and hugeEach kinds for each month, those that tell most first.
	huge     = 100_000
	hugeEach = 2
)

var kinds = []firestorm.Kind{
	firestorm.Firestorm, firestorm.Ordinary, firestorm.GreatFirestorm, firestorm.SlowBurn, firestorm.BotFlood, firestorm.OutageInAFirestorm,
	firestorm.CopyPaste, firestorm.ViralPraise, firestorm.SourceOutage, firestorm.Campaign,
}

// Kinds are the kinds of scenarios.
func Kinds() []string {
	var names []string
	for _, kind := range kinds {
		names = append(names, string(kind))
	}
	return names
}

// choose takes those that are held, the longest work first.
func (c Storms) choose(scenarios []firestorm.Scenario) []firestorm.Scenario {
	var all, few []firestorm.Scenario
	for _, s := range scenarios {
		switch {
		case c.Only != "" && c.Only != string(s.Kind):
		case s.Brand.PerDay < huge:
			all = append(all, s)
		default:
			few = append(few, s)
		}
	}
	slices.SortStableFunc(few, func(a, b firestorm.Scenario) int {
		return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
	})
	few = slices.CompactFunc(few, func(a, b firestorm.Scenario) bool { return a.Kind == b.Kind })
	all = append(all, few[:min(len(few), hugeEach*c.Months)]...)
	slices.SortStableFunc(all, func(a, b firestorm.Scenario) int { return -cmp.Compare(work(&a), work(&b)) })
	return all
}

// work is about how much a scenario costs; rivals cost the same however little is said.
func work(s *firestorm.Scenario) float64 {
	const rivals = 500 // mentions a day
	return (s.Brand.PerDay + rivals) * s.Until.Sub(s.Start).Hours() / 24
}

// Run holds all scenarios, as many at once as there are processors. The same seed and
// months give the same report.
func (c Storms) Run(ctx context.Context) (*Report, error) {
	return c.run(ctx, c.choose(firestorm.Scenarios(c.Seed, c.Months)))
}

func (c Storms) run(ctx context.Context, scenarios []firestorm.Scenario) (*Report, error) {
	var whole float64
	for i := range scenarios {
		whole += work(&scenarios[i])
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	results := newResults()
	var mu sync.Mutex
	for i := range scenarios {
		s := &scenarios[i]
		group.Go(func() error {
			lasts := s.Until.Sub(s.Start)
			o, err := hold(ctx, s, c.Rule, func(passed time.Duration) {
				if c.Progress != nil {
					c.Progress(work(s) / whole * passed.Seconds() / lasts.Seconds())
				}
			})
			if err != nil {
				return fmt.Errorf("contest: %s of %s: %w", s.Kind, s.Brand.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			results.add(&o)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	report := results.report()
	report.Seed, report.Months, report.Only, report.RuleVersion = c.Seed, c.Months, c.Only, detect.RuleVersion
	return report, nil
}

// results add up outcomes, in whatever order they come.
type results struct {
	mentions int
	ours     tally
	byKind   map[string]*tally
	bySize   map[string]*tally
	sizes    map[string]float64 // mentions a day of brands
	rivals   [][sides][tightenings]tally
	faults   []Fault
}

func newResults() *results {
	return &results{
		byKind: map[string]*tally{}, bySize: map[string]*tally{}, sizes: map[string]float64{},
		rivals: make([][sides][tightenings]tally, len(rival.All())),
	}
}

func (r *results) add(o *outcome) {
	s := o.scenario
	r.mentions += o.mentions
	r.faults = append(r.faults, o.faults...)
	r.sizes[s.Brand.Name] = s.Brand.PerDay
	r.ours.add(o, &o.ours)
	of(r.byKind, string(s.Kind)).add(o, &o.ours)
	of(r.bySize, s.Brand.Name).add(o, &o.ours)
	for i := range o.field.runners {
		for side := range sides {
			for n := range tightenings {
				r.rivals[i][side][n].add(o, &o.field.runners[i].alarms[side][n].verdict)
			}
		}
	}
}

func of(tallies map[string]*tally, name string) *tally {
	if tallies[name] == nil {
		tallies[name] = &tally{}
	}
	return tallies[name]
}

// Report is how everybody did.
type Report struct {
	Seed        uint64  `json:"seed"`
	Months      int     `json:"months"`
	Only        string  `json:"only,omitempty"`
	RuleVersion string  `json:"rule_version"`
	Mentions    int     `json:"mentions"`
	Ours        Figures `json:"ours"`
	ByKind      []Row   `json:"ours_by_kind"`
	BySize      []Row   `json:"ours_by_brand"`
	Rivals      []Rival `json:"rivals"`
	Faults      []Fault `json:"faults"` // of ours
}

// Row is a part of the scenarios.
type Row struct {
	Name   string  `json:"name"`
	PerDay float64 `json:"mentions_a_day,omitempty"`
	Figures
}

// Rival is how one did on the side that suits it better.
type Rival struct {
	Name   string  `json:"name"`
	Source string  `json:"source"`
	Vendor bool    `json:"vendor"`
	Bound  float64 `json:"bound"`
	On     string  `json:"on"` // all or negative mentions
	Alert  Level   `json:"alert"`
	Other  Level   `json:"alert_on_the_other_side"`

	// Ours is better: more events told that are not by chance, fewer false alerts.
	BeatenOnRecall bool `json:"beaten_on_recall"`
	BeatenOnFalse  bool `json:"beaten_on_false_alerts"`

	Tightened *Tightened `json:"tightened"` // nil where no bound tried is wrong so rarely
}

// Tightened is a rival with its bound raised until it is wrong no more often than ours,
// on the side on which it then tells more.
type Tightened struct {
	Times float64 `json:"times"`
	On    string  `json:"on"`
	Alert Level   `json:"alert"`
}

func (r *results) report() *Report {
	report := &Report{Mentions: r.mentions, Ours: r.ours.figures(), Faults: r.faults}
	for _, name := range slices.Sorted(maps.Keys(r.byKind)) {
		report.ByKind = append(report.ByKind, Row{Name: name, Figures: r.byKind[name].figures()})
	}
	for _, name := range slices.Sorted(maps.Keys(r.bySize)) {
		report.BySize = append(report.BySize, Row{Name: name, PerDay: r.sizes[name], Figures: r.bySize[name].figures()})
	}
	slices.SortFunc(report.BySize, func(a, b Row) int { return cmp.Compare(a.PerDay, b.PerDay) })
	slices.SortFunc(report.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Seed, b.Seed), a.At.Compare(b.At))
	})
	for i, entry := range rival.All() {
		report.Rivals = append(report.Rivals, r.rival(entry, &r.rivals[i]))
	}
	return report
}

func (r *results) rival(entry rival.Entry, by *[sides][tightenings]tally) Rival {
	on := allMentions
	if by[negativeMentions][0].balance() > by[allMentions][0].balance() {
		on = negativeMentions
	}
	found := Rival{
		Name: entry.Name, Source: entry.Source, Vendor: entry.Vendor, Bound: entry.Bound, On: sideNames[on],
		Alert: by[on][0].level(firestorm.Alert), Other: by[sides-1-on][0].level(firestorm.Alert),
	}
	us := &r.ours.levels[firestorm.Alert]
	them := &by[on][0].levels[firestorm.Alert]
	found.BeatenOnRecall, found.BeatenOnFalse = us.net() > them.net(), us.false < them.false
	for side := range sides {
		for n := range tightenings {
			at := by[side][n].level(firestorm.Alert)
			if at.False > us.false {
				continue
			}
			if found.Tightened == nil || at.Told > found.Tightened.Alert.Told {
				found.Tightened = &Tightened{Times: tightening(n), On: sideNames[side], Alert: at}
			}
			break
		}
	}
	return found
}
