package score_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/recommendation"
	"github.com/vigie-monitor/vigie/services/scorer/internal/risk"
	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

func scorer(t testing.TB) *score.Scorer {
	t.Helper()
	parse := func(text string) *query.Query {
		q, err := query.Parse(text)
		require.NoError(t, err)
		return q
	}
	s, err := score.New([]score.Brand{
		{ID: "telemur", Query: parse(`télémur NOT "mur de"`), Pages: map[string][]string{"x": {"@Telemur"}}},
		{ID: "zest", Query: parse("zestaline OR #zest")},
		{ID: "french", Query: parse("parvola lang:fr")},
	}, []topic.Topic{
		{ID: "outage", Owner: "customer_care", Query: `panne OR "not working"`},
		{ID: "price", Owner: "sales", Query: "prix"},
	})
	require.NoError(t, err)
	return s
}

func TestScore(t *testing.T) {
	t.Parallel()
	s := scorer(t)
	for _, c := range []struct {
		name   string
		post   score.Post
		brands []string
		topics []string
		owner  string
		mood   sentiment.Label
		lang   string
	}{
		{"a complaint in French", score.Post{Text: "Encore en panne chez Télémur, c'est une honte, et le prix augmente"},
			[]string{"telemur"}, []string{"outage", "price"}, "customer_care", sentiment.Negative, "fr"},
		{"two brands in English", score.Post{Text: "I love #zest and telemur, thank you, they are great"},
			[]string{"telemur", "zest"}, nil, "", sentiment.Positive, "en"},
		{"the title counts", score.Post{Title: "Zestaline à Lyon", Text: "La réunion est prévue lundi à la mairie."},
			[]string{"zest"}, nil, "", sentiment.Neutral, "fr"},
		{"the brand's own page need not name it", score.Post{Source: "x", Author: "telemur", Text: "La réunion est prévue lundi à la mairie."},
			[]string{"telemur"}, nil, "", sentiment.Neutral, "fr"},
		{"addressed to its page", score.Post{Source: "x", Addressed: []string{"Telemur"}, Text: "La réunion est prévue lundi à la mairie."},
			[]string{"telemur"}, nil, "", sentiment.Neutral, "fr"},
		{"a page of that name elsewhere is not its own", score.Post{Source: "rss", Author: "telemur", Text: "Bonjour"}, nil, nil, "", sentiment.None, ""},
		{"excluded", score.Post{Text: "le mur de télémur"}, nil, nil, "", sentiment.None, ""},
		{"no sentiment in a language that is not scored", score.Post{Text: "Ik ben helemaal niet tevreden met zestaline, wat een slechte service vandaag"},
			[]string{"zest"}, nil, "", sentiment.None, "und"},
		{"a query that asks for the language", score.Post{Text: "Parvola : la réunion est prévue lundi à la mairie."},
			[]string{"french"}, nil, "", sentiment.Neutral, "fr"},
		{"and is given another", score.Post{Text: "Parvola: the meeting will be held on Monday at the town hall"}, nil, nil, "", sentiment.None, ""},
		{"a language that is told need not be found out", score.Post{Text: "zestaline", Language: "fr"},
			[]string{"zest"}, nil, "", sentiment.Neutral, "fr"},
	} {
		got := s.Concerning(c.post)
		var brands []string
		for _, towards := range got.Towards {
			brands = append(brands, towards.BrandID)
			require.Equal(t, c.mood, towards.Label, "%s (%.2f)", c.name, towards.Score)
		}
		require.Equal(t, c.brands, brands, c.name)
		require.Equal(t, c.topics, got.Topics, c.name)
		require.Equal(t, c.owner, got.Owner, c.name)
		require.Equal(t, c.lang, got.Language, c.name)
	}
}

// A post that damns one brand and praises another says something else of each.
func TestTwoBrandsTwoJudgements(t *testing.T) {
	t.Parallel()
	got := scorer(t).Concerning(score.Post{Text: "Télémur encore en panne, c'est nul, fuyez. Heureusement que Zestaline existe, je recommande !", Followers: 40_000})
	require.Len(t, got.Towards, 2)
	telemur, zest := got.Towards[0], got.Towards[1]
	require.Equal(t, sentiment.Negative, telemur.Label)
	require.Equal(t, sentiment.Positive, zest.Label)
	require.Equal(t, recommendation.Warns, telemur.Recommendation)
	require.Equal(t, recommendation.Recommends, zest.Recommendation)
	require.Equal(t, []risk.Risk{{ID: risk.Influencer}}, telemur.Risks, "someone many follow complains of it")
	require.Empty(t, zest.Risks)
}

// Whom an author recommends may be somebody we do not watch.
func TestARecommendationOfABrandNobodyWatches(t *testing.T) {
	t.Parallel()
	s := scorer(t)
	for text, want := range map[string]recommendation.Recommendation{
		"Encore en panne Télémur, je vais chez Bouygues":     recommendation.Warns,
		"Telemur lost my parcel, switch to Vodafone":         recommendation.Warns,
		"Je recommande Free. Télémur a répondu":              recommendation.None,
		"I'm switching to Telemur next month":                recommendation.Recommends,
		"Je recommande vivement Télémur":                     recommendation.Recommends,
		"Super service, je recommande ! Télémur, évidemment": recommendation.Recommends,
	} {
		got := s.Concerning(score.Post{Text: text})
		require.Len(t, got.Towards, 1, text)
		require.Equal(t, want, got.Towards[0].Recommendation, text)
	}
	onItsPage := s.Concerning(score.Post{Source: "x", Page: "telemur", Text: "Super service, je recommande à tous !"})
	require.Equal(t, recommendation.Recommends, onItsPage.Towards[0].Recommendation)
}

func TestAnyPostIsScoredWhenAsked(t *testing.T) {
	t.Parallel()
	got := scorer(t).Any(score.Post{Text: "Boycottons cette marque, c'est un scandale"})
	require.Empty(t, got.Towards)
	require.Equal(t, sentiment.Negative, got.Whole.Label)
	require.Equal(t, "pr", got.Owner, "a risk decides who answers")
	require.Equal(t, []risk.Risk{{ID: risk.Boycott, Words: []string{"Boycottons"}}}, got.Whole.Risks)
}

var hostile = []string{
	strings.Repeat("a", 1<<20), strings.Repeat("#a ", 100_000), strings.Repeat("\u0301", 100_000),
	"zestaline \x00\xff\u202e" + strings.Repeat("😡", 10_000), strings.Repeat("télémur zestaline ", 10_000),
}

// That it costs no more than its length, BenchmarkHostile shows.
func TestHostileTextIsScored(t *testing.T) {
	t.Parallel()
	s := scorer(t)
	for _, text := range hostile {
		s.Any(score.Post{Text: text})
	}
}

// BenchmarkHostile prints the rate at which hostile texts are read.
func BenchmarkHostile(b *testing.B) {
	s := scorer(b)
	for _, text := range hostile {
		b.Run(strings.ToValidUTF8(text[:min(12, len(text))], "?"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Any(score.Post{Text: text})
			}
		})
	}
}
