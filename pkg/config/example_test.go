package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/require"
)

// The file that a newcomer starts from holds every key there is, some of them in
// comments; with their marks taken away it is right too, but for the secrets that
// only the newcomer has.
func TestTheExampleHoldsEveryKey(t *testing.T) {
	t.Parallel()
	const path = "../../deploy/vigie.yaml"
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	commented := regexp.MustCompile(`(?m)^( *)# ( *(?:- )?(?:\{)?[a-z_]+:)`)
	text := commented.ReplaceAll(data, []byte("$1$2"))
	file, err := parser.ParseBytes(text, 0)
	require.NoError(t, err, "%s", text)
	check := &checker{lines: map[string]int{}}
	cfg := Default()
	check.read(file.Docs[0].Body, reflect.ValueOf(cfg).Elem(), "")
	check.validate(cfg)
	require.Empty(t, check.problems, "%s", text)

	place := regexp.MustCompile(`\[\d+\]`)
	named := map[string]bool{}
	for at := range check.lines {
		named[place.ReplaceAllString(at, "")] = true
	}
	for _, key := range keysBelow(reflect.TypeFor[Config](), "") {
		require.True(t, named[key], "deploy/vigie.yaml says nothing of %s", key)
	}
}

// keysBelow lists the paths of all keys of a type.
func keysBelow(t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || isScalar(t) {
		return []string{path}
	}
	var keys []string
	for field := range fields(t) {
		keys = append(keys, keysBelow(field.Type, join(path, yamlKey(field)))...)
	}
	return keys
}

// A secret written into the config itself is refused, and not repeated.
func TestASecretIsNoValueOfTheConfig(t *testing.T) {
	t.Parallel()
	const secret = "https://hooks.slack.com/services/T0/B0/XXXX"
	_, err := Parse("vigie.yaml", []byte(strings.TrimSpace(`
brands: [{id: zest, name: Zest, query: zest}]
channels: [{id: slack, kind: slack, url: "`+secret+`"}]
sources: {x: {base_url: "https://api.x.com", monthly_budget_usd: 1, bearer_token: hunter2}}
`)), nil)
	require.ErrorContains(t, err, "vigie.yaml:2: channels[0].url: this is a secret: write it into a file of its own and name that here as url_file")
	require.ErrorContains(t, err, "vigie.yaml:3: sources.x.bearer_token: this is a secret")
	require.NotContains(t, err.Error(), "hooks.slack.com")
	require.NotContains(t, err.Error(), "hunter2")
}
