package topic_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

// shipped is the taxonomy of a config that names none.
func shipped(t testing.TB) *topic.Taxonomy {
	t.Helper()
	var topics []topic.Topic
	for _, known := range config.Default().Topics {
		topics = append(topics, topic.Topic{ID: known.ID, Owner: known.Owner, Query: known.Query()})
	}
	taxonomy, err := topic.New(topics)
	require.NoError(t, err)
	return taxonomy
}

func of(taxonomy *topic.Taxonomy, text string) (topics []string, owner string) {
	var document query.Document
	document.Read(text)
	return taxonomy.Of(&document)
}

func TestWhatPeopleWriteAbout(t *testing.T) {
	t.Parallel()
	taxonomy := shipped(t)
	for _, c := range []struct {
		text   string
		topics string
		owner  string
	}{
		// Food and drinks.
		{"Ma fille a trouvé des morceaux de verre dans son Zestaline, elle est blessée", "safety", "pr"},
		{"Rappel de produits : listeria dans trois lots de fromage", "safety product", "pr"},
		{"Le nouveau goût citron est une tuerie, j'adore cette recette", "product", "marketing"},
		{"There was mould in my yoghurt pot, disgusting", "safety", "pr"},
		{"Three people got sick after eating there: food poisoning", "safety", "pr"},
		{"Zestaline pêche introuvable, rayons vides partout", "availability", "sales"},
		// Transport.
		{"Encore 45 min de retard sur la ligne J, merci la SNCF", "delay", "customer_care"},
		{"Mon TGV est supprimé, trafic interrompu et personne au guichet", "delay store", "customer_care"},
		{"flight cancelled, 3 hours on hold and still no answer", "delay service", "customer_care"},
		{"You lost my luggage again, the bags never left Heathrow", "luggage", "customer_care"},
		{"Grève à la SNCF jeudi, un TGV sur deux", "people", "hr"},
		{"emergency landing in Nice, two passengers injured", "safety", "pr"},
		// Telecoms.
		{"Télémur en panne à Lyon, plus de réseau depuis 8h", "outage", "customer_care"},
		{"the network is down again in Leeds, no signal at all", "outage", "customer_care"},
		{"Télémur ne répond jamais, 2h d'attente au téléphone avec un conseiller incompétent", "service", "customer_care"},
		{"Fuite de données chez Télémur : 2 millions de clients concernés", "data-leak", "legal"},
		{"Mon forfait augmente de 5€, c'est beaucoup trop cher", "price", "sales"},
		// Banking.
		{"Frais bancaires et agios : ma banque me vole", "price", "sales"},
		{"I was charged twice and my account is locked, help", "order", "customer_care"},
		{"Banque condamnée à une amende de 3 millions d'euros pour blanchiment", "ethics legal", "pr"},
		// Retail and delivery.
		{"Colis toujours pas arrivé, le livreur dit être passé, c'est faux", "delivery", "customer_care"},
		{"Le vendeur du magasin de Lille a été odieux", "service store", "customer_care"},
		{"My parcel never turned up and no refund", "delivery service", "customer_care"},
		{"L'appli bugge dès que je veux payer", "app", "customer_care"},
		// Luxury.
		{"Sublime défilé hier soir, quelle collection", "product", "marketing"},
		{"Invendus brûlés chez Maison Loris, l'écologie à deux vitesses", "environment", "pr"},
		{"Tone deaf campaign, whoever approved this ad should resign", "advertising", "marketing"},
		// Cars.
		{"Airbags défectueux : rappel de 20 000 voitures", "safety product", "pr"},
		{"battery life is awful and the dealer won't help", "store product", "sales"},
		{"My lawyer will be in touch, I am going to sue you", "legal", "legal"},
		// Work.
		{"500 suppressions de postes annoncées, les syndicats appellent à la grève", "people", "hr"},
		{"They laid off half the team by email", "people", "hr"},
		// Ethics.
		{"Boycottez cette marque, elle fait travailler des enfants : travail des enfants !", "ethics", "pr"},
		{"The poster is racist, how did nobody see it", "ethics", "pr"},
	} {
		topics, owner := of(taxonomy, c.text)
		require.Equal(t, c.topics, strings.Join(topics, " "), c.text)
		require.Equal(t, c.owner, owner, c.text)
	}
}

func TestWhatOnlyLooksLikeATopic(t *testing.T) {
	t.Parallel()
	taxonomy := shipped(t)
	for _, text := range []string{
		"calm down everyone, sit down and breathe",            // no outage
		"Le service était en terrasse, belle soirée",          // no complaint
		"I'm so sick of this song, it's fire",                 // no safety
		"Cher Télémur, bonne journée à vous",                  // no price
		"I recall the summer of 2012 with Zestaline",          // no recall
		"Who's your favourite band? Mine is Oasis",            // nothing
		"Le prix Nobel de littérature lit Zestaline",          // no price
		"I met him by accident at the Telemur stand",          // no safety
		"J'ai lu ce livre dans le train avec un jus d'orange", // no delivery
		"pub quiz tonight at the Red Lion",                    // no advertising
		"A US air strike hit the city, Reuters says",          // no people
		"merci !",
		"",
	} {
		topics, owner := of(taxonomy, text)
		require.Empty(t, topics, text)
		require.Empty(t, owner, text)
	}
}

func TestTheRiskiestTopicIsAnsweredFirst(t *testing.T) {
	t.Parallel()
	topics, owner := of(shipped(t), "Colis en retard, livreur odieux, et ma mère blessée par l'emballage défectueux")
	require.Equal(t, "safety", topics[0])
	require.Contains(t, topics, "delivery")
	require.Equal(t, "pr", owner)
}

func TestEveryTopicHasItsNameInFrench(t *testing.T) {
	t.Parallel()
	for _, known := range config.Default().Topics {
		require.NotEqual(t, known.ID, wording.French.Topic(known.ID))
		require.NotContains(t, wording.English.Topic(known.ID), "-")
	}
}

func TestATopicThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	_, err := topic.New([]topic.Topic{{ID: "price", Query: `"prix`}})
	require.ErrorContains(t, err, "terms of price")
}

func BenchmarkOf(b *testing.B) {
	taxonomy := shipped(b)
	for name, text := range map[string]string{
		"post":              "@telemur Télémur encore en panne depuis ce matin, 2h d'attente au service client et aucune réponse 😡 #telemur",
		"nothing":           "A quiet afternoon with friends in the park and a bottle of Zestaline, what else",
		"a letter, 1 MB":    strings.Repeat("a", 1<<20),
		"10,000 hashtags":   strings.Repeat("#panne ", 10_000),
		"zalgo":             strings.Repeat("z\u0301\u0302\u0303", 50_000),
		"NUL":               strings.Repeat("\x00panne", 50_000),
		"right to left":     strings.Repeat("\u202epanne ", 50_000),
		"every other is or": strings.Repeat("train late ", 50_000),
	} {
		b.Run(name, func(b *testing.B) {
			var document query.Document
			document.Read(text)
			b.ReportAllocs()
			for b.Loop() {
				taxonomy.Of(&document)
			}
		})
	}
}
