package detect

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// full is an engine whose brands are full of all that is kept: every part, as many
// authors, words and posts as there is room for, and an incident.
func full(brands int, text string) *Engine {
	const mentions = 400
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	e := New(Rule{Watch: 3, Alert: 4, Crisis: 8, MinMentions: 5, MinAuthors: 3}, now)
	terms := map[string]Terms{}
	for i := range brands {
		terms[fmt.Sprint("brand", i)] = Terms{Since: now.Add(-48 * time.Hour)}
	}
	e.Watch(terms)
	for i := range mentions { // ever faster
		at := now.Add(time.Duration(mentions*mentions-(mentions-i)*(mentions-i)) * time.Second / 40)
		for id := range terms {
			e.Observe(id, Mention{
				ID: fmt.Sprint("x:1987654321", i), Source: fmt.Sprint("source", i%8), Page: "https://x.example/somebody", Author: fmt.Sprint("author", i),
				Handle: fmt.Sprint("somebody", i), Sentiment: Sentiment(1 + i%3), Topics: []string{fmt.Sprint("topic", i%9)}, Risks: []string{"injury"},
				Published: at, Collected: at, Known: at, Text: fmt.Sprint(text, " word", i), URL: fmt.Sprint("https://x.example/somebody/status/1987654321", i),
				Followers: uint64(i), Engagement: uint64(i),
			})
		}
		e.Advance(at.Add(time.Second))
	}
	return e
}

const ordinary = "Rappel des yaourts de la marque : trois enfants malades à l'école, c'est honteux et personne ne répond depuis deux jours"

// TestABrandTakesAHundredKilobytes, with everything as long as strangers' posts make it.
func TestABrandTakesAHundredKilobytes(t *testing.T) {
	t.Parallel()
	b := full(1, strings.Repeat(ordinary, 4)).brands["brand0"]
	require.Len(t, b.Parts, mostParts)
	require.NotNil(t, b.Incident)
	require.Less(t, b.size(), 100<<10)
	require.Less(t, int(unsafe.Sizeof(b.Peaks)), 1<<10)
}

// size is what a brand takes in memory between two decisions, but for its incident and
// what the allocator rounds up.
func (b *brand) size() int {
	n := int(unsafe.Sizeof(*b)) + cap(b.Names)*int(unsafe.Sizeof(Part{})) + cap(b.Parts)*int(unsafe.Sizeof(part{})) +
		cap(b.Pending)*int(unsafe.Sizeof(pending{})) + cap(b.Authors.List)*int(unsafe.Sizeof(author{})) + int(unsafe.Sizeof(*b.Authors.index)) + b.Exhibits.size()
	for i := range b.Authors.List {
		n += len(b.Authors.List[i].Name)
	}
	return n
}

// BenchmarkMemory is what brands take of the heap, each with all that is kept of one.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n, " brands"), func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				e := full(n, ordinary)
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n)/1024, "KB/brand")
				b.ReportMetric(float64(after.HeapAlloc)/(1<<20), "MB")
				runtime.KeepAlive(e)
			}
		})
	}
}
