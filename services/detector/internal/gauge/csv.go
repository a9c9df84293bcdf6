package gauge

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

const (
	// most is the highest value: as many posts as no day has.
	most = 1e12
	// byteOrderMark begins what some spreadsheets write.
	byteOrderMark = "\ufeff"
	// earliest is the first year that is known.
	earliest = 1971
)

// ScoreCSV reads rows of `timestamp,value` under a header that says so, and writes
// `timestamp,value,anomaly_score`, each row as soon as it is read, its time and value
// as they were written. An error names the line; what comes before it is scored.
func ScoreCSV(r io.Reader, w io.Writer) error {
	text := bufio.NewReader(r)
	if mark, err := text.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = text.Discard(len(byteOrderMark))
	}
	rows, out := csv.NewReader(text), csv.NewWriter(w)
	rows.FieldsPerRecord, rows.ReuseRecord = 2, true
	header, err := rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("there is no row: the first line is timestamp,value")
	case err != nil:
		return fmt.Errorf("%w: the first line is timestamp,value", err)
	}
	if header[0] != "timestamp" || header[1] != "value" {
		line, _ := rows.FieldPos(0)
		return fmt.Errorf("line %d: %q, %q where timestamp,value is expected", line, header[0], header[1])
	}
	if err := write(out, "timestamp", "value", "anomaly_score"); err != nil {
		return err
	}
	var gauge Gauge
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // names the line
		}
		at, value, err := gauge.parse(record[0], record[1])
		if err != nil {
			line, _ := rows.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
		score := strconv.FormatFloat(gauge.Observe(at, value), 'g', -1, 64)
		if err := write(out, record[0], record[1], score); err != nil {
			return err
		}
	}
}

// write writes a row at once: who feeds a series as it happens waits for the answer.
func write(out *csv.Writer, row ...string) error {
	if err := out.Write(row); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// parse reads a row that may come after those observed.
func (g *Gauge) parse(timestamp, value string) (at time.Time, count float64, err error) {
	if at, err = time.Parse(time.DateTime, timestamp); err != nil {
		at, err = time.Parse(time.RFC3339, timestamp)
	}
	switch {
	case err != nil:
		return at, 0, fmt.Errorf("the time %q is written neither as %s nor as %s", timestamp, time.DateTime, time.RFC3339)
	case at.Year() < earliest:
		return at, 0, fmt.Errorf("the time %q is before %d", timestamp, earliest)
	case !g.last.IsZero() && !at.After(g.last):
		return at, 0, fmt.Errorf("the time %q does not come after the one before it: a clock that is put back needs offsets (%s)", timestamp, time.RFC3339)
	}
	count, err = strconv.ParseFloat(value, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), math.IsNaN(count):
		return at, 0, fmt.Errorf("the value %q is not a number", value)
	case count < 0:
		return at, 0, fmt.Errorf("the value %q is negative: nothing is counted less than never", value)
	case count > most:
		return at, 0, fmt.Errorf("the value %q is above %g: that is no count", value, most)
	}
	return at, count, nil
}
