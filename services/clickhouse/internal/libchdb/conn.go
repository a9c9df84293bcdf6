package libchdb

import (
	"errors"
	"runtime"
	"unsafe"
)

// ErrConnect is returned when the engine would not start or would not open a connection. The C interface
// gives no reason; the engine writes it to its log.
var ErrConnect = errors.New("libchdb: the engine refused the connection")

// Param is the value of one {name:Type} placeholder, as text in ClickHouse's escaped form.
type Param struct{ Name, Value string }

// Stats is what a query read and wrote.
type Stats struct{ RowsRead, BytesRead, RowsWritten, BytesWritten uint64 }

// Conn is a connection to the engine with its own database, settings and temporary tables. Its methods
// must not be called concurrently, and not while a stream of it is open, except Stream's own.
type Conn struct {
	cell uintptr // what chdb_connect returned: a pointer to the connection
	conn uintptr
}

// Connect opens a connection with the engine's command line arguments, such as --path=/data. The first
// connection of the process starts the engine.
func Connect(args ...string) (*Conn, error) {
	argv := newStrings(append([]string{"libchdb"}, args...))
	defer argv.free()
	cell := c.connect(int32(len(args)+1), argv.pointers())
	if cell == 0 {
		return nil, ErrConnect
	}
	return &Conn{cell: cell, conn: *(*uintptr)(toPointer(cell))}, nil
}

// Close ends the connection; the last one stops the engine.
func (cn *Conn) Close() {
	if cn.cell != 0 {
		c.closeConn(cn.cell)
		cn.cell, cn.conn = 0, 0
	}
}

// Query runs any statement and returns its whole output in the given format.
func (cn *Conn) Query(sql, format string, params ...Param) ([]byte, Stats, error) {
	r := result(cn.call(c.query, sql, format, params))
	defer r.free()
	if err := r.err(); err != nil {
		return nil, Stats{}, err
	}
	return append([]byte(nil), r.bytes()...), r.stats(), nil
}

type queryFunc = func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr

func (cn *Conn) call(fn queryFunc, sql, format string, params []Param) uintptr {
	text := newStrings([]string{sql, format})
	defer text.free()
	names, values := make([]string, len(params)), make([]string, len(params))
	for i, p := range params {
		names[i], values[i] = p.Name, p.Value
	}
	n, v := newStrings(names), newStrings(values)
	defer n.free()
	defer v.free()
	return fn(cn.conn, text.at(0), uintptr(len(sql)), text.at(1), uintptr(len(format)),
		n.pointers(), n.lengths(), v.pointers(), v.lengths(), uintptr(len(params)))
}

// result is a chdb_result that C owns.
type result uintptr

func (r result) free() { c.destroyResult(uintptr(r)) }

// bytes is C's memory: valid until free.
func (r result) bytes() []byte {
	n := c.resultLength(uintptr(r))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(toPointer(c.resultBuffer(uintptr(r)))), n)
}

func (r result) err() error {
	text := c.resultError(uintptr(r))
	if text == 0 {
		return nil
	}
	return parseException(goString(text))
}

func (r result) stats() Stats {
	p := uintptr(r)
	return Stats{
		RowsRead: c.rowsRead(p), BytesRead: c.bytesRead(p),
		RowsWritten: c.rowsWritten(p), BytesWritten: c.bytesWritten(p),
	}
}

// cStrings is an array of NUL-terminated strings that C may read until free.
type cStrings struct {
	pin  runtime.Pinner
	ptrs []unsafe.Pointer
	lens []uintptr
}

func newStrings(values []string) *cStrings {
	s := &cStrings{ptrs: make([]unsafe.Pointer, len(values)+1), lens: make([]uintptr, len(values)+1)}
	for i, v := range values {
		b := make([]byte, len(v)+1)
		copy(b, v)
		s.pin.Pin(&b[0])
		s.ptrs[i], s.lens[i] = unsafe.Pointer(&b[0]), uintptr(len(v))
	}
	s.pin.Pin(&s.ptrs[0])
	s.pin.Pin(&s.lens[0])
	return s
}

func (s *cStrings) at(i int) unsafe.Pointer  { return s.ptrs[i] }
func (s *cStrings) pointers() unsafe.Pointer { return unsafe.Pointer(&s.ptrs[0]) }
func (s *cStrings) lengths() unsafe.Pointer  { return unsafe.Pointer(&s.lens[0]) }
func (s *cStrings) free()                    { s.pin.Unpin() }

// toPointer turns an address in C's memory into a pointer, in the one form that vet's unsafeptr check
// does not mistake for arithmetic on a Go pointer.
func toPointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

func goString(address uintptr) string {
	p := toPointer(address)
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
