package clickhouse

import (
	"encoding/binary"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/native"
)

// describeSettings keep a session's own settings from changing what DESCRIBE answers.
const describeSettings = " SETTINGS describe_compact_output = 0, describe_include_subcolumns = 0, limit = 0, offset = 0, max_result_rows = 0, max_result_bytes = 0"

// describedColumn is a row of DESCRIBE.
type describedColumn struct {
	native.Column
	kind string // how it gets a value if none is inserted: DEFAULT, MATERIALIZED, ALIAS, EPHEMERAL or ""
}

// describe runs DESCRIBE on a TABLE, a TABLE FUNCTION or a TABLE (SELECT …).
func (r *run) describe(what string) ([]describedColumn, error) {
	out, _, err := r.db.Query("DESCRIBE "+what+describeSettings, "RowBinary", r.params...)
	if err != nil {
		return nil, err
	}
	const fields = 7 // name, type, default_type, default_expression, comment, codec_expression, ttl_expression
	values, err := readStrings(out)
	if err != nil {
		return nil, err
	}
	if len(values)%fields != 0 {
		return nil, errRowBinary
	}
	var columns []describedColumn
	for ; len(values) > 0; values = values[fields:] {
		columns = append(columns, describedColumn{native.Column{Name: values[0], Type: values[1]}, values[2]})
	}
	return columns, nil
}

func plain(described []describedColumn) []native.Column {
	columns := make([]native.Column, len(described))
	for i, d := range described {
		columns[i] = d.Column
	}
	return columns
}

var errRowBinary = libchdb.Exceptionf(libchdb.CodeLogicalError, "LOGICAL_ERROR", "The engine's RowBinary is not as the bridge expects it.")

// readStrings reads RowBinary of nothing but strings.
func readStrings(b []byte) ([]string, error) {
	var values []string
	for len(b) > 0 {
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)-n) {
			return nil, errRowBinary
		}
		values = append(values, string(b[n:n+int(length)]))
		b = b[n+int(length):]
	}
	return values, nil
}

// readNamesAndTypes reads RowBinaryWithNamesAndTypes of no rows.
func readNamesAndTypes(b []byte) ([]native.Column, error) {
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errRowBinary
	}
	values, err := readStrings(b[n:])
	if err != nil || uint64(len(values)) != 2*count {
		return nil, errRowBinary
	}
	columns := make([]native.Column, count)
	for i := range columns {
		columns[i] = native.Column{Name: values[i], Type: values[int(count)+i]}
	}
	return columns, nil
}
