package sentiment

import "sync"

// praises are what people call out to somebody who did well, and to whoever did
// the contrary, by language.
var praises = sync.OnceValue(func() map[string]map[uint32]bool {
	all := map[string]map[uint32]bool{}
	for language, list := range map[string][]string{
		"en": {"bravo", "congrats", "congratulations", "well done", "great job", "good job", "nice job", "nice work", "way to go"},
		"fr": {"bravo", "bravos", "chapeau", "félicitations", "bien joué", "beau travail"},
		"es": {"bravo", "enhorabuena", "felicidades", "felicitaciones"},
		"pt": {"parabéns", "parabens"},
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
})

var ironyHash, _ = phraseHash(irony)

// doubt makes praise the contrary where a complaint follows it, and nothing else in
// the text is good: « bravo la SNCF, 2h de retard ». Of the labelled posts
// that read so, to airlines and to makers of phones, six in seven complain.
func (r *reading) doubt(language string) {
	praise, leans := praises()[language], known()[language].cues
	praised, complained := -1, false
	for i := range r.tokens {
		t := &r.tokens[i]
		if t.kind != word && t.kind != idiom && t.kind != symbol {
			continue
		}
		switch lean := leans[t.hash]; {
		case praised < 0 && praise[t.hash]:
			praised = i
		case t.negated:
		case lean > 0 || contrasts[language][t.hash]:
			return
		case lean < 0 && praised >= 0:
			complained = true
		}
	}
	if complained {
		t := &r.tokens[praised]
		t.hash, t.kind = ironyHash, idiom
	}
}
