package export

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// Every word there is exists in both languages, with the same blanks to fill.
func TestBothLanguagesSayEverything(t *testing.T) {
	t.Parallel()
	blanks := regexp.MustCompile(`%[a-z]`)
	for key, phrase := range dictionary {
		assert.NotEmpty(t, phrase.en, key)
		assert.NotEmpty(t, phrase.fr, key)
		assert.Equal(t, blanks.FindAllString(phrase.en, -1), blanks.FindAllString(phrase.fr, -1), key)
	}
	for _, key := range sheetKeys {
		for _, name := range []string{dictionary[key].en, dictionary[key].fr} {
			assert.LessOrEqual(t, len([]rune(name)), 31, "a sheet's name is short")
			assert.NotContains(t, name, "'")
		}
	}
}

// No code asks for a word that is in no dictionary: it would be shown as its key.
func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	asked := regexp.MustCompile(`\b(?:say|at|plural|heading|writeTable|streamTable|chart)\((?:[A-Za-z.]+, )?"([a-z_]*[a-z])"`)
	var keys []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range asked.FindAllStringSubmatch(string(source), -1) {
			keys = append(keys, match[1])
		}
	}
	require.Greater(t, len(keys), 60, "the expression finds the calls")
	for _, chapter := range (weekly.Report{}).Chapters() {
		keys = append(keys, "chapter_"+chapter.Name)
		for _, figure := range chapter.Figures {
			keys = append(keys, figure.Name)
		}
	}
	for _, column := range (&summary{}).rivalColumns() {
		keys = append(keys, column.key)
	}
	for _, key := range keys {
		_, known := dictionary[key]
		assert.True(t, known, key)
	}
}

// A risk that the scorer finds has a name in the report, not only an id.
func TestRisksHaveNames(t *testing.T) {
	t.Parallel()
	risks, err := os.ReadFile("../scorer/internal/risk/risks.txt")
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^\[(.+)\]$`).FindAllSubmatch(risks, -1)
	require.NotEmpty(t, found)
	for _, risk := range found {
		assert.Contains(t, dictionary, "risk_"+string(risk[1]))
	}
}

func TestWordsOfBothLanguages(t *testing.T) {
	t.Parallel()
	en, fr := languageOf("en"), languageOf("fr")
	assert.Equal(t, "+6", en.points(weekly.Value{Number: 6.2}))
	assert.Equal(t, "0", en.points(weekly.Value{Number: -0.2}))
	assert.Equal(t, "+1 point", en.mood(weekly.Value{Number: 1.2}))
	assert.Equal(t, "−3 points", fr.mood(weekly.Value{Number: -3}))
	assert.Equal(t, "0 point", fr.mood(weekly.Value{}))
	assert.Equal(t, "veille", fr.level(weekly.Watch))
	for _, test := range []struct{ week, en, fr string }{
		{"2026-W46", "9 to 15 November 2026", "du 9 au 15 novembre 2026"},
		{"2026-W49", "30 November to 6 December 2026", "du 30 novembre au 6 décembre 2026"},
		{"2026-W53", "28 December 2026 to 3 January 2027", "du 28 décembre 2026 au 3 janvier 2027"},
		{"2026-W23", "1 to 7 June 2026", "du 1er au 7 juin 2026"},
	} {
		week, err := weekly.ParseWeek(test.week, time.UTC)
		require.NoError(t, err)
		assert.Equal(t, test.en, en.days(week))
		assert.Equal(t, test.fr, fr.days(week))
	}
}

// A long text is not laid over the row below it.
func TestARowIsAsHighAsItsText(t *testing.T) {
	t.Parallel()
	columns := []column{{"a", 10, textLook}, {"b", 70, wrapLook}, {"c", 34, wrapLook}}
	assert.InDelta(t, lineHeight, rowHeight(columns, []any{strings.Repeat("not wrapped ", 20), "short", nil}), 0)
	assert.InDelta(t, 7*lineHeight, rowHeight(columns, []any{"", strings.Repeat("a", 400), address("https://a.example")}), 0)
	assert.InDelta(t, 2*lineHeight, rowHeight(columns, []any{"", "short", address("https://a.example/" + strings.Repeat("a", 30))}), 0)
	assert.InDelta(t, maxHeight, rowHeight(columns, []any{"", strings.Repeat("a", 4000), nil}), 0)
}

func TestBlindSourcesAreSaid(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return time.Date(2026, 11, 9, hour, 0, 0, 0, time.UTC) }
	once := weekly.Blind{Source: "x", Pages: []string{"acme"}, From: at(1), To: at(3), Total: 2 * time.Hour}
	often := weekly.Blind{Source: "rss", Pages: []string{"a", "b"}, From: at(1), To: at(11), Total: 6 * time.Hour, Before: true}
	assert.Contains(t, languageOf("en").blind(once, time.UTC), "x (acme) could not be seen from 9 November 01:00 to 9 November 03:00. ")
	assert.Contains(t, languageOf("fr").blind(often, time.UTC),
		"rss (2 pages) n’a pas pu être vu pendant 6\u00A0h en tout entre le 9 novembre à 01\u00A0h\u00A000 et le 9 novembre à 11\u00A0h\u00A000, la semaine")
}

func TestTextIsCutWhereACellEnds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("a", 70_000), strings.Repeat("😀", 40_000)} {
		cut := plain(text)
		units := 0
		for _, r := range cut {
			units++
			if r >= 0x10000 {
				units++
			}
		}
		assert.Less(t, units, 32_767)
		assert.True(t, strings.HasSuffix(cut, "…"))
	}
	assert.Equal(t, "ab…", shortened("abc", 2))
	assert.Equal(t, "abc", shortened("abc", 3))
}

func TestOnlyWebAddressesAreLinks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "https://example.org/a?b=c", link("https://example.org/a?b=c"))
	for _, url := range []string{"javascript:alert(1)", "file:///etc/passwd", "\\\\host\\share", "https://a b", `https://a"b`, "https://a/" + strings.Repeat("a", 3000), ""} {
		assert.Empty(t, link(url), url)
	}
}

// More mentions than a sheet takes: the title says that the list is cut.
func TestACutListSaysSo(t *testing.T) {
	t.Parallel()
	j, err := newJob(Options{Config: &config.Config{Timezone: "UTC", Brands: []config.Brand{{ID: "acme", Name: "Acme"}}}, Brand: "acme", Week: "2026-W46"})
	require.NoError(t, err)
	plan := j.plan()
	plan.MaxListed = 2
	builder := weekly.New(plan)
	for i := range 5 {
		builder.AddMention(weekly.Mention{BrandID: "acme", ID: fmt.Sprint(i), Published: j.week.From()})
	}
	var out bytes.Buffer
	require.NoError(t, writeWorkbook(&out, j, builder.Report(), nil))
	file, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	rows, err := file.GetRows("Mentions")
	require.NoError(t, err)
	assert.Equal(t, "Acme: Mentions, week 46 of 2026 (the first 2 of 5 mentions; the CSV file has them all)", rows[0][0])
	assert.Len(t, rows, 2+2)
}
