package sentiment

import "math"

// labels is how many labels a model tells apart.
const labels = 3

// row is a text as the fit sees it: the columns of its features, by block, each
// counting for scale, and its dense features.
type row struct {
	columns [blocks][]int32
	scale   [blocks]float32
	dense   [denseFeatures]float32
	label   int
	weight  float32
}

// problem is a multinomial logistic regression with a Gaussian prior of its own
// for every weight: mean and strength.
type problem struct {
	rows     []row
	columns  int
	mean     []float32 // of columns*labels weights; nil for none
	strength []float32 // by column
	dense    float32   // strength of the prior of dense features
}

// weights are what is fitted: columns, then dense features, then the bias.
func (p *problem) size() int { return (p.columns + denseFeatures + 1) * labels }

// sums are the three scores of a row under weights.
func (p *problem) sums(r *row, w []float32) (sums [labels]float32) {
	bias := w[(p.columns+denseFeatures)*labels:]
	copy(sums[:], bias)
	for b := range r.columns {
		var part [labels]float32
		for _, c := range r.columns[b] {
			v := w[c*labels : c*labels+labels : c*labels+labels]
			part[0] += v[0]
			part[1] += v[1]
			part[2] += v[2]
		}
		for l := range part {
			sums[l] += part[l] * r.scale[b]
		}
	}
	base := p.columns * labels
	for d, x := range r.dense {
		if x != 0 {
			for l := range sums {
				sums[l] += x * w[base+d*labels+l]
			}
		}
	}
	return sums
}

// loss is the mean weighted log loss and the prior, with its gradient in g.
func (p *problem) loss(w, g []float32) float64 {
	clear(g)
	var total, weight float64
	for i := range p.rows {
		weight += float64(p.rows[i].weight)
	}
	base := p.columns * labels
	for i := range p.rows {
		r := &p.rows[i]
		if r.weight == 0 {
			continue
		}
		probabilities := softmax(p.sums(r, w))
		share := float64(r.weight) / weight
		total -= share * math.Log(max(float64(probabilities[r.label]), 1e-12))
		var d [labels]float32
		for l := range d {
			d[l] = probabilities[l]
		}
		d[r.label]--
		for l := range d {
			d[l] *= float32(share)
		}
		for b := range r.columns {
			x, y, z := d[0]*r.scale[b], d[1]*r.scale[b], d[2]*r.scale[b]
			for _, c := range r.columns[b] {
				v := g[c*labels : c*labels+labels : c*labels+labels]
				v[0] += x
				v[1] += y
				v[2] += z
			}
		}
		for f, x := range r.dense {
			if x != 0 {
				for l := range d {
					g[base+f*labels+l] += x * d[l]
				}
			}
		}
		bias := g[(p.columns+denseFeatures)*labels:]
		for l := range d {
			bias[l] += d[l]
		}
	}
	for c := range p.columns {
		s := p.strength[c]
		for k := c * labels; k < c*labels+labels; k++ {
			away := w[k]
			if p.mean != nil {
				away -= p.mean[k]
			}
			total += 0.5 * float64(s*away*away)
			g[k] += s * away
		}
	}
	for k := base; k < base+denseFeatures*labels; k++ {
		total += 0.5 * float64(p.dense*w[k]*w[k])
		g[k] += p.dense * w[k]
	}
	return total
}

// fit minimises the loss by L-BFGS (Nocedal 1980) from the prior's means, or
// from what is given. It is deterministic.
func (p *problem) fit(start []float32, iterations int, progress func(iteration int)) []float32 {
	const memory = 6
	n := p.size()
	w := make([]float32, n)
	if start != nil {
		copy(w, start)
	} else if p.mean != nil {
		copy(w, p.mean)
	}
	g, next, nextG, direction := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	var steps, changes [][]float32
	var curvatures []float64
	curvature := p.curvature()
	loss := p.loss(w, g)
	for iteration := range iterations {
		copy(direction, g)
		alphas := make([]float64, len(steps))
		for k := len(steps) - 1; k >= 0; k-- {
			alphas[k] = dot(steps[k], direction) / curvatures[k]
			add(direction, -alphas[k], changes[k])
		}
		for k, c := range curvature {
			direction[k] /= c
		}
		if k := len(steps) - 1; k >= 0 {
			var norm float64
			for i, y := range changes[k] {
				norm += float64(y) * float64(y) / float64(curvature[i])
			}
			scale(direction, curvatures[k]/norm)
		}
		for k := range steps {
			beta := dot(changes[k], direction) / curvatures[k]
			add(direction, alphas[k]-beta, steps[k])
		}
		slope := -dot(g, direction)
		step := 1.0
		var nextLoss float64
		found := false
		for range 20 {
			copy(next, w)
			add(next, -step, direction)
			if nextLoss = p.loss(next, nextG); nextLoss <= loss+1e-4*step*slope {
				found = true
				break
			}
			step /= 2
		}
		if !found {
			break
		}
		s, y := make([]float32, n), make([]float32, n)
		for k := range n {
			s[k], y[k] = next[k]-w[k], nextG[k]-g[k]
		}
		if bent := dot(s, y); bent > 1e-14 {
			if len(steps) == memory {
				steps, changes, curvatures = steps[1:], changes[1:], curvatures[1:]
			}
			steps, changes, curvatures = append(steps, s), append(changes, y), append(curvatures, bent)
		}
		gain := loss - nextLoss
		w, next, g, nextG, loss = next, w, nextG, g, nextLoss
		if progress != nil {
			progress(iteration)
		}
		if gain < 1e-6*loss {
			break
		}
	}
	return w
}

// curvature is about how sharply the loss bends along each weight: what scales
// the first guess of every step, without which rare words learn too late.
func (p *problem) curvature() []float32 {
	h := make([]float32, p.size())
	var weight float32
	for i := range p.rows {
		weight += p.rows[i].weight
	}
	const bend = 0.2 // p(1-p), roughly
	base := p.columns * labels
	for i := range p.rows {
		r := &p.rows[i]
		share := bend * r.weight / weight
		for b := range r.columns {
			for _, c := range r.columns[b] {
				h[c*labels] += share * r.scale[b] * r.scale[b]
			}
		}
		for d, x := range r.dense {
			h[base+d*labels] += share * x * x
		}
	}
	h[base+denseFeatures*labels] = bend
	for k := 0; k < len(h); k += labels {
		switch c := k / labels; {
		case c < p.columns:
			h[k] += p.strength[c]
		case k < base+denseFeatures*labels:
			h[k] += p.dense
		}
		h[k+1], h[k+2] = h[k], h[k]
	}
	return h
}

func dot(a, b []float32) (sum float64) {
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return sum
}

func add(a []float32, by float64, b []float32) {
	for i, x := range b {
		a[i] += float32(by * float64(x))
	}
}

func scale(a []float32, by float64) {
	for i := range a {
		a[i] *= float32(by)
	}
}

func softmax(sums [labels]float32) (p [labels]float32) {
	top := max(sums[0], sums[1], sums[2])
	var total float32
	for i, s := range sums {
		p[i] = float32(math.Exp(float64(s - top)))
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	return p
}
