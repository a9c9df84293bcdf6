package sentiment

// fewWords is how many a text may hold, a brand's name among them, to be judged by its
// stars and faces alone.
const fewWords = 3

// wordless judges a text of hardly a word by what it shows: « @telemur 😡😡 », "⭐⭐⭐⭐⭐".
// One in another script than ours says something that is not known, and is left alone.
func (r *reading) wordless() Verdict {
	var sums [labels]float32
	spoken, shown := 0, 0
	leans := known()["en"].cues // faces are the same in all
	for i := range r.tokens {
		switch t := &r.tokens[i]; t.kind {
		case word:
			if spoken++; r.buffer[t.a] >= 0x80 {
				return Verdict{}
			}
		case symbol:
			if lean := leans[t.hash]; lean != 0 {
				shown++
				weigh(&sums, evidence*lean)
			}
		}
	}
	if shown == 0 || spoken > fewWords {
		return Verdict{}
	}
	return verdict(softmax(sums))
}
