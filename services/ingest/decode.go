package ingest

import (
	"fmt"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Decode reads one line of a format that has a record a line, as an import does.
func Decode(format string, line []byte) (*vigiev1.Mention, error) {
	decode, known := lineFormats[format]
	if !known {
		return nil, fmt.Errorf("ingest: %q is no format of lines", format)
	}
	return decode(line)
}
