package export_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/vigie-monitor/vigie/services/export"
)

var later = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// weekly runs the export of Acme into a folder of its own.
func (t tables) weekly(week string) export.Result {
	t.t.Helper()
	result, err := export.Weekly(t.t.Context(), export.Options{Config: t.cfg, Brand: "acme", Week: week, Out: t.t.TempDir(), Now: later})
	require.NoError(t.t, err)
	return result
}

// sheet reads a sheet's cells as they are stored.
func sheet(t *testing.T, path, name string) [][]string {
	t.Helper()
	file, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	rows, err := file.GetRows(name, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	return rows
}

// line finds the row that begins with a label.
func line(t *testing.T, rows [][]string, label string) []string {
	t.Helper()
	for _, row := range rows {
		if len(row) > 0 && row[0] == label {
			return row
		}
	}
	t.Fatalf("no row begins with %q", label)
	return nil
}

func number(t *testing.T, cell string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(cell, 64)
	require.NoError(t, err)
	return n
}

// Whatever was delivered twice, edited or deleted, and however long the week is,
// each figure of the spreadsheet is what a plain recount of the raw rows gives.
func TestFiguresEqualARecountOfTheRawRows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, week, monday string
		hours              float64
	}{
		{"a plain week", "2026-W46", "2026-11-09", 168},
		{"clocks go forward on Sunday", "2026-W13", "2026-03-23", 167},
		{"clocks go back on Sunday", "2026-W43", "2026-10-19", 169},
		{"the first week begins in the old year", "2026-W01", "2025-12-29", 168},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			paris, err := time.LoadLocation("Europe/Paris")
			require.NoError(t, err)
			from, err := time.ParseInLocation(time.DateOnly, test.monday, paris)
			require.NoError(t, err)
			to, before := from.AddDate(0, 0, 7), from.AddDate(0, 0, -7)
			require.InDelta(t, test.hours, to.Sub(from).Hours(), 0)

			db := newTables(t)
			random := rand.New(rand.NewPCG(46, uint64(from.Unix())))
			rows := invent(random, from, to, 600)
			db.twice(random, rows)
			result := db.weekly(test.week)

			counted := standing(rows)
			now := count(counted, "acme", from, to, paris)
			was := count(counted, "acme", before, from, paris)
			summary := sheet(t, result.XLSX, "Summary")
			for label, figure := range now.figures() {
				cells, old := line(t, summary, label), was.figures()[label]
				assert.InDelta(t, figure, number(t, cells[1]), 1e-9, "%s this week", label)
				assert.InDelta(t, old, number(t, cells[2]), 1e-9, "%s the week before", label)
				points := 1.0
				if label == "Negative share" {
					points = 100 // a share changes by points
				}
				assert.InDelta(t, points*(figure-old), number(t, cells[3]), 1e-9, "%s: change", label)
				if label != "Net sentiment (points)" {
					assert.InDelta(t, (figure-old)/old, number(t, cells[4]), 1e-9, "%s: growth", label)
				}
			}
			assert.InDelta(t, now.mentions, result.Mentions, 0)

			globex, initech := count(counted, "globex", from, to, paris), count(counted, "initech", from, to, paris)
			all := now.mentions + globex.mentions + initech.mentions
			assert.InDelta(t, now.mentions/all, number(t, line(t, summary, "Share of voice")[1]), 1e-9)
			rival := line(t, summary, "Globex")
			assert.InDelta(t, globex.mentions, number(t, rival[1]), 0)
			assert.InDelta(t, globex.mentions/all, number(t, rival[4]), 1e-9)
			assert.InDelta(t, globex.net(), number(t, rival[7]), 1e-9)
			assert.InDelta(t, globex.potentialReach(), number(t, rival[8]), 0)

			days := sheet(t, result.XLSX, "By day")
			for day := range 7 {
				assert.InDelta(t, now.byDay[day], number(t, days[2+day][1]), 0, "day %d", day)
				assert.InDelta(t, was.byDay[day], number(t, days[2+day][2]), 0, "day %d of the week before", day)
			}
			sources := sheet(t, result.XLSX, "By source")
			for source, mentions := range now.bySource {
				assert.InDelta(t, mentions, number(t, line(t, sources, source)[2]), 0, source)
			}
			topics := sheet(t, result.XLSX, "By topic")
			for topic, mentions := range now.byTopic {
				assert.InDelta(t, mentions, number(t, line(t, topics, topic)[3]), 0, topic)
			}
			assert.Equal(t, "Customer care", line(t, topics, "delivery")[1])

			assert.Len(t, sheet(t, result.XLSX, "Mentions"), 2+int(now.mentions))
			assert.Len(t, readCSV(t, result.CSV, ','), 1+int(now.mentions))
		})
	}
}

// readCSV reads a CSV file as a spreadsheet does: it wants the byte order mark.
func readCSV(t *testing.T, path string, separator rune) [][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	text, marked := strings.CutPrefix(string(data), "\uFEFF")
	require.True(t, marked, "a spreadsheet reads UTF-8 only after a byte order mark")
	require.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"), "RFC 4180 ends lines with CR LF")
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = separator
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	return rows
}

// A French reader gets French sheets, and a CSV that a French spreadsheet opens.
func TestFrench(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	db.cfg.Language = "fr"
	db.insert(row{brand: "acme", id: "x:1", revision: 1, source: "x", ownership: "third_party", sentiment: "negative",
		topics: []string{"delivery"}, published: time.Date(2026, 11, 10, 13, 5, 0, 0, time.UTC), text: "Colis perdu, encore ; merci", name: "Zoé"})
	result := db.weekly("2026-W46")

	summary := sheet(t, result.XLSX, "Synthèse")
	assert.Equal(t, "Acme : Veille de marque, semaine 46 de 2026", summary[0][0])
	assert.Equal(t, "du 9 au 15 novembre 2026 (Europe/Paris)", summary[1][0])
	assert.Equal(t, "1", line(t, summary, "Négatif")[1])

	rows := readCSV(t, result.CSV, ';')
	assert.Equal(t, "Publié (Europe/Paris)", rows[0][0])
	assert.Equal(t, "2026-11-10 14:05:00", rows[1][0])
	assert.Contains(t, rows[1], "-0,250")
	assert.Contains(t, rows[1], "Colis perdu, encore ; merci")
	assert.Contains(t, rows[1], "Service client")
}

// The first report of a new user: what was before Vigie watched is empty, not zero,
// and nothing is compared with it.
func TestDaysBeforeTheFirstMentionAreNotZero(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		language, summary, days, topics, since, story, worst string
	}{
		{"en", "Summary", "By day", "By topic", "Watched since 12 November 2026, the day of the first mention known",
			"•  2 mentions. What was said the week before is not known.", "•  Most negative topic: outage, 1 negative mention."},
		{"fr", "Synthèse", "Par jour", "Par thème", "Veille depuis le 12 novembre 2026, jour de la première mention connue",
			"•  2 mentions. Ce qui s’est dit la semaine précédente n’est pas connu.", "•  Thème le plus négatif : panne, 1 mention négative."},
	} {
		t.Run(test.language, func(t *testing.T) {
			t.Parallel()
			db := newTables(t)
			db.cfg.Language = test.language
			thursday := time.Date(2026, 11, 12, 13, 0, 0, 0, time.UTC)
			db.insert(
				row{brand: "acme", id: "x:1", revision: 1, source: "x", ownership: "third_party", sentiment: "negative", topics: []string{"outage"}, published: thursday},
				row{brand: "acme", id: "x:2", revision: 1, source: "x", ownership: "third_party", sentiment: "neutral", published: thursday.Add(48 * time.Hour)},
				row{brand: "globex", id: "x:3", revision: 1, source: "x", ownership: "third_party", sentiment: "neutral", published: thursday.AddDate(0, 0, -30)},
				row{brand: "globex", id: "x:4", revision: 1, source: "x", ownership: "third_party", sentiment: "neutral", published: thursday},
			)
			result := db.weekly("2026-W46")
			require.Len(t, result.Remarks, 1)
			assert.Contains(t, result.Remarks[0], test.since)

			days := sheet(t, result.XLSX, test.days)
			require.Len(t, days[1], 8, "no column of the week before, none of the change")
			for i, mentions := range []string{"", "", "", "1", "0", "1", "0"} {
				day := append(days[2+i], "")
				assert.Equal(t, mentions, day[1], "day %d", i)
			}
			summary := sheet(t, result.XLSX, test.summary)
			line(t, summary, test.story)
			line(t, summary, test.worst)
			for _, row := range summary {
				if len(row) > 0 && (row[0] == "Mentions" || row[0] == "Crises") {
					assert.Len(t, row, 2)
				}
			}
			assert.Len(t, line(t, summary, "Globex"), 8)
			if test.language == "fr" {
				line(t, sheet(t, result.XLSX, test.topics), "panne")
			}

			next := db.weekly("2026-W47")
			require.Len(t, next.Remarks, 2, "a week of which the first days were not seen is not compared with either")
			assert.Contains(t, next.Remarks[1], test.since)
			assert.Len(t, db.weekly("2026-W48").Remarks, 1, "only that nothing was found")
		})
	}
}

// What is nearly nothing has no sign, and other signs are those of the text.
func TestSignsOfFigures(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	from := time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)
	var rows []row
	for i := range 301 { // 100 for and 101 against: a third of a point below zero
		rows = append(rows, row{brand: "acme", id: fmt.Sprint(i), revision: 1, source: "x", ownership: "third_party", published: from.Add(time.Duration(i) * time.Minute),
			sentiment: []string{"negative", "neutral", "positive"}[i%3]})
	}
	rows = append(rows, row{brand: "acme", id: "y:1", revision: 1, source: "y", ownership: "third_party", sentiment: "negative", published: from})
	db.insert(rows...)
	file, err := excelize.OpenFile(db.weekly("2026-W46").XLSX)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	zero, err := file.GetCellValue("By source", "I3", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	assert.Equal(t, "0", zero, "a spreadsheet would write -0")
	lost, err := file.GetCellValue("By source", "I4")
	require.NoError(t, err)
	assert.Equal(t, "−100", lost)
}

// A week told from its incidents: opened, raised, taken in charge, resolved; and
// a source that could not be seen, said before any figure.
func TestIncidentsAndBlindSources(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 11, hour, minute, 0, 0, time.UTC) }
	end, seen := at(16, 0), at(9, 30)
	db.insertSteps(
		step{id: "acme@1", revision: 1, kind: "spike", brand: "acme", level: "watch", opened: at(12, 0), leveled: at(12, 0), observed: 20},
		step{id: "acme@1", revision: 2, kind: "spike", brand: "acme", level: "alert", opened: at(12, 0), leveled: at(12, 4), observed: 40},
		step{id: "acme@1", revision: 3, kind: "spike", brand: "acme", level: "crisis", opened: at(12, 0), leveled: at(12, 9), observed: 84},
		step{id: "acme@1", revision: 4, kind: "spike", brand: "acme", level: "crisis", opened: at(12, 0), leveled: at(12, 9), observed: 3, resolved: &end},
		step{id: "acme@2", revision: 1, kind: "opportunity", brand: "acme", level: "watch", opened: at(18, 0), leveled: at(18, 0), observed: 30},
		step{id: "globex@1", revision: 1, kind: "spike", brand: "globex", level: "crisis", opened: at(12, 0), leveled: at(12, 0)},
		step{id: "rss/p@1", revision: 1, kind: "blind_source", source: "rss", level: "alert", opened: at(8, 0), leveled: at(8, 0), resolved: &seen},
	)
	db.insertPage("p1", "acme@1", "acme", "crisis", "sent", "", at(12, 9))
	db.insertPage("p1", "acme@1", "acme", "crisis", "acked", "Léa", at(12, 12))
	db.insertPage("p2", "acme@1", "acme", "crisis", "failed", "", at(12, 9))
	result := db.weekly("2026-W46")

	var story []string
	for _, row := range sheet(t, result.XLSX, "Incidents")[2:] {
		at, err := excelize.ExcelDateToTime(number(t, row[1]), false)
		require.NoError(t, err)
		story = append(story, strings.TrimSpace(at.Format("15:04")+" "+row[2]+" "+row[3]+" "+row[4]))
	}
	assert.Equal(t, []string{
		"13:00 opened watch", "13:04 raised alert", "13:09 raised crisis", "13:12 taken in charge crisis Léa", "17:00 resolved crisis",
		"19:00 opened opportunity",
	}, story, "in the time of Paris")

	summary := sheet(t, result.XLSX, "Summary")
	assert.Equal(t, "1", line(t, summary, "Crises")[1])
	assert.Equal(t, "0", line(t, summary, "Alerts")[1], "an incident counts at the highest level it reached")
	assert.Equal(t, "0", line(t, summary, "Watches")[1])
	assert.Equal(t, "1", line(t, summary, "Opportunities")[1])
	assert.Equal(t, "1", line(t, summary, "Pages sent to the on-call")[1], "a page that never left was not sent")
	require.Len(t, result.Remarks, 2)
	assert.Contains(t, result.Remarks[1], "rss could not be seen from 11 November 09:00 to 11 November 10:30")
	line(t, summary, "⚠ "+result.Remarks[1])
}

// Run again, on the same data, at another time: the same bytes.
func TestTheSameDataGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	from := time.Date(2026, 11, 9, 0, 0, 0, 0, db.cfg.Location())
	random := rand.New(rand.NewPCG(7, 7))
	db.twice(random, invent(random, from, from.AddDate(0, 0, 7), 300))

	first := db.weekly("2026-W46")
	require.NoError(t, db.conn.Exec(t.Context(), "OPTIMIZE TABLE mention_revisions FINAL"))
	second, err := export.Weekly(t.Context(), export.Options{
		Config: db.cfg, Brand: "acme", Week: "2026-W46", Out: t.TempDir(), Now: later.AddDate(1, 0, 0)})
	require.NoError(t, err)
	for _, pair := range [][2]string{{first.XLSX, second.XLSX}, {first.CSV, second.CSV}} {
		one, err := os.ReadFile(pair[0])
		require.NoError(t, err)
		two, err := os.ReadFile(pair[1])
		require.NoError(t, err)
		assert.Equal(t, filepath.Base(pair[0]), filepath.Base(pair[1]))
		assert.Equal(t, sha256.Sum256(one), sha256.Sum256(two), "%s differs from one run to the next", filepath.Base(pair[0]))
	}
}

// A week without mentions, under way or to come still gives both files, which
// say so.
func TestAWeekWithNothingSaysSo(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	for _, test := range []struct {
		name, week string
		now        time.Time
		says       string
	}{
		{"nothing was said", "2026-W46", later, "No mention was found"},
		{"it has not begun", "2026-W46", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), "has not begun"},
		{"it is under way", "2026-W46", time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC), "is not over"},
	} {
		t.Run(test.name, func(t *testing.T) {
			result, err := export.Weekly(t.Context(), export.Options{Config: db.cfg, Brand: "globex", Week: test.week, Out: t.TempDir(), Now: test.now})
			require.NoError(t, err)
			assert.Contains(t, strings.Join(result.Remarks, " "), test.says)
			assert.Equal(t, "vigie-globex-2026-W46.xlsx", filepath.Base(result.XLSX))
			line(t, sheet(t, result.XLSX, "Summary"), "⚠ "+result.Remarks[0])
			assert.Len(t, readCSV(t, result.CSV, ','), 1)
		})
	}
}

// What cannot be done is refused in a sentence that says what to do, and leaves
// no file behind.
func TestRefusals(t *testing.T) {
	t.Parallel()
	db := newTables(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, test := range []struct {
		name, brand, week, out string
		kind                   error
		says                   string
	}{
		{"unknown brand", "acne", "2026-W46", folder, export.ErrUnknownBrand, `"acne": the config knows acme, globex, initech, hooli`},
		{"no week", "acme", "last week", folder, export.ErrBadWeek, "write one like 2026-W46"},
		{"a year without week 53", "acme", "2025-W53", folder, export.ErrBadWeek, "2025 goes from W01 to W52"},
		{"week 0", "acme", "2026-W00", folder, export.ErrBadWeek, "2026 goes from W01 to W53"},
		{"a file in place of the folder", "acme", "2026-W46", file, export.ErrFolder, "name another folder with --out"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := export.Weekly(t.Context(), export.Options{Config: db.cfg, Brand: test.brand, Week: test.week, Out: test.out})
			require.ErrorIs(t, err, test.kind)
			assert.Contains(t, err.Error(), test.says)
		})
	}
	t.Run("no ClickHouse", func(t *testing.T) {
		cfg := *db.cfg
		cfg.ClickHouse.Addr = "127.0.0.1:1"
		impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := export.Weekly(impatient, export.Options{Config: &cfg, Brand: "acme", Week: "2026-W46", Out: folder})
		require.ErrorContains(t, err, "nothing usable answers at 127.0.0.1:1")
	})
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 1, "only the file that was there")
}
