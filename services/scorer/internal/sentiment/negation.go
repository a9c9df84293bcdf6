package sentiment

import "strings"

// negators open a scope in which words count as negated, by language.
var negators = hashed(map[string]string{
	"en": "not no never none nobody nothing neither nor cannot without hardly barely dont doesnt didnt isnt wasnt arent werent wont wouldnt couldnt shouldnt cant havent hasnt hadnt aint",
	"fr": "pas jamais aucun aucune sans rien ni guere point nullement personne pa",
	"es": "no nunca jamas sin ni nada nadie tampoco ningun ninguna ninguno",
	"pt": "nao n nunca jamais sem nem nada ninguem nenhum nenhuma tampouco",
	"it": "non nn mai senza ne nessun nessuno nessuna niente nulla neanche nemmeno",
	"de": "nicht nich ned net nie niemals kein keine keinen keiner keinem keins ohne nichts nix weder",
	"ar": "لا ما مش ليس ليست لم لن غير بدون مو مب ولا",
	"hi": "nahi nahin nai nhi na mat bina never not no dont",
})

// contrasts end a negation, and part a text.
var contrasts = hashed(map[string]string{
	"en": "but however although though yet whereas while except",
	"fr": "mais cependant pourtant toutefois heureusement malheureusement alors sauf tandis",
	"es": "pero sino aunque mientras excepto",
	"pt": "mas porem embora enquanto exceto",
	"it": "ma pero anche mentre tranne",
	"de": "aber sondern jedoch obwohl wahrend doch",
	"ar": "لكن ولكن بس",
	"hi": "lekin magar par but",
})

func hashed(lists map[string]string) map[string]map[uint32]bool {
	all := map[string]map[uint32]bool{}
	for language, list := range lists {
		all[language] = map[uint32]bool{}
		for w := range strings.FieldsSeq(list) {
			var r reading
			r.fold(w)
			all[language][hashBytes(r.buffer)] = true
		}
	}
	return all
}

const negationScope = 4

// negate marks the words that follow a negation, up to the end of its clause.
func (r *reading) negate(language string) {
	negates, parts, leans := negators[language], contrasts[language], known()[language].cues
	scope := 0
	for i := range r.tokens {
		t := &r.tokens[i]
		switch t.kind {
		case mark, stop:
			scope = 0
		case word:
			if parts[t.hash] {
				scope = 0
			}
			if scope > 0 {
				t.negated, t.denied = true, leans[t.hash] != 0
				scope--
			}
			if negates[t.hash] {
				scope = negationScope
			}
		}
	}
}

// dropBoilerplate takes out the phrases that stand under any post.
func (r *reading) dropBoilerplate() {
	for i := range r.tokens {
		for _, phrase := range boilerplate[r.tokens[i].hash] {
			if i+len(phrase) > len(r.tokens) {
				continue
			}
			same := true
			for j, hash := range phrase {
				same = same && r.tokens[i+j].hash == hash
			}
			if same {
				for j := range phrase {
					r.tokens[i+j].kind = excluded
				}
			}
		}
	}
}

var boilerplate = phrases(
	"sent from my iphone", "sent from my ipad", "get outlook for ios", "envoye de mon iphone", "envoye depuis mon",
	"i liked a @ video", "i added a video to a @ playlist", "j aime une video @", "merci d avance", "merci par avance",
	"thanks in advance", "thank you in advance", "gracias de antemano", "obrigado desde ja", "grazie in anticipo", "vielen dank im voraus",
	"bien cordialement", "cordialement", "kind regards", "best regards", "mit freundlichen grußen",
)

// phrases hashes phrases word by word, by their first.
func phrases(texts ...string) map[uint32][][]uint32 {
	all := map[uint32][][]uint32{}
	for _, text := range texts {
		var hashes []uint32
		for w := range strings.FieldsSeq(text) {
			var r reading
			r.fold(w)
			hashes = append(hashes, hashBytes(r.buffer))
		}
		all[hashes[0]] = append(all[hashes[0]], hashes)
	}
	return all
}
