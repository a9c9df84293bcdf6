package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest"
)

const (
	postsEnd  = ".x.ndjson"
	labelsEnd = ".labels.tsv"
)

// labelled are real posts, with what people said of them.
type labelled struct {
	posts     []*vigiev1.ScoredMention
	brandless int    // concern no brand that anybody named
	unfelt    int    // nobody said their sentiment
	labels    string // file of what people said, where there is one
}

// readPosts reads lines of the X API v2. A post concerns the brand that the labels
// beside the file name, else that of the rule by which it came.
func readPosts(path string) (labelled, error) {
	var l labelled
	file, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer file.Close()
	name := strings.TrimSuffix(path, postsEnd) + labelsEnd
	labels, err := readPostLabels(name)
	switch {
	case err == nil:
		l.labels = name
	case !errors.Is(err, fs.ErrNotExist):
		return l, err
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 64<<10), maxTestLine)
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if err := l.take(line, labels); err != nil {
			return l, fmt.Errorf("%s, line %d: %w", filepath.Base(path), number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return l, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return l, nil
}

func (l *labelled) take(line []byte, labels map[string]postLabel) error {
	m, err := ingest.Decode("x-v2", line)
	if err != nil {
		return err
	}
	label := labels[strings.TrimPrefix(m.MentionId, "x:")]
	if label.brand == "" {
		var by struct {
			Rules []struct{ Tag string } `json:"matching_rules"`
		}
		if err := json.Unmarshal(line, &by); err != nil {
			return err
		}
		if len(by.Rules) > 0 {
			label.brand = by.Rules[0].Tag
		}
	}
	if label.brand == "" {
		l.brandless++
		return nil
	}
	if label.sentiment == vigiev1.Sentiment_SENTIMENT_UNSPECIFIED {
		l.unfelt++
	}
	l.posts = append(l.posts, &vigiev1.ScoredMention{
		Mention: m, BrandId: label.brand, Sentiment: label.sentiment, StoryId: m.MentionId, ModelVersion: "people",
	})
	return nil
}

// postLabel is what people said of a post.
type postLabel struct {
	brand     string
	sentiment vigiev1.Sentiment
}

// readPostLabels reads what people said, by the post's id at its source: tab-separated
// columns, of which id, brand and sentiment are read.
func readPostLabels(path string) (map[string]postLabel, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	labels, err := parsePostLabels(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return labels, nil
}

func parsePostLabels(r io.Reader) (map[string]postLabel, error) {
	rows := csv.NewReader(r)
	rows.Comma, rows.LazyQuotes = '\t', true
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("its header line, id, brand, sentiment, is not there: %w", err)
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[name] = i
	}
	for _, name := range []string{"id", "brand", "sentiment"} {
		if _, there := columns[name]; !there {
			return nil, fmt.Errorf("line 1: there is no column %q", name)
		}
	}
	labels := map[string]postLabel{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return labels, nil
		}
		if err != nil {
			return nil, err
		}
		sentiment, known := vigiev1.Sentiment_value["SENTIMENT_"+strings.ToUpper(row[columns["sentiment"]])]
		if !known || sentiment == 0 {
			line, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("line %d: the sentiment %q is none of negative, neutral and positive", line, row[columns["sentiment"]])
		}
		labels[row[columns["id"]]] = postLabel{row[columns["brand"]], vigiev1.Sentiment(sentiment)}
	}
}
