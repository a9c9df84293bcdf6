package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one thing wrong with a config file.
type Problem struct {
	File string
	Line int    // 0 when the key is not in the file
	Path string // brands[0].query
	Rule string // what is expected, and what was found
}

// Error says the file, the line, the key and the rule.
func (p Problem) Error() string {
	place := p.File
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Path == "" {
		return place + ": " + p.Rule
	}
	return place + ": " + p.Path + ": " + p.Rule
}

// Problems are all things wrong with a config file, in the order of its lines.
type Problems []Problem

// Error lists every problem, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Load reads a config file and applies the environment (as os.Environ gives
// it). The error is Problems when the file can be read but is wrong.
func Load(path string, environ []string) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, environ)
}

func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("config: there is no file %s: name one with --config, or start from deploy/vigie.yaml", path)
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return data, nil
}

// syntaxHint follows the library's words, which name what is wrong and not why.
const syntaxHint = ": check that this line is indented by spaces like its neighbours, and that the line above is whole (a colon, a quote, a bracket)"

// Parse is Load on bytes; path names the file in errors and is where relative
// secret files are looked for.
func Parse(path string, data []byte, environ []string) (*Config, error) {
	_, cfg, err := parse(path, data, environ)
	return cfg, err
}

func parse(path string, data []byte, environ []string) (*checker, *Config, error) {
	check, file, err := parseFile(path, data)
	if err != nil {
		return nil, nil, err
	}
	cfg := Default()
	for _, document := range file.Docs {
		if document.Body != nil {
			check.read(document.Body, reflect.ValueOf(cfg).Elem(), "")
		}
	}
	check.environment(cfg, environ)
	settleMoments(cfg)
	check.secrets(cfg, filepath.Dir(path))
	check.validate(cfg)
	cfg.inherit()
	if err := check.done(); err != nil {
		return nil, nil, err
	}
	return check, cfg, nil
}

// parseFile reads YAML, without a meaning yet.
func parseFile(path string, data []byte) (*checker, *ast.File, error) {
	name := filepath.Base(path)
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // told with all the rest
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			return nil, nil, Problems{{File: name, Line: syntax.GetToken().Position.Line, Rule: syntax.GetMessage() + syntaxHint}}
		}
		return nil, nil, Problems{{File: name, Rule: err.Error()}}
	}
	return &checker{file: name, lines: map[string]int{}, variables: map[string]string{}}, file, nil
}

// done is every problem found, in the order of the lines, or nil.
func (c *checker) done() error {
	if len(c.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return c.problems
}

// checker gathers problems, and remembers where each key was set.
type checker struct {
	file      string
	lines     map[string]int    // of paths in the file
	variables map[string]string // of the environment, by the path they set
	problems  Problems
	unread    []string // paths whose value could not be read: no rule applies to them
}

func (c *checker) add(path, rule string, args ...any) {
	if slices.ContainsFunc(c.unread, func(unread string) bool { return within(path, unread) }) {
		return
	}
	problem := Problem{File: c.file, Line: c.line(path), Path: path, Rule: fmt.Sprintf(rule, args...)}
	if variable, set := c.variables[path]; set {
		problem.File, problem.Line, problem.Path = "environment", 0, variable
	}
	c.problems = append(c.problems, problem)
}

// written says whether a key is in the file or the environment.
func (c *checker) written(path string) bool {
	_, inFile := c.lines[path]
	_, inEnvironment := c.variables[path]
	return inFile || inEnvironment
}

// unreadable adds the problem of a value that is no value of its key.
func (c *checker) unreadable(path, rule string) {
	c.add(path, "%s", rule)
	c.unread = append(c.unread, path)
}

// within says whether a path is another one, or below it.
func within(path, other string) bool {
	rest, below := strings.CutPrefix(path, other)
	return below && (other == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// line finds the line of a key, or of the nearest key above it.
func (c *checker) line(path string) int {
	for path != "" {
		if line, ok := c.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

func (c *checker) mark(path string, node ast.Node) {
	if token := node.GetToken(); token != nil && token.Position != nil {
		c.lines[path] = token.Position.Line
	}
}
