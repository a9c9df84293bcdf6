package ack

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/config"
)

const (
	keyFile  = "ack.key"
	keyBytes = 32
	// minKey is the shortest key taken from a file somebody wrote.
	minKey = 16
)

// NewSigner signs with the key of desk.ack_key_file, or else with the one in the
// data folder, which is made at first start. The pager and the desk must share
// it: on two machines that takes desk.ack_key_file.
func NewSigner(cfg *config.Config) (*Signer, error) {
	if cfg.Desk.AckKeyFile.IsSet() {
		key := cfg.Desk.AckKeyFile.Value()
		if len(key) < minKey {
			return nil, fmt.Errorf("ack: desk.ack_key_file holds %d characters: write at least %d random ones", len(key), minKey)
		}
		return &Signer{key: []byte(key)}, nil
	}
	key, err := keyOf(cfg.Path(keyFile))
	if err != nil {
		return nil, fmt.Errorf("ack: the key that signs ack links: make data_dir writable, or set desk.ack_key_file: %w", err)
	}
	return &Signer{key: key}, nil
}

// keyOf reads the key, and makes it where there is none.
func keyOf(path string) ([]byte, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(path); err != nil {
		return nil, err
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("%s holds no key: remove it, and a new one is made (links already sent stop working)", path)
	}
	return key, nil
}

// makeKey writes the key aside and then links it into place, which fails where
// another process was first: both then read the same whole key.
func makeKey(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	aside, err := os.CreateTemp(folder, keyFile+".*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	_, err = aside.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
