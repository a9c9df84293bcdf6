package rival_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/rival"
)

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

const (
	hour = time.Hour
	day  = 24 * hour
)

// flat is so many mentions an hour for so long, minute by minute.
func flat(long time.Duration, perHour float64) []float64 {
	counts := make([]float64, int(long/time.Minute))
	var due float64
	for i := range counts {
		due += perHour / 60
		counts[i] = math.Floor(due + 1e-9)
		due -= counts[i]
	}
	return counts
}

// again repeats a pattern until so long.
func again(long time.Duration, pattern ...[]float64) []float64 {
	one := slices.Concat(pattern...)
	return slices.Repeat(one, int(long/time.Minute)/len(one))
}

// busyDays have 10 mentions an hour, and 100 from ten to sixteen.
func busyDays(n int) []float64 {
	return again(time.Duration(n)*day, flat(10*hour, 10), flat(6*hour, 100), flat(8*hour, 10))
}

// upAndDown is an hour of each, in turn: their mean is the usual, half of what is
// between them the deviation.
func upAndDown(long time.Duration, low, high float64) []float64 {
	return again(long, flat(hour, low), flat(hour, high))
}

// observe feeds a detector minute by minute and gathers what it answers.
func observe(r rival.Rival, from time.Time, counts []float64) []float64 {
	scores := make([]float64, len(counts))
	for i, count := range counts {
		scores[i] = r.Observe(from.Add(time.Duration(i)*time.Minute), count)
	}
	return scores
}

func find(t *testing.T, name string) rival.Entry {
	t.Helper()
	i := slices.IndexFunc(rival.All(), func(e rival.Entry) bool { return e.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return rival.All()[i]
}

func TestEachRuleAlarmsWhereItsSourceSays(t *testing.T) {
	t.Parallel()
	noonADayBefore := slices.Concat(flat(36*hour, 200), flat(hour, 500), flat(23*hour, 200))
	noonAWeekBefore := slices.Concat(flat(36*hour, 200), flat(hour, 500), flat(7*day-hour, 200))
	for _, c := range []struct {
		rule, story string
		past, now   []float64
		alarm       bool
	}{
		{"Meltwater, hourly", "its example: 500 in an hour where 200 are usual", flat(2*day, 200), flat(hour, 500), true},
		{"Meltwater, hourly", "a little less", flat(2*day, 200), flat(hour, 490), false},
		{"Meltwater, hourly", "as yesterday at this hour", noonADayBefore, flat(hour, 500), false},
		{"Meltwater, hourly", "as a week ago at this hour", noonAWeekBefore, flat(hour, 500), false},
		{"Meltwater, hourly", "the day before is not known yet", flat(20*hour, 200), flat(hour, 2000), false},
		{"Meltwater, hourly", "half an hour is no hour", flat(2*day, 200), flat(hour/2, 2000), false},
		{"Meltwater, 10 min", "half an hour is seen", flat(2*day, 200), flat(hour/2, 2000), true},

		{"Socialmetrix, low", "a day 1.6 deviations up", upAndDown(8*day, 0, 20), flat(day, 26), true},
		{"Socialmetrix, low", "a day 1.4 deviations up", upAndDown(8*day, 0, 20), flat(day, 24), false},
		{"Socialmetrix, medium", "a day 1.6 deviations up", upAndDown(8*day, 0, 20), flat(day, 26), false},
		{"Socialmetrix, medium", "a day 2.1 deviations up", upAndDown(8*day, 0, 20), flat(day, 31), true},
		{"Socialmetrix, high", "a day 2.1 deviations up", upAndDown(8*day, 0, 20), flat(day, 31), false},
		{"Socialmetrix, high", "a day 3.1 deviations up", upAndDown(8*day, 0, 20), flat(day, 41), true},
		{"Socialmetrix, low", "an hour of ten deviations is no day", upAndDown(8*day, 0, 20), flat(hour, 110), false},

		{"MutualMind", "ten minutes of double the average", flat(6*hour, 60), flat(10*time.Minute, 120), true},
		{"MutualMind", "a little less", flat(6*hour, 60), flat(10*time.Minute, 114), false},
		{"MutualMind", "six hours are not known yet", flat(5*hour, 60), flat(10*time.Minute, 600), false},

		{"Newspoint", "three times the week's mean", flat(2*day, 100), flat(hour, 300), true},
		{"Newspoint", "a little less", flat(2*day, 100), flat(hour, 290), false},
		{"Newspoint", "a day is not known yet", flat(20*hour, 100), flat(hour, 900), false},
		{"Newspoint", "every noon, for it knows no rhythm", again(7*day, flat(10*hour, 10), flat(2*hour, 100), flat(12*hour, 10)),
			slices.Concat(flat(10*hour, 10), flat(2*hour, 100)), true},

		{"Pivony", "200 % more in an hour", flat(2*day, 100), slices.Concat(flat(hour, 100), flat(hour, 300)), true},
		{"Pivony", "a little less", flat(2*day, 100), slices.Concat(flat(hour, 100), flat(hour, 290)), false},
		{"Pivony", "an hour between two looks", flat(2*day, 100), slices.Concat(flat(hour, 900), flat(hour, 100)), false},
		{"Pivony", "a rise too slow for hours, of a day", flat(8*day, 100),
			slices.Concat(flat(12*hour, 250), flat(12*hour, 350), flat(day, 500)), true},
		{"Pivony", "a rise too slow for days, of a week", slices.Concat(flat(21*day, 100), flat(4*day, 250)), flat(7*day, 400), true},

		{"SentiSum", "3.1 deviations above", upAndDown(2*day, 10, 30), flat(hour, 51), true},
		{"SentiSum", "2.9 deviations above", upAndDown(2*day, 10, 30), flat(hour, 49), false},
		{"SentiSum", "nine mentions are too few", flat(4*day, 0), flat(hour, 9), false},
		{"SentiSum", "ten are not", flat(4*day, 0), flat(hour, 10), true},

		{"ThirdEye", "a day of 160 %", flat(8*day, 10), flat(day, 16), true},
		{"ThirdEye", "a day of 145 %", flat(8*day, 10), flat(day, 14.5), false},
		{"ThirdEye", "half a day of 160 %", flat(8*day, 10), flat(day/2, 16), false},
		{"ThirdEye", "a drop is no crisis", flat(8*day, 10), flat(2*day, 0), false},

		{"windowed Gaussian", "five minutes 3.1 deviations above", again(2*day, flat(5*time.Minute, 120), flat(5*time.Minute, 360)),
			flat(5*time.Minute, 612), true},
		{"windowed Gaussian", "five minutes 2.9 deviations above", again(2*day, flat(5*time.Minute, 120), flat(5*time.Minute, 360)),
			flat(5*time.Minute, 588), false},
		{"windowed Gaussian", "a drop is no crisis", flat(2*day, 1200), flat(day, 0), false},

		{"Poisson, hourly", "140 where 100 are expected, 4 times in 100,000", flat(3*hour, 100), flat(hour, 140), true},
		{"Poisson, hourly", "125 where 100 are expected, 8 times in 1,000", flat(3*hour, 100), flat(hour, 125), false},
		{"Poisson, hourly", "every morning, for it knows no rhythm", busyDays(14), slices.Concat(flat(10*hour, 10), flat(hour, 100)), true},

		{"Twitter S-H-ESD", "the rhythm of every day", busyDays(14), busyDays(2), false},
		{"Twitter S-H-ESD", "the count of noon at four", busyDays(14), slices.Concat(flat(4*hour, 10), flat(hour, 100)), true},
		{"Twitter S-H-ESD", "the same behind a storm that is larger still", slices.Concat(busyDays(10), flat(12*hour, 2000), flat(12*hour, 10), busyDays(3)),
			slices.Concat(flat(4*hour, 10), flat(hour, 100)), true},
		{"Twitter S-H-ESD", "two days are not known yet", busyDays(1), slices.Concat(flat(4*hour, 10), flat(hour, 900)), false},
		{"Twitter S-H-ESD", "a drop is no crisis", busyDays(14), flat(day, 0), false},

		{"Kleinberg, hourly", "two hours of twice the mean pay ln 168", flat(8*day, 10), flat(2*hour, 20), true},
		{"Kleinberg, hourly", "one hour of it does not", flat(8*day, 10), flat(hour, 20), false},
		{"Kleinberg, hourly", "closer to calm than to a burst, for ever", flat(8*day, 10), flat(hour, 14), false},

		{"Kleinberg, hourly", "a burst costs nothing to leave", slices.Concat(flat(8*day, 10), flat(5*hour, 30)), flat(hour, 10), false},
		{"Kleinberg, hourly", "a mention an hour after silence", flat(8*day, 0), flat(day, 1), false},

		{"EWMA, hourly", "six mentions above a steady mean", flat(14*day, 100), flat(hour, 106), true},
		{"EWMA, hourly", "four above", flat(14*day, 100), flat(hour, 104), false},
		{"EWMA, hourly", "four above that stay", flat(14*day, 100), flat(2*hour, 104), true},
		{"EWMA, hourly", "the rhythm of every day", busyDays(14), busyDays(2), false},

		{"CUSUM, hourly", "two above that stay for four hours", flat(14*day, 100), flat(4*hour, 102), true},
		{"CUSUM, hourly", "for three hours", flat(14*day, 100), flat(3*hour, 102), false},
		{"CUSUM, hourly", "half a mention above, for ever", flat(14*day, 100), flat(day, 100.5), false},
		{"CUSUM, hourly", "the rhythm of every day", busyDays(14), busyDays(2), false},
	} {
		entry := find(t, c.rule)
		scores := observe(entry.New(time.Minute), start, slices.Concat(c.past, c.now))
		require.Equal(t, c.alarm, slices.Max(scores[len(c.past):]) >= entry.Bound, "%s: %s: %v", c.rule, c.story, slices.Max(scores[len(c.past):]))
	}
}

func TestACusumBeginsAnewAfterItsAlarm(t *testing.T) {
	t.Parallel()
	cusum := find(t, "CUSUM, hourly")
	scores := observe(cusum.New(time.Minute), start, slices.Concat(flat(14*day, 100), flat(hour, 120), flat(hour, 102)))
	require.InDelta(t, 19.5, scores[14*24*60+59], 1e-9, "20 less the slack")
	require.Less(t, scores[14*24*60+119], cusum.Bound)
}

// Every rule alarms when a brand that has a hundred mentions an hour by day has
// thousands for a day and a half; none does where nothing ever changes.
func TestAFirestormIsSeenByAll(t *testing.T) {
	t.Parallel()
	for _, entry := range rival.All() {
		calm, storm := busyDays(21), flat(36*hour, 4000)
		scores := observe(entry.New(time.Minute), start, slices.Concat(calm, storm))
		require.GreaterOrEqual(t, slices.Max(scores[len(calm):]), entry.Bound, entry.Name)
		require.Less(t, slices.Max(observe(entry.New(time.Minute), start, flat(30*day, 60))), entry.Bound, entry.Name)
	}
}

func TestOneMentionAfterSilenceIsNoAlarm(t *testing.T) {
	t.Parallel()
	for _, entry := range rival.All() {
		counts := slices.Concat(flat(9*day, 0), []float64{1}, flat(day, 0))
		require.Less(t, slices.Max(observe(entry.New(time.Minute), start, counts)), entry.Bound, entry.Name)
	}
}

func TestAFirstHourIsNoAlarm(t *testing.T) {
	t.Parallel()
	for _, entry := range rival.All() {
		require.Zero(t, slices.Max(observe(entry.New(time.Minute), start, flat(hour, 6000))), entry.Name)
	}
}

// random is a brand with a rhythm, and bursts.
func random(r *rand.Rand, minutes int) []float64 {
	counts := make([]float64, minutes)
	level := r.ExpFloat64() * 3
	for i := range counts {
		rate := level * (1 + math.Sin(float64(i)/1440*2*math.Pi))
		if r.IntN(5000) == 0 {
			level *= 0.5 + r.ExpFloat64()
		}
		counts[i] = math.Floor(rate * r.ExpFloat64())
	}
	return counts
}

// What is answered now does not depend on what comes, nor on others that watch
// at the same time, and is the same each time.
func TestNothingLooksAhead(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	seen := random(r, 20*1440)
	for _, entry := range rival.All() {
		one, other := entry.New(time.Minute), entry.New(time.Minute)
		futures := [2][]float64{slices.Concat(seen, random(r, 3*1440)), slices.Concat(seen, flat(3*day, 0))}
		var scores [2][]float64
		for i := range seen {
			at := start.Add(time.Duration(i) * time.Minute)
			scores[0] = append(scores[0], one.Observe(at, futures[0][i]))
			scores[1] = append(scores[1], other.Observe(at, futures[1][i]))
		}
		require.Equal(t, scores[0], scores[1], "%s, seed %d", entry.Name, seed)
		require.Equal(t, scores[0], observe(entry.New(time.Minute), start, futures[0])[:len(seen)], "%s, seed %d", entry.Name, seed)
	}
}

func TestMissingStepsHeldNothing(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	counts := random(rand.New(rand.NewPCG(seed, 2)), 12*1440)
	gap := slices.Clone(counts)
	clear(gap[9*1440+7 : 10*1440+11])
	for _, entry := range rival.All() {
		whole := observe(entry.New(time.Minute), start, gap)
		broken := entry.New(time.Minute)
		observe(broken, start, gap[:9*1440+7])
		after := 10*1440 + 11
		require.Equal(t, whole[after:], observe(broken, start.Add(time.Duration(after)*time.Minute), gap[after:]), "%s, seed %d", entry.Name, seed)
	}
}

func TestScoresAreNumbersWhateverIsCounted(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	odd := []float64{0, 0, 0, 1, 0.5, 1e6, 1e300, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), -5, 5e-324}
	for _, entry := range rival.All() {
		r := rand.New(rand.NewPCG(seed, 3))
		for _, step := range []time.Duration{time.Second * 30, time.Minute, 5 * time.Minute, 7 * time.Minute, time.Hour, 36 * time.Hour} {
			detector, at := entry.New(step), start
			for i := range 6000 {
				count := float64(r.IntN(3))
				if i/500%2 == 1 {
					count = odd[r.IntN(len(odd))]
				}
				score := detector.Observe(at, count)
				if math.IsNaN(score) || math.IsInf(score, 0) || score < 0 {
					t.Fatalf("%s, seed %d, step %s: %v", entry.Name, seed, step, score)
				}
				at = at.Add(step)
				switch r.IntN(3000) {
				case 0:
					at = at.Add(step * time.Duration(r.IntN(5000)))
				case 1:
					at = at.AddDate(400, 0, 0)
				case 2:
					at = at.Add(-7 * step) // a clock that goes back
				}
			}
		}
	}
}

func TestObservingAllocatesNothing(t *testing.T) {
	for _, entry := range rival.All() {
		detector, at := entry.New(time.Minute), start
		counts := random(rand.New(rand.NewPCG(8, 9)), 20*1440)
		observe(detector, at, counts)
		at = at.Add(time.Duration(len(counts)) * time.Minute)
		i := 0
		require.Zero(t, testing.AllocsPerRun(5*1440, func() {
			detector.Observe(at.Add(time.Duration(i)*time.Minute), counts[i%len(counts)])
			i++
		}), entry.Name)
	}
}

// BenchmarkMonth is 30 days of one brand, minute by minute.
func BenchmarkMonth(b *testing.B) {
	counts := random(rand.New(rand.NewPCG(8, 9)), 30*1440)
	for _, entry := range rival.All() {
		b.Run(entry.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				observe(entry.New(time.Minute), start, counts)
			}
		})
	}
}
