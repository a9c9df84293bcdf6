package native

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// What a client may send at most. A real server has the same kind of limits.
const (
	maxQuery    = 64 << 20
	maxName     = 1 << 20
	maxValue    = 16 << 20 // one setting or parameter
	maxSettings = 10_000
	maxColumns  = 10_000
)

// ErrMalformed is matched by every error about bytes that are not the protocol's.
var ErrMalformed = errors.New("malformed packet")

// Malformed makes an error that matches ErrMalformed.
func Malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// reader reads the protocol's primitives. Its first error sticks, so that a packet is read in one go and
// checked once.
type reader struct {
	src *bufio.Reader
	err error
}

func (r *reader) fail(err error) {
	if r.err != nil {
		return
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	r.err = err
}

func (r *reader) byte() byte {
	if r.err != nil {
		return 0
	}
	b, err := r.src.ReadByte()
	if err != nil {
		r.fail(err)
	}
	return b
}

func (r *reader) bool() bool {
	b := r.byte()
	if b > 1 && r.err == nil {
		r.fail(Malformed("%d is no boolean", b))
	}
	return b == 1
}

func (r *reader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	n, err := readUvarint(r.src)
	if err != nil {
		r.fail(err)
	}
	return n
}

// count reads a number that must not exceed most.
func (r *reader) count(what string, most int) int {
	n := r.uvarint()
	if r.err == nil && n > uint64(most) {
		r.fail(Malformed("%s is %d, the most is %d", what, n, most))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) fixed(n int) []byte {
	b := make([]byte, n)
	if r.err != nil {
		return b
	}
	if _, err := io.ReadFull(r.src, b); err != nil {
		r.fail(err)
	}
	return b
}

func (r *reader) uint64() uint64 { return binary.LittleEndian.Uint64(r.fixed(8)) }

// string reads a text of at most the given length. Memory grows with the bytes that arrive, not with the
// length they announce.
func (r *reader) string(what string, most int) string {
	n := r.count("length of the "+what, most)
	if r.err != nil || n == 0 {
		return ""
	}
	if n <= r.src.Size() {
		return string(r.fixed(n))
	}
	b, err := io.ReadAll(io.LimitReader(r.src, int64(n)))
	if err == nil && len(b) < n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r.fail(err)
	}
	return string(b)
}

func readUvarint(src io.ByteReader) (uint64, error) {
	n, err := binary.ReadUvarint(src)
	if err != nil && !isIO(err) {
		return 0, Malformed("a number of more than 64 bits")
	}
	return n, err
}

// isIO tells a failing source from binary's overflow error, which is not exported.
func isIO(err error) bool { return err.Error() != "binary: varint overflows a 64-bit integer" }

func mul(rows, size uint64) (uint64, error) {
	if size != 0 && rows > math.MaxInt64/size {
		return 0, Malformed("%d rows of %d bytes", rows, size)
	}
	return rows * size, nil
}
