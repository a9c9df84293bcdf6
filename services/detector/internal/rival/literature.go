package rival

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

const (
	// threeSigma is -log10 of how likely a normal variable is to be three
	// deviations above its mean: the customary bound where a score is a probability.
	threeSigma = 2.86969
	// rarest bounds -log10 of a probability: beyond it, floats tell nothing.
	rarest = 300
)

// gaussian is NAB's windowed Gaussian: the tail probability (the Q-function) of
// the newest value in a normal distribution fitted to the 6,400 values of five
// minutes before it, a window tuned on NAB. The score is -log10 of it, which tells
// rare from rarer where 1 less it, as in NAB, is 1 for both; only rises count.
func gaussian(p *past) func() float64 {
	now, window := p.span(0, p.bucket), p.span(p.bucket, 6400*p.bucket)
	return func() float64 {
		z := now.deviations(window)
		if z <= 0 {
			return 0
		}
		return min(rarest, -math.Log10(math.Erfc(z/math.Sqrt2)/2))
	}
}

// poisson is Gnip's simplest model, which takes the last count for the rate: how
// likely so many mentions, or more, are in an hour where those of the hour before
// are expected, as -log10.
func poisson(p *past) func() float64 {
	now, before := p.span(0, hour), p.span(hour, hour)
	return func() float64 {
		expected := max(1, before.sum)
		if !before.tells(now) || now.sum <= expected {
			return 0
		}
		return poissonTail(now.sum, expected)
	}
}

// poissonTail is -log10 of the probability of n or more where fewer are expected.
// Where that is too small for a float it is taken from the first term of the sum,
// the others being less than a geometric series.
func poissonTail(n, mean float64) float64 {
	if tail := mathext.GammaIncReg(n, mean); tail > 1e-290 {
		return -math.Log10(tail)
	}
	factorial, _ := math.Lgamma(n + 1)
	return (factorial + mean - n*math.Log(mean) + math.Log1p(-mean/(n+1))) / math.Ln10
}

const (
	burstRate  = 2 // s: how many times busier a burst is
	burstGamma = 1 // γ: how hard it is to enter one
)

// kleinberg is the automaton of two states, calm and burst, that explains the
// counts best, followed as they come: each state expects Poisson counts, the calm
// one at the rate of the last week, and to enter the burst costs γ ln n of
// likelihood, n being the counts of the week. Leaving it is free. With s = 2 and
// γ = 1, as in the paper. The score is how much of that cost is paid.
func kleinberg(p *past) func() float64 {
	now, usual := p.span(0, p.bucket), p.span(p.bucket, week)
	toll := burstGamma * math.Log(float64(usual.length()))
	ahead := -toll // how much likelier the best path that ends in the burst is
	return func() float64 {
		if !usual.tells(now) {
			return 0
		}
		gain := now.sum*math.Log(burstRate) - (burstRate-1)*max(1, usual.mean())
		ahead = min(max(ahead, -toll), 0) + gain
		return (ahead + toll) / toll
	}
}

// unusual is by how many deviations a count differs from those of the same time
// on the days before, up to seven: charts are made for a process that has no
// rhythm of its own. Deviations are those of such differences over a week.
func unusual(p *past) func() float64 {
	now := p.span(0, p.bucket)
	var days []*span
	for d := day; d <= week; d += day {
		days = append(days, p.span(d, p.bucket))
	}
	differences := newPast(p.bucket)
	usual := differences.span(p.bucket, week)
	return func() float64 {
		var sum, known float64
		for _, d := range days {
			sum += d.sum
			known += float64(d.known)
		}
		if known == 0 {
			return 0
		}
		difference := now.sum - sum/known
		differences.push(difference)
		if !usual.tells(now) {
			return 0
		}
		return difference / max(1, usual.deviation())
	}
}

// ewmaWeight is that of the newest value: 0.2 is customary.
const ewmaWeight = 0.2

// ewma is the control chart of the exponentially weighted moving average, in
// deviations of that average; three are customary.
func ewma(p *past) func() float64 {
	z := unusual(p)
	var chart float64
	return func() float64 {
		chart += ewmaWeight * (z() - chart)
		return chart / math.Sqrt(ewmaWeight/(2-ewmaWeight))
	}
}

const (
	cusumSlack = 0.5 // half the shift to find, of one deviation
	cusumBound = 5   // as customary: four or five
)

// cusum is Page's chart of the sum of what is above the usual, less some slack;
// after an alarm it begins anew.
func cusum(p *past) func() float64 {
	z := unusual(p)
	var chart float64
	return func() float64 {
		if chart >= cusumBound {
			chart = 0
		}
		chart = max(0, chart+z()-cusumSlack)
		return chart
	}
}
