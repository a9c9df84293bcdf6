package mastodon

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxEvent is the largest event that is read: a status is a few KB.
const maxEvent = 1 << 20

// errTooLarge means that an event was cut.
var errTooLarge = errors.New("mastodon: an event beyond the size limit")

// event is one event of a stream, or a heartbeat when it has no name.
type event struct {
	name  string
	data  []byte
	fault error
}

// eventReader takes a stream of server-sent events apart. Source: WHATWG HTML,
// "Server-sent events"; what Mastodon does not use (id, retry) is passed over.
type eventReader struct {
	in *bufio.Reader
}

func newEventReader(in io.Reader) *eventReader {
	return &eventReader{in: bufio.NewReaderSize(in, 16<<10)}
}

// next reads up to the end of an event, or to a comment, which is a heartbeat.
// An event that the stream ends in is not an event.
func (r *eventReader) next() (event, error) {
	var e event
	var some bool
	for {
		line, err := r.line(&e)
		if err != nil {
			return event{}, err
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(line) == 0:
			if some && (e.name != "" || len(e.data) > 0) {
				return e, nil
			}
			e, some = event{}, false
		case line[0] == ':':
			if !some {
				return event{}, nil
			}
		case string(field) == "event":
			e.name, some = string(value), true
		case string(field) == "data":
			if some && e.data != nil {
				e.data = append(e.data, '\n')
			}
			if e.data = append(e.data, value...); len(e.data) > maxEvent {
				e.data, e.fault = e.data[:maxEvent], errTooLarge
			}
			some = true
		}
	}
}

// line reads one line; what goes beyond the limit is dropped, and noted.
func (r *eventReader) line(e *event) ([]byte, error) {
	var line []byte
	for {
		part, more, err := r.in.ReadLine()
		if err != nil {
			return nil, err
		}
		if len(line) < maxEvent {
			line = append(line, part...)
		} else {
			e.fault = errTooLarge
		}
		if !more {
			return line, nil
		}
	}
}
