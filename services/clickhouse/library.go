package clickhouse

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryEnv names the environment variable that overrides where the library is looked for.
const LibraryEnv = "VIGIE_CLICKHOUSE_LIBRARY"

const libraryFile = "libchdb.so"

// libraryPackages maps a platform to the npm package that carries its library.
var libraryPackages = map[string]string{
	"linux/amd64":  "@chdb/lib-linux-x64-gnu",
	"linux/arm64":  "@chdb/lib-linux-arm64-gnu",
	"darwin/arm64": "@chdb/lib-darwin-arm64",
	"darwin/amd64": "@chdb/lib-darwin-x64",
}

// FindLibrary returns the path of libchdb.so: what VIGIE_CLICKHOUSE_LIBRARY names, else the file beside the
// executable, else the one that npm installed under deploy/engine, looked for from the working directory
// and from the executable's folder upward.
func FindLibrary() (string, error) {
	if path := os.Getenv(LibraryEnv); path != "" {
		if !isFile(path) {
			return "", fmt.Errorf("clickhouse: %s names %s, where there is no file: correct or unset it", LibraryEnv, path)
		}
		return path, nil
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	npm, ok := libraryPackages[platform]
	if !ok {
		return "", fmt.Errorf("clickhouse: there is no embedded engine for %s: set clickhouse.addr to a ClickHouse server", platform)
	}
	var starts []string
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
		if path := filepath.Join(filepath.Dir(exe), libraryFile); isFile(path) {
			return path, nil
		}
	}
	if wd, err := os.Getwd(); err == nil {
		starts = append([]string{wd}, starts...)
	}
	installed := filepath.Join("deploy", "engine", "node_modules", filepath.FromSlash(npm), libraryFile)
	for _, start := range starts {
		if path, ok := findUpward(start, installed); ok {
			return path, nil
		}
	}
	return "", fmt.Errorf("clickhouse: the engine's library is missing (%s, from the npm package %s): run `make run`, or `npm ci --prefix deploy/engine`, or set %s to its path",
		installed, npm, LibraryEnv)
}

func findUpward(dir, name string) (string, bool) {
	for {
		if path := filepath.Join(dir, name); isFile(path) {
			return path, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
