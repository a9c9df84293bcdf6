package detector

import (
	"fmt"
	"io"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/gauge"
)

// SeriesThreshold is the anomaly score from which ScoreSeries would raise an alert.
const SeriesThreshold = detect.MeterThreshold

// ScoreSeries reads rows of a time and a count as CSV, and writes each with its anomaly
// score, as soon as it is read.
func ScoreSeries(r io.Reader, w io.Writer) error {
	if err := gauge.ScoreCSV(r, w); err != nil {
		return fmt.Errorf("detector: score the series: %w", err)
	}
	return nil
}
