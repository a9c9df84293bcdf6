package e2e_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

const module = "github.com/vigie-monitor/vigie/"

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T, pattern string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Imports,Deps", pattern)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var list []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		require.NoError(t, err)
		list = append(list, p)
	}
}

// pure are the packages that decide: live, import, replay and backtest run the
// same code, so it must know no bus, no table and no clock of its own.
var pure = []string{
	"pkg/query", "services/scorer/internal/...", "services/detector/internal/...",
	"services/pager/internal/rota", "services/pager/internal/escalation", "services/pager/internal/message",
	"services/export/internal/...", "services/simulate/world",
}

var impure = regexp.MustCompile(`^(net/http|net|os/exec|database/sql|github\.com/nats-io/.*|github\.com/ClickHouse/.*|` +
	module + `pkg/(bus|clickhouse|config|natsd|obs|run)(/.*)?|` + module + `proto/.*)$`)

func TestPurePackagesDoNoIO(t *testing.T) {
	t.Parallel()
	for _, pattern := range pure {
		for _, p := range packages(t, "./"+pattern) {
			for _, dep := range p.Deps {
				require.False(t, impure.MatchString(dep), "%s must be pure and depends on %s", p.ImportPath, dep)
			}
		}
	}
}

// Services meet through subjects and tables: none imports another. Only the
// command knows them all; tests may.
func TestAServiceNeverImportsAnother(t *testing.T) {
	t.Parallel()
	service := regexp.MustCompile(`^` + module + `services/([^/]+)`)
	for _, p := range packages(t, "./services/...") {
		own := service.FindStringSubmatch(p.ImportPath)[1]
		if own == "vigie" || strings.HasSuffix(p.ImportPath, "test") {
			continue
		}
		for _, imported := range p.Imports {
			if other := service.FindStringSubmatch(imported); other != nil {
				require.Equal(t, own, other[1], "%s imports %s", p.ImportPath, imported)
			}
		}
	}
	for _, p := range packages(t, "./pkg/...") {
		for _, imported := range p.Imports {
			require.NotContains(t, imported, module+"services", p.ImportPath)
		}
	}
	for _, p := range packages(t, "./proto/...") {
		for _, imported := range p.Imports {
			require.False(t, strings.HasPrefix(imported, module+"pkg"), p.ImportPath)
		}
	}
}

// What the documents name must exist: paths in backquotes, make targets, tests.
func TestWhatTheDocumentsNameExists(t *testing.T) {
	t.Parallel()
	documents := []string{"README.md", "INVARIANTS.md"}
	more, err := filepath.Glob(filepath.Join(root, "docs", "*", "*.md"))
	require.NoError(t, err)
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	for _, path := range append(more, pages...) {
		relative, err := filepath.Rel(root, path)
		require.NoError(t, err)
		documents = append(documents, relative)
	}
	makefile := read(t, "Makefile")
	tests := testNames(t)
	for _, document := range documents {
		text := read(t, document)
		for _, match := range regexp.MustCompile("`((?:proto|pkg|services|deploy|dashboards|docs|tools)/[^` {}*]*)`").FindAllStringSubmatch(text, -1) {
			_, err := os.Stat(filepath.Join(root, firstWord(match[1])))
			require.NoError(t, err, "%s names %s", document, match[1])
		}
		for _, match := range regexp.MustCompile("`make ([a-z0-9]+)").FindAllStringSubmatch(text, -1) {
			require.Regexp(t, `(?m)^`+match[1]+`:`, makefile, "%s names make %s", document, match[1])
		}
		for _, match := range regexp.MustCompile("`(Test[A-Za-z0-9_]+|Fuzz[A-Za-z0-9_]+)`").FindAllStringSubmatch(text, -1) {
			require.True(t, slices.Contains(tests, match[1]), "%s names %s, which no package has", document, match[1])
		}
	}
}

func firstWord(path string) string {
	path, _, _ = strings.Cut(path, ":")
	return path
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(data)
}

func testNames(t *testing.T) []string {
	t.Helper()
	var names []string
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, folder := range []string{"pkg", "services"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			for _, match := range declaration.FindAllStringSubmatch(string(data), -1) {
				names = append(names, match[1])
			}
			return err
		}))
	}
	return names
}
