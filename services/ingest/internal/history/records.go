package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// maxRecord bounds one record, in bytes; a longer one is passed over.
const maxRecord = 4 << 20

// Record is one line of a file, decoded or refused.
type Record struct {
	Mention *vigiev1.Mention // nil when refused
	Reason  bus.Reason       // why
	Err     error
	Line    int    // on which it begins, from 1
	Raw     []byte // valid until the next record; cut when too large
}

// Decode turns a line into a mention; its error is a *bus.PermanentError.
type Decode func(line []byte) (*vigiev1.Mention, error)

// Lines visits the records of a file with one a line. Blank lines are none. It
// stops at the first error of visit or of reading.
func Lines(r io.Reader, decode Decode, visit func(Record) error) error {
	return eachLine(r, func(number int, line []byte, tooLong bool) error {
		if line = trimEnd(line); len(line) == 0 {
			return nil
		}
		record := decodeLine(line, tooLong, decode)
		record.Line = number
		return visit(record)
	})
}

// eachLine visits the lines of a file, each with its number and its end, cut when
// too long.
func eachLine(r io.Reader, visit func(number int, line []byte, tooLong bool) error) error {
	reader := bufio.NewReaderSize(r, 256<<10)
	for number := 1; ; number++ {
		line, tooLong, err := readLine(reader)
		if len(line) > 0 {
			if err := visit(number, line, tooLong); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("history: read: %w", err)
		}
	}
}

// readLine reads up to the end of a line, keeping at most maxRecord bytes.
func readLine(r *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if room := maxRecord - len(line); len(part) > room {
			line, tooLong = append(line, part[:room]...), true
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

func trimEnd(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r' || line[len(line)-1] == ' ') {
		line = line[:len(line)-1]
	}
	return line
}

func decodeLine(line []byte, tooLong bool, decode Decode) Record {
	if tooLong {
		return tooLarge(line)
	}
	mention, err := decode(line)
	return record(line, mention, err)
}

func tooLarge(raw []byte) Record {
	return Record{Raw: raw, Reason: bus.ReasonTooLarge, Err: fmt.Errorf("more than %d bytes in one record", maxRecord)}
}

func record(raw []byte, mention *vigiev1.Mention, err error) Record {
	if err == nil {
		return Record{Mention: mention, Raw: raw}
	}
	reason := bus.ReasonMalformed
	var permanent *bus.PermanentError
	if errors.As(err, &permanent) {
		reason = permanent.Reason
	}
	return Record{Raw: raw, Reason: reason, Err: err}
}
