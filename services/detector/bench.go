package detector

import (
	"context"
	"io/fs"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/contest"
)

// Storms is what to hold the detector and others on.
type Storms struct {
	Config   *config.Config
	Seed     uint64
	Months   int                // of each kind of scenario, for each brand
	Only     string             // kind; all where it is ""
	Progress func(part float64) // is told by how much of the whole it has come on; may be nil
}

// StormKinds are the kinds of scenarios.
func StormKinds() []string { return contest.Kinds() }

// What a bench answers.
type (
	StormReport = contest.Report
	StormLevel  = contest.Level
	StormDelay  = contest.Delay
	StormRow    = contest.Row
	StormRival  = contest.Rival
	StormFault  = contest.Fault
	SeriesScore = contest.Scored
)

// Run holds everybody on generated scenarios.
func (s Storms) Run(ctx context.Context) (*StormReport, error) {
	return contest.Storms{Rule: rule(s.Config, Mistakes{}), Seed: s.Seed, Months: s.Months, Only: s.Only, Progress: s.Progress}.Run(ctx)
}

// BenchSeries scores everybody on the series of the Numenta Anomaly Benchmark in a folder.
func BenchSeries(folder fs.FS) ([]SeriesScore, error) { return contest.Benchmark(folder) }

// PostsReport is what everybody did on real posts.
type PostsReport struct {
	Posts     int              `json:"posts"`
	From      time.Time        `json:"from"`
	Until     time.Time        `json:"until"`
	Brands    []string         `json:"brands"`
	Incidents []Told           `json:"incidents"`
	Rivals    []contest.Alarms `json:"rivals"`
}

// BenchPosts lets everybody hear posts as if each had been known when it was published.
// What people said of their sentiments is taken for right.
func BenchPosts(cfg *config.Config, posts []*vigiev1.ScoredMention) PostsReport {
	heard := make([]contest.Post, len(posts))
	for i, p := range posts {
		m := said(p, p.Mention.PublishedTime.AsTime())
		m.Collected, m.measured = m.Known, false // people reacted since
		heard[i] = contest.Post{Brand: p.BrandId, Mention: m.mention()}
	}
	h := contest.Hear(rule(cfg, Mistakes{}), heard)
	return PostsReport{h.Posts, h.From, h.Until, h.Brands, (&Findings{}).Told(h.Incidents), h.Rivals}
}
