package native

import (
	"bufio"
	"bytes"
	"io"

	"github.com/ClickHouse/ch-go/proto"
)

// Column is the name and the type of one column.
type Column struct{ Name, Type string }

// Header is what a block says before its values.
type Header struct {
	Columns []Column
	Rows    uint64
}

// The forms of a block besides those of the wire, which are named by their revision: as FORMAT Native has
// it, and as FORMAT Native has it under output_format_native_encode_types_in_binary_format. Without that
// setting it takes its reader for one from before 2018, and leaves out the time zone of DateTime.
const (
	FormatNative      = 0
	FormatNativeTyped = -1
)

// copyBlock carries one block from src to dst, each of which has its revision's form; between them only
// the frame of a block differs, never a value. It returns io.EOF if src is at its end before the block.
func copyBlock(dst io.Writer, dstRevision int, src *bufio.Reader, srcRevision int) (Header, error) {
	if _, err := src.Peek(1); err != nil {
		return Header{}, err
	}
	r := reader{src: src}
	if srcRevision > FormatNative {
		readBlockInfo(&r)
	}
	columns := r.count("number of columns", maxColumns)
	h := Header{Rows: r.uvarint()}
	if r.err == nil && columns == 0 && h.Rows != 0 {
		r.fail(Malformed("%d rows of no columns", h.Rows))
	}
	if r.err != nil {
		return h, r.err
	}
	var out proto.Buffer
	putBlockStart(&out, dstRevision, columns, h.Rows)
	c := copier{src: src, dst: dst}
	for range columns {
		column, l, err := readColumn(&r, srcRevision)
		if err != nil {
			return h, err
		}
		h.Columns = append(h.Columns, column)
		putColumn(&out, dstRevision, column)
		if _, err := dst.Write(out.Buf); err != nil {
			return h, err
		}
		out.Reset()
		if h.Rows == 0 {
			continue
		}
		if err := l.prefix(&c); err != nil {
			return h, err
		}
		if err := l.data(&c, h.Rows); err != nil {
			return h, err
		}
	}
	_, err := dst.Write(out.Buf) // a block without columns
	return h, err
}

func readColumn(r *reader, revision int) (Column, layout, error) {
	column := Column{Name: r.string("column's name", maxName)}
	if revision == FormatNativeTyped {
		column.Type = readTypeName(r, 0)
	} else {
		column.Type = r.string("column's type", maxName)
	}
	if proto.FeatureCustomSerialization.In(revision) && r.bool() {
		r.fail(Malformed("column %q has a serialization of its own", column.Name))
	}
	if r.err != nil {
		return column, nil, r.err
	}
	l, err := parseLayout(column.Type, 0)
	return column, l, err
}

// readBlockInfo reads numbered fields up to field 0.
func readBlockInfo(r *reader) {
	for r.err == nil {
		switch field := r.uvarint(); field {
		case 0:
			return
		case 1: // is it an overflow block
			r.bool()
		case 2: // bucket number
			r.fixed(4)
		default:
			r.fail(Malformed("block info with field %d", field))
		}
	}
}

func putBlockStart(b *proto.Buffer, revision, columns int, rows uint64) {
	if revision > FormatNative {
		proto.BlockInfo{BucketNum: -1}.Encode(b)
	}
	b.PutUVarInt(uint64(columns))
	b.PutUVarInt(rows)
}

func putColumn(b *proto.Buffer, revision int, c Column) {
	b.PutString(c.Name)
	b.PutString(c.Type)
	if proto.FeatureCustomSerialization.In(revision) {
		b.PutBool(false)
	}
}

// ReadHeader reads through the first block of a result and returns its columns. An error says that the
// block cannot be sent.
func ReadHeader(result []byte) ([]Column, error) {
	h, err := copyBlock(io.Discard, FormatNative, bufio.NewReader(bytes.NewReader(result)), FormatNativeTyped)
	return h.Columns, err
}
