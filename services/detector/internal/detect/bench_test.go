package detect_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// crowd is a stream of mentions of a thousand brands, fifty thousand a second: a few
// are spoken of a lot, most little.
func crowd(n int) (brands []string, mentions []detect.Mention, of []int) {
	r := rand.New(rand.NewPCG(4, 4))
	for b := range 1000 {
		brands = append(brands, fmt.Sprint("brand", b))
	}
	popular := rand.NewZipf(r, 1.1, 20, 999)
	topics := [][]string{nil, {"delivery"}, {"price"}, {"service"}, {"product", "price"}}
	sources := []string{"x", "bluesky", "mastodon", "facebook", "rss"}
	for i := range n {
		at := start.Add(time.Duration(i) * 20 * time.Microsecond)
		mentions = append(mentions, detect.Mention{
			ID: fmt.Sprint("x:", i), Source: sources[r.IntN(len(sources))], Author: fmt.Sprint(r.IntN(200_000)), Handle: "somebody",
			Sentiment: detect.Sentiment(1 + r.IntN(3)), Topics: topics[r.IntN(len(topics))], Text: "encore deux heures d'attente, merci la marque",
			Published: at, Collected: at, Known: at,
		})
		of = append(of, int(popular.Uint64()))
	}
	return brands, mentions, of
}

// What it costs to decide on a mention, beside counting each once by brand and minute:
// the ratio is what detection adds.
func BenchmarkDecide(b *testing.B) {
	const n = 1_000_000
	brands, mentions, of := crowd(n)
	counting := func() {
		type minute struct {
			brand string
			at    int64
		}
		seen, counts := map[string]struct{}{}, map[minute]int{}
		for i := range mentions {
			key := brands[of[i]] + "\x00" + mentions[i].ID
			if _, known := seen[key]; known {
				continue
			}
			seen[key] = struct{}{}
			counts[minute{brands[of[i]], mentions[i].Published.Unix() / 60}]++
		}
	}
	deciding := func() {
		e := detect.New(rule, start)
		terms := map[string]detect.Terms{}
		for _, brand := range brands {
			terms[brand] = detect.Terms{Since: start.Add(-48 * time.Hour)}
		}
		e.Watch(terms)
		for i := range mentions {
			e.Advance(mentions[i].Known)
			e.Observe(brands[of[i]], mentions[i])
		}
	}
	var alone, all time.Duration
	for b.Loop() {
		began := time.Now()
		counting()
		alone += time.Since(began)
		began = time.Now()
		deciding()
		all += time.Since(began)
	}
	b.ReportMetric(float64(b.N*n)/all.Seconds(), "mentions/s")
	b.ReportMetric(all.Seconds()/alone.Seconds(), "ratio")
}
