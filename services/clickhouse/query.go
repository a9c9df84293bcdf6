package clickhouse

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/native"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/sqltext"
)

// execute runs a query and sends its answer, all but an error.
func (s *session) execute(ctx context.Context, q native.Query) error {
	release, err := s.engine.claimQueryID(q.ID)
	if err != nil {
		return err
	}
	defer release()
	st := sqltext.Parse(q.Text)
	if err := check(st); err != nil {
		return err
	}
	if err := s.applySettings(q.Settings); err != nil {
		return err
	}
	params := make([]libchdb.Param, len(q.Params))
	for i, p := range q.Params {
		params[i] = libchdb.Param(p)
	}
	r := run{session: s, statement: st, params: params, compressed: q.Compressed, started: time.Now()}
	if st.Kind == sqltext.Insert {
		err = r.insert(ctx)
	} else {
		err = r.watched(ctx, r.answer)
	}
	if err != nil {
		return err
	}
	if st.Kind == sqltext.Set {
		s.settings.remember(st.Assignments)
	}
	return r.finish()
}

// check refuses what a server refuses and the library would do.
func check(st sqltext.Statement) error {
	switch {
	case st.Empty:
		return libchdb.Exceptionf(libchdb.CodeSyntaxError, "SYNTAX_ERROR", "Empty query")
	case st.Several:
		return libchdb.Exceptionf(libchdb.CodeSyntaxError, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed): send one statement at a time.")
	case st.IntoOutfile:
		return libchdb.Exceptionf(libchdb.CodeIntoOutfile, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed")
	}
	return nil
}

// applySettings gives the session the settings of a query; a session that cannot be freed of earlier ones
// is replaced.
func (s *session) applySettings(settings []native.Setting) error {
	err := s.settings.apply(s.db, settings)
	if _, stuck := errors.AsType[*stuckError](err); !stuck {
		return err
	}
	if err := s.replaceDB(); err != nil {
		return err
	}
	return s.settings.apply(s.db, settings)
}

// run is one statement under way.
type run struct {
	*session
	statement  sqltext.Statement
	params     []libchdb.Param
	compressed bool
	started    time.Time

	headerSent bool
	blocks     uint64
	rows       uint64 // of the result
	stats      libchdb.Stats
}

// watched runs do, and stops the engine's query when the client cancels or leaves.
func (r *run) watched(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer r.conn.Watch(cancel)()
	defer r.engine.killOnCancel(ctx, r.mark)()
	return do(ctx)
}

// answer runs the statement and sends its result. SELECT is streamed; what the engine does not stream
// (SHOW, EXPLAIN, DDL) has a result that is small or none.
func (r *run) answer(ctx context.Context) error {
	stream, err := r.db.Stream(r.statement.Text, "Native", r.params...)
	switch {
	case errors.Is(err, libchdb.ErrNotStreamable):
		return r.answerWhole()
	case err != nil:
		return err
	}
	err = r.sendStream(ctx, stream)
	stream.Close()
	if err != nil || r.headerSent {
		return err
	}
	// The engine gives no header for a result without rows.
	described, err := r.describe("TABLE (" + r.statement.Text + "\n)")
	if err != nil {
		return err
	}
	return r.sendHeader(plain(described))
}

func (r *run) sendStream(ctx context.Context, stream *libchdb.Stream) error {
	for {
		chunk, err := stream.Next()
		r.stats = stream.Stats()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return libchdb.Exceptionf(libchdb.CodeQueryCancelled, "QUERY_WAS_CANCELLED", "Query was cancelled.")
		}
		if err := r.send(chunk); err != nil {
			return err
		}
	}
}

func (r *run) answerWhole() error {
	out, stats, err := r.db.Query(r.statement.Text, "Native", r.params...)
	r.stats = stats
	switch {
	case err != nil:
		return err
	case len(out) > 0:
		return r.send(out)
	case r.statement.Kind == sqltext.Show:
		return r.sendHeaderOfShow()
	}
	return nil
}

// send sends blocks, before the first one its header.
func (r *run) send(chunk []byte) error {
	if !r.headerSent {
		columns, err := native.ReadHeader(chunk)
		if unsupported, ok := errors.AsType[*native.UnsupportedTypeError](err); ok {
			return notImplemented(unsupported)
		}
		if err != nil {
			return err
		}
		if err := r.sendHeader(columns); err != nil {
			return err
		}
	}
	rows, err := r.conn.SendData(chunk, r.compressed)
	r.blocks++
	r.rows += rows
	return err
}

func (r *run) sendHeader(columns []native.Column) error {
	r.headerSent = true
	return r.conn.SendHeader(columns, r.compressed)
}

// sendHeaderOfShow runs a statement that has shown nothing once more, in a format with a header.
func (r *run) sendHeaderOfShow() error {
	out, _, err := r.db.Query(r.statement.Text, "RowBinaryWithNamesAndTypes", r.params...)
	if err != nil {
		return err
	}
	columns, err := readNamesAndTypes(out)
	if err != nil {
		return err
	}
	return r.sendHeader(columns)
}

// finish ends the answer.
func (r *run) finish() error {
	err := r.conn.SendProgress(proto.Progress{
		Rows: r.stats.RowsRead, Bytes: r.stats.BytesRead,
		WroteRows: r.stats.RowsWritten, WroteBytes: r.stats.BytesWritten,
		ElapsedNs: uint64(time.Since(r.started).Nanoseconds()),
	})
	if err == nil {
		err = r.conn.SendProfile(proto.Profile{Rows: r.rows, Blocks: r.blocks, Bytes: r.stats.BytesRead})
	}
	if err == nil {
		err = r.conn.SendEndOfStream()
	}
	return err
}
