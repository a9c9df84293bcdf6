package clickhouse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dataDir is the folder of one engine, locked for this process.
//
//	lock         held while the engine runs; names the holder
//	engine.xml   the engine's configuration, written at each start
//	engine/      ClickHouse's own files
//	spool/       the rows of inserts under way; emptied at each start
type dataDir struct {
	path string
	lock *os.File
}

func (d *dataDir) config() string { return filepath.Join(d.path, "engine.xml") }
func (d *dataDir) engine() string { return filepath.Join(d.path, "engine") }
func (d *dataDir) spool() string  { return filepath.Join(d.path, "spool") }

// openDataDir makes the folder if need be, and locks it.
func openDataDir(path string) (*dataDir, error) {
	if path == "" {
		return nil, errors.New("clickhouse: no data folder is given: set one")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("clickhouse: data folder %s: %w", path, err)
	}
	d := &dataDir{path: abs}
	// libchdb 26.5 starts the task that removes dropped tables only where it finds metadata: without, the
	// first DROP … SYNC in a new folder would wait for ever.
	if err := os.MkdirAll(filepath.Join(d.engine(), "metadata"), 0o700); err != nil {
		return nil, d.unusable(err)
	}
	if d.lock, err = os.OpenFile(filepath.Join(abs, "lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, d.unusable(err)
	}
	if err := d.claim(); err != nil {
		_ = d.lock.Close()
		return nil, err
	}
	if err := d.emptySpool(); err != nil {
		d.close()
		return nil, d.unusable(err)
	}
	return d, nil
}

// claim locks the folder. The lock is the kernel's: it ends with the process, however that ends.
func (d *dataDir) claim() error {
	err := syscall.Flock(int(d.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := make([]byte, 32)
		n, _ := d.lock.ReadAt(holder, 0)
		return fmt.Errorf("clickhouse: data folder %s is in use by process %s: stop that one, or set another folder", d.path, strings.TrimSpace(string(holder[:n])))
	}
	if err != nil {
		return d.unusable(err)
	}
	if err := d.lock.Truncate(0); err != nil {
		return d.unusable(err)
	}
	if _, err := d.lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return d.unusable(err)
	}
	return nil
}

func (d *dataDir) emptySpool() error {
	if err := os.RemoveAll(d.spool()); err != nil {
		return err
	}
	return os.Mkdir(d.spool(), 0o700)
}

func (d *dataDir) unusable(err error) error {
	hint := "set another folder"
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		hint = "give this user the right to write there, or set another folder"
	case errors.Is(err, syscall.ENOSPC):
		hint = "free some space on that disk, or set another folder"
	}
	return fmt.Errorf("clickhouse: data folder %s cannot be used: %w: %s", d.path, err, hint)
}

func (d *dataDir) close() { _ = d.lock.Close() }
