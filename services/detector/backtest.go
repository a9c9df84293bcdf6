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

// Label is what people found, and Figures say how good a level is.
type (
	Label   = replay.Label
	Figures = replay.Figures
)

// ReadLabels reads labels as CSV or NDJSON, with brand, from, to and level. Moments
// without an offset are in the zone.
func ReadLabels(r io.Reader, zone *time.Location) ([]Label, error) { return replay.ReadLabels(r, zone) }

// ErrNoHistory means that there is nothing to decide on.
var ErrNoHistory = errors.New("there is no mention")

// Findings are what a backtest found.
type Findings struct {
	Brand        string
	Since, Until time.Time
	Known        time.Time // from when on mentions of it flow, of the warm-up too
	Mentions     int       // since then: those of the warm-up are not counted
	Rule         config.Detector
	RuleVersion  string
	Labels       []Label // of this brand and time; nil where nobody said
	Levels       []replay.Figures
	Incidents    []*replay.Incident
	Curve        []replay.Point // by alert bound, the lowest first

	labelsFrom LabelSource
	judging    []Label // Labels, and where they are complete, what else is known
	series     *replay.Series
	beginning  replay.Beginning
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
		series: replay.NewSeries(b.Since, b.Until),
	}
	if err := b.label(ctx, conn, f); err != nil {
		return nil, err
	}
	own, watched := rule(b.Config, b.Mistakes), occasions(b.Config)
	others := replay.Bounds(own, b.Steps)
	lane := replay.NewLane(own, b.Brand, b.Since, watched)
	lane.Try(others)
	lane.Note(f.series.Note)
	if err := b.drive(ctx, conn, watched, lane, f.count); err != nil {
		return nil, err
	}
	if f.Mentions == 0 {
		return nil, fmt.Errorf("detector: %w of %s from %s to %s", ErrNoHistory, b.about(),
			b.Since.Format(time.DateTime), b.Until.Format(time.DateTime))
	}
	f.judge(own, others, lane)
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
	// driven is how many mentions are handed on at once, and readAhead how many times as many
	// may be read ahead of the engine: 30 MB.
	driven, readAhead = 1024, 32
	// mergeWait is how long an engine may take to merge what was imported just now.
	mergeWait = time.Minute
)

// concerns says whether a brand's incidents are told.
func (b Backtest) concerns(brand string) bool { return b.Brand == "" || brand == b.Brand }

// drive reads the past of all brands that are watched, once, and lets a lane hear it while
// more is read: an incident names the brands that rise with it.
func (b Backtest) drive(ctx context.Context, conn driver.Conn, watched map[string][]detect.Occasion, lane *replay.Lane, count func(*detect.Mention)) error {
	group, ctx := errgroup.WithContext(ctx)
	feed := make(chan []spoken, readAhead)
	from := b.Since.Add(-replay.WarmUp)
	group.Go(func() error {
		for batch := range feed {
			for n := 0; n < len(batch) && ctx.Err() == nil; n++ {
				lane.Hear(batch[n].brand, batch[n].Mention)
			}
			if b.Progress != nil && ctx.Err() == nil {
				b.Progress(batch[len(batch)-1].Known.Sub(from).Seconds() / b.Until.Sub(from).Seconds())
			}
		}
		if ctx.Err() == nil {
			lane.End(b.Until)
		}
		return nil
	})
	group.Go(func() error {
		defer close(feed)
		var batch []spoken
		hand := func() {
			if len(batch) == 0 {
				return
			}
			select {
			case feed <- batch:
			case <-ctx.Done():
			}
			batch = make([]spoken, 0, driven)
		}
		err := chronicle{conn: conn, patience: mergeWait}.each(ctx, from, b.Until, func(brand string, m detect.Mention) {
			if _, known := watched[brand]; !known {
				return
			}
			if b.concerns(brand) && !m.Again {
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
	f.beginning.Note(m.Known)
	if !m.Known.Before(f.Since) {
		f.Mentions++
	}
}

// From is when what the figures are of begins: none of it is from before anything is known.
func (f *Findings) From() time.Time {
	if f.Known.After(f.Since) {
		return f.Known
	}
	return f.Since
}

// Lasting is of how much time the figures are.
func (f *Findings) Lasting() time.Duration { return f.Until.Sub(f.From()) }

// Weekly says whether that is enough for figures a week.
func (f *Findings) Weekly() bool { return f.Lasting() >= replay.Week }

// judge gives the figures of a rule, and the curve of it and the others.
func (f *Findings) judge(own detect.Rule, others []detect.Rule, lane *replay.Lane) {
	f.Incidents, f.Known = lane.Incidents(), f.beginning.At()
	if len(f.Incidents) > 0 && f.Incidents[0].Last().Opened.Before(f.Known) {
		f.Known = f.Incidents[0].Last().Opened // what opens an incident is no lone post
	}
	lasting := f.Lasting()
	f.Levels = replay.Judge(f.Incidents, f.judging, lasting)
	present := replay.PointOf(own.Alert, f.Incidents, f.Incidents, f.judging, lasting)
	present.Present = true
	f.Curve = append(f.Curve, present)
	for i, rule := range others {
		f.Curve = append(f.Curve, replay.PointOf(rule.Alert, lane.Tried(i), f.Incidents, f.judging, lasting))
	}
	slices.SortFunc(f.Curve, func(a, b replay.Point) int { return cmp.Compare(a.Alert, b.Alert) })
}
