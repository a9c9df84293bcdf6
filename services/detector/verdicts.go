package detector

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// LabelSource says where labels come from.
type LabelSource string

// Sources of labels. A file is taken for complete: what is in no label's time was nothing.
// Of what got no verdict nothing is known.
const (
	FromFile     LabelSource = "file"
	FromVerdicts LabelSource = "verdicts"
)

// Labelled says where labels come from, and how many there are of each level.
type Labelled struct {
	From   LabelSource    `json:"from"`
	Count  int            `json:"count"`
	Levels map[string]int `json:"levels"`
}

// Labelled is nil where nobody said anything.
func (f *Findings) Labelled() *Labelled {
	if f.Labels == nil {
		return nil
	}
	counts := map[string]int{}
	for _, label := range f.Labels {
		counts[replay.LevelNames[label.Level]]++
	}
	return &Labelled{f.labelsFrom, len(f.Labels), counts}
}

// label takes in the labels of what is replayed: those of a file, or else the verdicts.
func (b Backtest) label(ctx context.Context, conn driver.Conn, f *Findings) error {
	if b.Labels != nil {
		f.labelsFrom, f.Labels = FromFile, b.within(b.Labels)
		f.judging = replay.Complete(f.Labels, b.brands()...)
		return nil
	}
	said, err := verdicts(ctx, conn, b.Until)
	if err != nil {
		return err
	}
	if said = b.within(said); len(said) > 0 {
		f.labelsFrom, f.Labels, f.judging = FromVerdicts, said, said
	}
	return nil
}

// brands are those whose incidents are told.
func (b Backtest) brands() []string {
	if b.Brand != "" {
		return []string{b.Brand}
	}
	var ids []string
	for _, brand := range b.Config.Brands {
		ids = append(ids, brand.ID)
	}
	return ids
}

// within leaves out the labels of other brands and times.
func (b Backtest) within(labels []Label) []Label {
	return slices.DeleteFunc(slices.Clone(labels), func(l Label) bool {
		return !b.concerns(l.Brand) || l.To.Before(b.Since) || !l.From.Before(b.Until)
	})
}

// verdicts are the labels that people gave on the desk, each for as long as its incident
// lasted. One that goes on lasts until the end.
func verdicts(ctx context.Context, conn driver.Conn, until time.Time) ([]Label, error) {
	rows, err := conn.Query(ctx, `
		SELECT brand_id, opened_time, resolved_time, toString(level)
		FROM verdicts
		INNER JOIN (SELECT incident_id, brand_id, opened_time, resolved_time FROM incidents WHERE brand_id != '') AS told USING (incident_id)
		ORDER BY opened_time, incident_id`)
	if err != nil {
		return nil, fmt.Errorf("detector: read the verdicts: %w", err)
	}
	defer rows.Close()
	var labels []Label
	for rows.Next() {
		var label Label
		var resolved *time.Time
		var level string
		if err := rows.Scan(&label.Brand, &label.From, &resolved, &level); err != nil {
			return nil, fmt.Errorf("detector: read the verdicts: %w", err)
		}
		label.To = until
		if resolved != nil {
			label.To = *resolved
		}
		label.Level = detect.Level(slices.Index(replay.LevelNames, level))
		labels = append(labels, label)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("detector: read the verdicts: %w", err)
	}
	return labels, nil
}
