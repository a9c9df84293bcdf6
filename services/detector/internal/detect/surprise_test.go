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
		n          int
		mean       float64
		dispersion float64
	}{{5, 2, 1}, {20, 10, 1}, {30, 10, 4}, {12, 0.5, 1.5}, {300, 100, 8}} {
		var below float64
		for k := range c.n {
			below += math.Exp(logPMF(k, c.mean, c.dispersion))
		}
		require.InDelta(t, -math.Log10(1-below), surprise(c.n, c.mean, c.dispersion), 1e-3, "%+v", c)
	}
	require.Zero(t, surprise(3, 5, 1))
	require.InDelta(t, float64(maxSurprise), surprise(1_000_000, 1, 1), 0)
}
