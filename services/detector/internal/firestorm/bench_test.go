package firestorm_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

// A firestorm of the huge brand, with three days before: mentions a second on one
// core, and the memory that is held, what each mention allocates for itself apart.
func BenchmarkMentions(b *testing.B) {
	brands := firestorm.Brands()
	s := firestorm.New(firestorm.Firestorm, brands[len(brands)-1], 3*24*time.Hour, 1)
	b.ReportAllocs()
	n, held := 0, uint64(0)
	for b.Loop() {
		for range s.Mentions() {
			if n++; n%1_000_000 == 0 {
				b.StopTimer()
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				held = max(held, m.HeapAlloc)
				b.StartTimer()
			}
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mentions/s")
	b.ReportMetric(float64(held)/1e6, "MB-held")
}

func BenchmarkMinutes(b *testing.B) {
	brands := firestorm.Brands()
	s := firestorm.New(firestorm.Firestorm, brands[len(brands)-1], 3*24*time.Hour, 1)
	n := 0
	for b.Loop() {
		for m := range s.Minutes() {
			n += m.Total
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mentions/s")
}
