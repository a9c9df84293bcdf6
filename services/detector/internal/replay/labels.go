package replay

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Label is what people found: for how long something of a level was the matter with a
// brand. Calm is what they looked at and was nothing. Of a time without a label nothing is
// known.
type Label struct {
	Brand    string
	From, To time.Time
	Level    detect.Level
}

func (l Label) span() span { return span{l.Brand, l.From, l.To} }

// Complete makes of labels all there was to find: any other time of the brands was calm.
func Complete(labels []Label, brands ...string) []Label {
	all := slices.Clone(labels)
	for _, brand := range brands {
		all = append(all, Label{Brand: brand, To: endless, Level: detect.Calm})
	}
	return all
}

// labelKeys are the columns of CSV, and the keys of NDJSON.
var labelKeys = []string{"brand", "from", "to", "level"}

// ReadLabels reads CSV with a header line, or NDJSON, and says of every line that is no
// label what is wrong with it. Moments without an offset are in the zone.
func ReadLabels(r io.Reader, zone *time.Location) ([]Label, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	read := labelsOfCSV
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		read = labelsOfNDJSON
	}
	labels := []Label{}
	var faults []error
	err = read(string(text), func(line int, fields map[string]string) {
		label, err := labelOf(fields, zone)
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", line, err))
			return
		}
		labels = append(labels, label)
	})
	return labels, errors.Join(append(faults, err)...)
}

func labelOf(fields map[string]string, zone *time.Location) (l Label, err error) {
	l.Brand = fields["brand"]
	if l.Brand == "" {
		return l, errors.New("a label needs the id of a brand")
	}
	if l.From, err = moment(fields["from"], zone); err != nil {
		return l, fmt.Errorf("from: %w", err)
	}
	if l.To, err = moment(fields["to"], zone); err != nil {
		return l, fmt.Errorf("to: %w", err)
	}
	if l.To.Before(l.From) {
		return l, fmt.Errorf("it ends, at %s, before it begins", fields["to"])
	}
	level := slices.Index(LevelNames, fields["level"])
	if level < 0 {
		return l, fmt.Errorf("%q is no level: %s", fields["level"], strings.Join(LevelNames, ", "))
	}
	l.Level = detect.Level(level)
	return l, nil
}

func moment(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		return at, fmt.Errorf("%q is not a moment: write 2026-03-04T12:00:00Z, or 2026-03-04 12:00", text)
	}
	return at, nil
}

type visitLabel func(line int, fields map[string]string)

func labelsOfCSV(text string, visit visitLabel) error {
	head, text, _ := strings.Cut(text, "\n")
	comma := ","
	if n := strings.IndexAny(head, ",;\t"); n >= 0 {
		comma = head[n : n+1]
	}
	names := strings.Split(strings.ToLower(strings.TrimSpace(head)), comma)
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !slices.Contains(labelKeys, names[i]) {
			return fmt.Errorf("line 1: %q is no column: %s", names[i], strings.Join(labelKeys, ", "))
		}
	}
	for _, key := range labelKeys {
		if !slices.Contains(names, key) {
			return fmt.Errorf("line 1: there is no column %s", key)
		}
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.Comma, rows.FieldsPerRecord, rows.TrimLeadingSpace = rune(comma[0]), len(names), true
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			return fmt.Errorf("line %d: %w", wrong.Line+1, wrong.Err) // after the header
		}
		if err != nil {
			return err
		}
		fields := map[string]string{}
		for i, cell := range cells {
			fields[names[i]] = strings.TrimSpace(cell)
		}
		line, _ := rows.FieldPos(0)
		visit(line+1, fields)
	}
}

func labelsOfNDJSON(text string, visit visitLabel) error {
	line := 0
	for row := range strings.Lines(text) {
		line++
		if strings.TrimSpace(row) == "" {
			continue
		}
		var fields map[string]string
		if err := json.Unmarshal([]byte(row), &fields); err != nil {
			return fmt.Errorf("line %d is no label, such as "+
				`{"brand":"oasis","from":"2026-03-04T12:00:00Z","to":"2026-03-04T15:00:00Z","level":"crisis"}: %w`, line, err)
		}
		for key := range fields {
			if !slices.Contains(labelKeys, key) {
				return fmt.Errorf("line %d: %q is no key: %s", line, key, strings.Join(labelKeys, ", "))
			}
		}
		visit(line, fields)
	}
	return nil
}
