package language

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// ReadSources reads a folder of texts: of each file the name begins with its
// language and a hyphen, and its ending says what it holds: .txt sentences,
// .posts posts, .words words with the commonest first; a line each. The hash is
// of all names and bytes.
func ReadSources(folder fs.FS) (sources []Source, hash [sha256.Size]byte, err error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, hash, fmt.Errorf("language: %w", err)
	}
	all := sha256.New()
	for _, entry := range entries {
		code, _, found := strings.Cut(entry.Name(), "-")
		ending := path.Ext(entry.Name())
		if !found || ending != ".txt" && ending != ".posts" && ending != ".words" {
			continue
		}
		data, err := fs.ReadFile(folder, entry.Name())
		if err != nil {
			return nil, hash, fmt.Errorf("language: %w", err)
		}
		all.Write([]byte(entry.Name() + "\n"))
		all.Write(data)
		source := Source{Language: code, Ranked: ending == ".words", Posts: ending == ".posts"}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" {
				source.Lines = append(source.Lines, line)
			}
		}
		if len(source.Lines) > 0 {
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 {
		return nil, hash, errors.New("language: no file named like fr-books.txt in the folder")
	}
	return sources, [sha256.Size]byte(all.Sum(nil)), nil
}
