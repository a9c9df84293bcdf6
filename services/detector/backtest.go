package detector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// Backtest decides on the past again, by the rule of its config and by others that
// differ from it in their alert bound.
type Backtest struct {
	Config       *config.Config
	Brand        string // whose incidents are told; of all of the config where it is ""
	Mistakes     Mistakes
	Since, Until time.Time
	Labels       []Label              // what people found, by a file; where it is nil, what they said on the desk
	Steps        int                  // how many alert bounds are tried for each doubling
	Progress     func(passed float64) // is told which part of the time has been read
	Patience     time.Duration        // how long a ClickHouse that is starting is waited for
}

// Label is what people found.
type Label = replay.Label

// ReadLabels reads labels as CSV or NDJSON, with brand, from, to and level. Moments
// without an offset are in the zone.
func ReadLabels(r io.Reader, zone *time.Location) ([]Label, error) { return replay.ReadLabels(r, zone) }

// ErrNoHistory means that there is nothing to decide on.
var ErrNoHistory = errors.New("there is no mention")

// Findings are what a backtest found.
type Findings struct {
	Brand        string
	Since, Until time.Time
	Mentions     int // since then: those of the warm-up are not counted
	Rule         config.Detector
	RuleVersion  string
	Labels       []Label // of this brand and time; nil where nobody said
	Levels       []replay.Figures
	Incidents    []*replay.Incident
	Curve        []replay.Point // by alert bound, the lowest first

	labelsFrom LabelSource
	judging    []Label // Labels, and where they are complete, what else is known
	series     *replay.Series
}

// Run reads the past once, for all rules side by side.
func (b Backtest) Run(ctx context.Context) (*Findings, error) {
	conn, err := clickhouse.Find(ctx, b.Config, b.Patience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := tablesStand(ctx, conn); err != nil {
		return nil, err
	}
	f := &Findings{
		Brand: b.Brand, Since: b.Since, Until: b.Until, Rule: b.Config.Detector, RuleVersion: detect.RuleVersion,
		series: replay.NewSeries(b.Since, b.Until, mostBuckets),
	}
	if err := b.label(ctx, conn, f); err != nil {
		return nil, err
	}
	own := rule(b.Config, b.Mistakes)
	rules := append([]detect.Rule{own}, replay.Bounds(own, b.Steps)...)
	watched := occasions(b.Config)
	lanes := make([]*replay.Lane, len(rules))
	for i, rule := range rules {
		lanes[i] = replay.NewLane(rule, b.Brand, b.Since, watched)
	}
	if err := b.drive(ctx, conn, watched, lanes, f.count); err != nil {
		return nil, err
	}
	if f.Mentions == 0 {
		return nil, fmt.Errorf("detector: %w of %s from %s to %s", ErrNoHistory, b.about(),
			b.Since.Format(time.DateTime), b.Until.Format(time.DateTime))
	}
	f.judge(rules, lanes)
	return f, nil
}

func (b Backtest) about() string {
	if b.Brand == "" {
		return "any brand"
	}
	return b.Brand
}

// spoken is a mention of a brand.
type spoken struct {
	brand string
	detect.Mention
}

const (
	// driven is how many mentions are handed on at once.
	driven = 1024
	// mergeWait is how long an engine may take to merge what was imported just now.
	mergeWait = time.Minute
)

// concerns says whether a brand's incidents are told.
func (b Backtest) concerns(brand string) bool { return b.Brand == "" || brand == b.Brand }

// drive reads the past of all brands that are watched, once. Every lane hears what
// concerns it, each at its own pace: the first, whose incidents are shown, all brands, for
// an incident names those that rise with it; the others, that are only counted, what is told.
func (b Backtest) drive(ctx context.Context, conn driver.Conn, watched map[string][]detect.Occasion,
	lanes []*replay.Lane, count func(*detect.Mention),
) error {
	group, ctx := errgroup.WithContext(ctx)
	feeds := make([]chan []spoken, len(lanes))
	for i, lane := range lanes {
		feed := make(chan []spoken, 1)
		feeds[i] = feed
		group.Go(func() error {
			for batch := range feed {
				for n := 0; n < len(batch) && ctx.Err() == nil; n++ {
					if i == 0 || b.concerns(batch[n].brand) {
						lane.Hear(batch[n].brand, batch[n].Mention)
					}
				}
			}
			if ctx.Err() == nil {
				lane.Pass(b.Until)
			}
			return nil
		})
	}
	group.Go(func() error {
		var batch []spoken
		from := b.Since.Add(-replay.WarmUp)
		hand := func() {
			if len(batch) == 0 {
				return
			}
			for _, feed := range feeds {
				select {
				case feed <- batch:
				case <-ctx.Done():
				}
			}
			if b.Progress != nil {
				b.Progress(batch[len(batch)-1].Known.Sub(from).Seconds() / b.Until.Sub(from).Seconds())
			}
			batch = make([]spoken, 0, driven)
		}
		defer func() {
			for _, feed := range feeds {
				close(feed)
			}
		}()
		err := chronicle{conn: conn, patience: mergeWait}.each(ctx, from, b.Until, func(brand string, m detect.Mention) {
			if _, known := watched[brand]; !known {
				return
			}
			if b.concerns(brand) {
				count(&m)
			}
			if batch = append(batch, spoken{brand, m}); len(batch) == driven {
				hand()
			}
		})
		hand()
		return err
	})
	return group.Wait()
}

func (f *Findings) count(m *detect.Mention) {
	if !m.Known.Before(f.Since) {
		f.Mentions++
	}
	f.series.Count(m)
}

// judge gives the figures of the first rule, and the curve of all.
func (f *Findings) judge(rules []detect.Rule, lanes []*replay.Lane) {
	lasting := f.Until.Sub(f.Since)
	f.Incidents = lanes[0].Incidents()
	f.Levels = replay.Judge(f.Incidents, f.judging, lasting)
	for i, lane := range lanes {
		point := replay.PointOf(rules[i].Alert, lane.Incidents(), f.Incidents, f.judging, lasting)
		point.Present = i == 0
		f.Curve = append(f.Curve, point)
	}
	slices.SortFunc(f.Curve, func(a, b replay.Point) int { return cmp.Compare(a.Alert, b.Alert) })
}
