package detector_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector"
)

// written is a mention as the store would have written it.
type written struct {
	brand            string
	id, origin       string
	sentiment        string
	published, known time.Time
}

// past is sixty calm days of a brand with an hour of anger on two of them.
func past(since time.Time) (rows []written) {
	r := rand.New(rand.NewPCG(4, 2))
	add := func(at time.Time, sentiment string) {
		rows = append(rows, written{"zest", fmt.Sprint("x:", len(rows)), "imported", sentiment, at, at.AddDate(1, 0, 0)})
	}
	for hour := range 60 * 24 {
		at := since.Add(time.Duration(hour)*time.Hour - 28*24*time.Hour)
		for range 2 + r.IntN(6) {
			add(at.Add(time.Duration(r.IntN(3600_000))*time.Millisecond), []string{"neutral", "positive", "negative"}[r.IntN(3)])
		}
	}
	for day, angry := range map[int]int{-10: 300, 5: 400, 20: 40} {
		for n := range angry {
			add(since.AddDate(0, 0, day).Add(14*time.Hour+time.Duration(n)*time.Hour/time.Duration(angry)), "negative")
		}
	}
	return rows
}

// store writes rows in an order of its own.
func (b *bench) store(rows []written) {
	b.t.Helper()
	conn := b.open()
	require.NoError(b.t, conn.Exec(b.t.Context(), "TRUNCATE TABLE mention_revisions"))
	batch, err := conn.PrepareBatch(b.t.Context(), `INSERT INTO mention_revisions (brand_id, mention_id, source, ownership, kind, origin, url,
		text, author_id, author_handle, followers, sentiment, model_version, published_time, collected_time, scored_time, known_time)`)
	require.NoError(b.t, err)
	for _, i := range rand.Perm(len(rows)) {
		r := rows[i]
		require.NoError(b.t, batch.Append(r.brand, r.id, "x", "third_party", "post", r.origin, "https://x.example/"+r.id,
			"ras le bol "+r.id, r.id, "a"+r.id, uint64(i), r.sentiment, "test", r.published, r.known, r.known, r.known))
	}
	require.NoError(b.t, batch.Send())
}

func (b *bench) backtest(since time.Time) detector.Backtest {
	return detector.Backtest{Config: b.cfg, Brand: "zest", Since: since, Until: since.AddDate(0, 0, 30), Steps: 2}
}

// What was brought in another order, and what is replayed again, gives the same bytes.
func TestTwoBacktestsTellTheSameIncidents(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := past(since)
	var first string
	for range 3 {
		b.store(rows)
		for range 2 {
			found, err := b.backtest(since).Run(t.Context())
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, found.WriteNDJSON(&out))
			if first == "" {
				first = out.String()
			}
			require.Equal(t, first, out.String())
		}
	}
	var levels []string
	for line := range strings.Lines(first) {
		var step struct {
			BrandID string `json:"brand_id"`
			Level   string `json:"level"`
			State   string `json:"state"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &step))
		require.Equal(t, "zest", step.BrandID)
		levels = append(levels, strings.ToLower(strings.TrimPrefix(step.Level, "LEVEL_"))+strings.TrimPrefix(step.State, "INCIDENT_STATE"))
	}
	require.Equal(t, "alert_OPEN crisis_OPEN crisis_RESOLVED", strings.Join(levels[:3], " "), "that of the warm-up is not told")
}

// What was announced is one level lower in a backtest too, as it would have been live.
func TestABacktestKnowsWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	b.store(past(since))
	levels := func() (told []string) {
		found, err := b.backtest(since).Run(t.Context())
		require.NoError(t, err)
		for _, incident := range found.Told(found.Incidents) {
			if incident.Level != "watch" {
				told = append(told, incident.Opened.Format(time.DateOnly)+" "+incident.Level)
			}
		}
		return told
	}
	require.Equal(t, []string{"2026-03-06 crisis"}, levels())
	match := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	b.cfg.Brands[0].Expected = []config.Occasion{{Name: "Match", From: match, To: match.Add(6 * time.Hour)}}
	require.Equal(t, []string{"2026-03-06 alert"}, levels())
	b.cfg.Brands[0].Expected[0].To = match.Add(150 * time.Minute)
	require.Equal(t, []string{"2026-03-06 crisis"}, levels(), "it goes on after the match")
}

// On a public holiday as little is expected as on a Sunday: the fourteenth of July 2026 is a
// Tuesday.
func TestAHolidayIsASunday(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	holiday := time.Date(2026, 7, 14, 0, 0, 0, 0, time.UTC)
	var rows []written
	add := func(at time.Time, sentiment string) {
		rows = append(rows, written{"zest", fmt.Sprint("x:", len(rows)), "live", sentiment, at, at})
	}
	for hour := range 30 * 24 {
		at := holiday.AddDate(0, 0, -29).Add(time.Duration(hour) * time.Hour)
		hourly := 24
		if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || !at.Before(holiday) {
			hourly = 6
		}
		for n := range hourly {
			add(at.Add(time.Duration(n)*time.Hour/time.Duration(hourly)), "neutral")
		}
	}
	for n := range 300 {
		add(holiday.Add(14*time.Hour+time.Duration(n)*10*time.Second), "negative")
	}
	b.store(rows)
	perMinute := func(countries ...string) float64 {
		b.cfg.Detector.Holidays = countries
		found, err := b.backtest(holiday.AddDate(0, 0, -1)).Run(t.Context())
		require.NoError(t, err)
		require.Len(t, found.Incidents, 1)
		told := found.Told(found.Incidents)[0]
		return told.Expected / told.Window[1].Sub(told.Window[0]).Minutes()
	}
	workday := perMinute()
	require.Less(t, perMinute("fr"), 0.75*workday)
	require.Less(t, perMinute("gb", "fr"), 0.75*workday, "in one of the countries it is")
	require.InDelta(t, workday, perMinute("gb"), 1e-9, "and in this one it is not")
}

// A backtest of one brand hears the others too, as a detector does: an incident names those
// that rise with it. They change nothing else, nor do brands that are watched no more.
func TestABacktestSaysThatASectorRises(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	b.cfg.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}, {ID: "zoom"}}
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := past(since)
	var mentions int
	told := func(brand string) (steps []string) {
		work := b.backtest(since)
		work.Brand = brand
		found, err := work.Run(t.Context())
		require.NoError(t, err)
		mentions = found.Mentions
		var out bytes.Buffer
		require.NoError(t, found.WriteNDJSON(&out))
		for line := range strings.Lines(out.String()) {
			if strings.Contains(line, `"brand_id":"zest"`) {
				steps = append(steps, line)
			} else {
				require.Empty(t, brand)
			}
		}
		return steps
	}
	sector := func(brands ...string) {
		all := slices.Clone(rows)
		for _, brand := range brands {
			for _, r := range rows {
				r.brand, r.id = brand, brand+r.id
				all = append(all, r)
			}
		}
		b.store(all)
	}
	sector("zing", "gone")
	alone := told("zest")
	require.NotContains(t, strings.Join(alone, ""), "also_brand_ids")
	own := mentions
	sector("zing", "zoom")
	together := told("zest")
	require.Equal(t, own, mentions, "those of the others are not counted")
	require.Contains(t, together[0], `,"also_brand_ids":["zing","zoom"]`)
	require.Equal(t, alone[0], strings.Replace(together[0], `,"also_brand_ids":["zing","zoom"]`, "", 1))
	require.Equal(t, together, told(""), "as in a backtest of all")
}

// A backtest says how often, how soon and how rightly a rule tells, and what another
// bound would have told.
func TestABacktestSaysWhatARuleIsWorth(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	b.store(past(since))
	work := b.backtest(since)
	var err error
	work.Labels, err = detector.ReadLabels(strings.NewReader(`brand,from,to,level
zest,2026-03-06 14:00,2026-03-06 15:00,crisis
zest,2026-02-19 14:00,2026-02-19 15:00,crisis
zing,2026-03-06 14:00,2026-03-06 15:00,crisis
zest,2026-03-28 14:00,2026-03-28 15:00,alert
`), time.UTC)
	require.NoError(t, err)
	var passed []float64
	work.Progress = func(part float64) { passed = append(passed, part) }
	found, err := work.Run(t.Context())
	require.NoError(t, err)
	require.IsNonDecreasing(t, passed)
	require.Greater(t, passed[len(passed)-1], 0.9)
	require.Len(t, found.Labels, 2, "of this brand and time")

	told := found.Told(found.Incidents)
	require.NotEmpty(t, told)
	crisis := told[0]
	require.Equal(t, "crisis", crisis.Level)
	require.Equal(t, "crisis", crisis.Label)
	require.Equal(t, "2026-03-06", crisis.Opened.Format(time.DateOnly))
	require.NotNil(t, crisis.Resolved)
	require.Len(t, crisis.Posts, 3)
	require.Less(t, crisis.Delay["crisis"], 30*60.0)
	require.False(t, crisis.Reached["alert"].Before(crisis.Reached["watch"]))

	alerts, crises := found.Levels[1], found.Levels[2]
	require.Equal(t, 1, crises.Incidents)
	require.InDelta(t, 7.0/30, *crises.PerWeek, 1e-9)
	require.InDelta(t, 1, *crises.Precision, 0)
	require.InDelta(t, 1, *crises.Recall, 0)
	require.Equal(t, 2, alerts.Labelled)
	require.InDelta(t, 0.5, *alerts.Recall, 0)

	var bounds []float64
	for i, point := range found.Curve {
		bounds = append(bounds, point.Alert)
		if i > 0 {
			require.LessOrEqual(t, point.Figures.Incidents, found.Curve[i-1].Figures.Incidents, "a higher bound tells no more")
		}
		require.Equal(t, point.Alert == b.cfg.Detector.Alert, point.Present)
	}
	require.Equal(t, []float64{3, 4.5, 6, 8.5, 12, 17, 24}, bounds)

	proposal, kept := found.Propose(0.25)
	require.True(t, kept)
	require.LessOrEqual(t, proposal.PerWeek, 0.25)
	require.Contains(t, proposal.YAML(), fmt.Sprintf("alert: %v", proposal.Rule.Alert))

	var data bytes.Buffer
	require.NoError(t, found.WriteJSON(&data))
	var whole struct {
		Rule      map[string]any    `json:"rule"`
		Incidents []json.RawMessage `json:"incidents"`
	}
	require.NoError(t, json.Unmarshal(data.Bytes(), &whole))
	require.Equal(t, "30m0s", whole.Rule["resolve_after"])
	require.Len(t, whole.Incidents, len(told))

	var picture bytes.Buffer
	require.NoError(t, found.Picture(&picture, "svg", "en", time.UTC))
	require.Contains(t, picture.String(), "zest, 1 Mar 2026 to 31 Mar 2026")
	picture.Reset()
	require.NoError(t, found.Picture(&picture, "png", "en", time.UTC))
	drawn, err := png.Decode(&picture)
	require.NoError(t, err)
	colours := map[string]bool{}
	for x := range drawn.Bounds().Dx() {
		colours[fmt.Sprint(drawn.At(x, drawn.Bounds().Dy()/4).RGBA())] = true
	}
	require.Greater(t, len(colours), 3)
	require.Error(t, found.Picture(io.Discard, "gif", "en", time.UTC))
}

func TestThereIsNothingToReplay(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	_, err := b.backtest(time.Now()).Run(t.Context())
	require.ErrorIs(t, err, detector.ErrNoHistory)
}

// Who stops a backtest gets nothing, at once.
func TestABacktestIsStopped(t *testing.T) {
	t.Parallel()
	b := emptyTables(t)
	since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	b.store(past(since))
	ctx, stop := context.WithCancel(t.Context())
	work := b.backtest(since)
	var told int
	work.Progress = func(float64) {
		told++
		stop()
	}
	_, err := work.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.LessOrEqual(t, told, 2, "it went on")
}
