package clickhouse

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// maxSpool bounds one insert. What a real server would cut in pieces as it comes must fit on the disk here.
const maxSpool = 16 << 30

// spool is a file with the rows of one insert, as FORMAT Native. A file and not memory: it is gone before
// the kernel would write it out, and if it is big, it is not the process that grows.
//
// Writing never fails, so that a full disk does not leave the client's blocks half read; flush tells.
type spool struct {
	file *os.File
	buf  *bufio.Writer
	size int64
	err  error
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "insert-*.native")
	if err != nil {
		return nil, err
	}
	return &spool{file: f, buf: bufio.NewWriterSize(f, 64<<10)}, nil
}

func (s *spool) path() string { return s.file.Name() }

func (s *spool) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	if s.err == nil && s.size > maxSpool {
		s.err = fmt.Errorf("an insert of more than %d bytes: send it in several", int64(maxSpool))
	}
	if s.err == nil {
		_, s.err = s.buf.Write(p)
	}
	return len(p), nil
}

// mark and rewind drop what was written in between.
func (s *spool) mark() int64 { return s.size }

func (s *spool) rewind(mark int64) {
	if err := s.flush(); err != nil {
		return
	}
	if s.err = s.file.Truncate(mark); s.err == nil {
		_, s.err = s.file.Seek(mark, io.SeekStart)
	}
	s.size = mark
}

func (s *spool) flush() error {
	if s.err == nil {
		s.err = s.buf.Flush()
	}
	return s.err
}

func (s *spool) remove() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}
