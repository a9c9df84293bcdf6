package native

import (
	"bytes"
	"errors"
	"io"
	"net"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/stretchr/testify/require"
)

// FuzzClient plays a client that sends anything at all. The server's side must neither panic nor take
// memory out of proportion to what was sent.
func FuzzClient(f *testing.F) {
	f.Add(clientBytes(f, false, ""))
	f.Add(clientBytes(f, true, "'a'"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		err := serveAll(data)
		if err == nil {
			t.Fatal("the stream ends, and so must its reader")
		}
		// An LZ4 frame unfolds at most 255 times, and is held once packed and once unfolded.
		if took := allocated() - before; took > 8<<20+600*uint64(len(data)) {
			t.Fatalf("%d bytes from the client took %d bytes of memory", len(data), took)
		}
	})
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// serveAll reads packets as a session does, until the first error.
func serveAll(data []byte) error {
	c := NewConn(&fakeConn{r: bytes.NewReader(data)})
	if _, err := c.ReadHello(time.Minute); err != nil {
		return err
	}
	if err := c.Welcome(proto.ServerHello{Name: "ClickHouse"}); err != nil {
		return err
	}
	compressed := false
	for {
		code, err := c.NextPacket()
		if err != nil {
			return err
		}
		switch code {
		case proto.ClientCodeQuery:
			q, err := c.ReadQuery()
			if err != nil {
				return err
			}
			compressed = q.Compressed
		case proto.ClientCodeData:
			if _, _, err := c.ReadData(io.Discard, compressed); err != nil {
				return err
			}
		case proto.ClientCodePing, proto.ClientCodeCancel:
		default:
			return errors.New("unknown packet")
		}
	}
}

// clientBytes is what ch-go's parts make of a client that inserts two blocks.
func clientBytes(t testing.TB, compressed bool, param string) []byte {
	t.Helper()
	var b proto.Buffer
	proto.ClientHello{Name: "test", Major: 1, Minor: 2, ProtocolVersion: Revision, Database: "default", User: "default"}.Encode(&b)
	b.PutString("") // addendum
	q := proto.Query{
		ID: "id", Body: "INSERT INTO t VALUES", Stage: proto.StageComplete,
		Info:     proto.ClientInfo{ProtocolVersion: Revision, Query: proto.ClientQueryInitial, Interface: proto.InterfaceTCP, InitialUser: "default"},
		Settings: []proto.Setting{{Key: "max_threads", Value: "1", Important: true}},
	}
	if param != "" {
		q.Parameters = []proto.Parameter{{Key: "p", Value: param}}
	}
	if compressed {
		q.Compression = proto.CompressionEnabled
	}
	q.EncodeAware(&b, Revision)
	var empty proto.Buffer
	require.NoError(t, proto.Block{}.EncodeBlock(&empty, Revision, nil))
	for _, block := range [][]byte{empty.Buf, testBlock(t, Revision), testBlock(t, Revision), empty.Buf} {
		proto.ClientCodeData.Encode(&b)
		b.PutString("")
		if compressed {
			w := compress.NewWriter(compress.LevelZero, compress.LZ4)
			require.NoError(t, w.Compress(block))
			block = w.Data
		}
		b.PutRaw(block)
	}
	proto.ClientCodePing.Encode(&b)
	return b.Buf
}

// TestServeAll checks that what the fuzzer starts from is the protocol.
func TestServeAll(t *testing.T) {
	t.Parallel()
	for _, compressed := range []bool{false, true} {
		data := clientBytes(t, compressed, "'x'")
		require.ErrorIs(t, serveAll(data), io.EOF)
		for n := range len(data) {
			require.Error(t, serveAll(data[:n]))
		}
	}
}

// fakeConn is a client that has sent its bytes and reads nothing.
type fakeConn struct {
	net.Conn
	r io.Reader
}

func (c *fakeConn) Read(p []byte) (int, error)       { return c.r.Read(p) }
func (c *fakeConn) Write(p []byte) (int, error)      { return len(p), nil }
func (c *fakeConn) SetReadDeadline(time.Time) error  { return nil }
func (c *fakeConn) SetWriteDeadline(time.Time) error { return nil }

// FuzzUnfold gets past the checksum, which would keep most of what a fuzzer invents from the decompressors.
func FuzzUnfold(f *testing.F) {
	for _, method := range []compress.Method{compress.LZ4, compress.ZSTD, compress.None} {
		w := compress.NewWriter(compress.LevelZero, method)
		require.NoError(f, w.Compress(bytes.Repeat([]byte("rows "), 100)))
		f.Add(w.Data[frameMethod], w.Data[frameHeader:], uint32(500))
	}
	f.Fuzz(func(t *testing.T, method byte, body []byte, size uint32) {
		if size > 1<<20 {
			return
		}
		var frames frameReader
		if err := frames.unfold(method, body, int(size)); err == nil && len(frames.rest) != int(size) {
			t.Fatalf("%d bytes, not the %d announced", len(frames.rest), size)
		}
	})
}
