package rival

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The sums kept over a span are those of the counts it holds, whatever came
// before: quiet, bursts, or counts so large that sums lose the small ones.
func TestASpanHoldsTheCountsOfItsAge(t *testing.T) {
	t.Parallel()
	p := newPast(time.Hour)
	spans := []*span{p.span(0, hour), p.span(0, day), p.span(hour, week), p.span(day, hour), p.span(day, week)}
	r := rand.New(rand.NewPCG(3, 4))
	var counts []float64
	for i := range 3000 {
		count := float64(r.IntN(20))
		if i > 500 && i < 520 {
			count = 60 * most
		}
		counts = append(counts, count)
		p.push(count)
		if i > 500 && i < 520+2*len(p.ring) {
			continue // sums are trusted again a round after what spoilt them is out
		}
		for _, s := range spans {
			held := counts[max(0, len(counts)-s.to):max(0, len(counts)-s.from)]
			var sum, squares float64
			for _, c := range held {
				sum += c
				squares += c * c
			}
			require.Equal(t, len(held), s.known)
			require.InDelta(t, sum, s.sum, 0)
			require.InDelta(t, squares, s.squares, 0)
		}
	}
}

// Critical values as tabled for the two-sided test at 5 % on the 54 values of
// Rosner's example (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17.3).
func TestCriticalValuesAreRosners(t *testing.T) {
	t.Parallel()
	for left, want := range map[float64]float64{54: 3.158, 53: 3.151, 52: 3.143, 51: 3.136, 50: 3.128, 45: 3.085} {
		require.InDelta(t, want, criticalValue(left, 0.05/2), 0.001, "%v left", left)
	}
}

func TestTheMiddleDistanceIsTheMedianOfDistances(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		values := make([]float64, 1+r.IntN(12))
		for i := range values {
			values[i] = float64(r.IntN(10)) / 2
		}
		slices.Sort(values)
		middle := median(values)
		var distances []float64
		for _, v := range values {
			distances = append(distances, math.Abs(v-middle))
		}
		slices.Sort(distances)
		require.InDelta(t, median(distances), middleDistance(values, middle), 1e-12, "%v", values)
	}
}

// Against sums of the probabilities written out, and without a step where floats
// end.
func TestThePoissonTailIsTheSumOfItsTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, mean float64 }{{1, 0.5}, {5, 2}, {20, 10}, {140, 100}, {300, 100}} {
		var tail float64
		for k := c.n; k < c.n+500; k++ {
			factorial, _ := math.Lgamma(k + 1)
			tail += math.Exp(k*math.Log(c.mean) - c.mean - factorial)
		}
		require.InDelta(t, -math.Log10(tail), poissonTail(c.n, c.mean), 1e-9, "%+v", c)
	}
	before := poissonTail(100, 10)
	for n := 101.0; n < 400; n++ {
		tail := poissonTail(n, 10)
		require.Greater(t, tail, before)
		require.Less(t, tail-before, 2.0, "each mention more is rarer, by no leap: %v", n)
		before = tail
	}
	require.InEpsilon(t, poissonTail(60*most, 1), 60*most*math.Log10(60*most/math.E), 1e-6)
}

func TestThreeSigmaIsTheirTail(t *testing.T) {
	t.Parallel()
	tail := -math.Log10(math.Erfc(3/math.Sqrt2) / 2)
	require.InDelta(t, threeSigma, tail, 1e-4)
	require.Greater(t, tail, threeSigma, "three deviations reach it")
}
