// Package libchdb binds the C interface of libchdb.so, ClickHouse's engine as a library, without cgo.
//
// It owns the loaded library, the memory of its results and the reading of its errors. It knows nothing
// of networks, sessions or the native protocol, and it does not understand the bytes it hands out: the
// caller names the output format with each query.
//
// The engine is one per process and lives on one data folder: the first [Connect] starts it, the last
// [Conn.Close] stops it. A connection runs one query at a time; several connections run side by side.
package libchdb
