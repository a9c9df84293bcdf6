package detect

import "math"

// maxSurprise bounds -log10 of a probability: beyond it, floats tell nothing.
const maxSurprise = 300

// surprise is -log10 of the probability of n or more events where mean are
// expected and their variance is dispersion (above 1) times the mean: the upper
// tail of a negative binomial of size r = mean/(dispersion-1), which is the
// regularised incomplete beta function I(1-1/dispersion; n, r), DLMF 8.17.5. What is less than
// one standard deviation above the mean surprises nobody.
func surprise(n, mean, dispersion float64) float64 {
	if mean <= 0 || (n-mean)*(n-mean) < mean*dispersion || n < mean {
		return 0
	}
	r, x := mean/(dispersion-1), 1-1/dispersion
	front := lgamma(n+r) - lgamma(n+1) - lgamma(r) + n*math.Log(x) - r*math.Log(dispersion)
	log := front + math.Log(betaFraction(x, n, r))
	return min(maxSurprise, max(0, -log/math.Ln10))
}

// betaFraction is the continued fraction of the incomplete beta function, DLMF
// 8.17.22, by Lentz's method: it converges fast for x below a/(a+b), which is to say
// for n above the mean.
func betaFraction(x, a, b float64) float64 {
	const tiny = 1e-30
	away := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/away(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < 10_000; m++ {
		for _, step := range [...]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			d = 1 / away(1+step*d)
			c = away(1 + step/c)
			f *= c * d
		}
		if math.Abs(c*d-1) < 1e-10 {
			break
		}
	}
	return f
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
