package detect

// common are words of French and English that say little by themselves, and would mark
// what is said of a brand of which nothing is known yet.
var common = func() *table {
	t := new(table)
	for s := (scanner{text: `
		alors après assez aucun aucune aujourd aussi autre autres avant avec avez avoir avons bah beaucoup bien bon bonjour bonne
		car ceci cela celle celles celui cent ces cet cette ceux chaque chez chose comme comment contre dans déjà depuis
		dernier dernière derrière des dès deux devant dire dit doit doivent donc dont dos elle elles encore enfin entre est
		était étaient été êtes être eux faire fais fait faites faut fois font grand hier hui ici ils jamais jour jours
		juste leur leurs lors lorsque lui maintenant mais mal même mêmes merci mes mettre moi moins mon monde notre nos nous
		non oui par parce parmi pas pendant petit peu peut peuvent peux plus plusieurs plutôt pour pourquoi pourtant près
		presque puis quand que quel quelle quelles quelqu quelque quelques quels qui quoi rien sans sauf selon sera seront
		ses seul seule seulement sinon sois soit sommes son sont sous souvent suis sur surtout tant tel telle tellement temps
		ton toujours tous tout toute toutes très trop une vais vas vers veut veux via voici voilà voir vont vos votre vous vraiment
		vraie vrai avait avaient aurait aura auront ayant étant fut serait pourrait peuvent savoir sait sais
		about after again all also although always and another any anyone anything are aren around ask back because been before
		being between both but came can cannot come could couldn day days did didn does doesn doing don done down each else
		even ever every everyone everything few for from gets get getting give goes going gone got had hadn has hasn have haven
		having her here hers him his how however including into isn its just keep know last least less let like little ll
		made make makes making many may maybe might mine more most much must myself never new next nobody none not nothing now off
		often once one only onto other others our ours out over own per please put quite rather really said same say says
		see seen she should shouldn since some someone something still such take than thanks that the their theirs them then there
		these they thing things think this those though through time times today together told too took toward two under until upon use
		used very via want wants was wasn way well went were weren what when where whether which while who whole whom
		whose why will with within without won would wouldn yes yesterday yet you your yours yourself
		amp com`}); s.next(); {
		if !t.has(s.word) {
			t.add(s.word)
		}
	}
	return t
}()

// table is a set of hashes that is looked up without a call or a division.
type table [1 << tableBits]uint32

const tableBits = 11

func (t *table) has(word uint32) bool {
	for i := word >> (32 - tableBits); t[i] != 0; i = (i + 1) % (1 << tableBits) {
		if t[i] == word {
			return true
		}
	}
	return false
}

func (t *table) add(word uint32) {
	i := word >> (32 - tableBits)
	for t[i] != 0 {
		i = (i + 1) % (1 << tableBits)
	}
	t[i] = word
}
