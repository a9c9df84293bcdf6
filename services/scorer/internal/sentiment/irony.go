package sentiment

import "slices"

// praises are what people call out to somebody who did well, and to whoever did
// the contrary, by language.
var praises = func() map[string]map[uint32]bool {
	all := map[string]map[uint32]bool{}
	for language, list := range map[string][]string{
		"en": {"bravo", "congrats", "congratulations", "well done", "great job", "good job", "nice job", "nice work", "way to go"},
		"fr": {"bravo", "bravos", "chapeau", "félicitations", "bien joué", "beau travail"},
		"es": {"bravo", "enhorabuena", "felicidades", "felicitaciones"},
		"pt": {"parabéns"},
		"it": {"bravo", "bravi", "brava", "complimenti", "congratulazioni"},
		"de": {"bravo", "glückwunsch", "gratulation", "gratuliere"},
	} {
		all[language] = map[uint32]bool{}
		for _, phrase := range list {
			hash, _ := phraseHash(phrase)
			all[language][hash] = true
		}
	}
	return all
}()

var ironyHash, _ = phraseHash(irony)

// doubt makes praise the contrary where a complaint follows it, and nothing else in
// the text is good: « bravo la SNCF, 2h de retard ». Of the labelled posts
// that read so, to airlines and to makers of phones, six in seven complain.
func (r *reading) doubt(language string) {
	praise, leans := praises[language], known()[language].cues
	praised := slices.IndexFunc(r.tokens, func(t token) bool { return t.says() && praise[t.hash] })
	if praised < 0 {
		return
	}
	complained := false
	for i := range r.tokens {
		t := &r.tokens[i]
		if i == praised || !t.says() || t.negated {
			continue
		}
		switch lean := leans[t.hash]; {
		case lean > 0 || contrasts[language][t.hash]:
			return
		case lean < 0 && i > praised:
			complained = true
		}
	}
	if complained {
		t := &r.tokens[praised]
		t.hash, t.kind = ironyHash, idiom
	}
}

// says whether a token is more than a mark, a name or a number.
func (t *token) says() bool { return t.kind == word || t.kind == idiom || t.kind == symbol }
