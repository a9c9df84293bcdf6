package replay_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// climb is an incident that comes to a level at each of the minutes, and ends; one that
// ends at 0 goes on.
func climb(brand string, end int, minutes ...int) *replay.Incident {
	i := &replay.Incident{}
	step := detect.Incident{ID: fmt.Sprint(brand, minutes), Brand: brand, Opened: at(minutes[0])}
	for n, minute := range minutes {
		step.Level, step.LevelAt = detect.Level(n+1), at(minute)
		step.Evidence.Path = []detect.Step{{Published: at(minutes[0] - 4)}, {Published: at(minutes[0] - 1)}}
		i.Steps = append(i.Steps, step)
	}
	if end > 0 {
		step.Resolved = at(end)
		i.Steps = append(i.Steps, step)
	}
	return i
}

// What is told is right where people found as much at that time; and of what they
// found, what was told of in its time is met.
func TestIncidentsAreHeldAgainstWhatPeopleFound(t *testing.T) {
	t.Parallel()
	incidents := []*replay.Incident{
		climb("zest", 60, 0, 10, 20), // a crisis, labelled an alert
		climb("zest", 260, 200, 210), // an alert, and nothing was the matter
		climb("zest", 320, 300),      // a watch, labelled a crisis
		climb("zest", 0, 400, 410),   // goes on
		climb("zest", 160, 120, 130), // an alert that nobody says anything of
	}
	labels := []replay.Label{
		{Brand: "zest", From: at(5), To: at(30), Level: detect.Alert},
		{Brand: "zest", From: at(215), To: at(230), Level: detect.Calm},
		{Brand: "zest", From: at(310), To: at(500), Level: detect.Crisis},
		{Brand: "zing", From: at(0), To: at(500), Level: detect.Crisis},
	}
	two := 2.0 / 3
	ranges := [][]float64{{0.36, 0.94, 0.25, 0.92}, {0.25, 0.92, 0.25, 0.92}, {0, 0.73, 0, 0.58}} // Wilson's, 90 %
	for i, want := range []replay.Score{
		{Judged: 4, Right: 3, Labelled: 3, Met: 2, Precision: ratio(3, 4), Recall: &two},
		{Judged: 3, Right: 2, Labelled: 3, Met: 2, Precision: &two, Recall: &two},
		{Judged: 1, Right: 0, Labelled: 2, Met: 0, Precision: ratio(0, 1), Recall: ratio(0, 2)},
	} {
		got := replay.Judge(incidents, labels, 7*24*time.Hour)[i]
		precision, recall := got.PrecisionRange, got.RecallRange
		got.PrecisionRange, got.RecallRange = [2]float64{}, [2]float64{}
		require.Equal(t, &want, got.Score, got.Level)
		require.InDeltaSlice(t, ranges[i][:2], precision[:], 0.005, got.Level)
		require.InDeltaSlice(t, ranges[i][2:], recall[:], 0.005, got.Level)
	}
	found := []string{}
	for _, incident := range incidents {
		level, known := replay.Found(incident, labels)
		found = append(found, fmt.Sprint(replay.LevelNames[level], " ", known))
	}
	require.Equal(t, []string{"alert true", "none true", "crisis true", "crisis true", "none false"}, found)

	complete := replay.Complete(labels, "zest", "zing")
	alerts := replay.Judge(incidents, complete, 7*24*time.Hour)[1]
	alerts.PrecisionRange, alerts.RecallRange = [2]float64{}, [2]float64{}
	require.Equal(t, &replay.Score{Judged: 4, Right: 2, Labelled: 3, Met: 2, Precision: ratio(2, 4), Recall: &two}, alerts.Score,
		"what is in no label's time was nothing, if the labels are all there is to find")
	level, known := replay.Found(incidents[4], complete)
	require.True(t, known)
	require.Equal(t, detect.Calm, level)
	require.Nil(t, replay.Judge(incidents, nil, time.Hour)[0].Score, "nobody said")
	none := replay.Judge(nil, []replay.Label{}, time.Hour)[0].Score
	require.Equal(t, &replay.Score{PrecisionRange: [2]float64{0, 1}, RecallRange: [2]float64{0, 1}}, none, "shares of nothing are none")
}

func ratio(part, whole float64) *float64 { r := part / whole; return &r }

// Pages are counted by the level they are for, and from the first post of it.
func TestHowOftenAndHowSoon(t *testing.T) {
	t.Parallel()
	incidents := []*replay.Incident{climb("zest", 60, 0, 10, 20), climb("zest", 260, 200, 250), climb("zest", 320, 300)}
	levels := replay.Judge(incidents, nil, 14*24*time.Hour)
	var got []string
	for _, l := range levels {
		got = append(got, fmt.Sprint(l.Level, " ", l.Incidents, " ", *l.PerWeek, " ", *l.MedianDelay/60, " ", *l.WorstDelay/60))
	}
	require.Equal(t, []string{"watch 3 1.5 4 4", "alert 2 1 54 54", "crisis 1 0.5 24 24"}, got)
	require.InDelta(t, 3, *replay.Judge(incidents, nil, 7*24*time.Hour)[0].PerWeek, 0)
	short := replay.PointOf(4, incidents, incidents, nil, 7*24*time.Hour-time.Second)
	require.Nil(t, short.PerWeek, "of minutes they would be thousands")
	require.Equal(t, 2, short.Figures.Incidents)
	_, found := replay.Propose([]replay.Point{short}, 1000)
	require.False(t, found, "nor is anything proposed by them")
}

// A past begins where mentions begin to flow, not with what somebody imported of last year.
func TestAPastBeginsWhereMentionsFlow(t *testing.T) {
	t.Parallel()
	const hour, day = 60, 24 * 60
	every := func(minutes, from, to int) (all []int) {
		for m := from; m < to; m += minutes {
			all = append(all, m)
		}
		return all
	}
	for name, past := range map[string]struct {
		minutes []int
		begins  int
	}{
		"none":                          {nil, 0},
		"one":                           {[]int{-263 * day}, -263 * day},
		"many a day, from the first on": {every(20, -40*day, 0), -40 * day},
		"one very old":                  {append([]int{-263 * day}, every(1, -9, 0)...), -263 * day},
		"and ten since":                 {append([]int{-263 * day}, every(1, -10, 0)...), -10},
		"a few old ones, apart":         {slices.Concat([]int{-263 * day, -200 * day, -20 * day}, every(1, -60, 0)), -60},
		"three a week":                  {every(56*hour, -90*day, 0), -90*day + 3*56*hour},
		"a month of silence in between": {append(every(20, -80*day, -60*day), every(20, -30*day, 0)...), -80 * day},
		"nights":                        {append(every(10, -30*hour, -26*hour), every(10, -14*hour, 0)...), -30 * hour},
	} {
		var b replay.Beginning
		for _, minute := range past.minutes {
			b.Note(at(minute))
		}
		if past.minutes == nil {
			require.Zero(t, b.At(), name)
			continue
		}
		require.Equal(t, at(past.begins), b.At(), name)
	}
}

// The bound proposed is the lowest from which on the budget holds, not one that holds
// by chance below others that do not.
func TestTheLowestBoundThatKeepsToABudget(t *testing.T) {
	t.Parallel()
	curve := []replay.Point{}
	for i, perWeek := range []float64{9, 1, 3, 1, 0.5} {
		curve = append(curve, replay.Point{Alert: float64(i), Figures: replay.Figures{PerWeek: &perWeek}})
	}
	proposed, found := replay.Propose(curve, 1)
	require.True(t, found)
	require.InDelta(t, 3, proposed.Alert, 0)
	_, found = replay.Propose(curve, 0.1)
	require.False(t, found)
	_, found = replay.Propose(nil, 1)
	require.False(t, found)
}

func TestBoundsOnBothSidesOfARule(t *testing.T) {
	t.Parallel()
	var alerts []float64
	for _, rule := range replay.Bounds(detect.Rule{Watch: 3, Alert: 6, Crisis: 12}, 2) {
		require.LessOrEqual(t, rule.Watch, rule.Alert)
		require.LessOrEqual(t, rule.Alert, rule.Crisis)
		alerts = append(alerts, rule.Alert)
	}
	require.Equal(t, []float64{3, 4.2, 8.5, 12, 17, 24}, alerts, "its own is not told twice")
}

// What a higher bound misses is what it does not tell of in its time.
func TestWhatABoundMisses(t *testing.T) {
	t.Parallel()
	present := []*replay.Incident{climb("zest", 60, 0, 10), climb("zest", 260, 200, 210), climb("zest", 320, 300)}
	higher := []*replay.Incident{climb("zest", 62, 2, 30), climb("zest", 260, 200), climb("zing", 260, 200, 210)}
	point := replay.PointOf(9, higher, present, nil, time.Hour)
	require.Equal(t, 1, point.Missed)
	require.Equal(t, 1, point.More)
	missed := replay.Missed(detect.Alert, present, higher)
	require.Len(t, missed, 1)
	require.Equal(t, at(200), missed[0].Last().Opened)
}

func TestLabelsAreRead(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	for name, text := range map[string]string{
		"csv":       "brand,from,to,level\nzest,2026-03-04T12:00:00Z,2026-03-04 14:00,crisis\nzing,2026-03-04 13:00,2026-03-04 13:00,none\n",
		"semicolon": "\ufeffLevel; brand;to;from\r\ncrisis;zest;2026-03-04 14:00;2026-03-04 13:00\r\nnone;zing;2026-03-04 13:00;2026-03-04 13:00\r\n",
		"ndjson": `{"brand":"zest","from":"2026-03-04T12:00:00Z","to":"2026-03-04T14:00:00+01:00","level":"crisis"}

{"level":"none","brand":"zing","from":"2026-03-04 13:00","to":"2026-03-04 13:00"}`,
	} {
		labels, err := replay.ReadLabels(strings.NewReader(text), paris)
		require.NoError(t, err, name)
		require.Len(t, labels, 2, name)
		require.Equal(t, "zest", labels[0].Brand, name)
		require.Equal(t, detect.Crisis, labels[0].Level, name)
		require.True(t, labels[0].From.Equal(noon), name)
		require.True(t, labels[0].To.Equal(at(60)), name)
		require.Equal(t, detect.Calm, labels[1].Level, name)
	}
	labels, err := replay.ReadLabels(strings.NewReader("brand,from,to,level\n"), paris)
	require.NoError(t, err)
	require.NotNil(t, labels, "somebody looked, and nothing was the matter")
}

func TestALabelThatIsNoneIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	const head = "brand,from,to,level\n"
	for text, want := range map[string]string{
		"":                     `line 1: "" is no column: brand, from, to, level`,
		"brand,from,to\n":      "line 1: there is no column level",
		"brand,from,to,tone\n": `line 1: "tone" is no column`,
		head + "zest,2026-03-04T12:00:00Z,2026-03-04T13:00:00Z,crisis\nzest,hier,2026-03-04T13:00:00Z,crisis\n": `line 3: from: "hier" is not a moment`,
		head + "zest,2026-03-04T12:00:00Z,2026-03-04T11:00:00Z,crisis\n":                                        "line 2: it ends, at 2026-03-04T11:00:00Z, before it begins",
		head + "zest,2026-03-04T12:00:00Z,2026-03-04T13:00:00Z,awful\n":                                         `line 2: "awful" is no level: none, watch, alert, crisis`,
		head + ",2026-03-04T12:00:00Z,2026-03-04T13:00:00Z,crisis\n":                                            "line 2: a label needs the id of a brand",
		head + "zest,2026-03-04T12:00:00Z,crisis\n":                                                             "line 2: wrong number of fields",
		"{\"brand\":\"zest\"}\n{\"brand\":3}\n":                                                                 "line 2 is no label, such as",
		"{\"brand\":\"zest\",\"mood\":\"bad\"}\n":                                                               `line 1: "mood" is no key`,
	} {
		_, err := replay.ReadLabels(strings.NewReader(text), time.UTC)
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add("brand,from,to,level\nzest,2026-03-04T12:00:00Z,2026-03-04 14:00,crisis\n")
	f.Add("{\"brand\":\"zest\",\"from\":\"2026-03-04T12:00:00Z\"}\n")
	f.Add("brand;from;to;level\n\"zest\n;;;\n")
	f.Fuzz(func(t *testing.T, text string) {
		labels, err := replay.ReadLabels(strings.NewReader(text), time.UTC)
		for _, l := range labels {
			require.False(t, l.To.Before(l.From))
			require.NotEmpty(t, l.Brand)
		}
		if err == nil {
			require.NotNil(t, labels)
		}
	})
}

// A lane tells what opens after its warm-up, with all its steps.
func TestWhatOpensInTheWarmUpIsNotTold(t *testing.T) {
	t.Parallel()
	rule := detect.Rule{MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute,
		Watch: 3, Alert: 6, Crisis: 12}
	since := noon
	lane := replay.NewLane(rule, "", since, nil)
	n := 0
	hear := func(known time.Time) {
		n++
		lane.Hear("zest", detect.Mention{ID: fmt.Sprint(n), Source: "x", Author: fmt.Sprint(n), Handle: fmt.Sprint(n), Sentiment: detect.Negative,
			Published: known, Collected: known, Known: known, Text: "bad"})
	}
	burst := func(known time.Time) {
		for i := range 60 {
			hear(known.Add(time.Duration(i) * time.Second))
		}
	}
	for moment := since.Add(-20 * 24 * time.Hour); moment.Before(since.Add(8 * time.Hour)); moment = moment.Add(20 * time.Minute) {
		hear(moment)
		if h := moment.Sub(since).Hours(); h == -48 || h == 4 {
			burst(moment.Add(time.Minute))
		}
	}
	lane.Pass(since.Add(12 * time.Hour))
	require.Len(t, lane.Incidents(), 1)
	incident := lane.Incidents()[0]
	require.False(t, incident.Last().Opened.Before(since))
	require.False(t, incident.Last().Resolved.IsZero())
	require.NotNil(t, incident.Reached(detect.Crisis))
	delay, told := incident.Delay(detect.Alert)
	require.True(t, told)
	require.Less(t, delay, 2*time.Minute)
}

func TestASeriesIsOfHoursOrDays(t *testing.T) {
	t.Parallel()
	s := replay.NewSeries(noon, at(24*60*90))
	for _, minute := range []int{-60, 0, 60, 24*60 - 60, 24 * 60, 24*60*90 - 60, 24 * 60 * 90} {
		s.Note(at(minute), detect.Voices{All: float64(100 + minute), Negative: 1}, detect.Voices{All: 24})
	}
	days := s.Buckets(noon, 800)
	require.Len(t, days, 90)
	day := 24 * 60.0
	require.Equal(t, replay.Bucket{
		From: noon, To: at(24 * 60), Said: detect.Voices{All: (100 + 160 + day + 40) / 24, Negative: 3.0 / 24}, Expected: detect.Voices{All: 3},
		Most: replay.Peak{Hour: at(24*60 - 60), Said: day + 40}, Angriest: replay.Peak{Hour: noon, Said: 1},
	}, days[0])
	require.InDelta(t, (90*day+40)/24, days[89].Said.All, 1e-9)
	hours := s.Buckets(at(24*60*70+30), 800)
	require.Len(t, hours, 20*24)
	require.Equal(t, at(24*60*70), hours[0].From)
	require.Equal(t, at(24*60*70+60), hours[0].To)
	require.Len(t, s.Buckets(at(24*60*50+23*60), 800), 40, "the last day is shorter")
	require.Len(t, replay.NewSeries(noon.Add(time.Minute), at(62)).Buckets(noon, 800), 2)
}

// What is tried beside a rule opens, raises and ends what it would by itself, and changes
// nothing of what the rule tells, whose own bounds are among them.
func TestATrialDecidesAsByItself(t *testing.T) {
	t.Parallel()
	rule := detect.Rule{MinAuthors: 3, MinMentions: 6, ResolveAfter: 30 * time.Minute, Watch: 2, Alert: 4, Crisis: 8}
	others := append(replay.Bounds(rule, 2), rule)
	run := func(rule detect.Rule, tried ...detect.Rule) *replay.Lane {
		lane := replay.NewLane(rule, "", noon, nil)
		lane.Try(tried)
		r, n := rand.New(rand.NewPCG(7, 7)), 0
		hear := func(known time.Time, felt detect.Sentiment) {
			n++
			lane.Hear("zest", detect.Mention{ID: fmt.Sprint(n), Source: []string{"x", "rss"}[n%2], Author: fmt.Sprint(r.IntN(400)), Handle: "a", Sentiment: felt,
				Topics: []string{"price"}[:n%2], Published: known, Collected: known, Known: known, Text: "encore en panne"})
		}
		for hour := range 60 * 24 {
			began := noon.Add(time.Duration(hour)*time.Hour - replay.WarmUp)
			angry := 0
			if hour%29 == 0 {
				angry = 4 << (hour / 29 % 5)
			}
			for i := range 4 + angry {
				felt := detect.Negative
				if i < 4 {
					felt = detect.Sentiment(1 + r.IntN(3))
				}
				hear(began.Add(time.Duration(i)*time.Hour/time.Duration(4+angry)), felt)
			}
		}
		lane.End(noon.AddDate(0, 0, 33))
		return lane
	}
	tell := func(incidents []*replay.Incident) (told []string) {
		for _, incident := range incidents {
			for _, step := range incident.Steps {
				step.Evidence, step.Model = detect.Evidence{}, ""
				told = append(told, fmt.Sprintf("%+v", step))
			}
		}
		return told
	}
	together := run(rule, others...)
	alone := run(rule)
	require.Equal(t, alone.Incidents(), together.Incidents())
	ways := map[string]bool{}
	for i, other := range others {
		by := tell(run(other).Incidents())
		require.Equal(t, by, tell(together.Tried(i)), other.Alert)
		ways[strings.Join(by, "")] = true
	}
	require.Greater(t, len(ways), 3, "bounds that differ in nothing prove nothing")
	require.Greater(t, len(alone.Incidents()), 10)
}

// Posts of long ago that somebody imported are no past in which all was quiet: a brand of
// which one hears from some day on does not rise on that day. Those that came live are: it
// was listened to.
func TestALonePostIsNoQuietPast(t *testing.T) {
	t.Parallel()
	rule := detect.Rule{MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute, Watch: 3, Alert: 6, Crisis: 12}
	for _, of := range []struct {
		lone            int
		imported, rises bool
	}{{2, true, false}, {40, true, true}, {2, false, true}} {
		lane := replay.NewLane(rule, "", noon.AddDate(0, 0, -300), nil)
		n := 0
		hear := func(known time.Time) {
			n++
			lane.Hear("zest", detect.Mention{ID: fmt.Sprint(n), Source: "x", Author: fmt.Sprint(n), Handle: fmt.Sprint(n), Sentiment: detect.Negative,
				Published: known, Collected: known, Known: known, Text: "bad", Past: of.imported})
		}
		for i := range of.lone {
			hear(noon.AddDate(0, 0, -260+i*2))
		}
		for minute := range 24 * 60 {
			hear(at(minute * 2))
		}
		lane.End(at(24 * 60 * 3))
		require.Equal(t, of.rises, len(lane.Incidents()) > 0, "%+v", of)
	}
}

// How many spoke in each hour is noted, and how many were expected to, once each.
func TestWhatIsSaidAndExpectedIsNoted(t *testing.T) {
	t.Parallel()
	s := replay.NewSeries(noon, noon.AddDate(0, 0, 2))
	lane := replay.NewLane(detect.Rule{MinAuthors: 5, MinMentions: 10, Watch: 3, Alert: 6, Crisis: 12}, "zest", noon, nil)
	lane.Note(s.Note)
	for n := range (28 + 2) * 24 * 6 {
		known := noon.Add(time.Duration(n)*10*time.Minute - replay.WarmUp)
		for _, brand := range []string{"zest", "zing"} {
			lane.Hear(brand, detect.Mention{ID: fmt.Sprint(n), Source: "x", Author: fmt.Sprint(n), Sentiment: detect.Sentiment(1 + n%2), Published: known, Known: known})
		}
	}
	lane.End(noon.AddDate(0, 0, 2))
	hours := s.Buckets(noon, 48)
	require.Len(t, hours, 48)
	for n, hour := range hours {
		require.Equal(t, detect.Voices{All: 6, Negative: 3}, hour.Said, n)
		require.InDelta(t, 6, hour.Expected.All, 0.01, n)
		require.InDelta(t, 3, hour.Expected.Negative, 0.01, n)
	}
}
