// Command measure writes docs/sentiment.md: what the embedded sentiment model gets
// on labelled files it was not trained on, beside the lexicon a user would take
// instead and what is published. It is no part of the vigie binary, so that the
// lexicon is none either.
package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/template"

	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

//go:embed page.md
var page string

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), `Usage: go run ./services/scorer/measure DATA > docs/sentiment.md

Measures the embedded sentiment model on the labelled files of DATA that it was not
trained on: sentiment/validation, sentiment/evaluate-only and the labels of replay;
the lexicon VADER (govader) on the English ones; and models trained in the same run
on one source and tested on another. Takes some minutes; the same files and model
give the same page.
`)
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(os.DirFS(flag.Arg(0)), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func write(data fs.FS, out io.Writer) error {
	sets, err := readSets(data)
	if err != nil {
		return err
	}
	model := sentiment.Embedded()
	results := make([]result, len(sets))
	for i, set := range sets {
		results[i] = measure(set, func(text string) sentiment.Verdict { return model.Judge(set.language, text, nil, nil) })
		if set.language == "en" {
			lexicon := measure(set, vader())
			results[i].Lexicon = &lexicon
		}
	}
	across, err := acrossDomains(data, sets)
	if err != nil {
		return err
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"percent": func(x float64) string { return fmt.Sprintf("%.1f", 100*x) },
		"bar":     func(x float64) string { return strings.Repeat("█", int(20*x+0.5)) },
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(out, map[string]any{
		"Card": model.Card(), "Results": results, "Across": across, "Languages": byLanguage(results),
		"Labels": []string{"negative", "neutral", "positive"},
	})
}

// set is labelled texts of one source.
type set struct {
	name, language string
	examples       []sentiment.Example
}

func readSets(data fs.FS) ([]set, error) {
	var sets []set
	for _, pattern := range []string{"sentiment/validation/*.tsv", "sentiment/evaluate-only/*.tsv"} {
		names, err := fs.Glob(data, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			s, err := readSet(data, name)
			if err != nil {
				return nil, err
			}
			sets = append(sets, s)
		}
	}
	if len(sets) == 0 {
		return nil, errors.New("the folder holds no sentiment/validation: is it the data folder?")
	}
	airlines, err := readReplay(data, "replay/airlines-2015-02-17_21")
	return append(sets, airlines), err
}

func readSet(data fs.FS, name string) (set, error) {
	file, err := data.Open(name)
	if err != nil {
		return set{}, err
	}
	defer func() { _ = file.Close() }()
	examples, _, err := sentiment.ReadExamples(file)
	stem := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".tsv")
	language, _, _ := strings.Cut(stem, "-")
	return set{name: stem, language: language, examples: examples}, err
}

// readReplay joins real posts with their labels, by id.
func readReplay(data fs.FS, stem string) (set, error) {
	labels := map[string]sentiment.Label{}
	table, err := fs.ReadFile(data, stem+".labels.tsv")
	if err != nil {
		return set{}, err
	}
	for line := range strings.Lines(string(table)) {
		fields := strings.Split(line, "\t")
		for label := sentiment.Negative; label <= sentiment.Positive; label++ {
			if len(fields) > 2 && fields[2] == label.String() {
				labels[fields[0]] = label
			}
		}
	}
	file, err := data.Open(stem + ".x.ndjson")
	if err != nil {
		return set{}, err
	}
	defer func() { _ = file.Close() }()
	s := set{name: "en-airlines", language: "en"}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct{ Data struct{ ID, Text string } }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return set{}, fmt.Errorf("%s.x.ndjson: %w", stem, err)
		}
		if label, known := labels[line.Data.ID]; known {
			s.examples = append(s.examples, sentiment.Example{Text: line.Data.Text, Label: label})
		}
	}
	return s, lines.Err()
}
