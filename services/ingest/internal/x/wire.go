package x

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

const (
	maxLine = 1 << 20
	// waiting bounds the lines read and not yet handled. When it is full we stop
	// reading, and X waits, then disconnects.
	waiting = 256
)

// wireLine is a line of the stream, without its end.
type wireLine struct {
	text []byte
	cut  error // why it is not whole; nil if it is
}

var (
	errLineCut  = errors.New("x: the stream broke in the middle of a line")
	errLineLong = errors.New("x: a line of more than 1 MiB")
)

// wire reads lines from a stream and notices when it falls silent.
type wire struct {
	lines chan wireLine // closed at the end
	err   error         // why it ended, once lines is closed
	idle  atomic.Int64  // since when it waits for bytes, in nanoseconds; 0 while it does not
}

// read starts reading a body. stop must end the request; it is called with the
// reason when no byte comes for the time given.
func read(ctx context.Context, body io.Reader, silence time.Duration, stop context.CancelCauseFunc) *wire {
	w := &wire{lines: make(chan wireLine, waiting)}
	watchdog := time.AfterFunc(silence, func() { stop(fmt.Errorf("%w: no byte for %s", errSilent, silence)) })
	go func() {
		defer close(w.lines)
		defer watchdog.Stop()
		reader := bufio.NewReaderSize(&watched{body, w, watchdog, silence}, 64<<10)
		for {
			line, err := readLine(reader)
			if line.text != nil && !w.hand(ctx, line, watchdog, silence) {
				w.err = context.Cause(ctx)
				return
			}
			if err != nil {
				w.err = ending(ctx, err)
				return
			}
		}
	}()
	return w
}

// hand gives a line to whoever handles them. While that waits, the silence is
// ours and not the stream's.
func (w *wire) hand(ctx context.Context, line wireLine, watchdog *time.Timer, silence time.Duration) bool {
	select {
	case w.lines <- line:
		return true
	default:
	}
	watchdog.Stop()
	defer watchdog.Reset(silence)
	select {
	case w.lines <- line:
		return true
	case <-ctx.Done():
		return false
	}
}

func ending(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, io.EOF):
		return errEnded
	default:
		return fmt.Errorf("x: the stream broke: %w", err)
	}
}

// quiet answers since when nothing has come, if that is a while and no line
// waits: until then, what was to come has come. A dead stream is quiet since its
// last byte, however late it is now.
func (w *wire) quiet(now time.Time, while time.Duration) (since time.Time, ok bool) {
	nanoseconds := w.idle.Load()
	since = time.Unix(0, nanoseconds)
	return since, nanoseconds != 0 && len(w.lines) == 0 && now.Sub(since) >= while
}

// watched feeds the watchdog with each byte that comes.
type watched struct {
	io.Reader
	wire     *wire
	watchdog *time.Timer
	silence  time.Duration
}

// Read implements io.Reader.
func (r *watched) Read(p []byte) (int, error) {
	r.wire.idle.Store(time.Now().UnixNano())
	n, err := r.Reader.Read(p)
	r.wire.idle.Store(0)
	if n > 0 {
		r.watchdog.Reset(r.silence)
	}
	return n, err
}

// readLine reads up to the end of a line. An empty line is a keep-alive: its
// text is empty, not nil.
func readLine(r *bufio.Reader) (wireLine, error) {
	var text []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(text) <= maxLine {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(text) == 0:
			return wireLine{}, err
		case err != nil:
			return wireLine{text, errLineCut}, err
		case len(text) > maxLine:
			return wireLine{text[:maxLine], errLineLong}, nil
		default:
			return wireLine{append([]byte{}, bytes.TrimRight(text, "\r\n")...), nil}, nil
		}
	}
}
