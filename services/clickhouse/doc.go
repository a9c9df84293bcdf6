// Package clickhouse is the embedded ClickHouse: the real engine, as the library libchdb.so, served on a
// loopback port in ClickHouse's native protocol. clickhouse-go, clickhouse-client and Grafana's data source
// cannot tell it from a server, so nothing else in Vigie knows that it exists; where it is outgrown,
// clickhouse.addr names a real server.
//
// It owns the data folder, the engine's lifetime and limits, and one session a client. It does not know
// Vigie's tables, and it authenticates nobody: that is why it serves the loopback interface only.
//
// Where to look:
//
//	server.go            Options, New, Run: start, accept, drain, stop
//	library.go           where libchdb.so is
//	datadir.go           the data folder and its lock
//	engine.go            the engine: its configuration, its connections, stopping a query
//	memory.go            giving memory back
//	session.go           one client: handshake, then one packet after the other
//	query.go             a statement and its result, streamed
//	insert.go, spool.go  an INSERT whose rows come from the client
//	describe.go          the columns of tables and of empty results
//	settings.go          settings that come with a query
//	internal/libchdb     the library's C interface
//	internal/native      the protocol
//	internal/sqltext     what must be known of a statement's text
//	clickhousetest       a real ClickHouse for the tests of other packages
//
// # What an answer means
//
// An INSERT that ended without an error is in a part of the table on disk, and survives the death of the
// process. An INSERT under way when the process dies may be in or not: a client that retries must send
// insert_deduplication_token, or read deduplicated.
//
// # What a server does and this does not
//
// No external tables, no WITH TOTALS or extremes in the result, no log or profile event packets, no
// async_insert of client blocks. A query id is checked to be unique among running queries, but the engine
// gives its own ids in system.processes. Columns of AggregateFunction, Variant and Dynamic cannot be sent;
// JSON can where output_format_native_write_json_as_string is 1.
package clickhouse
