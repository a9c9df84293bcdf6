package export_test

import (
	"archive/zip"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What people write never becomes a formula, in either file.
func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	hostile := []struct{ written, csv string }{
		{`=HYPERLINK("http://evil","x")`, `'=HYPERLINK("http://evil","x")`},
		{"+33 1 23", "'+33 1 23"},
		{"-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},
		{"@SUM(1+1)", "'@SUM(1+1)"},
		{"\t=1+1", "' =1+1"},
		{"\r\n=1+1", "'  =1+1"},
		{"＝1+1", "'＝1+1"},
		{"a\x00b\x1bc\u202Etxt", "abctxt"},
		{"bad \xff utf-8", "bad \uFFFD utf-8"},
		{`"quoted", and; more`, `"quoted", and; more`},
	}
	for i, h := range hostile {
		db.insert(row{brand: "acme", id: "x:" + strconv.Itoa(i), revision: 1, source: "x", ownership: "third_party", sentiment: "neutral",
			topics: []string{}, published: time.Date(2026, 11, 10, 13, i, 0, 0, time.UTC), text: h.written, name: h.written,
			handle: h.written, url: "javascript:alert(1)//" + h.written,
			risks: []string{h.written}, words: []string{h.written}, recommendation: "warns", story: h.written})
	}
	result := db.weekly("2026-W46")

	for i, cells := range readCSV(t, result.CSV, ',')[1:] {
		assert.Contains(t, cells, hostile[i].csv)
		for column, cell := range cells {
			if !strings.HasPrefix(cell, "-0.250") { // the score, which is a number of ours
				assert.NotRegexp(t, `^\s*[=+@-]`, cell, "column %d", column)
			}
		}
	}
	for i, cells := range sheet(t, result.XLSX, "Mentions")[2:] {
		assert.Contains(t, cells, strings.TrimPrefix(hostile[i].csv, "'"), "the spreadsheet keeps the words")
	}
	archive, err := zip.OpenReader(result.XLSX)
	require.NoError(t, err)
	defer func() { _ = archive.Close() }()
	for _, part := range archive.File {
		opened, err := part.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(opened)
		require.NoError(t, err)
		if strings.HasPrefix(part.Name, "xl/worksheets/") {
			assert.NotContains(t, string(content), "<f>", "%s has a formula", part.Name)
			assert.NotContains(t, string(content), "<f ", "%s has a formula", part.Name)
		}
		if strings.HasSuffix(part.Name, ".rels") {
			assert.NotContains(t, string(content), "javascript:", "%s opens a script", part.Name)
		}
	}
}
