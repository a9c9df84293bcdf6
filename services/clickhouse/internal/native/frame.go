package native

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/go-faster/city"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/ClickHouse/ch-go/compress"
)

// A compressed stream is a sequence of frames: checksum (16 bytes), method (1), size of the rest of the
// frame with these 9 header bytes (4), size of the data (4), compressed data.
const (
	frameHeader   = 16 + 9
	maxFrame      = 128 << 20
	frameMethod   = 16
	frameSize     = 17
	frameDataSize = 21

	methodNone = 0x02
	methodLZ4  = 0x82
	methodZSTD = 0x90
)

// frameReader decompresses. Unlike ch-go's it takes memory only for bytes that have arrived, checks them
// before it believes what they say, and bounds what ZSTD may unfold.
type frameReader struct {
	src  io.Reader
	raw  []byte
	data []byte // decompressed
	rest []byte // of data, unread
	zstd *zstd.Decoder
}

func (f *frameReader) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *frameReader) next() error {
	var header [frameHeader]byte
	if _, err := io.ReadFull(f.src, header[:]); err != nil {
		return err
	}
	size := int64(binary.LittleEndian.Uint32(header[frameSize:])) - 9
	dataSize := int64(binary.LittleEndian.Uint32(header[frameDataSize:]))
	if size < 0 || size > maxFrame || dataSize > maxFrame {
		return Malformed("a compressed frame of %d bytes, %d unfolded: the most is %d", size, dataSize, maxFrame)
	}
	if err := f.readRaw(header[:], size); err != nil {
		return err
	}
	sum := city.CH128(f.raw[frameMethod:])
	if sum.Low != binary.LittleEndian.Uint64(f.raw) || sum.High != binary.LittleEndian.Uint64(f.raw[8:]) {
		return Malformed("the checksum of a compressed frame does not match")
	}
	return f.unfold(header[frameMethod], f.raw[frameHeader:], int(dataSize))
}

// readRaw reads the frame's body in steps, each at most as big as what has already arrived.
func (f *frameReader) readRaw(header []byte, size int64) error {
	const step = 1 << 20
	f.raw = append(f.raw[:0], header...)
	for want := int64(frameHeader) + size; int64(len(f.raw)) < want; {
		have := len(f.raw)
		n := int(min(want-int64(have), int64(max(have, step))))
		f.raw = append(f.raw, make([]byte, n)...)
		if _, err := io.ReadFull(f.src, f.raw[have:]); err != nil {
			return unexpected(err)
		}
	}
	return nil
}

func (f *frameReader) unfold(method byte, body []byte, size int) error {
	switch method {
	case methodNone:
		if len(body) != size {
			return Malformed("an uncompressed frame of %d bytes says it holds %d", len(body), size)
		}
		f.data = append(f.data[:0], body...)
	case methodLZ4:
		if size > 255*len(body)+64 {
			return Malformed("an LZ4 frame of %d bytes cannot hold %d", len(body), size)
		}
		f.data = grow(f.data, size)
		if n, err := lz4.UncompressBlock(body, f.data); err != nil || n != size {
			return Malformed("a broken LZ4 frame")
		}
	case methodZSTD:
		if err := f.unfoldZSTD(body, size); err != nil {
			return err
		}
	default:
		return Malformed("compression method 0x%02x is not understood: use LZ4, ZSTD or none", method)
	}
	f.rest = f.data
	return nil
}

func (f *frameReader) unfoldZSTD(body []byte, size int) (err error) {
	if f.zstd == nil {
		f.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFrame))
		if err != nil {
			return err
		}
	}
	if f.data, err = f.zstd.DecodeAll(body, f.data[:0]); err != nil || len(f.data) != size {
		return Malformed("a broken ZSTD frame")
	}
	return nil
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frameSizeOut is how much data goes into one frame: as much as a server puts in one.
const frameSizeOut = 1 << 20

// frameWriter compresses with LZ4, as a server does unless told otherwise.
type frameWriter struct {
	dst *bufio.Writer
	buf []byte
	lz4 *compress.Writer
}

func newFrameWriter(dst *bufio.Writer) *frameWriter {
	return &frameWriter{dst: dst, lz4: compress.NewWriter(compress.LevelZero, compress.LZ4)}
}

func (f *frameWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), frameSizeOut-len(f.buf))
		f.buf = append(f.buf, p[:n]...)
		p, written = p[n:], written+n
		if len(f.buf) == frameSizeOut {
			if err := f.Flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// Flush sends what is buffered as a frame.
func (f *frameWriter) Flush() error {
	if len(f.buf) == 0 {
		return nil
	}
	if err := f.lz4.Compress(f.buf); err != nil {
		return err
	}
	f.buf = f.buf[:0]
	_, err := f.dst.Write(f.lz4.Data)
	return err
}
