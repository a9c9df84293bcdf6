package weekly

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var levelWords = map[Level]string{Watch: "watch", Alert: "alert", Crisis: "crisis"}

// told is a timeline in words.
func told(line Timeline) string {
	var words []string
	for _, event := range line.Events {
		word := event.Time.Format("15:04") + " " + event.What + " " + levelWords[event.Level]
		if event.By != "" {
			word += " by " + event.By
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestTimelines(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 11, 11, 12, minute, 0, 0, time.UTC) }
	step := func(revision uint64, level Level, minute int) Step {
		return Step{IncidentID: "a", Revision: revision, Level: level, Opened: at(0), LevelTime: at(minute), Changed: at(minute)}
	}
	over := func(s Step, minute int) Step {
		s.Resolved, s.Changed = at(minute), at(minute)
		return s
	}
	for _, test := range []struct {
		name  string
		steps []Step
		pages []Page
		told  string
	}{
		{"rises to a crisis and ends",
			[]Step{step(1, Watch, 0), step(2, Alert, 4), step(3, Crisis, 9), over(step(4, Crisis, 9), 40)},
			[]Page{{IncidentID: "a", Sent: at(9), Acked: at(12), AckedBy: "Léa"}},
			"12:00 opened watch, 12:04 raised alert, 12:09 raised crisis, 12:12 acked crisis by Léa, 12:40 resolved crisis"},
		{"delivered twice and out of order",
			[]Step{step(2, Alert, 4), step(1, Watch, 0), step(2, Alert, 4), step(1, Watch, 0)}, nil,
			"12:00 opened watch, 12:04 raised alert"},
		{"opens as a crisis", []Step{step(1, Crisis, 0)}, nil, "12:00 opened crisis"},
		{"falls and rises again", []Step{step(1, Alert, 0), step(2, Watch, 5), step(3, Alert, 8)}, nil, "12:00 opened alert"},
		{"the first to take it has it",
			[]Step{step(1, Alert, 0), step(2, Crisis, 5)},
			[]Page{{IncidentID: "a", Acked: at(4), AckedBy: "Max"}, {IncidentID: "a", Acked: at(3), AckedBy: "Léa"}, {IncidentID: "b", Acked: at(1), AckedBy: "Zoé"}},
			"12:00 opened alert, 12:03 acked alert by Léa, 12:05 raised crisis"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := New(plan(t))
			for _, s := range test.steps {
				b.AddStep(s)
			}
			for _, p := range test.pages {
				b.AddPage(p)
			}
			lines := b.Report().Incidents
			require.Len(t, lines, 1)
			assert.Equal(t, test.told, told(lines[0]))
		})
	}
}

// An incident counts in the week it opened in, at the highest level it reached;
// it is told in each week it went on in.
func TestIncidentsCountOnce(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	sunday := p.Week.From().Add(-time.Hour)
	b.AddStep(Step{IncidentID: "over the week-end", Revision: 1, Level: Watch, Opened: sunday, LevelTime: sunday})
	b.AddStep(Step{IncidentID: "over the week-end", Revision: 2, Level: Crisis, Opened: sunday, LevelTime: p.Week.From().Add(time.Hour)})
	b.AddStep(Step{IncidentID: "over", Revision: 1, Level: Alert, Opened: sunday, LevelTime: sunday, Resolved: p.Week.From()})
	b.AddPage(Page{IncidentID: "over the week-end", Sent: p.Week.From().Add(time.Hour)})
	b.AddPage(Page{IncidentID: "over the week-end"})

	report := b.Report()
	assert.Equal(t, Crises{Pages: 1}, report.Crises)
	assert.Equal(t, Crises{Crises: 1, Alerts: 1}, report.CrisesBefore)
	require.Len(t, report.Incidents, 1)
	assert.Equal(t, "over the week-end", report.Incidents[0].IncidentID)
}

// A blind source is told in each week it was blind in, for its part of the week.
func TestBlindSources(t *testing.T) {
	t.Parallel()
	p := plan(t)
	b := New(p)
	from, end := p.Week.From().Add(-time.Hour), p.Week.From().Add(2*time.Hour)
	b.AddStep(Step{IncidentID: "x", Revision: 1, Blind: true, Source: "x", Page: "acme", Opened: from, LevelTime: from})
	b.AddStep(Step{IncidentID: "x", Revision: 2, Blind: true, Source: "x", Page: "acme", Opened: from, LevelTime: from, Resolved: end})
	b.AddStep(Step{IncidentID: "rss", Revision: 1, Blind: true, Source: "rss", Opened: end, LevelTime: end})

	report := b.Report()
	assert.Empty(t, report.Incidents, "a blind source is no crisis of the brand")
	assert.Equal(t, Crises{}, report.Crises)
	assert.Equal(t, []Blind{
		{Source: "x", Pages: []string{"acme"}, From: p.Week.From(), To: end, Total: 2 * time.Hour},
		{Source: "rss", Pages: []string{""}, From: end, To: p.Week.To(), Total: p.Week.To().Sub(end)}, // still blind
		{Source: "x", Pages: []string{"acme"}, From: from, To: p.Week.From(), Total: time.Hour, Before: true},
	}, report.Blind)
}

// Many pages of a source that are blind together, and again, are told as one.
func TestBlindPagesAreToldTogether(t *testing.T) {
	t.Parallel()
	p := plan(t)
	at := func(hours int) time.Time { return p.Week.From().Add(time.Duration(hours) * time.Hour) }
	b := New(p)
	for i, gap := range []struct {
		page     string
		from, to int
	}{{"a", 1, 4}, {"b", 2, 3}, {"c", 3, 6}, {"a", 10, 11}} {
		b.AddStep(Step{IncidentID: string(rune('a' + i)), Revision: 1, Blind: true, Source: "rss", Page: gap.page,
			Opened: at(gap.from), LevelTime: at(gap.from), Resolved: at(gap.to)})
	}
	assert.Equal(t, []Blind{
		{Source: "rss", Pages: []string{"a", "b", "c"}, From: at(1), To: at(11), Total: 6 * time.Hour},
	}, b.Report().Blind)
}
