package language

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
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
		source := Source{Language: code, Ranked: ending == ".words", Posts: ending == ".posts"}
		file, err := folder.Open(entry.Name())
		if err != nil {
			return nil, hash, fmt.Errorf("language: %w", err)
		}
		io.WriteString(all, entry.Name()+"\n")
		lines := bufio.NewScanner(io.TeeReader(file, all))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				source.Lines = append(source.Lines, line)
			}
		}
		file.Close()
		if err := lines.Err(); err != nil {
			return nil, hash, fmt.Errorf("language: %s: %w", entry.Name(), err)
		}
		if len(source.Lines) > 0 {
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 {
		return nil, hash, fmt.Errorf("language: no file named like fr-books.txt in the folder")
	}
	return sources, [sha256.Size]byte(all.Sum(nil)), nil
}
