package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// value is a value as Go has it, and as an SQL expression from which the engine makes the same.
type value struct {
	go_ any
	sql string
}

var conformance = []struct {
	typ    string
	values []value
}{
	{"String", []value{
		{"", "''"},
		{"l'été à Noël 世界 🦉", `'l\'été à Noël 世界 🦉'`},
		{"a\x00b\n\n\r\\\t", `'a\0b\n\n\r\\\t'`},
		{"\xff\xfe", "unhex('fffe')"},
		{strings.Repeat("x", 1<<20), "concat(repeat('x', 524288), repeat('x', 524288))"},
		{strings.Repeat("\n", 127), "repeat('\\n', 127)"},
		{strings.Repeat("\n", 128), "repeat('\\n', 128)"},
	}},
	{"FixedString(4)", []value{{"abcd", "'abcd'"}, {"a\x00\x00\x00", "'a'"}, {"\n\n\n\n", "unhex('0a0a0a0a')"}}},
	{"LowCardinality(String)", []value{{"fr", "'fr'"}, {"", "''"}, {"fr", "'fr'"}, {"é\x00\n\n", `'é\0\n\n'`}}},
	{"LowCardinality(Nullable(String))", []value{{ptr("fr"), "'fr'"}, {(*string)(nil), "NULL"}, {ptr(""), "''"}, {ptr("fr"), "'fr'"}}},
	{"Nullable(String)", []value{{ptr("x"), "'x'"}, {(*string)(nil), "NULL"}, {ptr(""), "''"}}},
	{"Nullable(Int64)", []value{{ptr(int64(math.MinInt64)), "-9223372036854775808"}, {(*int64)(nil), "NULL"}, {ptr(int64(0)), "0"}}},
	{"Nullable(DateTime64(3))", []value{{(*time.Time)(nil), "NULL"}, {ptr(at("2026-03-29 01:59:59.999")), "'2026-03-29 01:59:59.999'"}}},
	{"Array(UInt16)", []value{{[]uint16{}, "[]"}, {[]uint16{0x0a0a, 0, 65535}, "[2570, 0, 65535]"}, {[]uint16{}, "[]"}}},
	{"Array(Array(String))", []value{{[][]string{}, "[]"}, {[][]string{{}, {"a", ""}, {"é"}}, "[[], ['a', ''], ['é']]"}}},
	{"Array(Nullable(Float64))", []value{{[]*float64{nil, ptr(1.5)}, "[NULL, 1.5]"}, {[]*float64{}, "[]"}}},
	{"Array(LowCardinality(String))", []value{{[]string{}, "[]"}, {[]string{"a", "b", "a"}, "['a', 'b', 'a']"}, {[]string{""}, "['']"}}},
	{"Map(String, UInt64)", []value{{map[string]uint64{}, "map()"}, {map[string]uint64{"likes": 2570}, "map('likes', 2570)"}, {map[string]uint64{"": math.MaxUint64}, "map('', 18446744073709551615)"}}},
	{"Map(LowCardinality(String), Array(String))", []value{{map[string][]string{"k": {"v", ""}}, "map('k', ['v', ''])"}, {map[string][]string{}, "map()"}}},
	{"Tuple(UInt8, String)", []value{{[]any{uint8(10), "a"}, "(10, 'a')"}, {[]any{uint8(0), ""}, "(0, '')"}}},
	{"Tuple(n UInt8, s Array(String))", []value{{map[string]any{"n": uint8(10), "s": []string{"a"}}, "(10, ['a'])"}}},
	{"Array(Tuple(LowCardinality(String), Nullable(UInt8)))", []value{{[][]any{{"a", ptr(uint8(1))}, {"b", (*uint8)(nil)}}, "[('a', 1), ('b', NULL)]"}, {[][]any{}, "[]"}}},
	{"Enum8('watch' = -128, 'à part' = 0, 'crisis' = 127)", []value{{"watch", "'watch'"}, {"à part", "'à part'"}, {"crisis", "'crisis'"}}},
	{"Enum16('a' = -32768, 'b' = 2570)", []value{{"a", "'a'"}, {"b", "'b'"}}},
	{"UUID", []value{{uuid.Nil, "'00000000-0000-0000-0000-000000000000'"}, {uuid.MustParse("0a0a0a0a-1b2c-3d4e-5f60-718293a4b5c6"), "'0a0a0a0a-1b2c-3d4e-5f60-718293a4b5c6'"}}},
	{"Bool", []value{{true, "true"}, {false, "false"}}},
	{"Int8", []value{{int8(math.MinInt8), "-128"}, {int8(10), "10"}, {int8(math.MaxInt8), "127"}}},
	{"Int16", []value{{int16(math.MinInt16), "-32768"}, {int16(0x0a0a), "2570"}, {int16(math.MaxInt16), "32767"}}},
	{"Int32", []value{{int32(math.MinInt32), "-2147483648"}, {int32(0x0a0a0a0a), "168430090"}, {int32(math.MaxInt32), "2147483647"}}},
	{"Int64", []value{{int64(math.MinInt64), "-9223372036854775808"}, {int64(0x0a0a0a0a), "168430090"}, {int64(math.MaxInt64), "9223372036854775807"}}},
	{"Int128", []value{{power(-1, 127, 0), text(power(-1, 127, 0))}, {big.NewInt(0), "0"}, {power(1, 127, -1), text(power(1, 127, -1))}}},
	{"Int256", []value{{power(-1, 255, 0), text(power(-1, 255, 0))}, {big.NewInt(0x0a0a), "2570"}, {power(1, 255, -1), text(power(1, 255, -1))}}},
	{"UInt8", []value{{uint8(0), "0"}, {uint8(10), "10"}, {uint8(math.MaxUint8), "255"}}},
	{"UInt16", []value{{uint16(0), "0"}, {uint16(0x0a0a), "2570"}, {uint16(math.MaxUint16), "65535"}}},
	{"UInt32", []value{{uint32(0), "0"}, {uint32(0x0a0a), "2570"}, {uint32(math.MaxUint32), "4294967295"}}},
	{"UInt64", []value{{uint64(0), "0"}, {uint64(0x0a0a), "2570"}, {uint64(math.MaxUint64), "18446744073709551615"}}},
	{"UInt128", []value{{big.NewInt(0), "0"}, {power(1, 128, -1), text(power(1, 128, -1))}}},
	{"UInt256", []value{{big.NewInt(0), "0"}, {power(1, 256, -1), text(power(1, 256, -1))}}},
	{"Float32", []value{{float32(0), "0"}, {float32(math.MaxFloat32), "reinterpretAsFloat32(unhex('FFFF7F7F'))"}, {float32(math.Inf(-1)), "-inf"}, {float32(math.NaN()), "nan"}, {float32(0.1), "0.1"}}},
	{"Float64", []value{{math.Copysign(0, -1), "reinterpretAsFloat64(unhex('0000000000000080'))"}, {math.MaxFloat64, "reinterpretAsFloat64(unhex('FFFFFFFFFFFFEF7F'))"}, {math.SmallestNonzeroFloat64, "reinterpretAsFloat64(unhex('0100000000000000'))"}, {math.Inf(1), "inf"}, {math.Inf(-1), "-inf"}, {math.NaN(), "nan"}}},
	{"Decimal32(4)", []value{{dec("99999.9999"), "'99999.9999'"}, {dec("-99999.9999"), "'-99999.9999'"}, {dec("0"), "0"}}},
	{"Decimal64(8)", []value{{dec("9999999999.99999999"), "'9999999999.99999999'"}, {dec("-0.00000001"), "'-0.00000001'"}}},
	{"Decimal128(10)", []value{{dec("-9999999999999999999999999999.9999999999"), "'-9999999999999999999999999999.9999999999'"}, {dec("1"), "1"}}},
	{"Decimal256(20)", []value{{dec("99999999999999999999999999999999999999999999999999999999.99999999999999999999"), "'99999999999999999999999999999999999999999999999999999999.99999999999999999999'"}, {dec("-1"), "-1"}}},
	{"Date", []value{{at("1970-01-01"), "'1970-01-01'"}, {at("2149-06-06"), "'2149-06-06'"}}},
	{"Date32", []value{{at("1900-01-01"), "'1900-01-01'"}, {at("2299-12-31"), "'2299-12-31'"}}},
	{"DateTime", []value{{at("1970-01-01 00:00:00"), "0"}, {at("2106-02-07 06:28:15"), "4294967295"}}},
	{"DateTime('Europe/Paris')", []value{{paris("2026-03-29 03:00:00"), "'2026-03-29 03:00:00'"}, {paris("2026-12-24 20:00:00"), "'2026-12-24 20:00:00'"}}},
	{"DateTime64(3)", []value{{at("1900-01-01 00:00:00"), "'1900-01-01 00:00:00.000'"}, {at("2261-12-31 23:59:59.999"), "'2261-12-31 23:59:59.999'"}}},
	{"DateTime64(6)", []value{{at("2026-11-21 20:36:01.000001"), "'2026-11-21 20:36:01.000001'"}}},
	{"DateTime64(9, 'Europe/Paris')", []value{{paris("2026-11-21 20:36:01.000000001"), "'2026-11-21 20:36:01.000000001'"}}},
	{"IPv4", []value{{net.IPv4(0, 0, 0, 0).To4(), "'0.0.0.0'"}, {net.IPv4(10, 10, 10, 10).To4(), "'10.10.10.10'"}}},
	{"IPv6", []value{{net.ParseIP("::"), "'::'"}, {net.ParseIP("2001:db8::a0a"), "'2001:db8::a0a'"}}},
	{"SimpleAggregateFunction(max, UInt64)", []value{{uint64(2570), "2570"}}},
	{"Time64(3)", []value{{999*time.Hour + 59*time.Minute + 59*time.Second + 999*time.Millisecond, "'999:59:59.999'"}, {-time.Millisecond, "'-00:00:00.001'"}}},
}

// TestConformance inserts every value by a batch, reads it back, and compares it with what went in and
// with what the engine makes of the same value in SQL.
func TestConformance(t *testing.T) {
	t.Parallel()
	methods := map[string]clickhouse.CompressionMethod{
		"lz4": clickhouse.CompressionLZ4, "none": clickhouse.CompressionNone, "zstd": clickhouse.CompressionZSTD,
	}
	for name, method := range methods {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := clickhousetest.Database(t).Options()
			opts.Compression.Method = method
			conn := open(t, opts)
			for i, c := range conformance {
				table := fmt.Sprintf("t%d", i)
				t.Run(c.typ, func(t *testing.T) { roundTrip(t, conn, table, c.typ, c.values) })
			}
		})
	}
}

func roundTrip(t *testing.T, conn clickhouse.Conn, table, typ string, values []value) {
	ctx := t.Context()
	for _, name := range []string{table, table + "_sql"} {
		require.NoError(t, conn.Exec(ctx, "CREATE TABLE "+name+" (i UInt32, v "+typ+", after String) ENGINE = MergeTree ORDER BY i"))
	}
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+table+" (i, v, after)")
	require.NoError(t, err)
	var literals []string
	for i, v := range values {
		require.NoError(t, batch.Append(uint32(i), v.go_, "end"))
		literals = append(literals, fmt.Sprintf("(%d, %s, 'end')", i, v.sql))
	}
	require.NoError(t, batch.Send())
	require.NoError(t, conn.Exec(ctx, "INSERT INTO "+table+"_sql VALUES "+strings.Join(literals, ", ")))

	var same uint64
	require.NoError(t, conn.QueryRow(ctx, "SELECT count() FROM "+table+" AS a JOIN "+table+"_sql AS b USING i WHERE toString(a.v) = toString(b.v) OR a.v IS NULL AND b.v IS NULL").Scan(&same))
	require.EqualValues(t, len(values), same, "what was inserted is what SQL makes of the same values")

	var name string
	require.NoError(t, conn.QueryRow(ctx, "SELECT toTypeName(v) FROM "+table+" LIMIT 1").Scan(&name))
	rows, err := conn.Query(ctx, "SELECT v, after FROM "+table+" ORDER BY i")
	require.NoError(t, err)
	name = strings.NewReplacer("(\n    ", "(", "\n    ", " ").Replace(name) // toTypeName breaks lines in tuples
	require.Equal(t, name, rows.ColumnTypes()[0].DatabaseTypeName())
	for _, v := range values {
		require.True(t, rows.Next())
		got := reflect.New(reflect.TypeOf(v.go_))
		var after string
		require.NoError(t, rows.Scan(got.Interface(), &after))
		requireSame(t, v.go_, got.Elem().Interface())
		require.Equal(t, "end", after)
	}
	require.False(t, rows.Next())
	require.NoError(t, rows.Err())
}

// requireSame is require.Equal for values with more than one form in Go.
func requireSame(t *testing.T, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case time.Time:
		got := got.(time.Time)
		require.True(t, want.Equal(got), "want %v, got %v", want, got)
		if want.Location() != time.UTC {
			require.Equal(t, want.Location().String(), got.Location().String())
		}
	case *time.Time:
		if want == nil {
			require.Nil(t, got)
			return
		}
		requireSame(t, *want, *got.(*time.Time))
	case *big.Int:
		require.Zero(t, want.Cmp(got.(*big.Int)), "want %v, got %v", want, got)
	case decimal.Decimal:
		require.True(t, want.Equal(got.(decimal.Decimal)), "want %v, got %v", want, got)
	case float32:
		require.Equal(t, math.Float32bits(want), math.Float32bits(got.(float32)))
	case float64:
		require.Equal(t, math.Float64bits(want), math.Float64bits(got.(float64)))
	case net.IP:
		require.True(t, want.Equal(got.(net.IP)), "want %v, got %v", want, got)
	default:
		require.Equal(t, want, got)
	}
}

func TestAggregateStates(t *testing.T) {
	t.Parallel()
	conn := clickhousetest.Database(t).Open(t)
	ctx := t.Context()
	require.NoError(t, conn.Exec(ctx, "CREATE TABLE volume (minute UInt32, ids AggregateFunction(uniq, UInt64)) ENGINE = AggregatingMergeTree ORDER BY minute"))
	for range 2 { // the same mentions twice: uniq states count them once
		require.NoError(t, conn.Exec(ctx, "INSERT INTO volume SELECT number % 3, uniqState(number) FROM numbers(300) GROUP BY 1"))
	}
	var mentions uint64
	require.NoError(t, conn.QueryRow(ctx, "SELECT uniqMerge(ids) FROM volume").Scan(&mentions))
	require.EqualValues(t, 300, mentions)

	err := conn.QueryRow(ctx, "SELECT ids FROM volume").Scan(&mentions)
	require.ErrorContains(t, err, "-Merge", "states cannot travel; the error says what to do")
	requireCode(t, err, 48)
	require.NoError(t, conn.Ping(ctx))
}

func ptr[T any](v T) *T { return &v }

func at(s string) time.Time { return in(s, time.UTC) }

func paris(s string) time.Time {
	location, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return in(s, location)
}

func in(s string, location *time.Location) time.Time {
	v, err := time.ParseInLocation("2006-01-02 15:04:05.999999999"[:min(len(s), 19)], s, location)
	if err != nil {
		panic(err)
	}
	return v
}

// power is sign * 2^n + add.
func power(sign int64, n uint, add int64) *big.Int {
	v := new(big.Int).Lsh(big.NewInt(1), n)
	return v.Mul(v, big.NewInt(sign)).Add(v, big.NewInt(add))
}

func text(v *big.Int) string { return "'" + v.String() + "'" }

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// TestResultTypes reads results of types that tables seldom have.
func TestResultTypes(t *testing.T) {
	t.Parallel()
	db := clickhousetest.Database(t)
	conn := db.Open(t)
	for _, expression := range []string{
		"NULL", "[]", "[NULL]", "map()", "tuple(1)", "toIntervalNanosecond(1)", "toIntervalSecond(1)", "toIntervalDay(1)", "toIntervalWeek(1)", "toIntervalYear(1)",
		"(1., 2.)::Point", "[(1., 2.)]::Ring", "[[(1., 2.)]]::Polygon", "[[[(1., 2.)]]]::MultiPolygon",
		"1::BFloat16", "'12:34:56'::Time", "toDateTime64(0, 6, 'Asia/Tokyo')", "[toDateTime(0, 'Europe/Paris')]",
		"CAST([(1, 'a')], 'Nested(n UInt8, s String)')", "'{\"a\": 1}'::JSON",
		"CAST('it\\'s', 'Enum8(\\'it\\\\\\'s\\' = 1)')", "materialize(toLowCardinality('x'))", "now() - now()", "1 / 0", "toDecimal32(1, 3) * toDecimal64(2, 5)",
	} {
		var want, got string
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT toTypeName("+expression+")").Scan(&want))
		want = strings.NewReplacer("(\n    ", "(", "\n    ", " ").Replace(want)
		settings := ch.Setting{Key: "output_format_native_write_json_as_string", Value: "1", Important: true}
		client := dial(t, db)
		err := client.Do(t.Context(), ch.Query{
			Body: "SELECT " + expression + " AS v WHERE 1", Settings: []ch.Setting{settings},
			Result: headerOnly(&got), OnResult: func(context.Context, proto.Block) error { return nil },
		})
		require.ErrorIs(t, err, errHeaderOnly, expression)
		require.Equal(t, want, got)
	}
}

var errHeaderOnly = errors.New("the header is all that was wanted")

// headerOnly is a result that notes the first column's type and reads no further.
type headerOnlyResult struct{ typ *string }

func headerOnly(typ *string) proto.Result { return headerOnlyResult{typ} }

func (h headerOnlyResult) DecodeResult(r *proto.Reader, _ int, b proto.Block) error {
	if b.Rows != 0 {
		return nil
	}
	if _, err := r.Str(); err != nil {
		return err
	}
	var err error
	if *h.typ, err = r.Str(); err != nil {
		return err
	}
	return errHeaderOnly
}
