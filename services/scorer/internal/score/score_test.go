package score_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

func scorer(t testing.TB) *score.Scorer {
	t.Helper()
	s, err := score.New([]score.Brand{
		{ID: "telemur", Query: `télémur NOT "mur de"`, Pages: map[string][]string{"x": {"@Telemur"}}},
		{ID: "zest", Query: "zestaline OR #zest"},
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
		mood   score.Sentiment
		lang   string
	}{
		{"a complaint in French", score.Post{Text: "Encore en panne chez Télémur, c'est une honte, et le prix augmente"},
			[]string{"telemur"}, []string{"outage", "price"}, "customer_care", score.Negative, "fr"},
		{"two brands in English", score.Post{Text: "I love #zest and telemur, thank you, they are great"},
			[]string{"telemur", "zest"}, nil, "", score.Positive, "en"},
		{"the title counts", score.Post{Title: "Zestaline à Lyon", Text: "La réunion est prévue lundi à la mairie."},
			[]string{"zest"}, nil, "", score.Neutral, "fr"},
		{"the brand's own page need not name it", score.Post{Source: "x", Author: "telemur", Text: "Bonjour à tous"},
			[]string{"telemur"}, nil, "", score.Neutral, "fr"},
		{"addressed to its page", score.Post{Source: "x", Addressed: []string{"Telemur"}, Text: "Bonjour à vous"},
			[]string{"telemur"}, nil, "", score.Neutral, "fr"},
		{"a page of that name elsewhere is not its own", score.Post{Source: "rss", Author: "telemur", Text: "Bonjour"}, nil, nil, "", score.None, ""},
		{"excluded", score.Post{Text: "le mur de télémur"}, nil, nil, "", score.None, ""},
		{"no sentiment in a language that is not scored", score.Post{Text: "No me gusta nada zestaline, es muy mala"},
			[]string{"zest"}, nil, "", score.None, "es"},
	} {
		got := s.Score(c.post)
		require.Equal(t, c.brands, got.Brands, c.name)
		require.Equal(t, c.topics, got.Topics, c.name)
		require.Equal(t, c.owner, got.Owner, c.name)
		require.Equal(t, c.lang, got.Language, c.name)
		require.Equal(t, c.mood, got.Sentiment, "%s (%.2f)", c.name, got.Score)
	}
}

func TestHostileTextCostsItsLength(t *testing.T) {
	t.Parallel()
	s := scorer(t)
	for _, text := range []string{
		strings.Repeat("a", 1<<20), strings.Repeat("#a ", 100_000), strings.Repeat("\u0301", 100_000),
		"zestaline \x00\xff\u202e" + strings.Repeat("😡", 10_000),
	} {
		s.Score(score.Post{Text: text})
	}
}

func BenchmarkScore(b *testing.B) {
	s := scorer(b)
	post := score.Post{Source: "x", Author: "ana", LanguageHint: "fr",
		Text: "@telemur Télémur encore en panne depuis ce matin, 2h d'attente au service client et aucune réponse 😡 #telemur"}
	for b.Loop() {
		s.Score(post)
	}
}
