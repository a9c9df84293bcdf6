package detect

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Against sums of the probabilities written out, by the definition.
func TestSurpriseIsTheUpperTail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n          float64
		mean       float64
		dispersion float64
	}{{6, 2, 1.5}, {30, 10, 4}, {12, 0.5, 1.5}, {300, 100, 8}, {40, 0.2, 3}, {5000, 3000, 200}} {
		var below float64
		r, p := c.mean/(c.dispersion-1), 1/c.dispersion
		for k := 0.0; k < c.n; k++ {
			below += math.Exp(lgamma(k+r) - lgamma(r) - lgamma(k+1) + r*math.Log(p) + k*math.Log(1-p))
		}
		require.InDelta(t, -math.Log10(1-below), surprise(c.n, c.mean, c.dispersion), 1e-3, "%+v", c)
	}
	require.Zero(t, surprise(3, 5, 2))
	require.InDelta(t, float64(maxSurprise), surprise(1_000_000, 1, 2), 0)
}
