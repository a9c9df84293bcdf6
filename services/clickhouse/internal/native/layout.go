package native

import (
	"strconv"
	"strings"
)

// layout is how the values of a type lie in a column of a Native block: first the prefixes of all nested
// types, then the data.
type layout interface {
	prefix(c *copier) error
	data(c *copier, rows uint64) error
}

// UnsupportedTypeError says that columns of a type cannot be carried.
type UnsupportedTypeError struct{ Type string }

func (e *UnsupportedTypeError) Error() string {
	if strings.HasPrefix(e.Type, "AggregateFunction(") {
		return "a column of type " + e.Type + " cannot be sent: finish it in the query with the -Merge combinator or finalizeAggregation()"
	}
	return "a column of type " + e.Type + " cannot be sent: convert it in the query, for instance with toString()"
}

// maxDepth bounds the nesting of types, and with it the recursion.
const maxDepth = 64

// parseLayout reads a type's name, such as Array(LowCardinality(Nullable(String))).
func parseLayout(name string, depth int) (layout, error) {
	if depth > maxDepth {
		return nil, Malformed("a type nested deeper than %d", maxDepth)
	}
	base, args, err := splitType(name)
	if err != nil {
		return nil, err
	}
	if size, ok := fixedSizes[base]; ok {
		return fixed(size), nil
	}
	if alias, ok := aliases[base]; ok {
		return parseLayout(alias, depth+1)
	}
	switch base {
	case "String":
		return text{}, nil
	case "FixedString":
		n, err := number(name, args, 0)
		return fixed(n), err
	case "Decimal":
		precision, err := number(name, args, 0)
		return fixed(decimalSize(precision)), err
	case "JSON":
		return jsonText{name}, nil
	}
	inner, err := parseArgs(base, args, depth+1)
	if err != nil {
		return nil, err
	}
	switch {
	case base == "Nullable" && len(inner) == 1:
		return nullable{inner[0]}, nil
	case base == "Array" && len(inner) == 1:
		return array{inner[0]}, nil
	case base == "LowCardinality" && len(inner) == 1:
		return newLowCardinality(name, inner[0])
	case base == "Map" && len(inner) == 2, base == "Nested" && len(inner) > 0:
		return array{tuple(inner)}, nil
	case base == "Tuple" && len(inner) > 0:
		return tuple(inner), nil
	case base == "SimpleAggregateFunction" && len(inner) == 1:
		return inner[0], nil
	}
	return nil, &UnsupportedTypeError{name}
}

// parseArgs reads the types among a type's arguments.
func parseArgs(base string, args []string, depth int) ([]layout, error) {
	switch base {
	case "SimpleAggregateFunction":
		if len(args) == 2 {
			args = args[1:]
		}
	case "Tuple", "Nested":
		args = dropNames(args)
	case "Nullable", "Array", "LowCardinality", "Map":
	default:
		return nil, nil
	}
	inner := make([]layout, len(args))
	for i, arg := range args {
		var err error
		if inner[i], err = parseLayout(arg, depth); err != nil {
			return nil, err
		}
	}
	return inner, nil
}

var fixedSizes = map[string]uint64{
	"Int8": 1, "Int16": 2, "Int32": 4, "Int64": 8, "Int128": 16, "Int256": 32,
	"UInt8": 1, "UInt16": 2, "UInt32": 4, "UInt64": 8, "UInt128": 16, "UInt256": 32,
	"Float32": 4, "Float64": 8, "BFloat16": 2, "Bool": 1, "Nothing": 1,
	"Enum8": 1, "Enum16": 2, "UUID": 16, "IPv4": 4, "IPv6": 16,
	"Date": 2, "Date32": 4, "DateTime": 4, "DateTime64": 8, "Time": 4, "Time64": 8,
	"Decimal32": 4, "Decimal64": 8, "Decimal128": 16, "Decimal256": 32,
	"IntervalNanosecond": 8, "IntervalMicrosecond": 8, "IntervalMillisecond": 8, "IntervalSecond": 8,
	"IntervalMinute": 8, "IntervalHour": 8, "IntervalDay": 8, "IntervalWeek": 8, "IntervalMonth": 8,
	"IntervalQuarter": 8, "IntervalYear": 8,
}

var aliases = map[string]string{
	"Point": "Tuple(Float64, Float64)", "Ring": "Array(Point)", "LineString": "Array(Point)",
	"MultiLineString": "Array(LineString)", "Polygon": "Array(Ring)", "MultiPolygon": "Array(Polygon)",
}

func decimalSize(precision uint64) uint64 {
	switch {
	case precision <= 9:
		return 4
	case precision <= 18:
		return 8
	case precision <= 38:
		return 16
	}
	return 32
}

func number(name string, args []string, i int) (uint64, error) {
	if i < len(args) {
		if n, err := strconv.ParseUint(args[i], 10, 24); err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, Malformed("%s is no type", name)
}

// splitType cuts Map(String, Array(UInt8)) into Map and its arguments.
func splitType(name string) (base string, args []string, err error) {
	name = strings.TrimSpace(name)
	open := strings.IndexByte(name, '(')
	if open < 0 {
		return name, nil, nil
	}
	base = name[:open]
	depth, start := 0, open+1
	for i := open; i < len(name); i++ {
		switch name[i] {
		case '\'', '`', '"':
			i = endOfQuote(name, i)
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				if i != len(name)-1 {
					return "", nil, Malformed("%.100q is no type", name)
				}
				return base, append(args, strings.TrimSpace(name[start:i])), nil
			}
		case ',':
			if depth == 1 {
				args = append(args, strings.TrimSpace(name[start:i]))
				start = i + 1
			}
		}
	}
	return "", nil, Malformed("%.100q is no type", name)
}

// endOfQuote returns the index of the closing quote, or of the last byte.
func endOfQuote(s string, i int) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return len(s) - 1
}

// dropNames leaves the types of named elements: "a UInt8" and "`a b` Array(UInt8)".
func dropNames(args []string) []string {
	types := make([]string, len(args))
	for i, arg := range args {
		types[i] = arg
		if arg == "" {
			continue
		}
		end := 0
		if arg[0] == '`' || arg[0] == '"' {
			end = endOfQuote(arg, 0) + 1
		} else if n := strings.IndexAny(arg, " ("); n > 0 && arg[n] == ' ' {
			end = n
		}
		types[i] = strings.TrimSpace(arg[end:])
	}
	return types
}
