package export

import (
	"fmt"
	"os"
	"path/filepath"
)

// reportMode lets the group read: reports quote people.
const reportMode = 0o640

// files are the two files under their temporary names. They take their names
// together, at the end: a reader never sees half a report.
type files struct {
	folder string
	name   string
	xlsx   *os.File
	csv    *os.File
}

func newFiles(folder, name string) (*files, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("export: %w in %s: name another folder with --out: %w", ErrFolder, folder, err)
	}
	f := &files{folder: folder, name: name}
	var err error
	if f.xlsx, err = os.CreateTemp(folder, "."+name+"-*.xlsx"); err == nil {
		f.csv, err = os.CreateTemp(folder, "."+name+"-*.csv")
	}
	if err != nil {
		f.discard()
		return nil, fmt.Errorf("export: %w in %s: name another folder with --out: %w", ErrFolder, folder, err)
	}
	return f, nil
}

func (f *files) path(suffix string) string { return filepath.Join(f.folder, f.name+suffix) }

// keep puts the files on disk, then gives both their names.
func (f *files) keep() error {
	for _, file := range []*os.File{f.csv, f.xlsx} {
		if err := finish(file); err != nil {
			return fmt.Errorf("export: %w %s: %w", ErrFolder, f.folder, err)
		}
	}
	for _, file := range []*os.File{f.csv, f.xlsx} {
		path := f.path(filepath.Ext(file.Name()))
		if err := os.Rename(file.Name(), path); err != nil {
			return fmt.Errorf("export: %w %s: close it where it is open: %w", ErrFolder, path, err)
		}
	}
	return nil
}

func finish(file *os.File) error {
	if err := file.Chmod(reportMode); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// discard removes what was not kept; after keep there is nothing left to remove.
func (f *files) discard() {
	for _, file := range []*os.File{f.xlsx, f.csv} {
		if file != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}
}
