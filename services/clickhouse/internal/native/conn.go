package native

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/ClickHouse/ch-go/proto"
)

const (
	bufferSize = 64 << 10
	// A client that reads nothing for so long is gone, and so is one that stops inside a packet.
	stallTimeout = 5 * time.Minute
)

// Conn is the server's end of a client's connection.
type Conn struct {
	net      net.Conn
	revision int
	in       *bufio.Reader
	out      *bufio.Writer
	buf      proto.Buffer
	unpack   *bufio.Reader // decompresses in, while an insert lasts
	frames   *frameReader
	pack     *frameWriter // compresses into out
}

// NewConn wraps a connection just accepted.
func NewConn(c net.Conn) *Conn {
	return &Conn{
		net: c,
		in:  bufio.NewReaderSize(c, bufferSize),
		out: bufio.NewWriterSize(stallWriter{c}, bufferSize),
	}
}

// stallWriter gives every write its own deadline.
type stallWriter struct{ net net.Conn }

func (w stallWriter) Write(p []byte) (int, error) {
	if err := w.net.SetWriteDeadline(time.Now().Add(stallTimeout)); err != nil {
		return 0, err
	}
	return w.net.Write(p)
}

// ReadHello reads the client's hello within the given time.
func (c *Conn) ReadHello(within time.Duration) (Hello, error) {
	if err := c.net.SetReadDeadline(time.Now().Add(within)); err != nil {
		return Hello{}, err
	}
	h, err := ReadHello(c.in)
	c.revision = h.Revision
	return h, err
}

// Welcome answers the hello and reads what the client adds to it.
func (c *Conn) Welcome(s proto.ServerHello) error {
	s.Revision = Revision
	s.EncodeAware(&c.buf, c.revision)
	if err := c.flush(); err != nil {
		return err
	}
	if err := ReadAddendum(c.in, c.revision); err != nil {
		return err
	}
	return c.net.SetReadDeadline(time.Time{})
}

// NextPacket waits for the client's next packet and returns its code.
func (c *Conn) NextPacket() (proto.ClientCode, error) {
	if err := c.net.SetReadDeadline(time.Time{}); err != nil {
		return 0, err
	}
	if _, err := c.in.Peek(1); err != nil {
		return 0, err
	}
	if err := c.net.SetReadDeadline(time.Now().Add(stallTimeout)); err != nil {
		return 0, err
	}
	r := reader{src: c.in}
	code := r.uvarint()
	if code > 0xff {
		return 0, Malformed("packet code %d", code)
	}
	return proto.ClientCode(code), r.err
}

// ReadQuery reads the packet ClientCodeQuery after its code.
func (c *Conn) ReadQuery() (Query, error) { return ReadQuery(c.in, c.revision) }

// ReadData reads the packet ClientCodeData after its code and writes its block to dst as FORMAT Native.
// name is that of an external table, or empty.
func (c *Conn) ReadData(dst io.Writer, compressed bool) (name string, h Header, err error) {
	r := reader{src: c.in}
	if name = r.string("table's name", maxName); r.err != nil {
		return "", h, r.err
	}
	src := c.in
	if compressed {
		if c.frames == nil {
			c.frames = &frameReader{src: c.in}
			c.unpack = bufio.NewReaderSize(c.frames, bufferSize)
		}
		src = c.unpack
	}
	if h, err = copyBlock(dst, FormatNative, src, c.revision); err != nil {
		return name, h, unexpected(err)
	}
	if compressed && (c.unpack.Buffered() > 0 || len(c.frames.rest) > 0) {
		return name, h, Malformed("bytes after a compressed block")
	}
	return name, h, nil
}

// Shrink gives back the memory that big blocks have taken.
func (c *Conn) Shrink() {
	c.frames, c.unpack = nil, nil
	c.buf.Buf = nil
}

// Watch calls cancel if the client asks to cancel, or goes away, before stop is called. In between the
// connection must not be read.
func (c *Conn) Watch(cancel func()) (stop func()) {
	_ = c.net.SetReadDeadline(time.Time{}) // a dead connection fails the Peek below
	done := make(chan struct{})
	go func() {
		defer close(done)
		if c.cancelled() {
			cancel()
		}
	}()
	return func() {
		_ = c.net.SetReadDeadline(time.Unix(1, 0))
		<-done
	}
}

// cancelled waits for the client's next byte. Anything but a cancel stays unread.
func (c *Conn) cancelled() bool {
	b, err := c.in.Peek(1)
	if err != nil {
		return !errors.Is(err, os.ErrDeadlineExceeded)
	}
	if proto.ClientCode(b[0]) != proto.ClientCodeCancel {
		return false
	}
	_, _ = c.in.Discard(1)
	return true
}

// SendHeader sends a block without rows: the names and types of a result, or the columns an insert takes.
func (c *Conn) SendHeader(columns []Column, compressed bool) error {
	var b proto.Buffer
	putBlockStart(&b, c.revision, len(columns), 0)
	for _, column := range columns {
		putColumn(&b, c.revision, column)
	}
	err := c.sendBlock(compressed, func(dst io.Writer) error {
		_, err := dst.Write(b.Buf)
		return err
	})
	if err != nil {
		return err
	}
	return c.out.Flush()
}

// SendData sends a piece of a result, in the form FormatNativeTyped, each of its blocks as a packet, and
// returns the number of rows.
func (c *Conn) SendData(result []byte, compressed bool) (rows uint64, err error) {
	src := bufio.NewReaderSize(bytes.NewReader(result), min(bufferSize, len(result)))
	for {
		if _, err := src.Peek(1); err != nil {
			return rows, c.out.Flush()
		}
		err := c.sendBlock(compressed, func(dst io.Writer) error {
			h, err := copyBlock(dst, c.revision, src, FormatNativeTyped)
			rows += h.Rows
			return err
		})
		if err != nil {
			return rows, err
		}
	}
}

// sendBlock sends what write writes as a data packet.
func (c *Conn) sendBlock(compressed bool, write func(dst io.Writer) error) error {
	proto.ServerCodeData.Encode(&c.buf)
	c.buf.PutString("")
	if err := c.put(); err != nil {
		return err
	}
	if !compressed {
		return write(c.out)
	}
	if c.pack == nil {
		c.pack = newFrameWriter(c.out)
	}
	if err := write(c.pack); err != nil {
		return err
	}
	return c.pack.Flush()
}

// SendException sends an error; the answer to a query ends with it.
func (c *Conn) SendException(code int32, message string) error {
	proto.ServerCodeException.Encode(&c.buf)
	e := proto.Exception{Code: proto.Error(code), Name: "DB::Exception", Message: "DB::Exception: " + message}
	e.EncodeAware(&c.buf, c.revision)
	return c.flush()
}

// SendProgress sends what a query has read and written.
func (c *Conn) SendProgress(p proto.Progress) error {
	proto.ServerCodeProgress.Encode(&c.buf)
	p.EncodeAware(&c.buf, c.revision)
	return c.put()
}

// SendProfile sends the size of a result.
func (c *Conn) SendProfile(p proto.Profile) error {
	p.EncodeAware(&c.buf, c.revision)
	return c.put()
}

// SendEndOfStream ends the answer to a query.
func (c *Conn) SendEndOfStream() error {
	proto.ServerCodeEndOfStream.Encode(&c.buf)
	return c.flush()
}

// SendPong answers a ping.
func (c *Conn) SendPong() error {
	proto.ServerCodePong.Encode(&c.buf)
	return c.flush()
}

func (c *Conn) put() error {
	_, err := c.out.Write(c.buf.Buf)
	c.buf.Reset()
	return err
}

func (c *Conn) flush() error {
	if err := c.put(); err != nil {
		return err
	}
	return c.out.Flush()
}
