package clickhouse

import (
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/ch-go/proto"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/native"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/sqltext"
)

// insert answers an INSERT whose rows come from the client: it tells the client the columns, gathers its
// blocks in a file, and has the engine insert that file. The engine's own inline data would not do: it
// ends at an empty line, and two line feeds are a number like any other.
func (r *run) insert(ctx context.Context) error {
	columns, err := r.insertColumns(r.statement.Insert)
	if err != nil {
		return err
	}
	spool, err := newSpool(r.dir.spool())
	if err != nil {
		return notEnoughSpace(err)
	}
	defer spool.remove()
	defer r.conn.Shrink()
	if err := r.sendHeader(columns); err != nil {
		return err
	}
	sent, err := r.receive(spool)
	if err != nil || sent == nil {
		return err
	}
	if err := spool.flush(); err != nil {
		return notEnoughSpace(err)
	}
	names := make([]string, len(sent))
	structure := make([]string, len(sent))
	for i, c := range sent {
		names[i] = c.Name
		structure[i] = sqltext.QuoteName(c.Name) + " " + c.Type
	}
	source := "SELECT * FROM file(" + sqltext.Quote(spool.path()) + ", 'Native', " + sqltext.Quote(strings.Join(structure, ", ")) + ")" + unlimited
	return r.watched(ctx, func(context.Context) error {
		_, r.stats, err = r.db.Query(r.statement.Insert.Statement(names, source), "Null", r.params...)
		return err
	})
}

// unlimited keeps settings for queries that read from cutting what an insert writes.
const unlimited = " SETTINGS limit = 0, offset = 0, max_rows_to_read = 0, max_bytes_to_read = 0"

// insertColumns returns the columns that the client is to send, in the order of its list or the table's.
func (r *run) insertColumns(in sqltext.InsertInto) ([]native.Column, error) {
	if in.List != "" && in.Columns == nil {
		described, err := r.describe("TABLE (SELECT " + in.List + " FROM " + in.Target + ")")
		return plain(described), err
	}
	described, err := r.describe("TABLE " + in.Target)
	if err != nil {
		return nil, err
	}
	if in.Columns == nil {
		return plain(slices.DeleteFunc(described, func(c describedColumn) bool {
			return c.kind == "MATERIALIZED" || c.kind == "ALIAS" || c.kind == "EPHEMERAL"
		})), nil
	}
	columns := make([]native.Column, len(in.Columns))
	for i, name := range in.Columns {
		at := slices.IndexFunc(described, func(c describedColumn) bool { return c.Name == name })
		if at < 0 {
			return nil, libchdb.Exceptionf(libchdb.CodeNoSuchColumn, "NO_SUCH_COLUMN_IN_TABLE", "No such column %s in table %s", name, in.Target)
		}
		columns[i] = described[at].Column
	}
	return columns, nil
}

// receive reads the client's blocks into the spool, up to the empty one that ends them. It returns the
// columns the client sent, nil if there was no row.
func (r *run) receive(spool *spool) (sent []native.Column, err error) {
	for {
		code, err := r.conn.NextPacket()
		if err != nil {
			return nil, err
		}
		switch code {
		case proto.ClientCodeData:
		case proto.ClientCodeCancel:
			return nil, libchdb.Exceptionf(libchdb.CodeQueryCancelled, "QUERY_WAS_CANCELLED", "The insert was cancelled by the client; nothing was inserted.")
		default:
			return nil, native.Malformed("packet %d amid the rows of an insert", code)
		}
		mark := spool.mark()
		_, header, err := r.conn.ReadData(spool, r.compressed)
		switch {
		case err != nil:
			return nil, err
		case len(header.Columns) == 0:
			return sent, nil
		case header.Rows == 0:
			spool.rewind(mark)
		case sent == nil:
			sent = header.Columns
		case !slices.Equal(sent, header.Columns):
			return nil, native.Malformed("blocks of one insert have different columns")
		}
		r.blocks++
	}
}

func notEnoughSpace(err error) error {
	return libchdb.Exceptionf(libchdb.CodeNotEnoughSpace, "NOT_ENOUGH_SPACE", "The rows of an insert cannot be kept for a moment: %v", err)
}
