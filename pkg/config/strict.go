package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// read fills a Go value from a YAML node and gathers every unknown key and wrong
// type on the way, where the library's decoder stops at the first. What cannot be
// read keeps its default, and nothing more is said of it.
func (c *checker) read(node ast.Node, into reflect.Value, path string) {
	if _, null := node.(*ast.NullNode); null {
		return
	}
	t := into.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(t.Elem()))
		}
		c.read(node, into.Elem(), path)
	case isScalar(t):
		c.scalar(node, into, path)
	case t.Kind() == reflect.Struct:
		if into, ok := into.Addr().Interface().(interface{ setDefaults() }); ok {
			into.setDefaults()
		}
		c.mapping(node, path, func(key string, value ast.Node) {
			field, known := fieldOf(t, key)
			if !known {
				c.add(join(path, key), "%s", unknownKey(t, key))
				return
			}
			c.read(value, into.FieldByIndex(field.Index), join(path, key))
		})
	case t.Kind() == reflect.Map:
		into.Set(reflect.MakeMap(t))
		c.mapping(node, path, func(key string, value ast.Node) {
			element := reflect.New(t.Elem()).Elem()
			c.read(value, element, join(path, key))
			into.SetMapIndex(reflect.ValueOf(key), element)
		})
	case t.Kind() == reflect.Slice:
		c.list(node, into, path)
	}
}

func (c *checker) list(node ast.Node, into reflect.Value, path string) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		c.mark(path, node)
		c.unreadable(path, "must be a list")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(sequence.Values), len(sequence.Values)))
	for i, value := range sequence.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.mark(at, value)
		c.read(value, into.Index(i), at)
	}
}

func (c *checker) mapping(node ast.Node, path string, visit func(key string, value ast.Node)) {
	var entries []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		if _, named := c.lines[path]; !named {
			c.mark(path, node)
		}
		c.unreadable(path, "must be keys and values")
		return
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		key := strings.Trim(entry.Key.String(), `"'`)
		first := c.lines[join(path, key)]
		c.mark(join(path, key), entry.Key)
		if seen[key] {
			c.add(join(path, key), "this key is there twice")
			c.lines[join(path, key)] = first // whose value holds
			continue
		}
		seen[key] = true
		visit(key, entry.Value)
	}
}

func (c *checker) scalar(node ast.Node, into reflect.Value, path string) {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		c.unreadable(path, "must be a single value")
		return
	}
	var text string
	if err := yaml.NodeToValue(node, &text); err != nil {
		c.unreadable(path, message(err))
		return
	}
	value := reflect.New(into.Type()).Elem()
	if err := setScalar(value, text); err != nil {
		c.unreadable(path, err.Error())
		return
	}
	into.Set(value)
}

// unknownKey says what could have been meant. A secret written down in place of
// its file is the fault to expect.
func unknownKey(t reflect.Type, key string) string {
	if _, secret := fieldOf(t, key+"_file"); secret {
		return fmt.Sprintf("this is a secret: write it into a file of its own and name that here as %s_file", key)
	}
	return "unknown key; the keys here are " + strings.Join(keysOf(t), ", ")
}

// message is the short form of a decoding error: the library's long form
// quotes the source.
func message(err error) string {
	var detailed yaml.Error
	if errors.As(err, &detailed) {
		return detailed.GetMessage()
	}
	return err.Error()
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeType = reflect.TypeFor[time.Time]()
)

func isScalar(t reflect.Type) bool {
	if t == timeType || reflect.PointerTo(t).Implements(textType) {
		return true
	}
	return t.Kind() != reflect.Struct && t.Kind() != reflect.Map && t.Kind() != reflect.Slice
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for field := range fields(t) {
		if yamlKey(field) == key {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for field := range fields(t) {
		keys = append(keys, yamlKey(field))
	}
	slices.Sort(keys)
	return keys
}

func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func yamlKey(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
