package sentiment

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Where a data folder holds what is trained on, and what guides it.
const (
	trainFolder   = "sentiment/train"
	lexiconFolder = "lexicons"
)

// corpusWeights are what an example of a file counts for, where it is not 1:
// DEFT-2017's domains are politics and television. A file that counts for nothing
// is not read: en-umsab repeats texts of the validation split on which the settings
// were chosen.
var corpusWeights = map[string]float32{"fr-deft2017": 0.2, "en-umsab": 0}

// ReadData reads what a model is trained on from a data folder.
func ReadData(data fs.FS) (corpora []Corpus, lexicons []*Lexicon, err error) {
	err = eachFile(data, trainFolder, func(name string, file fs.File) error {
		stem := strings.TrimSuffix(name, path.Ext(name))
		weight, known := corpusWeights[stem]
		if !known {
			weight = 1
		}
		if weight == 0 {
			return nil
		}
		language, _, _ := strings.Cut(stem, "-")
		examples, digest, err := ReadExamples(file)
		corpora = append(corpora, Corpus{
			Source: Source{Name: name, SHA256: fmt.Sprintf("%x", digest)}, Language: language, Examples: examples, Weight: weight,
		})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = eachFile(data, lexiconFolder, func(name string, file fs.File) error {
		lexicon, err := ReadLexicon(name, file)
		lexicons = append(lexicons, lexicon)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) { // a guide, not a need
		return corpora, nil, nil
	}
	return corpora, lexicons, err
}

// eachFile visits the files of a folder in the order of their names.
func eachFile(data fs.FS, folder string, visit func(name string, file fs.File) error) error {
	entries, err := fs.ReadDir(data, folder)
	if err != nil {
		return fmt.Errorf("sentiment: the data folder has no %s: %w", folder, err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		file, err := data.Open(path.Join(folder, entry.Name()))
		if err != nil {
			return fmt.Errorf("sentiment: %w", err)
		}
		err = visit(entry.Name(), file)
		_ = file.Close() // read only
		if err != nil {
			return fmt.Errorf("sentiment: %s/%s: %w", folder, entry.Name(), err)
		}
	}
	return nil
}
