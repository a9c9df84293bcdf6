package history

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

// CSV visits the records of a file whose first line names the columns, separated
// by commas, semicolons (as a French spreadsheet writes them) or tabs. Columns go
// by the names of the NDJSON keys, in any order.
//
// A record goes on over line ends while a quote is open, but not over a line that
// is a record by itself, nor beyond maxRecord: a quote that nobody closed costs
// its own record, and nothing after it.
func CSV(r io.Reader, visit func(Record) error) error {
	c := &csvCutter{visit: visit}
	if err := eachLine(r, c.line); err != nil {
		return err
	}
	if c.columns == nil {
		return errors.New("history: the CSV has no header line")
	}
	return c.end(bus.ReasonTruncated, errors.New("the file ends within a quote"))
}

// csvCutter cuts lines into records.
type csvCutter struct {
	visit     func(Record) error
	separator byte
	columns   []string // nil before the header
	number    int      // of the line
	open      []byte   // a record whose quote is open
	opened    int      // the line it began on
}

// give visits a record that began on a line.
func (c *csvCutter) give(r Record, line int) error {
	r.Line = line
	return c.visit(r)
}

func (c *csvCutter) line(number int, line []byte, tooLong bool) error {
	c.number = number
	switch {
	case c.columns == nil:
		return c.header(line)
	case tooLong:
		if err := c.end(bus.ReasonMalformed, errNotClosed); err != nil {
			return err
		}
		return c.give(tooLarge(line), number)
	case c.open == nil:
		return c.start(line)
	case bytes.Count(line, []byte{c.separator}) >= len(c.columns)-1 && c.decode(line).Err == nil:
		if err := c.end(bus.ReasonMalformed, errNotClosed); err != nil {
			return err
		}
		return c.start(line)
	case len(c.open)+len(line) > maxRecord:
		record := tooLarge(c.open)
		c.open = nil
		if err := c.give(record, c.opened); err != nil {
			return err
		}
		return c.start(line)
	}
	c.open = append(c.open, line...)
	if c.quoteOpen(line, true) {
		return nil
	}
	record := c.decode(c.open)
	c.open = nil
	return c.give(record, c.opened)
}

var errNotClosed = errors.New("a quote is opened and not closed")

// start takes the first line of a record.
func (c *csvCutter) start(line []byte) error {
	if c.quoteOpen(line, false) {
		c.open, c.opened = bytes.Clone(line), c.number
		return nil
	}
	if len(trimEnd(line)) == 0 {
		return nil
	}
	return c.give(c.decode(line), c.number)
}

// end gives up a record whose quote is still open.
func (c *csvCutter) end(reason bus.Reason, fault error) error {
	if c.open == nil {
		return nil
	}
	record := Record{Raw: c.open, Reason: reason, Err: fault}
	c.open = nil
	return c.give(record, c.opened)
}

func (c *csvCutter) header(line []byte) error {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if len(trimEnd(line)) == 0 {
		return nil
	}
	c.separator = separatorOf(line)
	cells, err := c.cells(line)
	if err == nil {
		c.columns, err = columnsOf(cells)
	}
	if err != nil {
		return &HeaderError{Line: bytes.Clone(line), Err: err}
	}
	return nil
}

// separatorOf is the one that a header has most of: names of columns hold none.
func separatorOf(header []byte) byte {
	best := byte(',')
	for _, separator := range []byte(";\t") {
		if bytes.Count(header, []byte{separator}) > bytes.Count(header, []byte{best}) {
			best = separator
		}
	}
	return best
}

// Header says why a line is not the header of a CSV, or nil.
func Header(line []byte) error {
	return (&csvCutter{}).header(line)
}

// HeaderError is a CSV whose first line does not name its columns.
type HeaderError struct {
	Line []byte
	Err  error
}

// Error implements error.
func (e *HeaderError) Error() string {
	return fmt.Sprintf("history: the header line of the CSV: %v", e.Err)
}

func (e *HeaderError) Unwrap() error { return e.Err }

// decode reads one whole record.
func (c *csvCutter) decode(raw []byte) Record {
	cells, err := c.cells(raw)
	if err == nil && len(cells) != len(c.columns) {
		err = fmt.Errorf("%d cells, where the header names %d columns", len(cells), len(c.columns))
	}
	if err != nil {
		return Record{Raw: raw, Reason: bus.ReasonMalformed, Err: err}
	}
	mention, err := fromCells(c.columns, cells)
	return record(raw, mention, err)
}

// cells reads the one record that raw is.
func (c *csvCutter) cells(raw []byte) ([]string, error) {
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.Comma = rune(c.separator)
	cells, err := reader.Read()
	if err != nil {
		return nil, err
	}
	if _, err := reader.Read(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one record")
	}
	return cells, nil
}

// quoteOpen says whether a line that begins within a quoted cell, or not, ends
// within one. A quote opens at the start of a cell only.
func (c *csvCutter) quoteOpen(line []byte, quoted bool) bool {
	start := !quoted
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; {
		case !quoted:
			quoted = start && ch == '"'
			start = ch == c.separator
		case ch == '"' && i+1 < len(line) && line[i+1] == '"':
			i++
		case ch == '"':
			quoted = false
		}
	}
	return quoted
}
