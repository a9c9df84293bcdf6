package firestorm_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

func TestOrdinaryLifeHasTheRateAndTheHoursAskedFor(t *testing.T) {
	t.Parallel()
	for _, brand := range upToThousands() {
		posts, days := 0.0, 0.0
		var hours [24]float64
		for seed := range uint64(max(3, 12-brand.PerDay/500)) {
			s := firestorm.New(firestorm.Ordinary, brand, firestorm.WarmUp, seed)
			days += s.Until.Sub(s.Start).Hours() / 24
			for m := range s.Mentions() {
				posts++
				hours[m.Published.In(s.Start.Location()).Hour()]++
			}
		}
		bursts := (max(4, 0.15*brand.PerDay) + 2*max(5, 0.3*brand.PerDay) + 2*max(3, 0.04*brand.PerDay)) / 30 // five a month
		require.InEpsilon(t, brand.PerDay+bursts, posts/days, 0.12, brand.Name)
		if brand.PerDay < 100 {
			continue
		}
		sum := 0.0
		for _, v := range brand.Rhythm {
			sum += v
		}
		for h := range hours {
			want := 0.0
			for d := range 7 { // the rhythm is the rate at each full hour; between them it is drawn straight
				want += (brand.Rhythm[d*24+h] + brand.Rhythm[(d*24+h+1)%168]) / 2 / sum
			}
			require.InDelta(t, 1, hours[h]/posts/want, 0.2, "%s at %d", brand.Name, h)
		}
		require.Less(t, hours[3], hours[12]/20, "the night is quiet")
	}
}

// fano is the variance of counts over their mean: 1 for Poisson's law. What is
// expected of a moment is given but for a factor.
func fano(at []time.Time, from, to time.Time, width time.Duration, expected func(time.Time) float64) float64 {
	n := int(to.Sub(from) / width)
	counts, means, sum := make([]float64, n), make([]float64, n), 0.0
	seen := 0.0
	for _, moment := range at {
		if i := int(moment.Sub(from) / width); moment.After(from) && i < n {
			counts[i]++
			seen++
		}
	}
	for i := range means {
		for moment := from.Add(time.Duration(i) * width); moment.Before(from.Add(time.Duration(i+1) * width)); moment = moment.Add(time.Minute) {
			means[i] += expected(moment)
		}
		sum += means[i]
	}
	variance := 0.0
	for i := range counts {
		d := counts[i] - means[i]*seen/sum
		variance += d * d
	}
	return variance / seen
}

// asReal holds what is said in the package's documentation of the airlines' posts:
// the bounds of the four with 250 to 450 a day.
var asReal = map[time.Duration][2]float64{5 * time.Minute: {1.34, 1.48}, time.Hour: {2.86, 3.98}, 6 * time.Hour: {3.45, 13.96}}

func TestOrdinaryLifeIsAsBurstyAsRealPosts(t *testing.T) {
	t.Parallel()
	brand := firestorm.NewBrand("airline", "Airline", 400, firestorm.Mood{0.58, 0.23, 0.19}) // 350 without the shares
	figures := map[time.Duration][]float64{}
	var negative, gaps []float64
	for seed := range uint64(40) {
		s := firestorm.New(firestorm.Ordinary, brand, day, seed)
		from, to := s.From, s.From.Add(4*day+12*time.Hour)
		var posts, complaints []time.Time
		last := map[string]time.Time{}
		for m, label := range s.Labelled() {
			if m.Share || m.Published.Before(from) || m.Published.After(to) {
				continue
			}
			posts = append(posts, m.Published)
			if label.Sentiment == detect.Negative {
				complaints = append(complaints, m.Published)
			}
			if before, ok := last[m.Author]; ok {
				gaps = append(gaps, m.Published.Sub(before).Minutes())
			}
			last[m.Author] = m.Published
		}
		expected := func(at time.Time) float64 {
			h, within := (int(at.Weekday())+6)%7*24+at.Hour(), float64(at.Minute())/60
			return brand.Rhythm[h]*(1-within) + brand.Rhythm[(h+1)%168]*within
		}
		for width := range asReal {
			figures[width] = append(figures[width], fano(posts, from, to, width, expected))
		}
		negative = append(negative, fano(complaints, from, to, time.Hour, expected))
	}
	for width, bounds := range asReal {
		m := median(figures[width])
		t.Logf("%v: %.2f, real posts %.2f to %.2f", width, m, bounds[0], bounds[1])
		require.True(t, m > 0.9*bounds[0] && m < 1.1*bounds[1], "%v: %.2f", width, m)
	}
	require.InDelta(t, 2.7, median(negative), 0.7, "real complaints have 2.7 to 3.8 for an hour")
	require.InDelta(t, 20, median(gaps), 8, "minutes; real authors have 20")
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// The bounds above are read off the real posts again.
func TestRealPostsAreAsBurstyAsSaid(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: it names the folder of the real posts")
	}
	posts := airlines(t, filepath.Join(data, "replay", "airlines-2015-02-17_21.x.ndjson"))
	from, to := time.Date(2015, 2, 17, 12, 0, 0, 0, time.UTC), time.Date(2015, 2, 21, 23, 0, 0, 0, time.UTC)
	got := map[time.Duration][]float64{}
	for brand, at := range posts {
		if len(at) < 1000 {
			continue
		}
		var others [24]float64 // by hour of the day: what a brand's own noise is measured against
		for other, at := range posts {
			for _, moment := range at {
				if other != brand {
					others[moment.Hour()]++
				}
			}
		}
		expected := func(at time.Time) float64 {
			earlier := at.Add(-30 * time.Minute)
			within := float64(earlier.Minute()) / 60
			return others[earlier.Hour()]*(1-within) + others[(earlier.Hour()+1)%24]*within
		}
		for width := range asReal {
			got[width] = append(got[width], fano(at, from, to, width, expected))
		}
	}
	for width, bounds := range asReal {
		require.Len(t, got[width], 4)
		require.InEpsilon(t, bounds[0], slices.Min(got[width]), 0.03, "%v", width)
		require.InEpsilon(t, bounds[1], slices.Max(got[width]), 0.03, "%v", width)
	}
}

func airlines(t *testing.T, path string) map[string][]time.Time {
	lines, err := os.ReadFile(path)
	require.NoError(t, err)
	posts := map[string][]time.Time{}
	for line := range strings.Lines(string(lines)) {
		var post struct {
			Data struct {
				CreatedAt time.Time `json:"created_at"`
			} `json:"data"`
			Rules []struct{ Tag string } `json:"matching_rules"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &post))
		posts[post.Rules[0].Tag] = append(posts[post.Rules[0].Tag], post.Data.CreatedAt)
	}
	return posts
}

// The scorer errs as its confusion says, and alike on all copies of a text.
func TestSentimentIsSeenThroughTheScorer(t *testing.T) {
	t.Parallel()
	brand := firestorm.Brands()[3]
	seen, stories := map[[2]detect.Sentiment]float64{}, map[string]detect.Sentiment{}
	of := map[detect.Sentiment]float64{}
	moods := map[detect.Sentiment]float64{}
	for m, label := range firestorm.New(firestorm.Ordinary, brand, day, 5).Labelled() {
		moods[label.Sentiment]++
		if before, ok := stories[m.Story]; ok {
			require.Equal(t, before, m.Sentiment, "a copy")
			continue
		}
		stories[m.Story] = m.Sentiment
		seen[[2]detect.Sentiment{label.Sentiment, m.Sentiment}]++
		of[label.Sentiment]++
	}
	all := moods[detect.Negative] + moods[detect.Neutral] + moods[detect.Positive]
	for truth := detect.Negative; truth <= detect.Positive; truth++ {
		require.InDelta(t, brand.Mood[truth-detect.Negative], moods[truth]/all, 0.04, "%d", truth)
		for said := detect.Negative; said <= detect.Positive; said++ {
			want := brand.Confusion[truth-detect.Negative][said-detect.Negative]
			require.InDelta(t, want, seen[[2]detect.Sentiment{truth, said}]/of[truth], 0.01, "%d seen as %d", truth, said)
		}
	}
}

// Streams are known within seconds, polled pages within minutes, feeds within tens of minutes.
func TestSourcesHaveTheirSharesAndDelays(t *testing.T) {
	t.Parallel()
	brand := firestorm.Brands()[3]
	delays, n := map[string][]float64{}, 0.0
	followers := []float64{}
	for m := range firestorm.New(firestorm.Ordinary, brand, day, 6).Mentions() {
		delays[m.Source] = append(delays[m.Source], m.Known.Sub(m.Published).Seconds())
		followers = append(followers, float64(m.Followers))
		n++
	}
	for _, source := range brand.Sources {
		require.InDelta(t, source.Share, float64(len(delays[source.Name]))/n, 0.02, source.Name)
	}
	require.Less(t, median(delays["x"]), 2.0)
	require.InDelta(t, 60, median(delays["reddit"]), 30)
	require.InDelta(t, 13*60, median(delays["rss"]), 3*60)
	require.InDelta(t, 200, median(followers), 40)
	require.Greater(t, slices.Max(followers), 100_000.0)
}
