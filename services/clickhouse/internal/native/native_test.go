package native

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/stretchr/testify/require"
)

func TestLayouts(t *testing.T) {
	t.Parallel()
	size := func(n uint64) layout { return fixed(n) }
	tests := map[string]layout{
		"UInt8":                                          size(1),
		"DateTime('Europe/Paris')":                       size(4),
		"DateTime64(9, 'Europe/Paris')":                  size(8),
		"Decimal(9, 4)":                                  size(4),
		"Decimal(10, 4)":                                 size(8),
		"Decimal(38, 10)":                                size(16),
		"Decimal(39, 10)":                                size(32),
		"Decimal256(3)":                                  size(32),
		"FixedString(17)":                                size(17),
		"Enum8('it\\'s, (x' = 0, ')' = 10)":              size(1),
		"IntervalDay":                                    size(8),
		"Nullable(Nothing)":                              nullable{size(1)},
		"LowCardinality(Nullable(String))":               lowCardinality{text{}},
		"Map(LowCardinality(String), Array(UInt8))":      array{tuple{lowCardinality{text{}}, array{size(1)}}},
		"Tuple(a UInt8, `b c` Tuple(String, `d)` Int8))": tuple{size(1), tuple{text{}, size(1)}},
		"Nested(k String, v Array(UInt8))":               array{tuple{text{}, array{size(1)}}},
		"Ring":                                           array{tuple{size(8), size(8)}},
		"SimpleAggregateFunction(anyLast, Date)":         size(2),
	}
	for name, want := range tests {
		got, err := parseLayout(name, 0)
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	for _, name := range []string{"AggregateFunction(uniq, UInt64)", "Variant(String, UInt8)", "Dynamic", "Array(Dynamic)", "", "Array", "Tuple()", "Map(String)"} {
		_, err := parseLayout(name, 0)
		var unsupported *UnsupportedTypeError
		require.ErrorAs(t, err, &unsupported, name)
	}
	for _, name := range []string{"FixedString(x)", "FixedString(99999999)", "Array(UInt8", "Array(UInt8))", "LowCardinality(Array(UInt8))", strings.Repeat("Array(", 1000) + "UInt8" + strings.Repeat(")", 1000)} {
		_, err := parseLayout(name, 0)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

// TestBlockKeepsBytes carries blocks from one form to the other and back.
func TestBlockKeepsBytes(t *testing.T) {
	t.Parallel()
	wire := testBlock(t, Revision)
	bare := convert(t, wire, Revision, FormatNative)
	require.Equal(t, testBlock(t, FormatNative), bare)
	require.Equal(t, wire, convert(t, bare, FormatNative, Revision))
	require.Equal(t, bare, convert(t, convert(t, bare, FormatNative, MinRevision), MinRevision, FormatNative))

	for n := range len(wire) {
		_, err := copyBlock(io.Discard, FormatNative, bufio.NewReaderSize(bytes.NewReader(wire[:n]), 16), Revision)
		require.Error(t, err, "a block cut after %d bytes", n)
	}
}

func convert(t *testing.T, block []byte, from, to int) []byte {
	t.Helper()
	var out bytes.Buffer
	src := bufio.NewReaderSize(bytes.NewReader(block), 16) // small, so that values straddle the buffer
	_, err := copyBlock(&out, to, src, from)
	require.NoError(t, err)
	_, err = src.Peek(1)
	require.ErrorIs(t, err, io.EOF)
	return out.Bytes()
}

// testBlock is a block as ch-go writes it.
func testBlock(t testing.TB, revision int) []byte {
	t.Helper()
	ids := proto.ColUInt64{1, 0x0a0a, 3}
	tags := proto.NewArray(new(proto.ColStr).LowCardinality())
	tags.AppendArr([][]string{{"a", "b", "a"}, {}, {"a"}})
	texts := new(proto.ColStr)
	texts.AppendArr([]string{"", strings.Repeat("é", 100), "\n\n"})
	input := proto.Input{{Name: "id", Data: ids}, {Name: "tags", Data: tags}, {Name: "text", Data: texts}}
	var b proto.Buffer
	block := proto.Block{Info: proto.BlockInfo{BucketNum: -1}, Columns: len(input), Rows: 3}
	require.NoError(t, block.EncodeBlock(&b, revision, input))
	return b.Buf
}

func TestFrames(t *testing.T) {
	t.Parallel()
	data := []byte(strings.Repeat("all the rows ", 1000))
	for _, method := range []compress.Method{compress.LZ4, compress.LZ4HC, compress.ZSTD, compress.None} {
		w := compress.NewWriter(compress.LevelZero, method)
		require.NoError(t, w.Compress(data))
		got, err := io.ReadAll(&frameReader{src: bytes.NewReader(w.Data)})
		require.NoError(t, err, method)
		require.Equal(t, data, got, method)

		for _, at := range []int{0, 16, 18, 22, 30} { // checksum, method, sizes, data
			broken := bytes.Clone(w.Data)
			broken[at] ^= 0x40
			_, err := io.ReadAll(&frameReader{src: bytes.NewReader(broken)})
			require.Error(t, err, "%v with byte %d changed", method, at)
		}
	}
	var out bytes.Buffer
	buffered := bufio.NewWriter(&out)
	w := newFrameWriter(buffered)
	big := bytes.Repeat(data, 300)
	_, err := w.Write(big)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	require.NoError(t, buffered.Flush())
	got, err := io.ReadAll(compress.NewReader(&out))
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, big, got)
}

func TestReadTypeName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"\x04":                               "UInt64",
		"\x12\x0cEurope/Paris":               "DateTime('Europe/Paris')",
		"\x1e\x26\x23\x15":                   "Array(LowCardinality(Nullable(String)))",
		"\x20\x02\x01a\x01\x03b c\x15":       "Tuple(a UInt8, `b c` String)",
		"\x17\x02\x04it's\xff\x00\x02":       `Enum8('it\'s' = -1, '' = 2)`,
		"\x2e\x03max\x00\x01\x14\x03\x03UTC": "SimpleAggregateFunction(max, DateTime64(3, 'UTC'))",
	}
	for encoded, want := range tests {
		r := reader{src: bufio.NewReader(strings.NewReader(encoded))}
		require.Equal(t, want, readTypeName(&r, 0))
		require.NoError(t, r.err)
	}
	for _, encoded := range []string{"\x25\x00\x04uniq", "\x2a", "\x2b", "\xff", strings.Repeat("\x1e", 100), "\x1f\xff\xff\x03"} {
		r := reader{src: bufio.NewReader(strings.NewReader(encoded))}
		readTypeName(&r, 0)
		require.Error(t, r.err, "%q", encoded)
	}
}

func TestUndump(t *testing.T) {
	t.Parallel()
	for dumped, want := range map[string]string{`'a'`: "a", `'it\'s'`: "it's", `'a\\nb'`: `a\nb`, `'\n\t\0'`: "\n\t\x00", `''''`: "'", `1`: "1", `'`: "'", ``: ""} {
		require.Equal(t, want, undump(dumped))
	}
}
