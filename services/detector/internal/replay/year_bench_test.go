package replay_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// A quarter of a million mentions of a brand over a quarter, two a minute, with a curve of
// seven bounds and without one: what it costs to decide on each, and what the curve adds.
func BenchmarkLane(b *testing.B) {
	const n = 250_000
	r := rand.New(rand.NewPCG(1, 1))
	mentions := make([]detect.Mention, n)
	for i := range mentions {
		known := noon.Add(time.Duration(i) * (90 * 24 * time.Hour / n))
		mentions[i] = detect.Mention{
			ID: fmt.Sprint("x:", i), Source: []string{"x", "bluesky", "rss"}[r.IntN(3)], Author: fmt.Sprint(r.IntN(50_000)), Handle: "somebody",
			Sentiment: detect.Sentiment(1 + r.IntN(3)), Topics: [][]string{nil, {"delivery"}, {"price", "product"}}[r.IntN(3)],
			Text: "encore deux heures d'attente, merci la marque", Published: known, Collected: known, Known: known,
		}
	}
	rule := detect.Rule{MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute, Watch: 3, Alert: 4, Crisis: 8}
	run := func(tried []detect.Rule) time.Duration {
		began := time.Now()
		lane := replay.NewLane(rule, "zest", noon.Add(replay.WarmUp), nil)
		lane.Try(tried)
		for i := range mentions {
			lane.Hear("zest", mentions[i])
		}
		lane.End(mentions[n-1].Known)
		return time.Since(began)
	}
	var alone, tried time.Duration
	for b.Loop() {
		alone += run(nil)
		tried += run(replay.Bounds(rule, 2))
	}
	b.ReportMetric(float64(alone.Microseconds())/float64(b.N*n), "µs/mention")
	b.ReportMetric(tried.Seconds()/alone.Seconds(), "ratio")
}
