package detect

import "slices"

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// trimmed leaves out the highest tenth.
func trimmed(values []float64) []float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[:len(sorted)-len(sorted)/10]
}

// fano is variance over mean, 0 where it cannot be told.
func fano(values []float64) float64 {
	if len(values) < 3 {
		return 0
	}
	var sum, squares float64
	for _, v := range values {
		sum += v
	}
	mean := sum / float64(len(values))
	if mean == 0 {
		return 0
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return squares / float64(len(values)-1) / mean
}
