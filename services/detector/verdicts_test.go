package detector_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector"
)

// told writes an incident as the store does once it is over, and what was said of it.
func (b *bench) told(id, brand string, from, to time.Time, verdicts ...string) {
	b.t.Helper()
	conn, kind := b.open(), "spike"
	if brand == "" {
		kind = "blind_source"
	}
	require.NoError(b.t, conn.Exec(b.t.Context(), `INSERT INTO incident_revisions (incident_id, revision, kind, brand_id, level, state,
		opened_time, level_time, resolved_time, changed_time) VALUES
		(?, 1, ?, ?, 'alert', 'open', ?, ?, NULL, ?), (?, 2, ?, ?, 'alert', 'resolved', ?, ?, ?, ?)`,
		id, kind, brand, from, from, from, id, kind, brand, from, from, to, to))
	for n, level := range verdicts {
		require.NoError(b.t, conn.Exec(b.t.Context(), `INSERT INTO verdict_events (incident_id, level, person_id, said_by, said_time)
			VALUES (?, ?, 'lea', 'Léa', ?)`, id, level, to.Add(time.Duration(n)*time.Hour)))
	}
}

// What people said on the desk is what a backtest is held against, without any file: the
// last verdict on an incident, for as long as it lasted. Of what got none nothing is known.
func TestABacktestIsHeldAgainstTheVerdicts(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	b.store(past(since))
	anger := since.AddDate(0, 0, 5).Add(14 * time.Hour) // a crisis in the replay
	run := func(labels []detector.Label) *detector.Findings {
		work := b.backtest(since)
		work.Labels = labels
		found, err := work.Run(t.Context())
		require.NoError(t, err)
		return found
	}
	// score is, of the incidents at each level: how many, judged, right; then labelled, met.
	score := func(f *detector.Findings) (levels []string) {
		for _, level := range f.Levels {
			levels = append(levels, fmt.Sprint(level.Incidents, " ", level.Judged, " ", level.Right, "; ", level.Labelled, " ", level.Met))
		}
		return levels
	}
	labels := func(f *detector.Findings) (given []string) {
		for _, told := range f.Told(f.Incidents) {
			given = append(given, told.Opened.Format(time.DateOnly)+" "+told.Level+" "+told.Label)
		}
		return given
	}
	nobody := run(nil)
	require.Nil(t, nobody.Labelled())
	require.Nil(t, nobody.Levels[0].Score)

	b.told("zest@1", "zest", anger.Add(5*time.Minute), anger.Add(2*time.Hour), "crisis", "none", "alert")
	b.told("zest@2", "zest", since.AddDate(0, 0, 9), since.AddDate(0, 0, 9).Add(time.Hour), "alert") // the rule of today is silent
	b.told("zest@3", "zest", since.AddDate(0, 0, 12), since.AddDate(0, 0, 12).Add(time.Hour))
	b.told("zest@4", "zest", since.AddDate(0, 0, -9), since.AddDate(0, 0, -8), "crisis") // before
	b.told("zing@1", "zing", anger, anger.Add(time.Hour), "none")
	b.told("rss/feed@1", "", anger, anger.Add(time.Hour), "none")
	said := run(nil)
	require.Equal(t, &detector.Labelled{From: detector.FromVerdicts, Count: 2, Levels: map[string]int{"alert": 2}}, said.Labelled())
	require.Equal(t, []string{"2026-03-06 crisis alert", "2026-03-21 watch "}, labels(said), "nobody said anything of the watch")
	require.Equal(t, []string{"2 1 1; 2 1", "1 1 1; 2 1", "1 1 0; 0 0"}, score(said))
	require.InDelta(t, 1, *said.Levels[1].Precision, 0)
	require.InDelta(t, 0.5, *said.Levels[1].Recall, 0)
	for _, point := range said.Curve {
		require.Equal(t, 2, point.Labelled, "tune is held against them as well")
	}
	var json, live, again bytes.Buffer
	require.NoError(t, said.WriteJSON(&json))
	require.Contains(t, strings.Join(strings.Fields(json.String()), ""), `"labels":{"from":"verdicts","count":2,"levels":{"alert":2}}`)
	require.NoError(t, nobody.WriteNDJSON(&live))
	require.NoError(t, said.WriteNDJSON(&again))
	require.Equal(t, live.String(), again.String(), "a verdict changes no incident")

	file := run([]detector.Label{}) // nothing happened at all, it says
	require.Equal(t, &detector.Labelled{From: detector.FromFile, Levels: map[string]int{}}, file.Labelled())
	require.Equal(t, []string{"2026-03-06 crisis none", "2026-03-21 watch none"}, labels(file))
	require.Equal(t, []string{"2 2 0; 0 0", "1 1 0; 0 0", "1 1 0; 0 0"}, score(file))
}
