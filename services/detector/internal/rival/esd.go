package rival

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	esdDays   = 14   // what is decomposed at once
	esdAlpha  = 0.05 // significance
	esdShare  = 0.10 // of the values that may be anomalies
	madToDevs = 1.4826
)

// seasonalESD is Twitter's S-H-ESD, run online: every hour on the hours of the
// last fortnight, and only the newest is asked about. What is usual at each time
// of day, the median of the days, is taken away; then the generalised ESD test of
// Rosner, with medians for means, takes away the largest rest again and again.
// The newest is an anomaly where the test, at its turn or later, is above its
// critical value; the score is by how many times. Parameters are the defaults of
// Twitter's package, and like it this asks for two days.
func seasonalESD(p *past) func() float64 {
	fortnight := p.span(0, esdDays*day)
	rests, same := make([]float64, fortnight.length()), make([]float64, esdDays)
	critical := criticalValues()
	return func() float64 {
		if fortnight.known < 2*p.day {
			return 0
		}
		rest := rests[:fortnight.known]
		for phase := range p.day {
			same = same[:0]
			for age := phase; age < len(rest); age += p.day {
				same = append(same, p.at(age))
			}
			slices.Sort(same)
			for age := phase; age < len(rest); age += p.day {
				rest[age] = p.at(age) - median(same)
			}
		}
		newest := rest[0]
		slices.Sort(rest)
		above, _ := slices.BinarySearch(rest, newest) // among equals the newest goes last
		turn, turns := len(rest)-above, int(esdShare*float64(len(rest)))
		var score float64
		for i := turn; i <= turns; i++ {
			left := rest[:len(rest)-i+1]
			middle := median(left)
			strange := (left[len(left)-1] - middle) / max(1, madToDevs*middleDistance(left, middle))
			score = max(score, strange/critical[len(left)])
		}
		return score
	}
}

func median(sorted []float64) float64 {
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// middleDistance is the median of the distances to the median: they grow outwards
// from it on both sides.
func middleDistance(sorted []float64, middle float64) float64 {
	right, _ := slices.BinarySearch(sorted, middle)
	left := right - 1
	var before, distance float64
	for range len(sorted)/2 + 1 {
		before = distance
		if left < 0 || right < len(sorted) && sorted[right]-middle < middle-sorted[left] {
			distance = sorted[right] - middle
			right++
		} else {
			distance = middle - sorted[left]
			left--
		}
	}
	if len(sorted)%2 == 1 {
		return distance
	}
	return (before + distance) / 2
}

// criticalValues are Rosner's by how many values are left, the same for all.
var criticalValues = sync.OnceValue(func() []float64 {
	values := make([]float64, esdDays*24+1)
	for left := 3; left < len(values); left++ {
		values[left] = criticalValue(float64(left), esdAlpha)
	}
	return values
})

// criticalValue is what the largest of n values exceeds with probability alpha,
// in deviations.
func criticalValue(n, alpha float64) float64 {
	t := distuv.StudentsT{Sigma: 1, Nu: n - 2}.Quantile(1 - alpha/n)
	return t * (n - 1) / math.Sqrt((n-2+t*t)*n)
}
