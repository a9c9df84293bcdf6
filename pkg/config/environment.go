package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// notKeys are environment variables of Vigie's that are no key of the file.
var notKeys = []string{"VIGIE_CONFIG", "VIGIE_DATA", "VIGIE_CLICKHOUSE_LIBRARY"}

// environment lets VIGIE_<KEY> override a key: VIGIE_NATS_URL for nats.url. A
// list's element goes by its id or server: VIGIE_CHANNELS_SLACK_URL for url_file
// of the channel "slack": a secret's variable holds the value itself and has no
// _FILE.
func (c *checker) environment(cfg *Config, environ []string) {
	settable, paths := map[string]reflect.Value{}, map[string]string{}
	walk(reflect.ValueOf(cfg).Elem(), "", "VIGIE", func(path, name string, value reflect.Value) {
		settable[name], paths[name] = value, path
	})
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "VIGIE_") || slices.Contains(notKeys, name) {
			continue
		}
		value, known := settable[name]
		if !known {
			c.problems = append(c.problems, Problem{File: "environment", Path: name,
				Rule: "no key of the config goes by this name"})
			continue
		}
		c.variables[paths[name]] = name
		if value.Type() == reflect.TypeFor[Secret]() {
			value.Set(reflect.ValueOf(NewSecret(text)))
		} else if err := setScalar(value, text); err != nil {
			c.unreadable(paths[name], err.Error())
		}
	}
}

// secrets reads the files of all *_file keys.
func (c *checker) secrets(cfg *Config, folder string) {
	walk(reflect.ValueOf(cfg).Elem(), "", "", func(path, _ string, value reflect.Value) {
		if secret, ok := value.Addr().Interface().(*Secret); ok {
			if err := secret.read(folder); err != nil {
				c.add(path, "%v", err)
			}
		}
	})
}

// walk visits every scalar with its path in the file and its name in the
// environment.
func walk(v reflect.Value, path, name string, visit func(path, name string, value reflect.Value)) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, name, visit)
		}
	case isScalar(v.Type()):
		visit(path, strings.TrimSuffix(name, "_FILE"), v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			key := yamlKey(v.Type().Field(i))
			walk(v.Field(i), join(path, key), name+"_"+upper(key), visit)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			element := v.Index(i)
			walk(element, fmt.Sprintf("%s[%d]", path, i), name+"_"+upper(identity(element, i)), visit)
		}
	}
}

// identity names an element of a list: its id, its server, or its place.
func identity(element reflect.Value, place int) string {
	if element.Kind() == reflect.Struct {
		for _, key := range []string{"ID", "Server"} {
			if field := element.FieldByName(key); field.IsValid() {
				return field.String()
			}
		}
	}
	return fmt.Sprint(place)
}

// upper turns a key or an id into a part of a variable's name.
func upper(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(key))
}
