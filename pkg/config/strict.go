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

// node holds a YAML node against the Go value it will be read into, so that
// every unknown key and wrong type is found, where a decoder stops at the first.
func (c *checker) node(node ast.Node, target any, path string) {
	c.check(node, reflect.TypeOf(target).Elem(), path)
}

func (c *checker) check(node ast.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, null := node.(*ast.NullNode); null {
		return
	}
	switch {
	case isScalar(t):
		c.scalar(node, t, path)
	case t.Kind() == reflect.Struct:
		c.mapping(node, path, func(key string, value ast.Node) {
			field, known := fieldOf(t, key)
			if !known {
				c.unknown++
				c.add(join(path, key), "unknown key; the keys here are %s", strings.Join(keysOf(t), ", "))
				return
			}
			c.check(value, field.Type, join(path, key))
		})
	case t.Kind() == reflect.Map:
		c.mapping(node, path, func(key string, value ast.Node) {
			c.check(value, t.Elem(), join(path, key))
		})
	case t.Kind() == reflect.Slice:
		sequence, ok := node.(*ast.SequenceNode)
		if !ok {
			c.mark(path, node)
			c.add(path, "must be a list")
			return
		}
		for i, value := range sequence.Values {
			at := fmt.Sprintf("%s[%d]", path, i)
			c.mark(at, value)
			c.check(value, t.Elem(), at)
		}
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
		c.add(path, "must be keys and values")
		return
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		key := strings.Trim(entry.Key.String(), `"'`)
		c.mark(join(path, key), entry.Key)
		if seen[key] {
			c.add(join(path, key), "this key is there twice")
			continue
		}
		seen[key] = true
		visit(key, entry.Value)
	}
}

func (c *checker) scalar(node ast.Node, t reflect.Type, path string) {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		c.add(path, "must be a single value")
		return
	}
	if err := yaml.NodeToValue(node, reflect.New(t).Interface()); err != nil {
		c.add(path, "%s", message(err))
	}
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
