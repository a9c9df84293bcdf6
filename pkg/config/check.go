package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// Check is Load that looks at this machine too: whether the data folder can be
// made, and who can read the secrets. What it warns of is right all the same.
func Check(path string, environ []string) (cfg *Config, warnings Problems, err error) {
	data, err := readFile(path)
	if err != nil {
		return nil, nil, err
	}
	check, cfg, err := parse(path, data, environ)
	if err != nil {
		return nil, nil, err
	}
	if err := makeable(cfg.DataDir); err != nil {
		check.add("data_dir", "%v", err)
		return nil, nil, check.problems
	}
	check.open(cfg, filepath.Dir(path))
	check.searchable(cfg)
	return cfg, check.problems, nil
}

// searchable finds the brands that X cannot be asked for.
func (c *checker) searchable(cfg *Config) {
	if cfg.Sources.X == nil {
		return
	}
	for i, brand := range cfg.Brands {
		q, err := brand.Compile()
		if err == nil {
			_, err = q.XRules(query.MaxXRule)
		}
		if err != nil {
			c.add(fmt.Sprintf("brands[%d].query", i), "this brand is not seen on X: %v", err)
		}
	}
}

// makeable says whether a folder can be made and written to, and makes none.
func makeable(folder string) error {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(folder) != folder {
		return makeable(filepath.Dir(folder))
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is in the way: it is no folder", folder)
	}
	probe, err := os.CreateTemp(folder, ".writable-*")
	if err != nil {
		return fmt.Errorf("cannot write to %s: %w", folder, errors.Unwrap(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// open finds the secrets that everyone on this machine can read. Those of the
// simulation are public.
func (c *checker) open(cfg *Config, folder string) {
	if cfg.Simulate != nil {
		return
	}
	walk(reflect.ValueOf(cfg).Elem(), "", "", func(path, _ string, value reflect.Value) {
		secret, ok := value.Addr().Interface().(*Secret)
		if !ok || secret.file == "" {
			return
		}
		if at := secret.in(folder); others(at, 0o004) && others(filepath.Dir(at), 0o001) {
			c.add(path, "everyone on this machine can read %s: chmod 600 %[1]s", secret.file)
		}
	})
}

// others says whether everyone has a permission on a file or folder.
func others(path string, permission fs.FileMode) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&permission != 0
}
