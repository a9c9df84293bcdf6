package libchdb

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The C functions this package calls, bound by Load. Pointers that C owns travel as uintptr, so that Go's
// garbage collector never looks at them; pointers into Go memory travel as unsafe.Pointer.
var c struct {
	connect        func(argc int32, argv unsafe.Pointer) uintptr
	closeConn      func(cell uintptr)
	query          func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr
	streamQuery    func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr
	streamFetch    func(conn, stream uintptr) uintptr
	streamCancel   func(conn, stream uintptr)
	destroyResult  func(result uintptr)
	resultBuffer   func(result uintptr) uintptr
	resultLength   func(result uintptr) uintptr
	resultError    func(result uintptr) uintptr
	rowsRead       func(result uintptr) uint64
	bytesRead      func(result uintptr) uint64
	rowsWritten    func(result uintptr) uint64
	bytesWritten   func(result uintptr) uint64
	signalHandlers func(enabled int32)
}

var loading struct {
	sync.Mutex
	path string
}

// Load binds the library at path. A process can hold one library: loading the same path again does
// nothing, loading another is an error.
func Load(path string) error {
	loading.Lock()
	defer loading.Unlock()
	switch loading.path {
	case path:
		return nil
	case "":
	default:
		return fmt.Errorf("libchdb: %s is already loaded in this process, %s cannot be loaded beside it", loading.path, path)
	}
	if err := bind(path); err != nil {
		return fmt.Errorf("libchdb: load %s: %w", path, err)
	}
	loading.path = path
	return nil
}

func bind(path string) error {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return err
	}
	symbols := []struct {
		name string
		fn   any
	}{
		{"chdb_connect", &c.connect},
		{"chdb_close_conn", &c.closeConn},
		{"chdb_query_with_params_n", &c.query},
		{"chdb_stream_query_with_params_n", &c.streamQuery},
		{"chdb_stream_fetch_result", &c.streamFetch},
		{"chdb_stream_cancel_query", &c.streamCancel},
		{"chdb_destroy_query_result", &c.destroyResult},
		{"chdb_result_buffer", &c.resultBuffer},
		{"chdb_result_length", &c.resultLength},
		{"chdb_result_error", &c.resultError},
		{"chdb_result_storage_rows_read", &c.rowsRead},
		{"chdb_result_storage_bytes_read", &c.bytesRead},
		{"chdb_result_rows_written", &c.rowsWritten},
		{"chdb_result_bytes_written", &c.bytesWritten},
		{"chdb_set_signal_handlers_enabled", &c.signalHandlers},
	}
	for _, s := range symbols {
		address, err := purego.Dlsym(handle, s.name)
		if err != nil {
			return fmt.Errorf("the library is of another version, it has no %s: %w", s.name, err)
		}
		purego.RegisterFunc(s.fn, address)
	}
	// Go's runtime needs SIGSEGV, SIGPROF and SIGURG for itself.
	c.signalHandlers(0)
	return nil
}
