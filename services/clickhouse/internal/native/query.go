package native

import (
	"bufio"
	"strings"

	"github.com/ClickHouse/ch-go/proto"
)

// Query is a client's request to run a statement.
type Query struct {
	ID         string
	Text       string
	Compressed bool // blocks travel compressed, both ways
	Settings   []Setting
	Params     []Param
}

// Setting is one setting of a query. An unknown one is an error only if it is important.
type Setting struct {
	Name, Value string
	Important   bool
}

// Param is a query parameter, its value as the text the engine reads.
type Param struct{ Name, Value string }

const (
	flagImportant = 1
	flagCustom    = 2
)

// ReadQuery reads the packet after its code.
func ReadQuery(src *bufio.Reader, revision int) (Query, error) {
	r := reader{src: src}
	q := Query{ID: r.string("query id", maxName)}
	readClientInfo(&r, revision)
	for r.err == nil {
		name, flags, value := readPair(&r)
		if name == "" {
			break
		}
		if flags&flagCustom != 0 {
			value = undump(value)
		}
		q.Settings = append(q.Settings, Setting{name, value, flags&flagImportant != 0})
		checkCount(&r, len(q.Settings))
	}
	if proto.FeatureInterServerSecret.In(revision) {
		r.string("secret", maxName)
	}
	if stage := r.uvarint(); r.err == nil && stage != uint64(proto.StageComplete) {
		r.fail(Malformed("processing stage %d: only complete results are served", stage))
	}
	q.Compressed = r.bool()
	q.Text = r.string("query", maxQuery)
	for proto.FeatureParameters.In(revision) && r.err == nil {
		name, _, value := readPair(&r)
		if name == "" {
			break
		}
		q.Params = append(q.Params, Param{name, undump(value)})
		checkCount(&r, len(q.Params))
	}
	return q, r.err
}

// readPair reads a name with its value; an empty name ends the list.
func readPair(r *reader) (name string, flags uint64, value string) {
	if name = r.string("setting's name", maxName); name == "" {
		return "", 0, ""
	}
	return name, r.uvarint(), r.string("setting's value", maxValue)
}

func checkCount(r *reader, n int) {
	if n > maxSettings {
		r.fail(Malformed("more than %d settings", maxSettings))
	}
}

// readClientInfo reads who asks, on whose behalf and in which trace; none of it changes an answer here.
func readClientInfo(r *reader, revision int) {
	if kind := r.byte(); kind == 0 { // no query: nothing follows
		return
	}
	r.string("initial user", maxName)
	r.string("initial query id", maxName)
	r.string("initial address", maxName)
	if proto.FeatureQueryStartTime.In(revision) {
		r.uint64()
	}
	if iface := r.byte(); r.err == nil && iface != 1 {
		r.fail(Malformed("client interface %d, not TCP", iface))
	}
	r.string("operating system's user", maxName)
	r.string("client's host", maxName)
	r.string("client's name", maxName)
	r.uvarint() // version and revision of the client
	r.uvarint()
	r.uvarint()
	if proto.FeatureQuotaKeyInClientInfo.In(revision) {
		r.string("quota key", maxName)
	}
	if proto.FeatureDistributedDepth.In(revision) {
		r.uvarint()
	}
	if proto.FeatureVersionPatch.In(revision) {
		r.uvarint()
	}
	if proto.FeatureOpenTelemetry.In(revision) && r.bool() {
		r.fixed(16 + 8)
		r.string("trace state", maxName)
		r.byte()
	}
	if proto.FeatureParallelReplicas.In(revision) {
		r.uvarint()
		r.uvarint()
		r.uvarint()
	}
}

// undump reads the 'quoted' form in which parameters and custom settings travel.
func undump(s string) string {
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return s
	}
	body := s[1 : len(s)-1]
	if !strings.ContainsAny(body, `\'`) {
		return body
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '\\' && i+1 < len(body):
			i++
			b.WriteByte(unescape(body[i]))
		case body[i] == '\'' && i+1 < len(body) && body[i+1] == '\'':
			i++
			b.WriteByte('\'')
		default:
			b.WriteByte(body[i])
		}
	}
	return b.String()
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '0':
		return 0
	}
	return c
}
