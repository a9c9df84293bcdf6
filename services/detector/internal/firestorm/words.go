package firestorm

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// text is what a post says, ready made.
type text struct {
	text          string
	topics, risks []string
	byInfluencer  []string // the risks where many follow who says so
}

// line is a text before it has the brand's name, where it says %.
type line struct{ text, topic, risk string }

// lines are the texts of a kind, by mood.
type lines [3][]line

// list is where the texts of each mood begin among all, and where the last end.
type list [4]int

// theme is what a firestorm is about, and what newspapers make of it.
type theme struct{ anger, headlines list }

// words are all texts of a brand's world.
type words struct {
	all                               []text
	life, praise, campaign, statement list
	themes                            []theme
}

func newWords(brand string) *words {
	w := &words{}
	w.life = w.add(brand, ordinary, "", " !", "...", " #%", " svp", " lol", " @%", " ??")
	w.praise, w.campaign, w.statement = w.add(brand, delighted, ""), w.add(brand, announced, ""), w.add(brand, answered, "")
	for _, t := range angers {
		w.themes = append(w.themes, theme{anger: w.add(brand, t.posts, ""), headlines: w.add(brand, lines{1: t.headlines}, "")})
	}
	return w
}

// add makes texts, each with each of the endings; but one with a risk has none, to be as rare as it is.
func (w *words) add(brand string, of lines, endings ...string) list {
	at := list{len(w.all)}
	for mood, ls := range of {
		for _, l := range ls {
			t := text{topics: noneOr(l.topic), risks: noneOr(l.risk), byInfluencer: append(noneOr(l.risk), "influencer")}
			for _, end := range endings {
				t.text = strings.ReplaceAll(l.text+end, "%", brand)
				w.all = append(w.all, t)
				if l.risk != "" {
					break
				}
			}
		}
		at[mood+1] = len(w.all)
	}
	return at
}

func noneOr(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// pick draws a text of a mood.
func (w *words) pick(r *rand.Rand, from list, truth detect.Sentiment) uint16 {
	mood := truth - detect.Negative
	return uint16(from[mood] + r.IntN(from[mood+1]-from[mood]))
}

// mix scatters a number over all 64 bits (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// part is above 0 and at most 1.
func part(x uint64) float64 { return float64(x>>11+1) / (1 << 53) }

// seen is what the scorer says is felt: it errs alike on all copies of a text.
func (w *world) seen(p *post) detect.Sentiment {
	row := &w.brand.Confusion[p.truth-detect.Negative]
	return detect.Negative + detect.Sentiment(draw(part(mix(p.story^w.seed)), row[:]))
}

// manyFollow is from how many followers on the scorer calls a complaint an influencer's.
const manyFollow = 10_000

// followers follow an author: half have some 200, one in a hundred 10,000, by
// Pareto's law with exponent 1.
func (w *world) followers(p *post) uint64 {
	luck := part(mix(uint64(p.author) ^ w.seed<<1))
	switch {
	case p.is&throwaway != 0 && p.is&share == 0:
		return uint64(20 * luck)
	case p.is&(press|official) != 0:
		return 50_000 + uint64(400_000*luck)
	default:
		return min(uint64(100/luck), 20_000_000)
	}
}

// mention spells a post out.
func (w *world) mention(p *post) detect.Mention {
	source := &w.brand.Sources[sourceOf(p.author)]
	text := &w.words.all[p.text]
	m := detect.Mention{
		Source: source.Name, Page: source.Name, Official: p.is&official != 0, Share: p.is&share != 0,
		Sentiment: w.seen(p), Topics: text.topics, Risks: text.risks, Text: text.text, Model: "firestorm",
		Published: time.UnixMilli(p.published).UTC(), Collected: time.UnixMilli(p.collected).UTC(), Known: time.UnixMilli(p.known).UTC(),
		Followers: w.followers(p),
	}
	if m.Sentiment == detect.Negative && m.Followers >= manyFollow {
		m.Risks = text.byInfluencer
	}
	if m.Official {
		m.Page = w.brand.ID
	}
	m.Verified = m.Official || p.is&press != 0 || m.Followers > 100_000
	m.Engagement = uint64((1/math.Sqrt(part(mix(p.id^w.seed))) - 1) * (1 + math.Sqrt(float64(m.Followers))/20))
	w.strings(&m, p)
	return m
}

// strings writes the address, of which the id is the end, the author, of which the
// handle is, and the story: one piece of memory for all of them.
func (w *world) strings(m *detect.Mention, p *post) {
	const site = "https://posts.invalid/"
	b := w.id(append(w.spelt[:0], site...), p.id)
	url := len(b)
	b = append(append(b, m.Source...), ':')
	switch {
	case p.is&official != 0:
		b = append(b, w.brand.ID...)
	case p.is&press != 0:
		b = strconv.AppendUint(append(b, "journal"...), uint64(p.author), 10)
	default:
		b = strconv.AppendUint(append(b, names[mix(uint64(p.author))%uint64(len(names))]...), uint64(p.author), 10)
	}
	author := len(b)
	if p.story != p.id {
		b = w.id(b, p.story)
	}
	w.spelt = b
	all := string(b)
	m.URL, m.ID, m.Author, m.Story = all[:url], all[len(site):url], all[url:author], all[author:]
	m.Handle = m.Author[len(m.Source)+1:]
	if p.story == p.id {
		m.Story = m.ID
	}
}

// id is source:number.
func (w *world) id(b []byte, id uint64) []byte {
	b = append(append(b, w.brand.Sources[sourceOf(id)].Name...), ':')
	return strconv.AppendUint(b, id>>sourceBits, 10)
}

var names = []string{
	"lea", "camille", "hugo", "ines", "jules", "manon", "karim", "sofia", "tom", "emma", "nina", "yanis", "alice", "sam", "zoe", "paul",
}

var ordinary = lines{{
	{"Encore une heure au téléphone avec %, personne ne répond", "service", ""},
	{"Ma commande % a dix jours de retard, toujours rien", "delivery", ""},
	{"L'appli % plante dès que je veux payer", "app", ""},
	{"% a encore augmenté ses prix, c'est du vol", "price", ""},
	{"Déçue par la qualité chez %, ce n'est plus ce que c'était", "product", ""},
	{"@% still waiting for my refund, three weeks now", "service", ""},
	{"The % app is broken again, cannot log in", "app", ""},
	{"My % order arrived damaged and nobody cares", "delivery", ""},
	{"Sans remboursement de % sous huit jours je saisis la justice", "legal", "legal_threat"}, // 0.5 % of posts; of the airlines', some as many
}, {
	{"Quelqu'un sait à quelle heure ouvre % le samedi ?", "store", ""},
	{"% ouvre un nouveau magasin à Nantes le mois prochain", "store", ""},
	{"Vu chez % ce matin en allant au travail", "", ""},
	{"Je compare % et ses concurrents, des avis ?", "product", ""},
	{"Does % deliver to Belgium?", "delivery", ""},
	{"% announces its results for the quarter", "", ""},
	{"Passing by % on my way home", "", ""},
}, {
	{"Merci à l'équipe de % pour son aide, au top !", "service", ""},
	{"J'adore le nouveau produit de %, une réussite", "product", ""},
	{"Livré en une journée par %, bravo", "delivery", ""},
	{"% c'est vraiment le meilleur rapport qualité prix", "price", ""},
	{"Love what % has done with the new range", "product", ""},
	{"Great service from % today, thank you!", "service", ""},
}}

var delighted = lines{{
	{"Tout le monde parle de %, moi je trouve ça ridicule", "advertising", ""},
	{"So much fuss about % and still no refund for me", "service", ""},
}, {
	{"C'est quoi cette vidéo de % dont tout le monde parle ?", "advertising", ""},
	{"% is trending, here is why", "advertising", ""},
}, {
	{"La vidéo de % m'a fait pleurer, quelle belle idée", "advertising", ""},
	{"Chapeau %, pour une fois qu'une marque fait quelque chose de bien", "people", ""},
	{"L'employé de % qui rend le sourire à cette dame, magnifique", "people", ""},
	{"% you made my day, what a wonderful gesture", "people", ""},
	{"This is how you do it. Well done %!", "advertising", ""},
}}

var announced = lines{{
	{"Encore de la pub de %, et le service client alors ?", "advertising", ""},
	{"Le jeu concours de % ne marche pas chez moi", "app", ""},
	{"Another % ad, please answer your customers first", "advertising", ""},
}, {
	{"J'ai joué au concours de %", "advertising", ""},
	{"Découvrez la nouvelle campagne de %", "advertising", ""},
	{"% unveils its new campaign", "advertising", ""},
}, {
	{"Trop envie d'essayer la nouveauté de %", "product", ""},
	{"Belle campagne de %, on reconnaît bien la marque", "advertising", ""},
	{"Can't wait to try the new % range", "product", ""},
}}

var answered = lines{1: {
	{"Nous prenons la situation très au sérieux. Une enquête est en cours. L'équipe %", "", ""},
	{"We are aware of the situation and are looking into it. The % team", "", ""},
}}

var angers = []struct {
	posts     lines
	headlines []line
}{{
	posts: lines{{
		{"Du verre dans un produit %, ma fille est à l'hôpital", "safety", "injury"},
		{"% savait et n'a rien dit, c'est une honte", "safety", ""},
		{"Plus jamais % chez moi après ce que je viens de voir", "product", ""},
		{"Boycott %, ils mettent nos enfants en danger", "safety", "boycott"},
		{"How can % sell this to families? Disgusting", "safety", ""},
		{"I threw away everything from %. Shame on them", "product", ""},
	}, {
		{"Que se passe-t-il avec % ?", "safety", ""},
		{"Does anyone know which % products are concerned?", "safety", ""},
	}, {
		{"Je n'ai jamais eu de problème avec %, attendons l'enquête", "product", ""},
	}},
	headlines: []line{{"% mis en cause après des blessures : ce que l'on sait", "safety", "injury"}, {"% faces questions over safety of its products", "safety", ""}},
}, {
	posts: lines{{
		{"Voilà comment % traite une cliente voilée, honteux", "ethics", "discrimination"},
		{"La vidéo du magasin % est insupportable, aucune excuse", "ethics", ""},
		{"% se moque de nous avec son communiqué", "ethics", ""},
		{"Ne mettez plus un pied chez %, boycott", "ethics", "boycott"},
		{"What % did to that woman is disgraceful", "ethics", "discrimination"},
		{"Nobody at % has a shred of decency", "ethics", ""},
	}, {
		{"Quelqu'un a la vidéo complète de % ?", "ethics", ""},
		{"What happened at %?", "ethics", ""},
	}, {
		{"Les vendeurs de % que je connais sont adorables, ne jugeons pas trop vite", "people", ""},
	}},
	headlines: []line{{"Une vidéo tournée dans un magasin % suscite l'indignation", "ethics", "discrimination"}, {"% under fire over video", "ethics", ""}},
}, {
	posts: lines{{
		{"Mes données sont dans la nature à cause de %", "data-leak", "leak"},
		{"% se fait pirater et prévient ses clients trois semaines après", "data-leak", "leak"},
		{"Incapable de protéger ses clients, % c'est fini pour moi", "service", ""},
		{"Je porte plainte contre %, qui me suit ?", "legal", "legal_threat"},
		{"% lost my data and will not even answer", "data-leak", ""},
		{"Closing my % account today, what a joke", "order", ""},
	}, {
		{"Comment savoir si l'on est concerné chez % ?", "data-leak", ""},
		{"Is the % breach real?", "data-leak", ""},
	}, {
		{"% m'a répondu vite et clairement, merci", "service", ""},
	}},
	headlines: []line{{"Fuite de données chez % : des clients inquiets", "data-leak", "leak"}, {"% confirms data breach", "data-leak", "leak"}},
}, {
	posts: lines{{
		{"Tout est en panne chez % depuis ce matin, aucune information", "outage", ""},
		{"Bloquée depuis des heures à cause de %, personne pour nous aider", "delay", ""},
		{"% nous prend vraiment pour des imbéciles", "service", ""},
		{"Remboursez-nous %, c'est inadmissible", "service", ""},
		{"% is down for everyone and not a word from them", "outage", ""},
		{"Worst day ever thanks to %", "delay", ""},
	}, {
		{"Panne chez % : ça remarche chez vous ?", "outage", ""},
		{"Is % down for you too?", "outage", ""},
	}, {
		{"Courage aux équipes de % aujourd'hui", "people", ""},
	}},
	headlines: []line{{"Panne géante chez %", "outage", ""}, {"Thousands hit by % outage", "outage", ""}},
}}
