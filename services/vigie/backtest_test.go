package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

// angry has forty calm days of a brand in a ClickHouse, an hour of anger on the last but
// four, and a config that names it. Every word of it is a stranger's.
func angry(t *testing.T) (folder string, day time.Time) {
	t.Helper()
	database := clickhousetest.Database(t)
	folder = t.TempDir()
	path := filepath.Join(folder, "vigie.yaml")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil,
		"timezone: UTC\nbrands: [{id: zest, name: Zest, query: zest}]\nclickhouse: {addr: %q, database: %q}\n", database.Addr, database.Database), 0o600))
	cfg, err := config.Load(path, nil)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context(), cfg))
	day = time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	for _, rows := range []string{
		// Every 15 minutes, and 300 in an hour.
		fmt.Sprintf(`SELECT concat('x:', toString(number)), 'neutral', fromUnixTimestamp64Milli(%d + toInt64(number) * 900000) FROM numbers(%d)`,
			day.AddDate(0, 0, -36).UnixMilli(), 40*24*4),
		fmt.Sprintf(`SELECT concat('x:b', toString(number)), 'negative', fromUnixTimestamp64Milli(%d + toInt64(number) * 12000) FROM numbers(300)`,
			day.Add(14*time.Hour).UnixMilli()),
	} {
		require.NoError(t, database.Open(t).Exec(t.Context(), `
			INSERT INTO mention_revisions (brand_id, mention_id, source, ownership, kind, origin, text, url, author_id, author_handle,
				sentiment, published_time, collected_time, scored_time)
			SELECT 'zest', id, 'x', 'third_party', 'post', 'imported', concat('furieux', char(27), '[2J'), 'https://x.example', id, id, felt, at, at, at
			FROM (SELECT * FROM (`+rows+`) AS rows (id, felt, at))`))
	}
	return folder, day
}

func TestABacktestIsReadByPeopleAndMachines(t *testing.T) {
	t.Parallel()
	folder, day := angry(t)
	labels, picture := filepath.Join(folder, "found.csv"), filepath.Join(folder, "zest.svg")
	require.NoError(t, os.WriteFile(labels, []byte("brand,from,to,level\nzest,2026-03-06 14:00,2026-03-06 16:00,crisis\n"), 0o600))
	line := []string{"--config", filepath.Join(folder, "vigie.yaml"), "--brand", "zest", "--since", day.AddDate(0, 0, -7).Format(time.DateOnly),
		"--until", day.AddDate(0, 0, 4).Format(time.RFC3339), "--labels", labels}

	out, _, err := vigie(append([]string{"backtest", "--picture", picture}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "zest, 27 Feb 2026 00:00 to 10 Mar 2026 00:00: 1,")
	require.Regexp(t, `crisis +1 +0\.64 +\d+.min +\d+.min +100% \(1 of 1; 27% to 100%\) +100% \(1 of 1; `, out)
	require.Regexp(t, `6 Mar 2026 14:\d\d:\d\d  CRISIS · lasted .* · people call it crisis`, out)
	require.Regexp(t, `present 4.5 +1 +0\.64 +\d+.min +0 +0 +1 of 1 +1 of 1`, out)
	require.Contains(t, out, "furieux[2J")
	require.NotContains(t, out, "\x1b", "a stranger commands no terminal")
	drawn, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Contains(t, string(drawn), "</svg>")
	require.Contains(t, string(drawn), "voices an hour (an author counts once)")
	require.NotContains(t, string(drawn), "busiest hour", "every hour is drawn")

	out, _, err = vigie(append([]string{"backtest", "--format", "ndjson"}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, `"level":"LEVEL_CRISIS"`)
	require.Contains(t, out, `"state":"INCIDENT_STATE_RESOLVED"`)

	rule := filepath.Join(folder, "rule.yaml")
	require.NoError(t, os.WriteFile(rule, []byte("min_mentions: 1000\n"), 0o600))
	out, _, err = vigie(append([]string{"backtest", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Regexp(t, `watch +0 +0\.00 +– +– +– \(0 of 0\) +0% \(0 of 1`, out, "the rule of the file")

	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1"}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "The present alert bound, 4.5, keeps to 1 page a week at most: it pages 0.64 times a week (1 alert in 11\u00A0d 0\u00A0h).\n"+
		"That is short: chance alone may bring twice as many, or none. Tune again when more is known.\n"+
		"Lower ones, down to 3, tell the same alerts: keep it.\n")
	require.NotContains(t, out, "detector:")

	require.NoError(t, os.WriteFile(rule, []byte("alert: 300\ncrisis: 300\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "To the alerts of the present one it adds 1:")
	_, proposed, found := strings.Cut(out, "by --rule:\n")
	require.True(t, found)
	require.NoError(t, os.WriteFile(rule, []byte(proposed), 0o600))
	out, _, err = vigie(append([]string{"backtest", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "present 3", "what is proposed can be tried")

	require.NoError(t, os.WriteFile(rule, []byte("watch: 30\nalert: 290\ncrisis: 290\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Regexp(t, `The present alert bound, 290, keeps to 1 page a week at most: it pages 0\.00 times a week \(0 alerts`, out)
	require.Regexp(t, `A lower one, 30, does too, and pages 0\.64 .*\nTo the alerts of the present one it adds 1:\n\n6 Mar 2026 14:\d\d:\d\d  `, out)
	require.NoError(t, os.WriteFile(rule, []byte("watch: 3\nalert: 3\ncrisis: 3\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Regexp(t, `The present alert bound, 3, keeps to 1 page a week at most: .*\n.*\nNo lower one does: keep it.\n$`, out)

	require.NoError(t, os.WriteFile(rule, []byte("watch: 25\nalert: 25\ncrisis: 25\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "0.1", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Regexp(t, `0\.1 page a week at most: alert \d+, which pages 0\.00 times a week \(0 alerts in 11.*\n.*\nOf the present bound's alerts it misses 1:`, out)
	require.Regexp(t, `misses 1:\n\n6 Mar 2026 14:\d\d:\d\d  CRISIS · .* · people call it crisis\n`, out)

	require.NoError(t, os.WriteFile(rule, []byte("watch: 2\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "0.1", "--rule", rule}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "No alert bound tried keeps to 0.1 page a week: the highest, 16, pages 0.64 times.")
}

// What was said on the desk of an incident is what a rule is held against, and it is said
// whose word that is. A file is taken instead of it.
func TestAReplaySaysWhoseWordItTakes(t *testing.T) {
	t.Parallel()
	folder, day := angry(t)
	cfg, err := config.Load(filepath.Join(folder, "vigie.yaml"), nil)
	require.NoError(t, err)
	line := []string{"backtest", "--config", filepath.Join(folder, "vigie.yaml"), "--brand", "zest", "--since", day.AddDate(0, 0, -7).Format(time.DateOnly),
		"--until", day.AddDate(0, 0, 4).Format(time.RFC3339)}
	out, _, err := vigie(line...)
	require.NoError(t, err)
	require.Contains(t, out, "nobody said. Say it on the desk, or by --labels.")
	require.NotContains(t, out, "labels:")

	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	opened := day.Add(14*time.Hour + 5*time.Minute)
	require.NoError(t, conn.Exec(t.Context(), `INSERT INTO incident_revisions (incident_id, revision, kind, brand_id, level, state, opened_time)
		VALUES ('zest@1', 1, 'spike', 'zest', 'crisis', 'open', ?)`, opened))
	require.NoError(t, conn.Exec(t.Context(), `INSERT INTO verdict_events (incident_id, level, said_time) VALUES ('zest@1', 'none', ?)`, opened))
	out, _, err = vigie(line...)
	require.NoError(t, err)
	require.Contains(t, out, "labels: 1 verdict of the desk: 1 none\n")
	require.Regexp(t, `crisis +1 +0\.64 +\d+.min +\d+.min +0% \(0 of 1; 0% to 73%\) +– \(0 of 0\)`, out)
	require.Regexp(t, `6 Mar 2026 14:\d\d:\d\d  CRISIS · lasted .* · people call it nothing\n`, out)

	labels := filepath.Join(folder, "found.csv")
	require.NoError(t, os.WriteFile(labels, []byte("brand,from,to,level\nzest,2026-03-06 14:00,2026-03-06 16:00,crisis\n"), 0o600))
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1", "--labels", labels}, line[1:]...)...)
	require.NoError(t, err)
	require.Contains(t, out, "labels: 1 of the file: 1 crisis\n")
	require.NotContains(t, out, "verdict")
}

func TestAWrongReplayIsExplainedAndDoesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	cfg := write("vigie.yaml", "brands: [{id: zest, name: Zest, query: zest}]\nclickhouse: {addr: 127.0.0.1:1}\n")
	rule, labels := write("rule.yaml", "alert: 20\nmin_mention: 0\n"), write("found.csv", "brand,from,to,level\nzest,now,now,crisis\n")
	for line, want := range map[string]string{
		"backtest":                                                               `"brand" not set`,
		"backtest --brand zist":                                                  `"zist" is no brand of the config: zest`,
		"backtest --brand zest --format xml":                                     "unknown format",
		"backtest --brand zest --picture a.pdf":                                  "ends with .svg or .png",
		"backtest --brand zest --picture nowhere/a.svg":                          "--picture nowhere/a.svg: there is no folder nowhere",
		"backtest --brand zest --since soon":                                     "--since: \"soon\" is no time: write 90d",
		"backtest --brand zest --since 2026-03-01 --until 2026-03-01":            "is not before",
		"backtest --brand zest --rule " + rule:                                   "rule.yaml:2: detector.min_mention: unknown key",
		"backtest --brand zest --labels " + labels:                               "found.csv: line 2: from: \"now\" is not a moment",
		"backtest --brand zest --labels " + filepath.Join(folder, "nowhere.csv"): "nowhere.csv",
		"tune --brand zest":                                                      `"pages-per-week" not set`,
		"tune --brand zest --pages-per-week 0":                                   "must be above 0",
	} {
		_, begun, err := vigie(append(strings.Fields(line), "--config", cfg)...)
		require.ErrorContains(t, err, want, line)
		if begun {
			require.ErrorAs(t, err, &usageError{}, line)
		}
	}
	_, _, err := vigie("backtest", "--brand", "zest", "--rule", rule, "--config", cfg)
	require.ErrorContains(t, err, "rule.yaml:1: detector.alert: 20 is above detector.crisis, which is 8")
	_, _, err = vigie("backtest", "--brand", "zest", "--config", cfg)
	require.ErrorContains(t, err, "nothing usable answers at 127.0.0.1:1")
	require.NotErrorAs(t, err, &usageError{})

	labels = write("found.csv", "brand,from,to,level\nzing,2026-03-04 12:00,2026-03-04 13:00,crisis\nzest,2026-03-04 12:00,2026-03-04 13:00,watch\n"+
		"zang,2026-03-04 12:00,2026-03-04 13:00,none\nzing,2026-03-05 12:00,2026-03-05 13:00,alert\n")
	for _, command := range []string{"backtest", "tune --pages-per-week 1"} {
		out, _, err := vigie(append(strings.Fields(command), "--brand", "zest", "--config", cfg, "--labels", labels)...)
		require.ErrorContains(t, err, "nothing usable answers")
		require.Contains(t, out, "warning: found.csv: no brand of the config has these labels: 1 of zang, 2 of zing\n")
	}
}

// In a French config a backtest and its picture are French, and say of how much time the
// figures are where the brand is younger than that.
func TestABacktestIsReadInFrench(t *testing.T) {
	t.Parallel()
	folder, day := angry(t)
	picture, cfg := filepath.Join(folder, "zest.svg"), filepath.Join(folder, "vigie.yaml")
	text, err := os.ReadFile(cfg)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cfg, append([]byte("language: fr\n"), text...), 0o600))
	line := []string{"--config", cfg, "--brand", "zest", "--since", day.AddDate(0, 0, -60).Format(time.DateOnly), "--until", day.AddDate(0, 0, 4).Format(time.RFC3339)}
	out, _, err := vigie(append([]string{"backtest", "--picture", picture}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "zest, du 05/01/2026 00:00 au 10/03/2026 00:00\u00A0: 4\u202F140 mentions")
	require.Contains(t, out, "On n’en sait presque rien avant le 29/01/2026 00:00\u00A0: les chiffres par semaine portent sur les 40\u00A0j")
	require.Regexp(t, `crise +1 +0,17 `, out)
	require.Contains(t, out, "CRISE · a duré")
	drawn, err := os.ReadFile(picture)
	require.NoError(t, err)
	for _, text := range []string{"attendu", "voix par heure, moyenne du jour", "heure de pointe", "3 = ce que le hasard seul fait 1 fois sur 1\u202F000 regards", "du 29 janv. 2026"} {
		require.Contains(t, string(drawn), text)
	}
	require.Contains(t, string(drawn), "févr.")
	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1"}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "La borne d’alerte actuelle, 4.5, tient à 1 page par semaine au plus\u00A0: elle en envoie 0,17 par semaine (1 alerte en 40\u00A0j")
	require.Contains(t, out, "De plus basses, jusqu’à 3, disent les mêmes alertes")
}

// Of a brand of which hardly more than a day is known no figures a week are told, nor is a
// bound proposed; a post of last year that somebody imported makes no year of it.
func TestOfADayNoFiguresAWeekAreTold(t *testing.T) {
	t.Parallel()
	folder, day := angry(t)
	cfg, err := config.Load(filepath.Join(folder, "vigie.yaml"), nil)
	require.NoError(t, err)
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.Exec(t.Context(), `ALTER TABLE mention_revisions DELETE WHERE published_time < ? AND mention_id != 'x:1' SETTINGS mutations_sync = 1`, day.Add(-6*time.Hour)))
	require.NoError(t, conn.Exec(t.Context(), `ALTER TABLE mention_revisions DELETE WHERE mention_id = 'x:2' SETTINGS mutations_sync = 1`))
	picture := filepath.Join(folder, "zest.svg")
	line := []string{"--config", filepath.Join(folder, "vigie.yaml"), "--brand", "zest", "--since", day.AddDate(-1, 0, 0).Format(time.DateOnly),
		"--until", day.AddDate(0, 0, 1).Format(time.RFC3339)}
	out, _, err := vigie(append([]string{"backtest", "--picture", picture}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "Too little is known for figures a week, which take 7 days: 1\u00A0d 6\u00A0h, from 5 Mar 2026 18:00 on. The counts are of that time.\n")
	require.Regexp(t, `crisis +1 +4.min +4.min *\n`, out, "no column of them")
	require.NotContains(t, out, "a week ")
	drawn, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Contains(t, string(drawn), "zest, 5 Mar 2026 to 7 Mar 2026")
	require.Contains(t, string(drawn), "alerts in 1\u00A0d 6\u00A0h")

	out, _, err = vigie(append([]string{"tune", "--pages-per-week", "1"}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, "tune again when 7 days are known")
	require.NotContains(t, out, "detector:")
	out, _, err = vigie(append([]string{"backtest", "--format", "json"}, line...)...)
	require.NoError(t, err)
	require.Contains(t, out, `"known_since": "2026-03-05T18:00:00Z"`)
	require.Contains(t, out, `"per_week": null`)
}

func TestLongLinesGoOnBelow(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"a long line of a few", "words, and a", "reallyratherverylong", "word"}, wrap("a long line of a few words, and a reallyratherverylong word", 20))
	require.Equal(t, []string{"a line"}, wrap("a line", 0))
}

// Two runs of one day begin at the same moment.
func TestDaysBeginAtMidnight(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	now := time.Date(2026, 3, 30, 9, 41, 7, 0, time.UTC)
	for text, want := range map[string]string{
		"3d": "2026-03-27T00:00:00+01:00", "2026-03-30": "2026-03-30T00:00:00+02:00", "6h": "2026-03-30T05:41:00+02:00",
		"2026-03-01T12:00:00Z": "2026-03-01T12:00:00Z",
	} {
		at, err := moment(text, now, paris)
		require.NoError(t, err, text)
		require.Equal(t, want, at.Format(time.RFC3339), text)
	}
	_, err = moment("0d", now, paris)
	require.Error(t, err)
}
