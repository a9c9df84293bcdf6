package native

import (
	"bufio"

	"github.com/ClickHouse/ch-go/proto"
)

// The server speaks the protocol up to query parameters. From 54460 on blocks and progress carry more,
// of no use here; below settings as text, no client of today exists.
const (
	Revision    = int(proto.FeatureParameters)
	MinRevision = int(proto.FeatureInterServerSecret)
)

// Hello is how a client introduces itself.
type Hello struct {
	Client   string
	Revision int // the lower of the client's and ours
	Database string
	User     string
	Password string
}

// ReadHello reads a client's first packet.
func ReadHello(src *bufio.Reader) (Hello, error) {
	r := reader{src: src}
	switch code := r.uvarint(); {
	case r.err != nil:
		return Hello{}, r.err
	case code == 'G', code == 'P': // GET, POST, PUT
		return Hello{}, Malformed("this port speaks ClickHouse's native protocol, and the client speaks HTTP: choose the native protocol there")
	case code != uint64(proto.ClientCodeHello):
		return Hello{}, Malformed("the first packet is %d, not a hello", code)
	}
	h := Hello{Client: r.string("client's name", maxName)}
	r.uvarint() // the client's version
	r.uvarint()
	revision := r.uvarint()
	h.Database = r.string("database's name", maxName)
	h.User = r.string("user's name", maxName)
	h.Password = r.string("password", maxName)
	h.Revision = int(min(revision, uint64(Revision)))
	if r.err == nil && h.Revision < MinRevision {
		return h, Malformed("the client speaks revision %d, the oldest understood is %d", revision, MinRevision)
	}
	return h, r.err
}

// ReadAddendum reads what newer clients send after the server's hello.
func ReadAddendum(src *bufio.Reader, revision int) error {
	r := reader{src: src}
	if proto.FeatureAddendum.In(revision) {
		r.string("quota key", maxName)
	}
	return r.err
}
