package language

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is packed comes back, and is summed as one would by hand.
func TestRowsAreSummedExactly(t *testing.T) {
	t.Parallel()
	for _, classes := range []int{1, 7, 8, 44, maxClasses} {
		weights := make([]int8, 50*classes)
		for i := range weights {
			weights[i] = int8(rand.IntN(256) - 128)
		}
		r := pack(weights, classes)
		require.Equal(t, weights, r.weights(classes))
		for _, n := range []int{0, 1, roomFor, roomFor + 1, 1000} {
			var want [maxClasses]int32
			features := make([]uint16, n)
			for i := range features {
				features[i] = uint16(rand.IntN(50))
				for class := range classes {
					want[class] += int32(weights[int(features[i])*classes+class])
				}
			}
			got := r.sum(features)
			require.Equal(t, want[:classes], got[:classes])
		}
	}
}
