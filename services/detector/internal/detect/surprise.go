package detect

import "math"

// maxSurprise bounds -log10 of a probability: beyond it, floats tell nothing.
const maxSurprise = 300

// surprise is -log10 of the probability of n or more events where mean are
// expected and their variance is dispersion times the mean: the upper tail of a
// negative binomial (Poisson where dispersion is 1), summed term by term.
func surprise(n int, mean, dispersion float64) float64 {
	if mean <= 0 || float64(n) <= mean {
		return 0
	}
	term := logPMF(n, mean, dispersion)
	tail, ratio := 1.0, 1.0 // relative to the first term
	for k := n; ratio > 1e-12 && k < n+100000; k++ {
		ratio *= nextRatio(k, mean, dispersion)
		tail += ratio
	}
	return math.Min(maxSurprise, math.Max(0, -(term+math.Log(tail))/math.Ln10))
}

// logPMF is the log of the probability of exactly n events.
func logPMF(n int, mean, dispersion float64) float64 {
	k := float64(n)
	if dispersion <= 1 {
		return k*math.Log(mean) - mean - lgamma(k+1)
	}
	r := mean / (dispersion - 1)
	return lgamma(k+r) - lgamma(r) - lgamma(k+1) - r*math.Log(dispersion) + k*math.Log(1-1/dispersion)
}

// nextRatio is P(k+1)/P(k).
func nextRatio(k int, mean, dispersion float64) float64 {
	if dispersion <= 1 {
		return mean / float64(k+1)
	}
	r := mean / (dispersion - 1)
	return (float64(k) + r) / float64(k+1) * (1 - 1/dispersion)
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
