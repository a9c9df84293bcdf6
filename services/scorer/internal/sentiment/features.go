package sentiment

import "unicode/utf8"

// feature is one thing a text shows: the hash it is known by, and its block.
type feature struct {
	hash  uint32
	block block
}

// block is a family of features; each is scaled by the root of how many a text
// shows, so that a long text is no more certain than a short one.
type block uint8

const (
	words  block = iota // words, pairs, triples, negated words
	pieces              // two to five characters of a word
	blocks
)

const (
	seedWord    uint32 = 2166136261
	seedNegated uint32 = 0x9e3779b1
	seedPair    uint32 = 0x85ebca6b
	seedTriple  uint32 = 0xc2b2ae35
	seedPiece   uint32 = 0x27d4eb2f
	prime       uint32 = 16777619
)

func hashBytes(b []byte) uint32 {
	h := seedWord
	for _, c := range b {
		h = (h ^ uint32(c)) * prime
	}
	return h
}

// join hashes two hashes in order.
func join(seed, a, b uint32) uint32 {
	h := (seed ^ a) * 0x01000193
	h ^= h >> 15
	h = (h ^ b) * 0x2c1b3c6d
	return h ^ h>>13
}

// show lists the features of what was read.
func (r *reading) show() {
	r.features = r.features[:0]
	emit := func(hash uint32) { r.features = append(r.features, feature{hash: hash, block: words}) }
	var before, before2 uint32 // hashes of the tokens before
	for i := range r.tokens {
		t := &r.tokens[i]
		if t.kind == excluded {
			continue
		}
		if !t.denied { // or « sans problème » would be a problem
			emit(t.hash)
		}
		if t.kind == tag {
			continue // its words follow
		}
		if t.negated {
			emit(join(seedNegated, t.hash, 0))
		}
		if before != 0 {
			emit(join(seedPair, before, t.hash))
			if before2 != 0 {
				emit(join(seedTriple, join(seedPair, before2, before), t.hash))
			}
		}
		before, before2 = t.hash, before
		if t.kind == word && !t.denied {
			r.pieces(t)
		}
	}
}

// pieces lists the character n-grams of a word, its borders being spaces.
func (r *reading) pieces(t *token) {
	text := r.buffer[t.a-1 : t.b+1]
	runes := 0
	for a := 0; a < len(text) && runes < maxWordRunes; runes++ {
		h, n, b := seedPiece, 0, a
		for n < 5 && b < len(text) {
			size := 1
			if text[b] >= utf8.RuneSelf {
				_, size = utf8.DecodeRune(text[b:])
			}
			for _, c := range text[b : b+size] {
				h = (h ^ uint32(c)) * prime
			}
			b += size
			if n++; n >= 2 {
				r.features = append(r.features, feature{hash: h, block: pieces})
			}
		}
		if text[a] >= utf8.RuneSelf {
			_, size := utf8.DecodeRune(text[a:])
			a += size
		} else {
			a++
		}
	}
}
