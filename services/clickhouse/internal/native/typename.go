package native

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// simpleTypes are the types whose binary form is their index alone.
var simpleTypes = map[byte]string{
	0x00: "Nothing", 0x01: "UInt8", 0x02: "UInt16", 0x03: "UInt32", 0x04: "UInt64", 0x05: "UInt128", 0x06: "UInt256",
	0x07: "Int8", 0x08: "Int16", 0x09: "Int32", 0x0a: "Int64", 0x0b: "Int128", 0x0c: "Int256",
	0x0d: "Float32", 0x0e: "Float64", 0x0f: "Date", 0x10: "Date32", 0x11: "DateTime", 0x15: "String", 0x1d: "UUID",
	0x21: "Set", 0x28: "IPv4", 0x29: "IPv6", 0x2d: "Bool", 0x31: "BFloat16", 0x32: "Time",
}

// intervalKinds are the names of the kinds of Interval, in their order.
var intervalKinds = []string{"Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter", "Year"}

// readTypeName reads a type in its binary form and returns its name, as toTypeName would.
func readTypeName(r *reader, depth int) string {
	if depth > maxDepth {
		r.fail(Malformed("a type nested deeper than %d", maxDepth))
		return ""
	}
	inner := func() string { return readTypeName(r, depth+1) }
	switch index := r.byte(); index {
	case 0x12:
		return "DateTime(" + quoted(r) + ")"
	case 0x13:
		return fmt.Sprintf("DateTime64(%d)", r.byte())
	case 0x14:
		return fmt.Sprintf("DateTime64(%d, %s)", r.byte(), quoted(r))
	case 0x16:
		return fmt.Sprintf("FixedString(%d)", r.uvarint())
	case 0x17:
		return "Enum8(" + readEnum(r, func() int { return int(int8(r.byte())) }) + ")"
	case 0x18:
		return "Enum16(" + readEnum(r, func() int { return int(int16(binary.LittleEndian.Uint16(r.fixed(2)))) }) + ")"
	case 0x19, 0x1a, 0x1b, 0x1c:
		return fmt.Sprintf("Decimal(%d, %d)", r.byte(), r.byte())
	case 0x1e:
		return "Array(" + inner() + ")"
	case 0x1f:
		return "Tuple(" + readList(r, inner) + ")"
	case 0x20:
		return "Tuple(" + readList(r, func() string { return elementName(r) + " " + inner() }) + ")"
	case 0x22:
		if kind := int(r.byte()); kind < len(intervalKinds) {
			return "Interval" + intervalKinds[kind]
		}
		return unsupportedType(r, "Interval")
	case 0x23:
		return "Nullable(" + inner() + ")"
	case 0x25:
		r.uvarint() // version
		return unsupportedType(r, "AggregateFunction("+r.string("function's name", maxName)+", …)")
	case 0x26:
		return "LowCardinality(" + inner() + ")"
	case 0x27:
		return "Map(" + inner() + ", " + inner() + ")"
	case 0x2a:
		return unsupportedType(r, "Variant")
	case 0x2b:
		return unsupportedType(r, "Dynamic")
	case 0x2c: // the geometric types, by name
		return r.string("type's name", maxName)
	case 0x2e:
		return readSimpleAggregate(r, inner)
	case 0x2f:
		return "Nested(" + readList(r, func() string { return elementName(r) + " " + inner() }) + ")"
	case 0x30:
		return readJSON(r)
	case 0x34:
		return fmt.Sprintf("Time64(%d)", r.byte())
	default:
		if name, ok := simpleTypes[index]; ok {
			return name
		}
		return unsupportedType(r, fmt.Sprintf("number %#x", index))
	}
}

func unsupportedType(r *reader, name string) string {
	r.fail(&UnsupportedTypeError{name})
	return name
}

func readList(r *reader, element func() string) string {
	elements := make([]string, 0, 4)
	for range r.count("number of elements", maxColumns) {
		if r.err != nil {
			break
		}
		elements = append(elements, element())
	}
	return strings.Join(elements, ", ")
}

func readEnum(r *reader, number func() int) string {
	return readList(r, func() string { return quoted(r) + fmt.Sprintf(" = %d", number()) })
}

// readSimpleAggregate reads a SimpleAggregateFunction, of one argument and, as all there are, no parameter.
func readSimpleAggregate(r *reader, inner func() string) string {
	function := r.string("function's name", maxName)
	if r.uvarint() != 0 || r.uvarint() != 1 {
		return unsupportedType(r, "SimpleAggregateFunction("+function+", …)")
	}
	return "SimpleAggregateFunction(" + function + ", " + inner() + ")"
}

// readJSON reads JSON without arguments.
func readJSON(r *reader) string {
	version, paths, types := r.byte(), r.uvarint(), r.byte()
	if version != 0 || paths != 1024 || types != 32 || r.uvarint() != 0 || r.uvarint() != 0 || r.uvarint() != 0 {
		return unsupportedType(r, "JSON(…)")
	}
	return "JSON"
}

func quoted(r *reader) string {
	return "'" + typeEscaper.Replace(r.string("name in a type", maxName)) + "'"
}

// elementName is the name of an element of a tuple, quoted only where ClickHouse does.
func elementName(r *reader) string {
	name := r.string("element's name", maxName)
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return "`" + nameEscaper.Replace(name) + "`"
		}
	}
	return name
}

var (
	typeEscaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\x00", `\0`, "\b", `\b`, "\f", `\f`)
	nameEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`")
)
