package libchdb

import (
	"errors"
	"io"
	"strings"
)

// ErrNotStreamable says that the statement is none the engine streams (only SELECT is): run it with
// [Conn.Query]. The statement has not been run.
var ErrNotStreamable = errors.New("libchdb: the engine does not stream this statement")

// Stream is a SELECT whose result arrives block by block, so that a result larger than the memory can be
// read. It must be closed.
type Stream struct {
	conn  *Conn
	ref   result
	chunk result
	done  bool
	stats Stats
}

// Stream starts a SELECT. The engine works while the caller reads.
func (cn *Conn) Stream(sql, format string, params ...Param) (*Stream, error) {
	r := result(cn.call(c.streamQuery, sql, format, params))
	if err := r.err(); err != nil {
		r.free()
		if e, ok := errors.AsType[*Exception](err); ok && e.Code == CodeBadArguments && strings.HasPrefix(e.Message, "Streaming query is not supported") {
			return nil, ErrNotStreamable
		}
		return nil, err
	}
	return &Stream{conn: cn, ref: r}, nil
}

// Next returns the next piece of output: with the format Native, one block. The bytes are valid until the
// next call. After the last piece it returns io.EOF.
func (s *Stream) Next() ([]byte, error) {
	s.release()
	if s.done {
		return nil, io.EOF
	}
	s.chunk = result(c.streamFetch(s.conn.conn, uintptr(s.ref)))
	if err := s.chunk.err(); err != nil {
		s.done = true
		return nil, err
	}
	st := s.chunk.stats()
	s.stats.RowsRead += st.RowsRead
	s.stats.BytesRead += st.BytesRead
	if b := s.chunk.bytes(); len(b) > 0 {
		return b, nil
	}
	s.done = true
	return nil, io.EOF
}

// Stats is what the query has read so far.
func (s *Stream) Stats() Stats { return s.stats }

// Close frees the stream, and stops the query if it is not at its end. Stopping waits for a block the
// engine is at work on: to stop at once, kill the query from another connection first.
func (s *Stream) Close() {
	if s.ref == 0 {
		return
	}
	s.release()
	if !s.done {
		c.streamCancel(s.conn.conn, uintptr(s.ref))
	}
	s.ref.free()
	s.ref, s.done = 0, true
}

func (s *Stream) release() {
	if s.chunk != 0 {
		s.chunk.free()
		s.chunk = 0
	}
}
