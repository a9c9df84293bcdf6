package sentiment

import "math"

// denseFeatures is how many figures tell of a text as a whole.
const denseFeatures = 20

// negatedShare is what a polarity is worth when negated: "not great" is no outrage.
const negatedShare = -0.6

// sumUp fills those figures: what the polarities of the words add up to, how far
// they reach, how they begin and end, what follows a "but", and the tone of marks.
func (r *reading) sumUp(language string, polarity func(hash uint32) float32) {
	d := &r.dense
	clear(d[:])
	parts := contrasts[language]
	var length, up, down, plain float32
	var begun, contrast bool
	for i := range r.tokens {
		t := &r.tokens[i]
		if !t.leans() && t.kind != number {
			r.tone(t)
			continue
		}
		length++
		if t.kind == tag {
			d[19]++
		}
		if t.drawn {
			d[16]++
		}
		if parts[t.hash] {
			contrast, d[6] = true, 0
		}
		p := polarity(t.hash)
		if p == 0 {
			continue
		}
		plain += p
		if t.negated {
			d[10] += p
			p *= negatedShare
		}
		if t.shouted {
			d[9] += p
		}
		if t.kind == symbol {
			d[8] += p
		}
		if p > 0 {
			up += p
			d[2] = max(d[2], p)
		} else {
			down += p
			d[3] = min(d[3], p)
		}
		if !begun {
			d[5], begun = p, true
		}
		d[4] = p
		if contrast {
			d[6] += p
		}
	}
	root := float32(math.Sqrt(float64(max(length, 1))))
	sum := up + down
	d[0], d[1], d[18] = up/root, down/root, plain/root
	d[7] = sum / float32(math.Sqrt(float64(sum*sum)+1))
	d[17] = root / 5
	for i, cap := range caps {
		if cap > 0 {
			d[i] = min(d[i], cap) / cap
		}
	}
}

// caps bound what is counted: three exclamation marks say no more than two.
var caps = [denseFeatures]float32{11: 3, 12: 3, 13: 2, 14: 3, 15: 2, 16: 2, 19: 4}

// tone counts what says how a thing is said.
func (r *reading) tone(t *token) {
	switch t.kind {
	case link:
		r.dense[13]++
	case user:
		r.dense[14]++
	case mark:
		switch r.buffer[t.a] {
		case '!':
			r.dense[11]++
		case '?':
			r.dense[12]++
		default:
			if t.b-t.a > 1 {
				r.dense[15]++
			}
		}
	}
}
